package shrink

import (
	"slices"

	"simrun/scenarios"
)

// Size is what shrinking makes smaller.
type Size struct {
	Faults     int   `json:"faults"`     // targets that are struck; a cut counts as one
	Operations int64 `json:"operations"` // that clients issued
	Checkouts  int64 `json:"checkouts"`  // of those
	Tasks      int   `json:"tasks"`      // without standbys
	HorizonUS  int64 `json:"horizon_us"` // microseconds of simulated time
	Keys       int   `json:"keys"`       // that are not as their defaults say
}

func sizeOf(s *scenarios.Scenario, operations, checkouts int64) Size {
	keys, _ := s.Differences()
	return Size{targets(s), operations, checkouts, len(s.Tasks()), int64(s.Time.Horizon / 1000), keys}
}

// targets counts what the faults of a scenario strike.
func targets(s *scenarios.Scenario) int {
	n := 0
	for _, f := range s.Faults {
		n += max(1, len(f.Crash))
	}
	return n
}

// weight orders scenarios: smaller is what is less in the first number that
// differs. A reduction is taken only if it makes the weight smaller, so the
// search ends, and nothing that stands before what was reduced grows again.
// Operations are those that the scenario asks for.
func weight(s *scenarios.Scenario) []int64 {
	c, w := &s.Checkout, &s.Workload
	clients := int64(w.Arrivals.Closed.Clients)
	kinds := int64(0)
	for _, share := range []int64{w.Mix.Checkout, w.Mix.AddStock, w.Mix.AddCredit, w.Mix.Read} {
		if share > 0 {
			kinds++
		}
	}
	stages, keys := int64(0), int64(0)
	if s.Job == "pipeline" {
		stages, keys = int64(s.Pipeline.Stages), int64(s.Pipeline.Keys)
	}
	differ, letters := s.Differences()
	return []int64{
		int64(len(s.Planted)), int64(len(s.Faults)), int64(targets(s)), hardness(s), operationsOf(s), clients, stages, int64(len(s.Tasks())), int64(s.Cluster.Standbys), int64(s.Cluster.Slots),
		kinds, int64(c.Items.Count), int64(c.Users.Count), linesMost(s), keys, int64(s.Time.Horizon), int64(differ), int64(letters),
		moments(s), int64(s.Seed >> 1),
	}
}

// linesMost is about the largest number of lines of a checkout.
func linesMost(s *scenarios.Scenario) int64 {
	if d := s.Checkout.Lines; d.Shape == scenarios.Uniform || d.Shape == scenarios.LogNormal {
		return d.B
	}
	return s.Checkout.Lines.A
}

// operationsOf is the bound on operations, a large number if there is none.
func operationsOf(s *scenarios.Scenario) int64 {
	if s.Workload.Operations == scenarios.Unlimited {
		return 1 << 40
	}
	return s.Workload.Operations
}

// hardness counts faults that are harder to follow than the death of a task.
func hardness(s *scenarios.Scenario) int64 {
	n := int64(0)
	for _, f := range s.Faults {
		if f.Crash == nil {
			n++
		}
		for _, t := range f.Crash {
			if t.Kind != scenarios.Task {
				n++
			}
		}
	}
	return n
}

// moments is the sum of all times and counts in faults.
func moments(s *scenarios.Scenario) int64 {
	sum := int64(0)
	for _, f := range s.Faults {
		sum += int64(f.At + f.For)
		if f.After != nil {
			sum += f.After.Records + f.After.Events + int64(f.After.Count)
		}
		if f.Slow != nil {
			sum += f.Slow.Factor
		}
		if f.Delay != nil {
			sum += int64(f.Delay.By)
		}
		if f.Skew != nil {
			sum += max(f.Skew.By, -f.Skew.By)
		}
	}
	return sum
}

func smaller(a, b []int64) bool { return slices.Compare(a, b) < 0 }
