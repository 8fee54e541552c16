package cluster

import (
	"io"
	"runtime"
	"testing"

	"simrun/causallog"
	"simrun/recovery"
	"simrun/sim"
)

// allocations counts what the process allocates in 1.4 s of a run without a
// checkpoint, after an epoch as long has passed: whatever is needed between
// two checkpoints is there already, but for tables that grow with the run (the
// history, replies that are kept), which double.
func allocations(t *testing.T, cfg Config) (allocated, events uint64) {
	t.Helper()
	var counted, steps [2]uint64
	var r *Run
	cfg.CheckpointEvery = 3 * sim.Second
	cfg.Workload.Gap = sim.Exponential(int64(300 * us))
	count := func(i int) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		counted[i], steps[i] = m.Mallocs, r.kernel.Step()
	}
	cfg.Progress = func(now sim.Time) bool {
		switch now {
		case 7500 * ms:
			count(0)
		case 8900 * ms:
			count(1)
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
	return counted[1] - counted[0], steps[1] - steps[0]
}

// In steady state at most one event in a thousand allocates.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	if testing.Short() {
		t.Skip("counts in a run of some seconds")
	}
	watched := large(recovery.None(), Immediate, 9)
	watched.Trace, watched.Filter = io.Discard, func(*Line) bool { return false }
	for _, c := range []struct {
		name   string
		cfg    Config
		steady bool
	}{
		{"clonos", large(recovery.Clonos(causallog.FullSharing), Determinants, 9), true},
		{"global", large(recovery.Global(), Transactional, 9), true},
		{"redo", large(recovery.Redo(), Immediate, 9), true},
		{"none", large(recovery.None(), Immediate, 9), true},
		{"none, put into words", watched, false},
	} {
		allocated, events := allocations(t, c.cfg)
		t.Logf("%s: %d allocations in %d events", c.name, allocated, events)
		if events < 50_000 {
			t.Errorf("%s: %d events say nothing", c.name, events)
		}
		if steady := 1000*allocated <= events; steady != c.steady {
			t.Errorf("%s: %d allocations in %d events", c.name, allocated, events)
		}
	}
}
