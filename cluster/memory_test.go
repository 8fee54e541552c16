package cluster

import (
	"slices"
	"strings"
	"testing"

	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// remembering is a protocol's shop with in-flight logs bounded.
func remembering(p protocol, m recovery.Memory, faults ...Fault) Config {
	cfg := p.with(faults...)
	cfg.Policy.Memory = m
	cfg.Disk = Disk{Latency: sim.LogNormal(int64(100*us), int64(ms)), Bandwidth: 500_000_000, Sleep: 20 * ms}
	return cfg
}

var memories = map[string]recovery.Memory{
	"a large pool":     {Pool: 1 << 20},
	"every buffer":     {Pool: 8 << 10, Spill: recovery.SpillEvery, Prefetch: 10},
	"at a threshold":   {Pool: 8 << 10, Spill: recovery.SpillThreshold, FreePPM: 400_000, Prefetch: 10},
	"one at a time":    {Pool: 4 << 10, Spill: recovery.SpillEvery, Prefetch: 1},
	"a pool of 1 byte": {Pool: 1, Spill: recovery.SpillEvery, Prefetch: 3},
	"no pool":          {Spill: recovery.SpillEvery, Prefetch: 2},
}

// Where in-flight logs are kept makes no difference to what recovers: buffers
// are sent again from disk as from memory, whoever fails.
func TestSpillingRecovers(t *testing.T) {
	for what, m := range memories {
		for _, p := range []protocol{clonos, depth1} {
			for _, faults := range [][]Fault{
				{crash(1300*ms, "stock/0")},
				{crash(1300*ms, "order/0", "payment/1")},
				{crash(900*ms, "order/1"), after(recovery.VerbReplay, "order/1", 1, crash(0, "ingress/0"))},
			} {
				if p.name == depth1.name && len(faults[0].Targets) > 1 {
					continue // rolled back: nothing is sent again
				}
				o := mustHold(t, p.name+", "+what, remembering(p, m, faults...))
				if c := o.Protection; (m.Spill != recovery.SpillNever) != (c.SpilledBytes > 0 && c.ReadBackBytes > 0) || c.PoolPeak == 0 {
					t.Errorf("%s, %s: %+v", p.name, what, c)
				}
			}
		}
	}
}

// A pool that is too small holds tasks back; with a disk it goes on all the same,
// and what it held in memory is bounded by the pool and what was begun.
func TestASmallPoolHoldsBack(t *testing.T) {
	free := mustHold(t, "unlimited", remembering(clonos, recovery.Memory{Spill: recovery.SpillEvery, Prefetch: 10}))
	if free.Protection.HeldUS != 0 {
		t.Errorf("held for %d us without a pool", free.Protection.HeldUS)
	}
	m := recovery.Memory{Pool: 2 << 10, Spill: recovery.SpillEvery, Prefetch: 10}
	cfg := remembering(clonos, m)
	cfg.Disk.Latency = sim.Constant(int64(20 * ms))
	small := mustHold(t, "small", cfg)
	if small.Protection.HeldUS == 0 {
		t.Error("nobody was held back")
	}
	if unspilled := free.Protection.InFlightPeak; small.Protection.PoolPeak > unspilled/4 {
		t.Errorf("%d bytes in one task's memory, %d in all logs", small.Protection.PoolPeak, unspilled)
	}
}

// Without a disk a pool that a checkpoint's input does not fit in can never be
// emptied: the barrier is behind what the task does not take. The run says so.
func TestAPoolThatNeverEmptiesIsNoProgress(t *testing.T) {
	_, o := play(t, remembering(clonos, recovery.Memory{Pool: 4 << 10}))
	i := slices.IndexFunc(o.Checks, func(f check.Finding) bool { return f.Name == "progress" })
	if f := o.Checks[i]; f.Verdict != check.Violated || !strings.Contains(f.Detail, "the in-flight pool of ") {
		t.Errorf("progress: %v %s", f.Verdict, f.Detail)
	}
	for _, f := range append(o.Checks, o.Monitors...) {
		if f.Verdict == check.Violated && f.Name != "progress" && f.Name != "INV-20" {
			t.Errorf("%s: %s", f.Name, f.Detail)
		}
	}
}

// A feedback input is never held back: a pool that fills up between a task's
// snapshot and the return of its barrier is emptied by the checkpoint. A
// protocol that holds it back waits for ever.
func TestFeedbackIsNeverHeldBack(t *testing.T) {
	for _, c := range []struct {
		at, length sim.Time // a stock task is paused at a snapshot: its barrier comes back late
		pool       int64
	}{{598 * ms, 60 * ms, 18432}, {602 * ms, 20 * ms, 17920}, {602 * ms, 150 * ms, 22016}} {
		cfg := remembering(clonos, recovery.Memory{Pool: c.pool}, pause(c.at, c.length, "stock/0"))
		cfg.CheckpointEvery = 200 * ms
		if o := mustHold(t, "feedback is taken", cfg); o.Protection.HeldUS == 0 {
			t.Errorf("a pool of %d holds nobody back", c.pool)
		}
		cfg.Policy.Broken.HoldFeedback = true
		if names := fails(t, "feedback is held back", cfg); !slices.Contains(names, "progress") {
			t.Errorf("held feedback violates %v", names)
		}
	}
}

// What is damaged on disk is missed when it is needed.
func TestDamageOnDiskIsNoticed(t *testing.T) {
	cfg := remembering(clonos, memories["every buffer"], crash(1300*ms, "stock/0"))
	var r *Run
	cfg.Progress = func(now sim.Time) bool {
		if now == 1200*ms {
			r.current[taskID("order/0")].agent.DamageDisk()
		}
		return true
	}
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Loop(); err != nil {
		t.Fatal(err)
	}
	if r.watch.Broke[recovery.INV03] == 0 || !strings.Contains(r.watch.First[recovery.INV03], "on disk") {
		t.Errorf("INV-03 says %q", r.watch.First[recovery.INV03])
	}
}

// A slower disk makes the replay slower: what is sent again has to be read.
func TestReplayWaitsForTheDisk(t *testing.T) {
	var replay []sim.Time
	for _, latency := range []sim.Time{10 * us, 20 * ms} {
		cfg := remembering(clonos, recovery.Memory{Spill: recovery.SpillEvery, Prefetch: 2}, crash(1300*ms, "stock/0"))
		cfg.Disk.Latency = sim.Constant(int64(latency))
		replay = append(replay, mustPass(t, "disk", cfg).Recoveries[0].Replay)
	}
	if replay[1] < replay[0]+100*ms {
		t.Errorf("replays took %v", replay)
	}
}

// logging is a protocol's shop with its determinant memory bounded.
func logging(p protocol, pool recovery.LogPool, faults ...Fault) Config {
	cfg := p.with(faults...)
	cfg.Policy.Logs = pool
	cfg.CheckpointEvery = 200 * ms
	return cfg
}

// A determinant pool that runs out holds its task back until a checkpoint
// completes; a recovery may find it full and goes through all the same.
func TestAFullDeterminantPoolWaitsForACheckpoint(t *testing.T) {
	free := mustHold(t, "unlimited", logging(clonos, recovery.LogPool{}))
	if free.Protection.HeldUS != 0 {
		t.Errorf("held for %d us without a pool", free.Protection.HeldUS)
	}
	for _, pool := range []recovery.LogPool{{Pool: 10 << 10}, {Pool: 14 << 10}, {Pool: 38 << 10, Segment: 1 << 10}} {
		for _, faults := range [][]Fault{nil, {crash(750*ms, "order/0")}, {crash(900*ms, "stock/0", "egress/1")}} {
			if pool.Segment > 0 && faults != nil {
				continue // what a gather brings takes a segment a log: after it this pool is too small
			}
			o := mustHold(t, "a pool that checkpoints empty", logging(clonos, pool, faults...))
			if o.Protection.HeldUS == 0 {
				t.Errorf("a pool of %d holds nobody back", pool.Pool)
			}
		}
	}
}

// Too small a determinant pool is a deadlock: no checkpoint passes
// the task that waits for one. The run ends without progress and names the
// task. A smaller sharing depth needs a smaller pool, as long as nobody recovers:
// who does has gathered everybody's logs, whatever the depth.
func TestADeterminantPoolThatIsTooSmallIsNoProgress(t *testing.T) {
	for _, pool := range []recovery.LogPool{{Pool: 9 << 10}, {Pool: 34 << 10, Segment: 1 << 10}} {
		for _, faults := range [][]Fault{nil, {crash(350*ms, "order/0")}} {
			_, o := play(t, logging(clonos, pool, faults...))
			i := slices.IndexFunc(o.Checks, func(f check.Finding) bool { return f.Name == "progress" })
			if f := o.Checks[i]; f.Verdict != check.Violated || !strings.Contains(f.Detail, "the determinant pool of ") {
				t.Errorf("progress: %v %s", f.Verdict, f.Detail)
			}
			for _, f := range append(o.Checks, o.Monitors...) {
				if f.Verdict == check.Violated && f.Name != "progress" && f.Name != "INV-20" {
					t.Errorf("%s: %s", f.Name, f.Detail)
				}
			}
		}
		mustHold(t, "depth 1", logging(depth1, pool))
	}
}
