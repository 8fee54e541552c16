package cluster

import (
	"fmt"
	"strings"
	"testing"

	"simrun/causallog"
	"simrun/check"
	"simrun/checkout"
	"simrun/recovery"
	"simrun/sim"
)

const (
	ms = sim.Millisecond
	us = sim.Microsecond
)

// small is a small shop on two tasks an operator.
func small(policy recovery.Policy, replies Replies) Config {
	policy.Credits = 10
	cfg := Config{
		Seed: 1, Horizon: 3 * sim.Second, Drain: 20 * sim.Second, Policy: policy, Replies: replies,
		Job: checkout.Config{Items: 50, Users: 50, Stock: 1000, Credit: 100000, Ingresses: 2, Orders: 2, Stocks: 2, Payments: 2, Egresses: 2,
			Window: 1024, GiveUp: int64(sim.Second)},
		Slots: 1, Standbys: 1, Reboot: 5 * sim.Second, Start: sim.Second,
		Heartbeat: 500 * ms, Timeout: 2 * sim.Second, Disconnect: 20 * ms,
		Latency: sim.LogNormal(int64(200*us), int64(900*us)), Bandwidth: 1_250_000_000, BufferBytes: 32 << 10, BufferTimeout: ms,
		Costs:           Costs{BytePS: 1000, DeterminantPS: 20000, SnapshotBytePS: 1000, RestoreBytePS: 1000},
		CheckpointEvery: sim.Second, StoreLatency: sim.LogNormal(int64(20*ms), int64(80*ms)), StoreBandwidth: 200_000_000,
		ProviderLatency: sim.LogNormal(int64(ms), int64(5*ms)), ProviderDeclinePPM: 50000,
		Workload: Workload{Gap: sim.Exponential(int64(3 * ms)), Operations: 10000, MixPPM: [4]int64{900000, 40000, 40000, 20000},
			Lines: sim.Uniform(1, 3), Quantity: sim.Constant(1), Retry: 15 * sim.Second, RetryMax: -1},
		Capture: -1,
	}
	for i := range cfg.Costs.Record {
		cfg.Costs.Record[i] = sim.Constant(int64(10 * us))
	}
	for i := range cfg.Job.Items {
		cfg.Job.Price = append(cfg.Job.Price, int64(1+i%100))
	}
	return cfg
}

func crashAt(at sim.Time, task int) Fault {
	return Fault{Text: fmt.Sprintf("crash task %d", task), At: at, Kind: Crash, Targets: []Target{{TargetTask, task}}, Task: -1}
}

func runCluster(t testing.TB, cfg Config) (*Run, *Outcome) {
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Loop(); err != nil {
		if e, ok := err.(*Internal); ok {
			t.Fatal(e, e.Stack)
		}
		t.Fatal(err)
	}
	o, err := r.Outcome()
	if err != nil {
		t.Fatal(err)
	}
	return r, o
}

func TestDebug(t *testing.T) {
	for _, pc := range []struct {
		p recovery.Policy
		r Replies
	}{{recovery.None(), Immediate}, {recovery.Redo(), Immediate}, {recovery.Global(), Transactional}, {recovery.Clonos(causallog.FullSharing), Determinants}} {
		for _, task := range []int{-1, 0, 2, 4, 6, 8} {
			cfg := small(pc.p, pc.r)
			if task >= 0 {
				cfg.Faults = []Fault{crashAt(2600*ms, task)}
			}
			var b strings.Builder
			cfg.Trace = &b
			_, o := runCluster(t, cfg)
			fmt.Printf("%s task %d: events %d end %v ops %d open %d vacuous %q rec %+v\n", pc.p.Name, task, o.Events, seconds(o.End), len(o.Evidence.History.Ops), len(o.Evidence.Open), o.Vacuous, o.Recoveries)
			for _, f := range append(check.Judge(o.Evidence), o.Monitors...) {
				if f.Verdict == check.Violated || f.Verdict == check.Undecided {
					fmt.Println("   ", f.Name, f.Verdict, f.LookedAt, f.Detail)
				}
			}
		}
	}
}
