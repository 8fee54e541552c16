package hunt

import (
	"context"
	"math"
	"reflect"
	"testing"

	"simrun/museum"
	"simrun/scenarios"
)

// shops draws crash-small with another seed and another order task's death each
// time, under a protocol.
func shops(t *testing.T, protocol string) func(int) (*scenarios.Scenario, error) {
	base, err := scenarios.Load("crash-small", []scenarios.Override{{Key: "recovery.protocol", Value: protocol}})
	if err != nil {
		t.Fatal(err)
	}
	return func(number int) (*scenarios.Scenario, error) {
		s := base.Clone()
		s.Seed = uint64(number)
		return s, nil
	}
}

func hunter(t *testing.T, protocol string) *Hunter {
	return &Hunter{Draw: shops(t, protocol), Run: scenarios.RunWith, Workers: 2, Catches: 3, Runs: 20, Probes: 5}
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
	if got.Catches != 3 || got.First < 1 || got.Runs < 3 || len(got.Wrong) > 0 || got.Outcome() != "caught" || got.Judged == 0 {
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
	if got := hunted(t, h, "share-with-siblings"); got.Catches != 0 || got.Changed == 0 || got.Outcome() != "harmless" {
		t.Errorf("%+v", got)
	}
	if got := hunted(t, h, "count-built"); got.Catches != 0 || got.Outcome() == "caught" {
		t.Errorf("%+v", got)
	}
	if got := hunted(t, h, "keep-uncommitted"); got.Catches == 0 {
		t.Errorf("it needs global, and gets it: %+v", got)
	}
	h.Draw = shops(t, "global")
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
