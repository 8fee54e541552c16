package swarm

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"simrun/scenarios"
	"simrun/sim"
)

// Draw makes number n of the swarm of a base scenario. It depends on both alone,
// but for the protocol, which decides what faults of another protocol's steps
// wait for.
func Draw(base *scenarios.Scenario, number uint64) *scenarios.Scenario {
	name := fmt.Sprintf("%.40s-%d", base.Name, number)
	return draw(base, seeded{seed: number}, name, fmt.Sprintf("number %d of the swarm of %s", number, base.Name))
}

// Scenarios draws scenarios of the swarm of a base scenario by rapid: few and
// simple faults first, small jobs, nothing unusual.
func Scenarios(base *scenarios.Scenario) *rapid.Generator[*scenarios.Scenario] {
	return rapid.Custom(func(t *rapid.T) *scenarios.Scenario {
		return draw(base, drawn{t}, fmt.Sprintf("%.40s-drawn", base.Name), "drawn from the swarm of "+base.Name)
	})
}

// drawing is a scenario that is being drawn.
type drawing struct {
	choices
	budget scenarios.Swarm
	*scenarios.Scenario
	active sim.Time // for about so long from the start operations are asked
}

// parts are what is drawn, by the words of the budget's keep. Later parts read
// what earlier ones have drawn.
var parts = []struct {
	name string
	draw func(*drawing)
}{
	{"shape", (*drawing).shape},
	{"workload", (*drawing).workload},
	{"network", (*drawing).network},
	{"checkpoint", (*drawing).checkpoint},
	{"detector", (*drawing).detector},
	{"recovery", (*drawing).recovery},
}

func draw(base *scenarios.Scenario, c choices, name, about string) *scenarios.Scenario {
	d := &drawing{choices: c, budget: base.Budget(), Scenario: base.Drawn(name, about)}
	d.Seed += uint64(d.number("seed", 0, 1<<20-1))
	for _, part := range parts {
		if part.name == "checkpoint" {
			d.active = d.activity() // the workload is drawn
		}
		if !slices.Contains(d.budget.Keep, part.name) {
			part.draw(d)
		}
	}
	d.Faults = d.faults()
	d.expect()
	return d.Scenario
}

// activity is about how long operations are asked for.
func (d *drawing) activity() sim.Time {
	a := &d.Workload.Arrivals
	each := sim.Second // per thousand operations
	if a.Closed.Clients > 0 {
		each = 15 * sim.Second / sim.Time(a.Closed.Clients)
	} else {
		each = 1_000_000 * sim.Second / sim.Time(a.OpenPerSecondMilli)
	}
	if d.Workload.Operations == scenarios.Unlimited {
		return d.Time.Horizon
	}
	return max(sim.Millisecond, min(d.Time.Horizon, each*sim.Time(d.Workload.Operations)/1000))
}

// expect turns the expectation of the base, which is about all of the swarm,
// into one about a scenario of it: that a weak protocol fails is seen in some of
// them, and beyond the promises it may stand still.
func (d *drawing) expect() {
	for _, e := range []*scenarios.Expected{&d.Expect.None, &d.Expect.Redo, &d.Expect.Global, &d.Expect.Clonos} {
		switch {
		case e.Word == "fail":
			*e = scenarios.Expected{Word: "any"}
		case d.budget.Beyond && (e.Word == "" || e.Word == "pass"):
			e.Word = "safe"
		}
	}
}
