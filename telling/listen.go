package telling

import (
	"simrun/check"
	"simrun/cluster"
	"simrun/recovery"
	"simrun/scenarios"
	"simrun/sim"
)

// operationsMost bounds the operations that a chain is about.
const operationsMost = 2

// afterwards is how much of the run is heard behind all that is known to matter.
const afterwards = sim.Second

// matter is a violation that is looked into.
type matter struct {
	result     *scenarios.Result
	finding    *check.Finding
	entries    []int32 // of the history: what is accused
	operations []int64 // the same, as the story numbers them
	innocent   bool    // no fault had struck when it went wrong
}

func newCase(r *scenarios.Result, f *check.Finding) *matter {
	c := &matter{result: r, finding: f}
	if f.About == nil {
		return c
	}
	for _, entry := range f.About.Ops[:min(len(f.About.Ops), operationsMost)] {
		c.entries = append(c.entries, entry)
		c.operations = append(c.operations, int64(entry)/int64(max(1, r.Entries)))
	}
	return c
}

// listen runs the scenario again for its story.
func (c *matter) listen(s *scenarios.Scenario, o Options) (heard []cluster.Line, ok bool) {
	if o.Simulate == nil {
		o.Simulate = scenarios.RunWith
	}
	listener, lines := Listen(c.operations)
	_, err := o.Simulate(s, scenarios.Options{Context: o.Context, ShuffleTies: o.ShuffleTies, Lean: true, Listen: listener, Until: c.until()})
	return *lines, err == nil
}

// Listen makes a listener that keeps what a chain may be made of.
func Listen(operations []int64) (*cluster.Listener, *[]cluster.Line) {
	lines := new([]cluster.Line)
	return &cluster.Listener{Operations: operations, Line: func(l *cluster.Line) {
		if l.Fault || l.Orphan || l.Violated != "" || l.Act != cluster.NoAct || tells(l.Verb) {
			*lines = append(*lines, *l)
		}
	}}, lines
}

// tells says whether a step of the protocol is part of a recovery's story.
func tells(v recovery.Verb) bool {
	switch v {
	case recovery.VerbSnapshot, recovery.VerbComplete, recovery.VerbDetect, recovery.VerbActivate, recovery.VerbRestore, recovery.VerbCollect, recovery.VerbRunning, recovery.VerbRollback:
		return true
	}
	return false
}

// until is when all that can matter has happened.
func (c *matter) until() sim.Time {
	r := c.result
	last := sim.Time(0)
	for _, m := range r.Marks {
		last = max(last, m.From, m.To)
	}
	for _, v := range r.Recoveries {
		last = max(last, v.At+v.Detect+v.Activate+v.Restore+v.Collect+v.Connect+v.Replay)
	}
	for _, i := range c.entries {
		op := &r.Evidence.History.Ops[i]
		last = max(last, sim.Time(op.Call))
		if op.Return != check.Pending {
			last = max(last, sim.Time(op.Return))
		}
	}
	if a := c.finding.About; a != nil {
		last = max(last, sim.Time(a.At))
	}
	return last + afterwards
}
