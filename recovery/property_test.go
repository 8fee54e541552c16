package recovery

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/causallog"
)

// TestRecovers: whatever the order of deliveries and whoever dies, at the end
// all run, channels are contiguous, logs agree, each record is answered once,
// and checkpoints complete again.
func TestRecovers(t *testing.T) {
	for name, p := range map[string]Policy{
		"clonos":      Clonos(causallog.FullSharing),
		"clonos of 1": Clonos(1), // rolls back where sharing does not reach
		"clonos of 0": Clonos(0),
		"global":      Global(),
	} {
		t.Run(name, func(t *testing.T) {
			gen := scenariosOf(1, 3)
			rapid.Check(t, func(t *rapid.T) {
				if what := play(p, gen.Draw(t, "scenario")).wrong(); what != "" {
					t.Fatal(what)
				}
			})
		})
	}
}

// TestBursts: failures that come on each other's heels.
func TestBursts(t *testing.T) {
	gen := scenariosOf(3, 9)
	for _, p := range []Policy{Clonos(causallog.FullSharing), Clonos(1)} {
		for i := range bounded(300) {
			if what := play(p, gen.Example(i)).wrong(); what != "" {
				t.Fatalf("depth %d, example %d: %s", p.Depth, i, what)
			}
		}
	}
}

// bounded is how many examples a search may look at.
func bounded(n int) int {
	if testing.Short() {
		return max(1, n/5)
	}
	return n
}

// TestScheduleTests: the runs do not test nothing.
func TestScheduleTests(t *testing.T) {
	var full, limited seen
	gen := scenariosOf(1, 3)
	for i := range 80 {
		full.add(play(Clonos(causallog.FullSharing), gen.Example(i)).seen)
		limited.add(play(Clonos(1), gen.Example(i)).seen)
	}
	for what, n := range map[string]int64{
		"determinants followed":                        full.followed,
		"restarts at a checkpoint":                     int64(full.later),
		"failures during a recovery":                   int64(full.second),
		"messages before their time":                   int64(full.early),
		"frames of a connection that is no more":       int64(full.dropped),
		"rollbacks where sharing is limited":           int64(limited.rollbacks),
		"local recoveries although sharing is limited": limited.followed,
	} {
		if n < 30 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if full.rollbacks > 0 {
		t.Errorf("%d rollbacks with full sharing", full.rollbacks)
	}
}

func (s *seen) add(o seen) {
	s.followed += o.followed
	s.later += o.later
	s.second += o.second
	s.early += o.early
	s.dropped += o.dropped
	s.rollbacks += o.rollbacks
}

// TestPlantedBugs: with any part of the protocol left out some run goes wrong.
// Where a monitor looks at the omission itself, some run goes wrong that the
// monitor does not see.
func TestPlantedBugs(t *testing.T) {
	gen := scenariosOf(1, 3)
	for _, f := range bugs {
		p := Clonos(causallog.FullSharing)
		f.set(&p.Broken)
		i := firstWrong(gen, p, bugBound)
		if i < 0 {
			t.Errorf("%s: no run of %d goes wrong", f.name, bugBound)
			continue
		}
		if what := play(Clonos(causallog.FullSharing), gen.Example(i)).wrong(); what != "" {
			t.Errorf("%s: nothing left out, the run goes wrong as well: %s", f.name, what)
		}
		if len(f.blind) > 0 && firstWrong(gen, p, bugBound, f.blind...) < 0 {
			t.Errorf("%s: no run of %d goes wrong that %v does not see", f.name, bugBound, f.blind)
		}
		for _, i := range f.trips {
			if !trips(gen, p, i) {
				t.Errorf("%s: %v finds nothing in %d runs", f.name, i, bugBound)
			}
		}
	}
}

const bugBound = 1000

// firstWrong is the number of the first example that goes wrong, -1 if none does.
func firstWrong(gen *rapid.Generator[scenario], p Policy, bound int, blind ...Invariant) int {
	for i := range bound {
		if play(p, gen.Example(i), blind...).wrong() != "" {
			return i
		}
	}
	return -1
}

func trips(gen *rapid.Generator[scenario], p Policy, monitor Invariant) bool {
	for i := range bugBound {
		if play(p, gen.Example(i)).watch.Broke[monitor] > 0 {
			return true
		}
	}
	return false
}

// TestOrphans: where sharing is limited and nothing is rolled back, a survivor
// depends on what nobody holds, and that is found. What the rule rolls back, no
// survivor does.
func TestOrphans(t *testing.T) {
	gen := scenariosOf(1, 3)
	p := Clonos(1)
	p.Orphans = true
	left, ruled := int64(0), int64(0)
	for i := range bounded(300) {
		left += play(p, gen.Example(i)).watch.Broke[INV24]
		w := play(Clonos(1), gen.Example(i))
		ruled += w.watch.Looked[INV24]
		if w.watch.Broke[INV24] > 0 {
			t.Fatalf("example %d: %s", i, w.watch.First[INV24])
		}
	}
	if left == 0 || ruled == 0 {
		t.Errorf("%d orphans where they are left alone, %d looks where they are not", left, ruled)
	}
}

// TestOtherProtocols: none and redo exist in order to fail. But redo leaves
// nothing standing. (None may: a barrier that is built before the receiver's new
// connection is open is lost, and the receiver aligns until the next failure.)
func TestOtherProtocols(t *testing.T) {
	var all []Invariant
	for i := range Invariants {
		all = append(all, i)
	}
	gen := scenariosOf(1, 3)
	for _, p := range []Policy{None(), Redo()} {
		if firstWrong(gen, p, 100) < 0 {
			t.Errorf("no run of %s goes wrong", p.Name)
		}
	}
	for i := range bounded(300) {
		for _, what := range play(Redo(), gen.Example(i), all...).faults {
			if strings.Contains(what, "stands") || strings.Contains(what, "dead") || strings.Contains(what, "credit") {
				t.Errorf("redo, example %d: %s", i, what)
			}
		}
	}
}
