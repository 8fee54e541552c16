package scenarios

import (
	"fmt"
	"strings"

	"simrun/cluster"
	"simrun/sim"
)

// Sweep is many runs of one scenario: every variant under every seed and, if
// tasks are to be crashed, at many moments, or with everything else drawn at
// random. Start at Variant, Choice and Numbers, then Points (sweepplan.go), then
// Each (sweeprun.go).
type Sweep struct {
	Variants    []Variant
	Seeds       []uint64
	Choice      Choice
	Numbers     Numbers
	ShuffleTies bool
}

// Numbers are random scenarios, each in place of the variant that it is drawn
// from. The zero value draws none.
type Numbers struct {
	From, To uint64 // from 1
	Draw     func(base *Scenario, number uint64) *Scenario
}

// Chosen says whether the sweep makes runs that the scenario alone is not.
func (s *Sweep) Chosen() bool { return s.Choice.Crashes() || s.Numbers.To > 0 }

// Runs is how many runs a variant has under one seed, where the sweep chooses
// no crashes.
func (s *Sweep) Runs() uint64 {
	if s.Numbers.To > 0 {
		return s.Numbers.To - s.Numbers.From + 1
	}
	return 1
}

// Variant is the scenario under one protocol and one set of values.
type Variant struct {
	Scenario *Scenario // its seed does not count
	Values   string    // what a sweep changes in it: "checkpoint.every=1s"; empty: nothing
}

// Choice says which moments tasks are crashed at. The zero value leaves the
// scenario's own faults as they are.
type Choice struct {
	Everywhere bool // one crash a run, at every moment, in place of the scenario's own faults
	Pairs      bool // two crashes a run
	Every      int  // of the moments at which a task does a kind of thing, every so-manyth; 0 and 1: all
	Most       int  // crash runs per protocol; 0: no bound, of pairs PairsMost
}

// PairsMost is how many pairs are tried per protocol if nobody says.
const PairsMost = 10_000

// Crashes says whether the sweep chooses crashes.
func (c Choice) Crashes() bool { return c.Everywhere || c.Pairs }

// Point is one run of a sweep.
type Point struct {
	Variant int
	Seed    uint64
	Number  uint64 // of the random scenario; 0: none is drawn
	Quiet   bool   // without any fault
	First   *Crash // nil: none is chosen
	Second  *Crash // nil: one crash
}

// Crash kills a task at a moment.
type Crash struct {
	Victim Target
	When   After
	At     sim.Time // in the run without faults; -1: it waits for the recovery of another crash
	Joined bool     // at the instant of the crash before it; When does not count
	step   uint64   // of the event that the run without faults handles then; 0: before the first, or not known
}

// String names a crash: order/0 before its event 17; stock/1 at complete 2 of
// the manager.
func (c *Crash) String() string {
	switch own := c.When.Task != nil && *c.When.Task == c.Victim; {
	case c.Joined:
		return c.Victim.String() + " with it"
	case c.When.Events > 0 && own:
		return fmt.Sprintf("%v before its event %d", c.Victim, c.When.Events)
	case c.When.Events > 0:
		return fmt.Sprintf("%v before event %d of %v", c.Victim, c.When.Events, *c.When.Task)
	case c.When.Task == nil:
		return fmt.Sprintf("%v at %s %d of the manager", c.Victim, c.When.Trace, c.When.Count)
	case own:
		return fmt.Sprintf("%v at its %s %d", c.Victim, c.When.Trace, c.When.Count)
	}
	return fmt.Sprintf("%v at %s %d of %v", c.Victim, c.When.Trace, c.When.Count, *c.When.Task)
}

// Scenario is what the point runs: a scenario with everything explicit, which
// a file can hold.
func (s *Sweep) Scenario(p *Point) *Scenario {
	c := *s.Variants[p.Variant].Scenario
	c.Seed = p.Seed
	switch {
	case p.Number > 0:
		return s.Numbers.Draw(&c, p.Number)
	case p.Quiet:
		c.Faults = nil
	case p.First != nil:
		c.Faults = p.faults()
	}
	return &c
}

func (p *Point) faults() []Fault {
	when := p.First.When
	list := []Fault{{After: &when, Crash: []Target{p.First.Victim}}}
	switch {
	case p.Second == nil:
	case p.Second.Joined:
		list[0].Crash = append(list[0].Crash, p.Second.Victim)
	default:
		then := p.Second.When
		list = append(list, Fault{After: &then, Crash: []Target{p.Second.Victim}})
	}
	return list
}

// Missed says whether the point's second crash never struck in a run of it.
func (p *Point) Missed(r *Result) bool {
	for _, i := range r.Unstruck {
		if p.Second != nil && i == 1 {
			return true
		}
	}
	return false
}

// Struck is when the point's crashes struck in a run of it; -1 if one did not.
func (p *Point) Struck(r *Result) (first, second sim.Time) {
	first, second = -1, -1
	marks := r.Marks
	if len(marks) > 0 {
		first, marks = marks[0].From, marks[1:]
	}
	switch {
	case p.Second == nil || p.Missed(r):
	case p.Second.Joined:
		second = first
	case len(marks) > 0:
		second = marks[0].From
	}
	return first, second
}

// crashAt is the crash of a task at a moment that a run has listed.
func crashAt(m *cluster.Moment, victim Target) Crash {
	c := Crash{Victim: victim, At: m.At, step: m.Step, When: After{Events: m.Event, Trace: m.Verb, Count: m.Count}}
	if m.Task != "" {
		task := taskNamed(m.Task)
		c.When.Task = &task
	}
	return c
}

func taskNamed(name string) Target {
	t, _, ok := parseTarget(name)
	if !ok {
		panic("scenarios: a moment of " + name)
	}
	return t
}

func (s *Scenario) tasks() []Target {
	var list []Target
	for _, o := range s.Operators() {
		for i := range o.Tasks {
			list = append(list, Target{Kind: Task, Operator: o.word, Stage: o.stage, Index: i})
		}
	}
	return list
}

// Identity is a text that two sweeps share if they run the same: not how many
// workers and shards do it.
func (s *Sweep) Identity() string {
	var b strings.Builder
	for _, v := range s.Variants {
		c := *v.Scenario
		c.Seed = 0
		fmt.Fprintf(&b, "%s\n%s\n", v.Values, c.Expand())
	}
	fmt.Fprintf(&b, "%d\n%+v\n%v\n", s.Seeds, s.Choice, s.ShuffleTies)
	if s.Numbers.To > 0 {
		fmt.Fprintf(&b, "numbers %d to %d\n", s.Numbers.From, s.Numbers.To)
	}
	return b.String()
}
