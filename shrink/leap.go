package shrink

import (
	"math/bits"
	"slices"

	"simrun/scenarios"
	"simrun/sim"
)

// Before anything is taken away step by step, the search looks for the failure
// in small worlds: a handful of operations, one or two tasks, little to sell.
// Their runs take less than a millisecond. Where one of them fails, nothing of
// a large scenario has ever to be run again.

// leap tries small worlds, the smallest first.
func (s *search) leap() {
	s.tell("a small world")
	for _, faults := range s.fewFaults() {
		for _, n := range []int64{2, 4, 8, 16, 32, 64, 128, 256} {
			if n >= operationsOf(s.best) {
				break
			}
			for _, tasks := range []int{1, 2} {
				c := s.choose(s.smaller(worlds(s.best, faults, n, tasks)), 12, seeds[:2])
				if s.over() || s.take(c) {
					return
				}
			}
		}
	}
}

// fewFaults are the choices of faults that a small world may have: none, one,
// all.
func (s *search) fewFaults() [][]scenarios.Fault {
	all := s.best.Clone().Faults
	choices := [][]scenarios.Fault{nil}
	if len(all) > 1 && len(all) <= 4 {
		for i := range all {
			choices = append(choices, all[i:i+1])
		}
	}
	if len(all) > 0 {
		choices = append(choices, all)
	}
	return choices
}

// worlds are small ones: at the pace of the scenario, and so slowly that some
// checkpoints complete while operations go on.
func worlds(s *scenarios.Scenario, faults []scenarios.Fault, n int64, tasks int) []*scenarios.Scenario {
	small := changed(s, func(c *scenarios.Scenario) {
		c.Faults = faults
		c.Faults = c.Clone().Faults
		c.Workload.Operations = n
		narrow(c, tasks)
		c.Checkout.Items.Count = min(c.Checkout.Items.Count, 2)
		c.Checkout.Users.Count = min(c.Checkout.Users.Count, 2)
		if c.Job == "pipeline" {
			c.Pipeline.Keys = min(c.Pipeline.Keys, 2)
		}
		if a := &c.Workload.Arrivals.Closed; a.Clients > 0 {
			a.Clients = min(a.Clients, 4)
		}
	})
	natural := changed(small, func(c *scenarios.Scenario) {
		if rate := c.Workload.Arrivals.OpenPerSecondMilli; rate > 0 {
			within(c, sim.Time(3*n*1_000_000_000_000/rate)+100*sim.Millisecond)
		}
	})
	const every = 200 * sim.Millisecond
	slow := changed(small, func(c *scenarios.Scenario) {
		c.Checkpoint.Every = min(c.Checkpoint.Every, every)
		if rate := &c.Workload.Arrivals.OpenPerSecondMilli; *rate > 0 {
			*rate = min(*rate, n*1000*int64(sim.Second)/int64(4*c.Checkpoint.Every))
		}
		within(c, 8*c.Checkpoint.Every)
	})
	list := []*scenarios.Scenario{natural, slow}
	return slices.DeleteFunc(list, func(c *scenarios.Scenario) bool {
		return c.Workload.Arrivals.OpenPerSecondMilli == 0 && c.Workload.Arrivals.Closed.Clients == 0
	})
}

// within ends a scenario early: what it does at some instant it does at the
// same part of the shorter time.
func within(s *scenarios.Scenario, horizon sim.Time) {
	if horizon >= s.Time.Horizon {
		return
	}
	for i := range s.Faults {
		f := &s.Faults[i]
		f.At = scaled(f.At, horizon, s.Time.Horizon) / sim.Microsecond * sim.Microsecond
	}
	s.Time.Horizon = horizon
}

// scaled is t * by / of. Neither is negative.
func scaled[T ~int64](t T, by, of sim.Time) T {
	high, low := bits.Mul64(uint64(t), uint64(by))
	quotient, _ := bits.Div64(high, low, uint64(of))
	return T(quotient)
}
