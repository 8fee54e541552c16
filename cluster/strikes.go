package cluster

import "simrun/dataflow"

// strikes sums up what strikes a run.
type strikes struct {
	feedback, merges bool // of the job

	failures            int // tasks that die or may be given up alive
	deaths              int
	source, sink        bool // one dies
	adjacent, path, all bool // die at one instant
	machines            []int
	machinesThere       int
	standby             bool // one dies
	silence, cut, pause bool
	manager, store      bool // is paused
}

func (c *Config) strikes(chosen int) *strikes {
	s := &strikes{}
	g, err := c.Graph()
	if err != nil {
		return s
	}
	for t := range g.Broker() {
		regular := 0
		for _, in := range g.Inputs(t) {
			if !g.Channels[in].Feedback {
				regular++
			}
		}
		s.merges = s.merges || regular > 1
		s.feedback = s.feedback || g.HasFeedback(t)
	}
	tasks := int(g.Broker())
	s.machinesThere = (tasks + c.Slots - 1) / c.Slots
	if c.Standbys > 0 && !c.Standby.Together {
		s.machinesThere += (tasks*c.Standbys + c.Slots - 1) / c.Slots
	}
	if chosen > 0 {
		s.failures, s.deaths, s.source, s.sink, s.adjacent = chosen, chosen, true, true, chosen > 1
		return s
	}
	for i := range c.Faults {
		s.add(c, g, &c.Faults[i])
	}
	return s
}

// add adds a fault.
func (s *strikes) add(c *Config, g *dataflow.Graph, f *Fault) {
	dies, count := make([]bool, g.Broker()), 0
	for _, t := range f.Targets {
		switch {
		case t.Kind == TargetManager:
			s.manager = s.manager || f.Kind == Pause
		case t.Kind == TargetStore:
			s.store = s.store || f.Kind == Pause
		case t.Kind == TargetStandby:
			s.standby = s.standby || f.Kind == Crash
		case t.Kind == TargetTask && f.Kind == Crash:
			dies[t.Index] = true
			count++
		case t.Kind == TargetMachine && f.Kind == Crash:
			s.crashMachine(c, dies, t.Index)
			count += c.Slots
		case t.Kind != TargetBroker && f.Kind != Slow:
			s.silence = true
			s.failures++
		}
	}
	s.cut, s.pause = s.cut || f.Kind == Cut, s.pause || f.Kind == Pause
	s.deaths += count
	s.failures += count
	adjacent, path := g.Together(dies)
	s.adjacent, s.path = s.adjacent || adjacent, s.path || path
	all := true
	for t := range g.Broker() {
		s.source = s.source || dies[t] && g.IsSource(t)
		s.sink = s.sink || dies[t] && g.IsSink(t)
		all = all && dies[t]
	}
	s.all = s.all || all
}

// crashMachine adds whom a machine's death kills: those that began there. Where
// tasks may have moved there before it may be anybody.
func (s *strikes) crashMachine(c *Config, dies []bool, m int) {
	known := false
	for _, other := range s.machines {
		known = known || other == m
	}
	if !known {
		s.machines = append(s.machines, m)
	}
	for t := range dies {
		dies[t] = dies[t] || t/c.Slots == m
	}
	if len(c.Faults) > 1 {
		s.source, s.sink, s.adjacent = true, true, true
	}
}
