package shrink

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"simrun/scenarios"
	"simrun/sim"
)

// The inputs of tests that run in earnest: a scenario, what is set in it.
var inputs = []struct {
	name string
	set  []string
}{
	{"crash-small", []string{"recovery.protocol=none"}},
	{"crash-small", []string{"planted=[no-rng]", "expect=fail"}},
	{"crash-neighbours", []string{"recovery.protocol=redo"}},
	{"pipeline-small", []string{"recovery.protocol=none"}},
}

func loaded(t *testing.T, name string, set ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.With(set...); err != nil {
		t.Fatal(err)
	}
	return s
}

func shrunk(t *testing.T, s *scenarios.Scenario, o Options) Result {
	t.Helper()
	r, err := Shrink(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What comes out is a file that is valid, fails in the class, is not larger in
// anything, and of which no fault can be left out.
func TestShrink(t *testing.T) {
	for _, in := range inputs {
		t.Run(in.name+" "+strings.Join(in.set, " "), func(t *testing.T) {
			if testing.Short() && len(in.set) > 0 && strings.HasSuffix(in.set[0], "=redo") {
				t.Skip("many runs")
			}
			t.Parallel()
			from := loaded(t, in.name, in.set...)
			r := shrunk(t, from, Options{Workers: 2})
			if !r.Finished || r.SizeNow.Checkouts > 20 || r.SizeNow.Faults > 3 {
				t.Errorf("%d faults and %d checkouts are left; finished: %v", r.SizeNow.Faults, r.SizeNow.Checkouts, r.Finished)
			}
			s, err := scenarios.Parse("shrunk.yaml", r.File("simrun shrink"), nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, r.File("simrun shrink"))
			}
			if !bytes.Equal(s.Expand(), r.Scenario.Expand()) {
				t.Errorf("the file is another scenario than the result:\n%s\n%s", s.Expand(), r.Scenario.Expand())
			}
			if got := ClassOf(ran(s)); got != r.Class {
				t.Errorf("it fails by %q, not by %q", got, r.Class)
			}
			notLarger(t, &r)
			for i := range s.Faults {
				less := s.Clone()
				less.Faults = append(less.Faults[:i], less.Faults[i+1:]...)
				if ClassOf(ran(less)) == r.Class {
					t.Errorf("fault %d is not needed:\n%s", i, r.File(""))
				}
			}
			if len(s.Planted) > 0 {
				less := s.Clone()
				less.Planted = nil
				if ClassOf(ran(less)).Fails() {
					t.Errorf("it fails without the planted bug:\n%s", r.File(""))
				}
			}
		})
	}
}

func ran(s *scenarios.Scenario) (*scenarios.Result, error) {
	r, err := scenarios.Run(s)
	return &r, err
}

func notLarger(t *testing.T, r *Result) {
	t.Helper()
	a, b := r.SizeFrom, r.SizeNow
	if b.Faults > a.Faults || b.Operations > a.Operations || b.Checkouts > a.Checkouts || b.Tasks > a.Tasks || b.HorizonUS > a.HorizonUS || b.Keys > a.Keys {
		t.Errorf("it grew: from %+v to %+v", a, b)
	}
	from, now := r.From, r.Scenario
	if now.Checkout.Items.Count > from.Checkout.Items.Count || now.Checkout.Users.Count > from.Checkout.Users.Count ||
		now.Cluster.Standbys > from.Cluster.Standbys || now.Cluster.Slots > from.Cluster.Slots || now.Pipeline.Keys > from.Pipeline.Keys {
		t.Errorf("it grew:\n%s", now.Concise())
	}
}

// The same bytes again, and with any number of workers.
func TestShrinkIsDeterministic(t *testing.T) {
	s := loaded(t, "crash-small", "planted=[no-order]")
	var first []byte
	for _, workers := range []int{1, 4} {
		r := shrunk(t, s, Options{Workers: workers})
		text := r.File("simrun shrink")
		if first == nil {
			first = text
		}
		if !bytes.Equal(first, text) {
			t.Fatalf("%d workers:\n%s\nwith one:\n%s", workers, text, first)
		}
	}
}

// What has been shrunk does not become smaller by shrinking it again.
func TestShrinkingAgainChangesNothing(t *testing.T) {
	r := shrunk(t, loaded(t, "crash-small", "recovery.protocol=none"), Options{})
	again := shrunk(t, r.Scenario, Options{})
	if !bytes.Equal(again.Scenario.Expand(), r.Scenario.Expand()) {
		t.Errorf("%s\nbecame\n%s", r.Scenario.Concise(), again.Scenario.Concise())
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		want, check string
		set         []string
	}{
		{"passes, there is nothing to shrink", "", nil},
		{"it tested nothing", "", []string{"faults[0]={after: {task: order/0, records: 1000000}, crash: order/0}"}},
		{"does not violate linearizable, but exactly_once", "linearizable", []string{"recovery.protocol=none"}},
	} {
		s := loaded(t, "crash-small", c.set...)
		r, err := Shrink(context.Background(), s, Options{Check: c.check})
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) || r.Scenario != s {
			t.Errorf("%v: %v, not %q", c.set, err, c.want)
		}
	}
}

// --class keeps a check that is not the first.
func TestShrinkKeepsTheCheckAskedFor(t *testing.T) {
	s := loaded(t, "crash-small", "recovery.protocol=redo")
	r := shrunk(t, s, Options{Check: "progress"})
	if result, err := ran(r.Scenario); err != nil || !violates(result, "progress") || r.Class.Check != "progress" {
		t.Errorf("%v: %s", err, r.File(""))
	}
}

// A rule that is known says what has to be left: of four faults the two that it
// names, moved as little as it needs, five operations, everything else as
// defaults have it.
func TestShrinkFindsTheLeast(t *testing.T) {
	rule := func(s *scenarios.Scenario) Class {
		if s.Workload.Operations >= 5 && crashes(s, "stock", 0, 300*sim.Millisecond) && crashes(s, "egress", 0, sim.Second) && s.Checkout.Items.Count >= 3 {
			return Class{Check: "exactly_once"}
		}
		return Class{}
	}
	s := loaded(t, "crash-small", "faults=[{at: 100ms, crash: [order/1, stock/1]}, {at: 200ms, pause: order/0, for: 1s}, {at: 500ms, crash: [machine/3]}, {at: 610ms, crash: egress/1}]",
		"check.linearizable=off")
	r := shrunk(t, s, Options{Simulate: fake(rule)})
	now := r.Scenario
	if r.SizeNow.Faults != 2 || now.Workload.Operations != 5 || now.Checkout.Items.Count != 3 || now.Checkout.Users.Count != 1 || r.SizeNow.Tasks != 5 ||
		now.Time.Horizon > 2*sim.Millisecond || now.Faults[0].Crash[0].Index != 0 || now.Check.Linearizable {
		t.Errorf("%+v\n%s", r.SizeNow, r.File(""))
	}
}

// A failure of the whole system does not stand for that of a planted bug.
func TestShrinkKeepsBlame(t *testing.T) {
	rule := func(s *scenarios.Scenario) Class {
		if s.Workload.Operations < 10 || len(s.Planted) > 0 && s.Workload.Operations >= 20 {
			return Class{Check: "exactly_once"}
		}
		return Class{}
	}
	s := loaded(t, "crash-small", "planted=[no-order, no-rng]")
	r := shrunk(t, s, Options{Simulate: fake(rule)})
	if r.Scenario.Workload.Operations != 20 || len(r.Scenario.Planted) != 1 || len(r.Scenario.Faults) != 0 {
		t.Errorf("%s", r.File(""))
	}
}

// An internal error is a class, and another text is another one.
func TestShrinkKeepsAnInternalError(t *testing.T) {
	rule := func(s *scenarios.Scenario) Class {
		text := "credit of 7 is -1"
		if s.Workload.Operations < 12 {
			text = "no such operation"
		}
		return Class{Internal, text}
	}
	r := shrunk(t, loaded(t, "crash-small"), Options{Simulate: fake(rule)})
	if r.Scenario.Workload.Operations != 12 || r.Class != (Class{Internal, "credit of # is -#"}) {
		t.Errorf("%v\n%s", r.Class, r.File(""))
	}
}

func TestShrinkIsBounded(t *testing.T) {
	s := loaded(t, "crash-small", "recovery.protocol=redo")
	r := shrunk(t, s, Options{Runs: 40})
	if r.Runs > 40 || r.Finished || !strings.Contains(string(r.File("")), "NOT FINISHED") {
		t.Errorf("%d runs, finished: %v\n%s", r.Runs, r.Finished, r.File(""))
	}
}

// An interrupt leaves the smallest scenario so far.
func TestShrinkIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s := loaded(t, "crash-small", "recovery.protocol=none")
	smaller := false
	r, err := Shrink(ctx, s, Options{Progress: func(p Progress) {
		if smaller = p.Size.Operations < 240; smaller {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || r.Scenario == s || r.Finished || ClassOf(ran(r.Scenario)) != r.Class {
		t.Errorf("%v\n%s", err, r.File(""))
	}
}
