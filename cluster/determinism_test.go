package cluster

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"simrun/check"
	"simrun/sim"
)

// whole is everything that a run leaves behind.
type whole struct {
	digest  [32]byte
	blocks  []uint64
	events  uint64
	history string
	rows    any
}

func wholeOf(t *testing.T, cfg Config) whole {
	t.Helper()
	_, o := play(t, cfg)
	var history bytes.Buffer
	if err := check.WriteHistory(&history, o.Evidence.History); err != nil {
		t.Fatal(err)
	}
	return whole{o.Digest, o.Blocks, o.Events, history.String(),
		[]any{o.Recoveries, o.Windows, o.Latency, o.Marks, o.Protection, o.Monitors, o.Evidence.Witness, o.Evidence.Captures, o.Audit}}
}

func (w whole) differs(v whole) string {
	switch {
	case w.digest != v.digest:
		return "digests differ"
	case !reflect.DeepEqual(w.blocks, v.blocks):
		return "blocks of the digest differ"
	case w.events != v.events:
		return "numbers of events differ"
	case w.history != v.history:
		return "histories differ"
	case !reflect.DeepEqual(w.rows, v.rows):
		return "rows differ"
	}
	return ""
}

// The same configuration gives the same run, on one core and on two, with both
// kinds of ties.
func TestRunsRepeat(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, p := range []protocol{none, redo, global, clonos, depth1} {
		for _, ties := range []sim.Ties{sim.TiesByRule, sim.TiesShuffled} {
			cfg := p.with(crash(700*ms, "stock/0", "order/1"), cut(900*ms, 50*ms, "order/0", "payment/1"))
			cfg.Ties, cfg.Horizon = ties, sim.Second
			runtime.GOMAXPROCS(1)
			first := wholeOf(t, cfg)
			runtime.GOMAXPROCS(2)
			if what := first.differs(wholeOf(t, cfg)); what != "" {
				t.Errorf("%s, ties %v: %s", p.name, ties, what)
			}
			cfg.Seed++
			if what := first.differs(wholeOf(t, cfg)); what != "digests differ" {
				t.Errorf("%s, ties %v: another seed gives the same run", p.name, ties)
			}
		}
	}
}

// Shuffled ties explore other orders than the rule's.
func TestTiesMatter(t *testing.T) {
	cfg := clonos.with(crash(700*ms, "stock/0"))
	byRule := wholeOf(t, cfg)
	cfg.Ties = sim.TiesShuffled
	if byRule.differs(wholeOf(t, cfg)) == "" {
		t.Error("shuffled ties give the run of the rule")
	}
}

// Whoever watches changes nothing.
func TestWatchingHasNoEffect(t *testing.T) {
	cfg := clonos.with(crash(700*ms, "stock/0"))
	alone := wholeOf(t, cfg)
	cfg.Trace, cfg.Filter = io.Discard, func(l *Line) bool { return l.At > 600*ms }
	windows := 0
	cfg.Progress = func(sim.Time) bool { windows++; return true }
	cfg.Capture = 3
	if what := alone.differs(wholeOf(t, cfg)); what != "" || windows < 15 {
		t.Errorf("watched in %d windows: %s", windows, what)
	}
}

// A run can be stopped between two windows.
func TestProgressStopsARun(t *testing.T) {
	cfg := clonos.with()
	cfg.Progress = func(now sim.Time) bool { return now < 500*ms }
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Loop(); err != ErrInterrupted || r.kernel.Now() != 500*ms {
		t.Errorf("stopped at %d with %v", r.kernel.Now(), err)
	}
}

// A difference that somebody planted is found, and the first event that
// differs is named.
func TestPlantedDifferenceIsNamed(t *testing.T) {
	planted := func(capture int, plant func(r *Run)) (*Run, *Outcome) {
		cfg := clonos.with(crash(900*ms, "stock/0"))
		cfg.Capture = capture
		var r *Run
		cfg.Progress = func(now sim.Time) bool {
			if now == 700*ms {
				plant(r)
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
		o, err := r.Outcome()
		if err != nil {
			t.Fatal(err)
		}
		return r, o
	}
	nothing := func(*Run) {}
	for _, c := range []struct {
		what  string
		plant func(r *Run)
		named string
	}{
		{"a task that is busy for 2 ms", func(r *Run) { r.current[taskID("order/0")].freeAt = r.kernel.Now() + 2*ms }, "step order/0+0 at 70"},
		{"a random number drawn by somebody else", func(r *Run) { r.current[taskID("order/1")].Entropy() }, "order/1+0 at 1"},
		{"nothing but content", func(r *Run) { r.kernel.Note(1) }, "window 0 at 700000000 ns"},
	} {
		_, a := planted(-1, nothing)
		_, b := planted(-1, c.plant)
		block, found := sim.FirstDifference(a.Blocks, b.Blocks)
		if !found {
			t.Errorf("%s: not found", c.what)
			continue
		}
		r, a := planted(block, nothing)
		_, b = planted(block, c.plant)
		i, found := sim.FirstDifferentStep(a.Captured, b.Captured)
		if !found {
			t.Errorf("%s: block %d differs, and none of its steps", c.what, block)
			continue
		}
		name := r.Describe(a.Captured[i].Event)
		t.Logf("%s: step %d, %s, and %s", c.what, a.Captured[i].Step, name, r.Describe(b.Captured[i].Event))
		if !strings.Contains(name, c.named) {
			t.Errorf("%s: named %q", c.what, name)
		}
	}
}

// TestDigests keeps the digests of a few small runs. A change of them is a
// change of behaviour on every machine: -rewrite takes it.
func TestDigests(t *testing.T) {
	datadriven.RunTest(t, "testdata/digests", func(t *testing.T, d *datadriven.TestData) string {
		var said strings.Builder
		for _, p := range []protocol{none, redo, global, clonos, late, depth1, depth0} {
			for _, ties := range []sim.Ties{sim.TiesByRule, sim.TiesShuffled} {
				cfg := p.with()
				cfg.Ties, cfg.Horizon = ties, 700*ms
				for _, a := range d.CmdArgs {
					if a.Key == "crash" {
						cfg.Faults = append(cfg.Faults, crash(600*ms, a.Vals...))
					}
				}
				_, o := play(t, cfg)
				fmt.Fprintf(&said, "%-21s  ties %-7v  %5d events  %x\n", p.name, [...]string{"by rule", "shuffled"}[ties], o.Events, o.Digest[:8])
			}
		}
		return said.String()
	})
}
