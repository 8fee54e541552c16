package cluster

import (
	"slices"
	"testing"

	"simrun/recovery"
	"simrun/sim"
)

// planted is a bug of the museum, and schedules in which it shows.
type planted struct {
	bug     string
	configs func() []Config
	by      []string
	blind   []string // checks that would notice whatever came of it: others have to, as well
}

// Bugs of recovery on a cycle: the protocol passes, the protocol with one of them
// planted is caught.
func TestPlantedBugsAreCaught(t *testing.T) {
	for _, p := range bugsOnCycles {
		t.Run(p.bug, func(t *testing.T) {
			configs := p.configs()
			got := noticed(t, configs[:min(len(configs), bounded(12))], func(cfg *Config) { (&mistake{bug: p.bug}).spoil(cfg) })
			t.Logf("noticed by %v", got)
			others := 0
			for _, name := range got {
				if !slices.Contains(p.blind, name) {
					others++
				}
			}
			for _, name := range p.by {
				if !slices.Contains(got, name) {
					t.Errorf("%s does not notice; %v do", name, got)
				}
			}
			if others == 0 {
				t.Errorf("nothing notices but %v", p.blind)
			}
		})
	}
}

var bugsOnCycles = []planted{
	{"forget-feedback", loadedCheckpoint, []string{"exactly_once", "INV-04"}, nil},
	{"inject-first", loadedCheckpoint, []string{"exactly_once", "INV-04"}, nil},
	{"early-barrier", longAfterCheckpoint, []string{"INV-20"}, nil},
	{"truncate-early", duringCheckpoint, []string{"INV-03", "progress"}, []string{"INV-03"}},
	{"keep-dead-acks", deadAfterAck, []string{"INV-08"}, nil},
	{"no-deduplication", midEpoch, []string{"INV-06"}, nil},
	{"no-fence", suspected, []string{"INV-06", "INV-10", "exactly_once"}, []string{"INV-10"}},
	{"first-answer", midEpoch, []string{"exactly_once", "INV-04"}, nil},
	{"this-epoch-only", allFail, []string{"INV-01"}, []string{"INV-01", "INV-02", "INV-21"}},
	{"own-log-only", allFail, []string{"INV-21", "exactly_once"}, []string{"INV-21"}},
	{"downstreams-only", neighbours, []string{"INV-24"}, nil},
	{"no-relog", twice, []string{"INV-05"}, nil},
	{"drop-early-answers", whileGathering, []string{"progress", "INV-20"}, nil},
	{"sink-acks-early", sinkCutOff, []string{"INV-03"}, nil},
}

// struck is the plain shop under clonos with faults.
func struck(faults ...Fault) Config {
	cfg := clonos.cfg()
	cfg.Faults = faults
	return cfg
}

// loadedCheckpoint: order tasks die in an epoch whose checkpoint has feedback
// buffers in it.
func loadedCheckpoint() []Config {
	return schedules(3, 1200*ms, 30*ms, func(at sim.Time) Config {
		cfg := struck(crash(at, "order/0"), crash(at+400*ms, "order/1"))
		cfg.Workload.Gap = sim.Exponential(int64(ms))
		return cfg
	})
}

// midEpoch: a task dies far from any checkpoint.
func midEpoch() []Config {
	return []Config{struck(crash(1300*ms, "order/0")), struck(crash(1300*ms, "stock/0")), struck(crash(1300*ms, "egress/0"))}
}

// duringCheckpoint: order tasks die while barriers are on their way around the
// cycle.
func duringCheckpoint() []Config {
	return schedules(6, 1003*ms, 700*us, func(at sim.Time) Config { return struck(crash(at, "order/0")) })
}

// longAfterCheckpoint: the same, and then so long a time that a checkpoint that
// never completes has had its chance.
func longAfterCheckpoint() []Config {
	configs := duringCheckpoint()[:3]
	for i := range configs {
		cfg := &configs[i]
		cfg.CheckpointEvery, cfg.Horizon = 200*ms, 8*sim.Second
		cfg.Workload.Clients, cfg.Workload.Think = 12, sim.Exponential(int64(20*ms))
	}
	return configs
}

// deadAfterAck: a task dies just after its part of a checkpoint has become
// durable, others' have not.
func deadAfterAck() []Config {
	var list []Config
	for _, task := range []string{"order/0", "order/1", "stock/0", "stock/1", "payment/0", "payment/1"} {
		cfg := struck(after(recovery.VerbDurable, task, 2, crash(0, task)))
		cfg.Disconnect = ms
		list = append(list, cfg)
	}
	return list
}

// suspected: a task that only cannot reach the manager is given up, and goes on
// working until it is told.
func suspected() []Config {
	var list []Config
	for _, task := range []string{"order/0", "order/1", "stock/0", "stock/1", "payment/0"} {
		cfg := struck(cut(700*ms, 900*ms, task, "manager"))
		cfg.Heartbeat, cfg.Timeout = 100*ms, 400*ms
		list = append(list, cfg)
	}
	return list
}

// allFail: every task dies at one instant, with replies out.
func allFail() []Config {
	return schedules(2, 1020*ms, 200*ms, func(at sim.Time) Config {
		return struck(crash(at, "ingress/0", "ingress/1", "order/0", "order/1", "stock/0", "stock/1", "payment/0", "payment/1", "egress/0", "egress/1"))
	})
}

// neighbours: an order and a service die together, and are missed at once, so
// that the only holder of a log may be a sibling on the cycle.
func neighbours() []Config {
	pairs := [][2]string{{"order/0", "stock/0"}, {"order/1", "stock/0"}, {"order/0", "stock/1"}, {"order/1", "payment/1"}}
	i := -1
	return schedules(8, 1103*ms, 7500*us, func(at sim.Time) Config {
		i++
		cfg := struck(crash(at, pairs[i%4][0], pairs[i%4][1]))
		cfg.Disconnect = ms
		return cfg
	})
}

// twice: a task that has just recovered is missed again by another's recovery.
func twice() []Config {
	return []Config{struck(crash(1200*ms, "order/0"), after(recovery.VerbRunning, "order/0", 1, crash(0, "order/0")))}
}

// whileGathering: a second task dies while the first one gathers.
func whileGathering() []Config {
	var list []Config
	names := []string{"stock/0", "stock/1", "payment/0", "payment/1", "egress/0", "egress/1", "order/0", "order/1"}
	for i := range names {
		first, second := names[i], names[(i+1)%len(names)]
		list = append(list, struck(crash(1300*ms, first), after(recovery.VerbRecovering, first, 1, crash(0, second))))
	}
	return list
}

// sinkCutOff: replies of an epoch are still under way to the broker when its
// checkpoint could be complete, and the sink dies.
func sinkCutOff() []Config {
	return schedules(3, 1150*ms, 10*ms, func(at sim.Time) Config {
		return struck(cut(990*ms, 300*ms, "egress/0", "broker"), crash(at, "egress/0"))
	})
}
