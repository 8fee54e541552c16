package shrink

import (
	"slices"

	"simrun/scenarios"
	"simrun/sim"
)

// pass is one kind of reduction.
type pass struct {
	name string
	// reduced lists what a scenario can be reduced to, the smallest first. What
	// is no valid scenario, or no smaller one, is left out later.
	reduced  func(s *scenarios.Scenario) []*scenarios.Scenario
	instants int      // other instants of its faults that each is tried with
	seeds    []uint64 // and other seeds
}

// passes are the reductions in their order: what makes runs short first.
func passes(defaults *scenarios.Scenario) []pass {
	list := []pass{
		{"faults", fewerFaults, 16, nil},
		{"operations", fewerOperations, 16, seeds},
		{"tasks", fewerTasks, 24, seeds},
		{"clients", fewerClients, 16, seeds},
		{"stages", fewerStages, 16, seeds},
		{"kinds of operations", fewerKinds, 16, seeds},
		{"standbys and slots", fewerMachines, 12, nil},
		{"shop", smallerShop, 16, seeds},
		{"planted bugs", fewerPlanted, 12, nil},
		{"quirks", fewerQuirks, 12, nil},
		{"what is struck", simplerTargets, 16, nil},
		{"horizon", shorterHorizon, 8, nil},
		{"pace", quickerPace, 16, seeds},
	}
	for _, r := range resets {
		list = append(list, pass{r.name, r.reduced(defaults), 10, nil})
	}
	return append(list,
		pass{"when faults strike", nil, 0, nil}, // needs runs: the search lists them (search.go)
		pass{"how long faults last", shorterFaults, 0, nil},
		pass{"seed", firstSeed, 24, nil},
		pass{"operations once more", otherPace, 8, manySeeds})
}

// changed is a copy of a scenario with a change.
func changed(s *scenarios.Scenario, change func(c *scenarios.Scenario)) *scenarios.Scenario {
	c := s.Clone()
	change(c)
	return c
}

// ladder is some of the whole numbers from 1 on that are less than n: all small
// ones, then each about a third more than the one before.
func ladder(n int64) []int64 {
	var steps []int64
	for i := int64(1); i < n; i += max(1, i/3) {
		steps = append(steps, i)
	}
	return steps
}

// fewerTasks tries one task for each operator, two and so on, then fewer of one
// operator. Faults strike the task whose number is left of theirs.
func fewerTasks(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	most := 0
	for _, n := range perOperator(s) {
		most = max(most, *n)
	}
	for _, n := range ladder(int64(most)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { narrow(c, int(n)) }))
	}
	for i, n := range perOperator(s) {
		for _, less := range ladder(int64(*n)) {
			list = append(list, changed(s, func(c *scenarios.Scenario) {
				*perOperator(c)[i] = int(less)
				aim(c)
			}))
		}
	}
	return list
}

// perOperator are the numbers of tasks, of all operators whether the job has
// them or not.
func perOperator(s *scenarios.Scenario) []*int {
	p := &s.Parallelism
	return []*int{&p.Ingress, &p.Order, &p.Stock, &p.Payment, &p.Egress, &p.Count}
}

// narrow gives each operator at most n tasks.
func narrow(s *scenarios.Scenario, n int) {
	for _, p := range perOperator(s) {
		*p = min(*p, n)
	}
	aim(s)
}

func fewerStages(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	if s.Job != "pipeline" {
		return nil
	}
	for n := 1; n < s.Pipeline.Stages; n++ {
		list = append(list, changed(s, func(c *scenarios.Scenario) {
			c.Pipeline.Stages = n
			eachTarget(c, func(t *scenarios.Target) { t.Stage = min(t.Stage, n) })
			aim(c)
		}))
	}
	for _, n := range ladder(int64(s.Pipeline.Keys)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Pipeline.Keys = int(n) }))
	}
	return list
}

func fewerMachines(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for n := range s.Cluster.Standbys {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Cluster.Standbys = n; aim(c) }))
	}
	for _, n := range ladder(int64(s.Cluster.Slots)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Cluster.Slots = int(n); aim(c) }))
	}
	return list
}

func fewerQuirks(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for i := range s.Recovery.Quirks {
		list = append(list, changed(s, func(c *scenarios.Scenario) {
			c.Recovery.Quirks = slices.Delete(slices.Clone(s.Recovery.Quirks), i, i+1)
		}))
	}
	return list
}

// shorterHorizon ends the run at round times, not before its faults.
func shorterHorizon(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	last := sim.Time(0)
	for _, f := range s.Faults {
		last = max(last, f.At)
	}
	for _, at := range roundTimes(s.Time.Horizon) {
		if at >= last {
			list = append(list, changed(s, func(c *scenarios.Scenario) { c.Time.Horizon = at }))
		}
	}
	return list
}

// fewerPlanted leaves out each planted bug. Where the failure is due to them
// the last one stays (trier.blamed).
func fewerPlanted(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for i := range s.Planted {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Planted = slices.Delete(c.Planted, i, i+1) }))
	}
	return list
}

func firstSeed(s *scenarios.Scenario) []*scenarios.Scenario {
	if s.Seed == 1 {
		return nil
	}
	return []*scenarios.Scenario{changed(s, func(c *scenarios.Scenario) { c.Seed = 1 })}
}
