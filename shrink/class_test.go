package shrink

import (
	"errors"
	"testing"

	"simrun/check"
	"simrun/scenarios"
	"simrun/sim"
)

func TestClassOf(t *testing.T) {
	of := func(names ...string) *scenarios.Result {
		r := &scenarios.Result{Checks: []check.Finding{{Name: "harness", Verdict: check.Ok}, {Name: "progress", Verdict: check.Undecided}}}
		for _, name := range names {
			r.Checks = append(r.Checks, check.Finding{Name: name, Verdict: check.Violated})
		}
		return r
	}
	for _, c := range []struct {
		r    *scenarios.Result
		err  error
		want Class
	}{
		{of(), nil, Class{}},
		{of("exactly_once", "INV-01"), nil, Class{Check: "exactly_once"}},
		{of("INV-14"), nil, Class{}},
		{of("INV-14", "INV-20"), nil, Class{Check: "INV-20"}},
		{of(), errors.New("it cannot be run"), Class{}},
		{of(), &scenarios.InternalError{Text: "task 3 of 12\nstack"}, Class{Internal, "task # of #"}},
	} {
		if got := ClassOf(c.r, c.err); got != c.want {
			t.Errorf("%v %v: %v, not %v", c.r.Checks, c.err, got, c.want)
		}
	}
}

// The instant of fewest digits after one event and before the next.
func TestRoundest(t *testing.T) {
	for _, c := range [][3]sim.Time{{5_123_456, 5_345_678, 5_300_000}, {7, 8, 8}, {99, 2_000_001, 2_000_000}, {123, 125, 124}, {0, 900, 800}} {
		if got := roundest(c[0], c[1]); got != c[2] {
			t.Errorf("between %d and %d: %d, not %d", c[0], c[1], got, c[2])
		}
	}
}
