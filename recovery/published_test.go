package recovery

import (
	"testing"

	"pgregory.net/rapid"

	"simrun/causallog"
	"simrun/dataflow"
)

// lines draws runs of the job without a cycle.
func lines(crashesMin, crashesMax int) *rapid.Generator[scenario] {
	return rapid.Map(scenariosOf(crashesMin, crashesMax), func(s scenario) scenario {
		s.setting.line = true
		return s
	})
}

// published is the published variant, which tries the next checkpoint at once.
func published(depth int, quirks Quirks) Policy {
	p := Published(depth)
	p.Backoff, p.Quirks = 0, quirks
	return p
}

// TestPublishedRecovers: on jobs without cycles the published variant recovers
// whatever dies at one instant, and so does ours.
func TestPublishedRecovers(t *testing.T) {
	for name, p := range map[string]Policy{
		"published":      published(causallog.FullSharing, 0),
		"published of 1": published(1, 0), // rolls back where sharing does not reach
		"cyclic":         Clonos(causallog.FullSharing),
	} {
		t.Run(name, func(t *testing.T) {
			gen := lines(1, 1)
			rapid.Check(t, func(t *rapid.T) {
				if what := play(p, gen.Draw(t, "scenario")).wrong(); what != "" {
					t.Fatal(what)
				}
			})
		})
	}
}

// TestPublishedTests: the runs give checkpoints up, and follow determinants.
func TestPublishedTests(t *testing.T) {
	var all seen
	ignored := 0
	for i := range 60 {
		w := play(published(causallog.FullSharing, 0), lines(1, 1).Example(i))
		all.add(w.seen)
		if w.manager.ignored > 0 {
			ignored++
		}
	}
	if all.followed < 100 || all.early < 100 || all.later < 30 || ignored < 3 {
		t.Errorf("%+v, %d runs gave a checkpoint up", all, ignored)
	}
}

// TestPublishedHole: what a recovering task has gathered is a plan that rests
// on other logs. As published it has them not, so the third of three failures
// can take the only copy of what the plan rests on: it never comes to its end.
// Ours gathers everybody's logs, and has no such run.
func TestPublishedHole(t *testing.T) {
	gen := lines(3, 9)
	i := firstWrong(gen, published(causallog.FullSharing, 0), 1000)
	if i < 0 {
		t.Fatal("1000 bursts of 3 to 9 failures, and nothing goes wrong")
	}
	if what := play(Clonos(causallog.FullSharing), gen.Example(i)).wrong(); what != "" {
		t.Errorf("burst %d: ours goes wrong as well: %s", i, what)
	}
	t.Logf("burst %d: %s", i, play(published(causallog.FullSharing, 0), gen.Example(i)).wrong())
}

// TestQuirks: what each quirk leads to, with how many failures. Where nothing
// goes wrong that would not without it, the row says so.
func TestQuirks(t *testing.T) {
	for _, q := range []struct {
		name     string
		failures int // at that many or fewer something goes wrong; 0: not in this world
	}{
		{"B1", 1}, {"B2", 1}, {"B3", 3}, {"B4", 0}, {"B5", 3}, {"B6", 1}, {"B7", 1}, {"B8", 0}, {"B9", 1}, {"B10", 0}, {"B11", 1}, {"B13", 0}, {"B14", 1}, {"B15", 1}, {"B16", 1}, {"B17", 0},
	} {
		quirk, ok := QuirkNamed(q.name)
		if !ok {
			t.Fatalf("no quirk %s", q.name)
		}
		p := published(causallog.FullSharing, quirk)
		if q.failures == 0 {
			if i := firstWrong(lines(1, 1), p, bounded(300)); i >= 0 {
				t.Errorf("%s: example %d goes wrong: %s", q.name, i, play(p, lines(1, 1).Example(i)).wrong())
			}
			continue
		}
		gen := lines(q.failures, q.failures)
		i := firstWrong(gen, p, bugBound)
		if i < 0 {
			t.Errorf("%s: no run of %d goes wrong", q.name, bugBound)
			continue
		}
		t.Logf("%s: example %d: %s", q.name, i, play(p, gen.Example(i)).wrong())
		if what := play(published(causallog.FullSharing, 0), gen.Example(i)).wrong(); what != "" {
			t.Errorf("%s: without it the run goes wrong as well: %s", q.name, what)
		}
	}
}

// TestIgnoredCheckpointsAreLogged: a task that fails again must stop waiting
// for a barrier where it did before. Without that determinant some run goes
// wrong that otherwise does not.
func TestIgnoredCheckpointsAreLogged(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some hundreds of bursts to find one")
	}
	p := published(causallog.FullSharing, 0)
	p.Broken.Without[dataflow.IgnoreCheckpoint] = true
	gen := lines(4, 4)
	for i := range bugBound {
		what := play(p, gen.Example(i)).wrong()
		if what != "" && play(published(causallog.FullSharing, 0), gen.Example(i)).wrong() == "" {
			t.Logf("example %d: %s", i, what)
			return
		}
	}
	t.Errorf("%d bursts of four failures, and none needs it", bugBound)
}
