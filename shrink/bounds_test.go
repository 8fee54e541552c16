package shrink

import (
	"testing"

	"simrun/check"
	"simrun/scenarios"
)

// --class keeps its check, though another one comes first and takes less.
func TestShrinkKeepsTheCheckAskedForAlone(t *testing.T) {
	simulate := fake(func(s *scenarios.Scenario) Class {
		if s.Workload.Operations >= 2 {
			return Class{Check: "linearizable"}
		}
		return Class{}
	})
	both := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		r, err := simulate(s, o)
		for i := range r.Checks {
			if f := &r.Checks[i]; f.Name == "exactly_once" && s.Workload.Operations >= 10 {
				f.Verdict = check.Violated
			}
		}
		return r, err
	}
	s := loaded(t, "crash-small")
	if r := shrunk(t, s, Options{Simulate: both, Check: "exactly_once"}); r.Scenario.Workload.Operations != 10 || r.Class.Check != "exactly_once" {
		t.Errorf("%s", r.File(""))
	}
	if r := shrunk(t, s, Options{Simulate: both}); r.Scenario.Workload.Operations != 2 || r.Class.Check != "linearizable" {
		t.Errorf("%s", r.File(""))
	}
}

// No more runs are made than are allowed, however many reductions there are; and no more
// events than a minute takes. What comes after the search, the last run and those that tell
// what is needed, is not bounded.
func TestShrinkBoundsRunsAndEvents(t *testing.T) {
	s := loaded(t, "crash-small")
	for _, c := range []struct {
		most   int
		events uint64 // of a run
		runs   int    // that may be counted
	}{{50, 1000, 50}, {0, eventsMost / 4, 40}} { // a list that is begun is run to its end
		calls := 0
		simulate := fake(func(*scenarios.Scenario) Class {
			if calls++; calls == 1 { // nothing smaller fails
				return Class{Check: "exactly_once"}
			}
			return Class{}
		})
		long := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
			r, err := simulate(s, o)
			r.Events = c.events
			return r, err
		}
		if r := shrunk(t, s, Options{Simulate: long, Runs: c.most, Workers: 1}); r.Runs > c.runs || r.Finished || calls > c.runs+len(r.Needed)+1 {
			t.Errorf("%d of %d runs, and %d calls; finished: %v", r.Runs, c.runs, calls, r.Finished)
		}
	}
}

// A harness that breaks is a class, and does not break the search.
func TestShrinkOutlivesPanics(t *testing.T) {
	simulate := fake(func(*scenarios.Scenario) Class { return Class{} })
	breaks := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		if s.Workload.Operations >= 5 {
			panic("slot 7 is free")
		}
		return simulate(s, o)
	}
	r := shrunk(t, loaded(t, "crash-small"), Options{Simulate: breaks})
	if r.Class != (Class{Internal, "slot # is free"}) || r.Scenario.Workload.Operations != 5 {
		t.Errorf("%s", r.File(""))
	}
}
