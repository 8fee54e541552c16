package shrink

import (
	"slices"

	"simrun/scenarios"
	"simrun/sim"
)

// fewerFaults leaves out all faults, then all but one, then ever fewer of them;
// and of those that crash several targets it leaves out each.
func fewerFaults(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	n := len(s.Faults)
	if n == 0 {
		return nil
	}
	keep := func(which func(i int) bool) {
		list = append(list, changed(s, func(c *scenarios.Scenario) {
			c.Faults = nil
			for i := range s.Faults {
				if which(i) {
					c.Faults = append(c.Faults, s.Clone().Faults[i])
				}
			}
		}))
	}
	keep(func(int) bool { return false })
	for size := 1; size <= n/2; size *= 2 { // chunks alone
		for from := 0; from < n; from += size {
			keep(func(i int) bool { return i >= from && i < from+size })
		}
	}
	for size := n / 2; size >= 1; size /= 2 { // all but a chunk
		for from := 0; from < n; from += size {
			keep(func(i int) bool { return i < from || i >= from+size })
		}
	}
	for i := range s.Faults {
		for j := range s.Faults[i].Crash {
			if len(s.Faults[i].Crash) > 1 {
				list = append(list, changed(s, func(c *scenarios.Scenario) { c.Faults[i].Crash = slices.Delete(c.Faults[i].Crash, j, j+1) }))
			}
		}
	}
	return list
}

// aim lets faults strike what there is: of a number too large what is left when
// the number of tasks is taken from it.
func aim(s *scenarios.Scenario) {
	tasks := map[string]int{}
	for _, o := range s.Operators() {
		tasks[o.Name()] = o.Tasks
	}
	eachTarget(s, func(t *scenarios.Target) {
		most := 0
		switch t.Kind {
		case scenarios.Task, scenarios.Standby:
			most = tasks[t.OperatorName()]
		case scenarios.Machine:
			most = s.Machines()
		}
		if most > 0 {
			t.Index %= most
		}
	})
	for i := range s.Faults {
		f := &s.Faults[i]
		var once []scenarios.Target
		for _, t := range f.Crash {
			if !slices.Contains(once, t) {
				once = append(once, t)
			}
		}
		if f.Crash != nil {
			f.Crash = once
		}
	}
}

// eachTarget visits everything that faults name.
func eachTarget(s *scenarios.Scenario, visit func(*scenarios.Target)) {
	for i := range s.Faults {
		f := &s.Faults[i]
		for j := range f.Crash {
			visit(&f.Crash[j])
		}
		if f.Pause != nil {
			visit(f.Pause)
		}
		if f.Slow != nil {
			visit(&f.Slow.Target)
		}
		if f.Cut != nil {
			visit(&f.Cut.From)
			visit(&f.Cut.To)
		}
		if f.Lose != nil {
			visit(&f.Lose.WritesOf)
		}
		if f.Delay != nil {
			visit(&f.Delay.WritesOf)
		}
		if f.Skew != nil {
			visit(&f.Skew.Target)
		}
		if f.After != nil && f.After.Task != nil {
			visit(f.After.Task)
		}
	}
}

// simplerTargets crashes one task of a machine in its place.
func simplerTargets(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for i := range s.Faults {
		for j, t := range s.Faults[i].Crash {
			if t.Kind == scenarios.Task {
				continue
			}
			for _, task := range s.Victims() {
				if !slices.Contains(s.Faults[i].Crash, task) {
					list = append(list, changed(s, func(c *scenarios.Scenario) { c.Faults[i].Crash[j] = task }))
				}
			}
		}
	}
	return list
}

// roundTimes are 1, 2, 5, 10 ... ms below a time.
func roundTimes(below sim.Time) (list []sim.Time) {
	for unit := sim.Millisecond; unit < below; unit *= 10 {
		for _, n := range []sim.Time{1, 2, 5} {
			if n*unit < below {
				list = append(list, n*unit)
			}
		}
	}
	return list
}

// shorterFaults lets what passes last for round times, and tasks be slower,
// writes later and clocks off by as little as can be.
func shorterFaults(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for i, f := range s.Faults {
		for _, long := range roundTimes(f.For) {
			list = append(list, changed(s, func(c *scenarios.Scenario) { c.Faults[i].For = long }))
		}
		if f.Slow != nil {
			for _, n := range ladder(f.Slow.Factor)[1:] {
				list = append(list, changed(s, func(c *scenarios.Scenario) { c.Faults[i].Slow.Factor = n }))
			}
		}
		if f.Delay != nil {
			for _, by := range roundTimes(f.Delay.By) {
				list = append(list, changed(s, func(c *scenarios.Scenario) { c.Faults[i].Delay.By = by }))
			}
		}
		if f.Skew != nil {
			for _, by := range roundTimes(sim.Time(max(f.Skew.By, -f.Skew.By))) {
				list = append(list, changed(s, func(c *scenarios.Scenario) {
					if c.Faults[i].Skew.By = int64(by); f.Skew.By < 0 {
						c.Faults[i].Skew.By = -int64(by)
					}
				}))
			}
		}
		if f.Cut != nil && f.Cut.Both {
			list = append(list, changed(s, func(c *scenarios.Scenario) { c.Faults[i].Cut.Both = false }))
		}
	}
	return list
}
