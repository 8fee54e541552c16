package cluster

import (
	"testing"

	"simrun/causallog"
	"simrun/recovery"
	"simrun/sim"
)

// BenchmarkCheckouts runs the main job with a crash of stock/1 and lets the
// judges look at it: whole runs, on one core with -cpu 1.
func BenchmarkCheckouts(b *testing.B) {
	for name, cfg := range map[string]Config{
		"clonos": large(recovery.Clonos(causallog.FullSharing), Determinants, 10),
		"global": large(recovery.Global(), Transactional, 10),
		"none":   large(recovery.None(), Immediate, 10),
	} {
		b.Run(name, func(b *testing.B) {
			cfg.Faults = []Fault{{Text: "crash stock/1", At: 6 * sim.Second, Kind: Crash, Targets: []Target{{TargetTask, 9}}, Task: -1}}
			operations, events := 0, uint64(0)
			for b.Loop() {
				_, o := play(b, cfg)
				operations += len(o.Evidence.History.Ops)
				events += o.Events
			}
			b.ReportMetric(float64(operations)/b.Elapsed().Seconds(), "checkouts/s")
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkSmallCrash is what a sweep and a shrinker do again and again: set a
// small shop up, run 200 operations with a crash in the middle, judge it.
func BenchmarkSmallCrash(b *testing.B) {
	cfg := clonos.cfg()
	cfg.Workload.Operations = 200
	cfg.CheckpointEvery, cfg.BufferTimeout = 150*ms, 5*ms
	cfg.Faults = []Fault{crash(220*ms, "stock/0")}
	events := uint64(0)
	for b.Loop() {
		_, o := play(b, cfg)
		events += o.Events
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/run")
	b.ReportMetric(float64(events)/float64(b.N), "events/run")
}
