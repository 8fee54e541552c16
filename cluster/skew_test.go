package cluster

import (
	"fmt"
	"testing"

	"simrun/dataflow"
	"simrun/sim"
)

// A clock that jumps, ahead or back, is one more thing that a replay must not
// meet anew. Whoever recovers does, on a machine whose clock is right.
func TestSkew(t *testing.T) {
	for _, p := range []protocol{global, clonos, late, depth1} {
		for i, task := range services {
			for _, by := range []sim.Time{50 * ms, -2 * sim.Second} {
				what := fmt.Sprintf("%s, %s by %d ms", p.name, task, by/ms)
				mustPass(t, what, p.with(skewed(700*ms, 600*ms, task, by), crash(1000*ms, task)))
				if i == 1 {
					mustPass(t, what+", all of a machine", p.with(skewed(700*ms, 600*ms, "machine/2", by), crash(1000*ms, "stock/0")))
				}
			}
		}
	}
}

// What a clock shows is told to clients: while it is wrong, and not after.
func TestSkewShowsInReplies(t *testing.T) {
	paid := func(faults ...Fault) map[int32]int64 {
		_, o := play(t, none.with(faults...))
		at := map[int32]int64{}
		for _, op := range o.Evidence.History.Ops {
			if op.PaidAt != 0 {
				at[op.Order] = op.PaidAt
			}
		}
		return at
	}
	right, wrong := paid(), paid(skewed(500*ms, 300*ms, "order/0", -400*ms))
	off := map[bool]int{}
	for order, at := range right {
		moved := at > int64(520*ms) && at < int64(780*ms) && wrong[order] == at-int64(400*ms)
		kept := wrong[order] == at
		if !moved && !kept && (at < int64(490*ms) || at > int64(830*ms)) {
			t.Errorf("order %d was paid at %d, and with another clock at %d", order, at, wrong[order])
		}
		off[moved]++
	}
	if off[true] < 30 || off[false] < 200 {
		t.Errorf("%d times were off, %d not", off[true], off[false])
	}
}

// Negative control: a replay that reads its own clock, or a clock that is not
// logged, is caught when that of the dead task was off.
func TestSkewIsDetermined(t *testing.T) {
	off := func() []Config {
		list := askedTwice()
		for i := range list {
			list[i].Faults = append(list[i].Faults, skewed(800*ms, 900*ms, "order/0", sim.Second))
		}
		return list
	}
	mustNotice(t, off(), func(cfg *Config) { cfg.Policy.Broken.Task.ReplayClock = true }, "replies_kept", "INV-04")
	mustNotice(t, off(), func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.Timestamp] = true }, "replies_kept", "INV-04")
}

// Timers fire by a clock that jumps: some early, some late, as their
// determinants say again.
func TestSkewMovesTimers(t *testing.T) {
	list := givenUp()
	for i := range list {
		list[i].Faults = append(list[i].Faults, skewed(900*ms, 300*ms, "payment/0", 15*ms), skewed(1000*ms, 250*ms, "machine/6", -12*ms))
	}
	mustNotice(t, list, func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.TimerTrigger] = true }, "INV-04")
}

// A clock strikes if somebody reads it.
func TestSkewOfTheDead(t *testing.T) {
	cfg := clonos.with(crash(1200*ms, "order/0"), skewed(1205*ms, 100*ms, "order/0", ms), skewed(1205*ms, 100*ms, "machine/2", ms))
	if _, o := play(t, cfg); len(o.Unstruck) != 1 || o.Unstruck[0] != 1 {
		t.Errorf("unstruck %v", o.Unstruck)
	}
	cfg = clonos.with(crash(1200*ms, "machine/2"), skewed(1205*ms, 10*ms, "machine/2", ms))
	if _, o := play(t, cfg); len(o.Unstruck) != 1 || o.Unstruck[0] != 1 {
		t.Errorf("of a machine that is down: unstruck %v", o.Unstruck)
	}
}
