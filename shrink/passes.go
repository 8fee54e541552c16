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

// seeds are what a reduction is tried with besides a scenario's own.
var seeds, manySeeds = []uint64{1, 2, 3}, []uint64{1, 2, 3, 4, 5, 6}

// otherPace tries again what did not bring fewer operations, at other rates and
// with more seeds, and not as far: what took many operations may be rare, not
// large.
func otherPace(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	if s.Workload.Operations < 4 {
		return nil
	}
	all := s.Workload.Operations
	for _, n := range slices.Compact([]int64{all / 2, all * 3 / 4, all * 7 / 8, all - 1}) {
		list = append(list, operations(s, n, 0))
		if rate := s.Workload.Arrivals.OpenPerSecondMilli; rate > 0 {
			list = append(list, operations(s, n, roundRate(rate*n/all)), operations(s, n, 100_000), operations(s, n, 1_000_000), operations(s, n, 10_000_000))
		}
	}
	return list
}

func fewerOperations(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for _, n := range ladder(s.Workload.Operations) {
		list = append(list, operations(s, n, 0))
		if rate := s.Workload.Arrivals.OpenPerSecondMilli; rate > 0 { // over the same time
			list = append(list, operations(s, n, max(1, roundRate(rate*n/s.Workload.Operations))))
		}
	}
	return list
}

// operations has so many of them, at a rate in thousandths per second; 0: as it is.
func operations(s *scenarios.Scenario, n, rate int64) *scenarios.Scenario {
	return changed(s, func(c *scenarios.Scenario) {
		if c.Workload.Operations = n; rate > 0 {
			c.Workload.Arrivals.OpenPerSecondMilli = rate
		}
	})
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

func fewerClients(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for _, n := range ladder(int64(s.Workload.Arrivals.Closed.Clients)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Workload.Arrivals.Closed.Clients = int(n) }))
	}
	return list
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

// fewerKinds tries one kind of operation alone, then leaves out each: what it
// had goes to the first that is left.
func fewerKinds(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	shares := func(s *scenarios.Scenario) [4]*int64 {
		m := &s.Workload.Mix
		return [4]*int64{&m.Checkout, &m.AddStock, &m.AddCredit, &m.Read}
	}
	try := func(kept func(i int) bool) {
		list = append(list, changed(s, func(c *scenarios.Scenario) {
			first, left := -1, int64(0)
			for i, share := range shares(c) {
				switch {
				case *share == 0:
				case kept(i) && first < 0:
					first = i
				case !kept(i):
					left += *share
					*share = 0
				}
			}
			if first >= 0 {
				*shares(c)[first] += left
			}
		}))
	}
	for k := range 4 {
		if *shares(s)[k] > 0 {
			try(func(i int) bool { return i == k })
		}
	}
	for k := range 4 {
		if *shares(s)[k] > 0 {
			try(func(i int) bool { return i != k })
		}
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

// smallerShop has fewer items and users, first both, and baskets of one piece.
func smallerShop(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	k := &s.Checkout
	for _, n := range ladder(int64(max(k.Items.Count, k.Users.Count))) {
		list = append(list, changed(s, func(c *scenarios.Scenario) {
			c.Checkout.Items.Count, c.Checkout.Users.Count = min(k.Items.Count, int(n)), min(k.Users.Count, int(n))
		}))
	}
	for _, n := range ladder(int64(k.Items.Count)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Checkout.Items.Count = int(n) }))
	}
	for _, n := range ladder(int64(k.Users.Count)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Checkout.Users.Count = int(n) }))
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

// quickerPace lets all go faster: a shorter horizon, operations and faults as
// much closer together, and perhaps checkpoints.
func quickerPace(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	rate := s.Workload.Arrivals.OpenPerSecondMilli
	for _, at := range roundTimes(s.Time.Horizon) {
		if rate == 0 || at < 20*sim.Millisecond {
			continue
		}
		quicker := changed(s, func(c *scenarios.Scenario) {
			c.Workload.Arrivals.OpenPerSecondMilli = roundRate(scaled(rate, s.Time.Horizon, at))
			within(c, at)
		})
		list = append(list, quicker, changed(quicker, func(c *scenarios.Scenario) {
			c.Checkpoint.Every = max(sim.Millisecond, scaled(s.Checkpoint.Every, at, s.Time.Horizon)/sim.Millisecond*sim.Millisecond)
		}))
	}
	return list
}

// roundRate is a rate of one digit, in thousandths per second.
func roundRate(rate int64) int64 {
	unit := int64(1)
	for rate/unit >= 10 {
		unit *= 10
	}
	return min(rate/unit*unit, 10_000_000_000)
}

// fewerPlanted leaves out each planted bug. Where the failure is due to them
// the last one stays (trier.blamed).
func fewerPlanted(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for i := range s.Planted {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Planted = slices.Delete(c.Planted, i, i+1) }))
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

func firstSeed(s *scenarios.Scenario) []*scenarios.Scenario {
	if s.Seed == 1 {
		return nil
	}
	return []*scenarios.Scenario{changed(s, func(c *scenarios.Scenario) { c.Seed = 1 })}
}
