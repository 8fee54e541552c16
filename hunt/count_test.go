package hunt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"simrun/check"
	"simrun/museum"
	"simrun/scenarios"
)

// numbered is a scenario that is known by its number.
func numbered(base *scenarios.Scenario, number uint64) *scenarios.Scenario {
	s := base.Clone()
	s.Name = fmt.Sprintf("n%d", number)
	return s
}

// violates is a run that violates checks.
func violates(names ...string) scenarios.Result {
	r := scenarios.Result{Evidence: &check.Evidence{History: &check.History{}}}
	for _, name := range names {
		r.Checks = append(r.Checks, check.Finding{Name: name, Verdict: check.Violated})
	}
	return r
}

// Whatever a run with the bug comes to is counted for what it is; numbers begin at 1.
func TestHuntCounts(t *testing.T) {
	var orphan error = &scenarios.InternalError{Text: "a gap"}
	run := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		bug := len(s.Planted) > 0
		switch {
		case s.Name == "n1" && bug:
			return violates("exactly_once", "INV-04", "INV-14"), nil
		case s.Name == "n2" && bug:
			return violates("INV-04", "INV-14"), nil
		case s.Name == "n3" && bug:
			return violates("INV-14"), nil // repeats what judges say, and none says anything
		case s.Name == "n4":
			return violates("progress"), nil // with the bug or without it
		case s.Name == "n5" && bug:
			return scenarios.Result{}, orphan
		case s.Name == "n6" && bug:
			panic("a harness breaks")
		case s.Name == "n7":
			return scenarios.Result{Vacuous: "nothing died"}, nil
		case s.Name == "n8" && bug:
			return violates("INV-04"), nil
		case s.Name == "n8": // a harness that breaks without the bug, too
			panic("a harness breaks")
		}
		return violates(), nil
	}
	h := &Hunter{Base: under(t, "clonos"), Draw: numbered, Run: run, Workers: 2, Catches: 10, Runs: 9}
	got := hunted(t, h, "no-order")
	got.Bug = museum.Bug{}
	want := Trophy{Runs: 9, Catches: 4, Vacuous: 1, Caught: []int{1, 2, 5, 6}, Judged: 3, Wrong: []int{4, 8},
		Checks: []Count{{"INV-04", 2}, {"internal", 2}, {"exactly_once", 1}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

// A hunt that cannot run a scenario, or a survivor's probe, says so, and probes no more than
// it has run.
func TestHuntFails(t *testing.T) {
	broken := errors.New("no such scenario")
	for _, c := range []struct {
		fails bool // with the bug, once n2 has run
		want  int  // probes
	}{{false, 3}, {true, 3}} {
		ran := map[string]int{}
		h := &Hunter{Base: under(t, "clonos"), Draw: numbered, Workers: 1, Catches: 1, Runs: 3, Probes: 50}
		h.Run = func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
			if ran[s.Name]++; c.fails && s.Name == "n2" && ran[s.Name] > 1 {
				return scenarios.Result{}, broken
			}
			return violates(), nil
		}
		bug, _ := museum.Find("no-order")
		got, err := h.Hunt(context.Background(), bug)
		if got.Probes != c.want || len(ran) != 3 || c.fails != errors.Is(err, broken) {
			t.Errorf("%d probes of %v: %v", got.Probes, ran, err)
		}
	}
}

// Of catches the smallest is kept: the first that is small, of at most six.
func TestShrinkChoosesACatch(t *testing.T) {
	for _, c := range []struct {
		checkouts []int64 // that each catch needs
		shrunk    int     // which are made small
		kept      int     // of which number
	}{
		{[]int64{3, 2}, 1, 1},
		{[]int64{38, 29, 8, 2}, 3, 3},
		{[]int64{29, 38, 29}, 3, 1},
		{[]int64{50, 38, 50, 29, 38, 50, 1}, 6, 4},
	} {
		seen := map[string]bool{}
		run := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
			if o.Context != nil && o.Context.Err() != nil {
				return scenarios.Result{}, o.Context.Err()
			}
			name := strings.TrimSuffix(s.Name, "-shrunk")
			seen[name] = true
			var i int
			fmt.Sscanf(name, "n%d", &i)
			r := violates()
			if len(s.Planted) > 0 && s.Workload.Operations >= c.checkouts[i-1] {
				r = violates("exactly_once")
			}
			for range s.Workload.Operations {
				r.Evidence.History.Append(check.Op{Kind: check.Checkout}, nil, nil)
			}
			return r, nil
		}
		base, err := under(t, "clonos").With("workload.operations=60")
		if err != nil {
			t.Fatal(err)
		}
		bug, _ := museum.Find("no-order")
		trophy := Trophy{Bug: bug}
		for i := range c.checkouts {
			trophy.Caught = append(trophy.Caught, i+1)
		}
		h := &Hunter{Base: base, Draw: numbered, Run: run, Workers: 1}
		if err := h.Shrink(context.Background(), &trophy, 80, "simrun sweep --museum"); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("name: n%d-shrunk", c.kept); len(seen) != c.shrunk || !strings.Contains(trophy.Shrunk, want) || int64(trophy.Checkouts) != c.checkouts[c.kept-1] ||
			trophy.Class != "exactly_once" || !strings.Contains(trophy.Shrunk, "by: simrun sweep --museum") {
			t.Errorf("%v: %d are made small, %d checkouts are left of %s\n%s", c.checkouts, len(seen), trophy.Checkouts, trophy.Class, trophy.Shrunk)
		}
	}
}

func TestOutcome(t *testing.T) {
	var got []string
	for _, trophy := range []Trophy{
		{Catches: 1}, {Catches: 1, Bug: museum.Bug{Harmless: "no"}}, {Bug: museum.Bug{Harmless: "no"}}, {Bug: museum.Bug{Hidden: "no"}}, {Changed: 1}, {},
	} {
		got = append(got, trophy.Outcome())
	}
	if want := []string{"caught", "caught, and said to do no harm", "harmless", "hidden", "survived", "never triggered"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
