package hunt

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"simrun/museum"
	"simrun/scenarios"
	"simrun/swarm"
)

// shops are crash-small with another seed each time.
func shops(base *scenarios.Scenario, number uint64) *scenarios.Scenario {
	s := base.Clone()
	s.Seed = number
	return s
}

func under(t *testing.T, protocol string) *scenarios.Scenario {
	base, err := scenarios.Load("crash-small", []scenarios.Override{{Key: "recovery.protocol", Value: protocol}})
	if err != nil {
		t.Fatal(err)
	}
	return base
}

func hunter(t *testing.T, protocol string) *Hunter {
	return &Hunter{Base: under(t, protocol), Draw: shops, Run: scenarios.RunWith, Workers: 2, Catches: 3, Runs: 20, Probes: 5}
}

func hunted(t *testing.T, h *Hunter, name string) Trophy {
	t.Helper()
	bug, ok := museum.Find(name)
	if !ok {
		t.Fatal(name)
	}
	trophy, err := h.Hunt(context.Background(), bug)
	if err != nil {
		t.Fatal(err)
	}
	return trophy
}

func TestHuntCatches(t *testing.T) {
	got := hunted(t, hunter(t, "clonos"), "no-deduplication")
	if got.Catches != 3 || len(got.Caught) != 3 || got.Caught[0] < 1 || got.Runs < 3 || len(got.Wrong) > 0 || got.Outcome() != "caught" || got.Judged == 0 {
		t.Errorf("%+v", got)
	}
	if len(got.Checks) == 0 || got.Checks[0].Times > got.Catches {
		t.Errorf("%d catches by %v", got.Catches, got.Checks)
	}
}

// What comes of a hunt does not depend on how many work at it.
func TestHuntIsTheSameOnAnyNumberOfWorkers(t *testing.T) {
	one, four := hunter(t, "clonos"), hunter(t, "clonos")
	one.Workers, four.Workers = 1, 4
	a, b := hunted(t, one, "no-order"), hunted(t, four, "no-order")
	a.Bug, b.Bug = museum.Bug{}, museum.Bug{} // functions do not compare
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// A run that fails without the bug catches nothing: it is told apart.
func TestHuntNeedsAControl(t *testing.T) {
	got := hunted(t, hunter(t, "none"), "no-deduplication")
	if got.Catches != 0 || len(got.Wrong) == 0 {
		t.Errorf("under none, which fails by itself: %+v", got)
	}
}

// A survivor that changes runs is told apart from a bug that never came into play.
func TestHuntTellsSurvivors(t *testing.T) {
	h := hunter(t, "clonos")
	h.Runs = 5
	if got := hunted(t, h, "no-kill"); got.Catches != 0 || got.Changed == 0 || got.Outcome() != "harmless" {
		t.Errorf("%+v", got)
	}
	if got := hunted(t, h, "count-built"); got.Catches != 0 || got.Outcome() == "caught" {
		t.Errorf("%+v", got)
	}
	if got := hunted(t, h, "keep-uncommitted"); got.Catches == 0 {
		t.Errorf("it needs global, and gets it: %+v", got)
	}
	h.Base = under(t, "global")
	if got := hunted(t, h, "no-order"); got.Changed != 0 || got.Outcome() != "never triggered" {
		t.Errorf("no determinants under global: %+v", got)
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		catches, runs   int
		mean, low, high float64
	}{
		{10, 100, 10, 5.733, 18.10}, // Wilson: 0.0552 to 0.1744
		{0, 100, math.Inf(1), 27.03, math.Inf(1)},
		{20, 20, 1, 1, 1.192},
		{0, 0, math.Inf(1), 1, math.Inf(1)},
	} {
		mean, low, high := MeanRuns(c.catches, c.runs)
		near := func(a, b float64) bool { return a == b || math.Abs(a/b-1) < 0.002 }
		if !near(mean, c.mean) || !near(low, c.low) || !near(high, c.high) {
			t.Errorf("%d of %d: %g, %g to %g; want %g, %g to %g", c.catches, c.runs, mean, low, high, c.mean, c.low, c.high)
		}
	}
}

// The canaries: bugs of every room that random scenarios have to catch soon.
func TestCanaries(t *testing.T) {
	base, err := scenarios.Load("museum", nil)
	if err != nil {
		t.Fatal(err)
	}
	h := &Hunter{Base: base, Draw: swarm.Draw, Run: scenarios.RunWith, Workers: 2, Catches: 1, Runs: 300}
	for _, name := range []string{"no-order", "no-deduplication", "no-fence", "stale-standby", "forget-locks", "torn-commit", "late-answer", "keep-dead-acks"} {
		if got := hunted(t, h, name); got.Catches == 0 || len(got.Wrong) > 0 {
			t.Errorf("%s is not caught in %d runs, and %v fail without it", name, got.Runs, got.Wrong)
		}
	}
}

// What the tracked results say was caught is caught again: each shrunk scenario fails
// in its class, and passes without the bug.
func TestShrunkBugsFailAgain(t *testing.T) {
	files, err := filepath.Glob("../results/museum/shrunk/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v: simrun sweep --museum makes them", len(files), err)
	}
	h := &Hunter{Run: scenarios.RunWith}
	for _, file := range files {
		s, err := scenarios.Load(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		class, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# Fails: "), ",")
		if got := h.play(context.Background(), s); !slices.Contains(got.checks, class) {
			t.Errorf("%s: violated are %v, want %s", file, got.checks, class)
		}
		s.Planted = nil
		if got := h.play(context.Background(), s); len(got.checks) > 0 {
			t.Errorf("%s fails without the bug: %v", file, got.checks)
		}
	}
}
