package shrink

import (
	"slices"

	"simrun/scenarios"
	"simrun/sim"
)

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

func fewerClients(s *scenarios.Scenario) (list []*scenarios.Scenario) {
	for _, n := range ladder(int64(s.Workload.Arrivals.Closed.Clients)) {
		list = append(list, changed(s, func(c *scenarios.Scenario) { c.Workload.Arrivals.Closed.Clients = int(n) }))
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
