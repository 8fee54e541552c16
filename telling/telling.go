package telling

import (
	"context"
	"fmt"

	"simrun/check"
	"simrun/cluster"
	"simrun/recovery"
	"simrun/scenarios"
	"simrun/sim"
)

// Telling is how a failure is told.
type Telling struct {
	Check     string   // the first check that is violated, in the order of the contract
	Class     string   // what tells its bug apart from others: the check and its rule
	Others    []string // further checks that are violated
	Sentences []string // what happened, the operation that went wrong first
	Promise   string   // what the check holds a system to
	Chain     []Event  // what led to it, at most eight events, in order of time
	Faults    []string // of the schedule, as a scenario file writes them
	Request   string   // what simrun trace --request takes to show the operation; empty: none is accused
}

// Event is one line of the chain.
type Event struct {
	At    sim.Time
	Where string // a task, the manager, or a client
	Text  string
}

// Simulate runs a scenario: scenarios.RunWith, or what stands for it.
type Simulate func(*scenarios.Scenario, scenarios.Options) (scenarios.Result, error)

// Options are how a failure is looked into.
type Options struct {
	Context     context.Context // ends the second run; the telling is then without its chain
	ShuffleTies bool            // as in the run that failed
	Simulate    Simulate        // nil: scenarios.RunWith
}

// Of tells why a run failed; nil: no check is violated.
func Of(s *scenarios.Scenario, r *scenarios.Result, o Options) *Telling {
	var t *Telling
	var first *check.Finding
	for i := range r.Checks {
		switch f := &r.Checks[i]; {
		case f.Verdict != check.Violated:
		case first == nil:
			first = f
			t = &Telling{Check: f.Name, Class: f.Class(), Promise: promise(f.Name)}
		default:
			t.Others = append(t.Others, f.Name)
		}
	}
	if first == nil {
		return nil
	}
	t.Faults = faultsOf(s)
	t.Sentences = check.Tell(r.Evidence, first)
	c := newCase(r, first)
	if len(c.operations) > 0 {
		t.Request = fmt.Sprintf("o%d", c.operations[0])
	}
	if heard, ok := c.listen(s, o); ok {
		t.Chain = c.chain(heard)
		if c.innocent {
			t.Sentences = append(t.Sentences, "No fault had struck by then.")
		}
	}
	return t
}

// OfInternal tells of a run that broke simrun itself: the last things heard before.
func OfInternal(s *scenarios.Scenario, e *scenarios.InternalError, heard []cluster.Line) *Telling {
	t := &Telling{Check: "internal", Class: "internal", Faults: faultsOf(s),
		Sentences: []string{fmt.Sprintf("simrun broke at step %d, %s into the run, at %s: %s.", e.Step, Clock(e.Time), e.Task, e.Text),
			"That says nothing about the protocol: a kernel, a harness or a checker is wrong."}}
	for _, l := range heard[max(0, len(heard)-eventsMost):] {
		t.Chain = append(t.Chain, plain(&l))
	}
	return t
}

// promise is what a check or a monitor holds a system to.
func promise(name string) string {
	if i, monitor := recovery.InvariantNamed(name); monitor {
		return i.Rule()
	}
	return check.Promise(name)
}

func faultsOf(s *scenarios.Scenario) (list []string) {
	for _, f := range s.Faults {
		list = append(list, f.String())
	}
	return list
}

// Clock is an instant as a trace writes it.
func Clock(t sim.Time) string {
	return fmt.Sprintf("%d.%06ds", t/sim.Second, t%sim.Second/sim.Microsecond)
}
