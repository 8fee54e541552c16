package shrink

import (
	"slices"

	"simrun/check"
	"simrun/cluster"
	"simrun/scenarios"
	"simrun/sim"
)

// fake is a simulator in which a scenario fails if a rule says so. Its tasks
// have an event each millisecond.
func fake(fails func(s *scenarios.Scenario) Class) scenarios.Runner {
	return func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		if o.Context != nil && o.Context.Err() != nil {
			return scenarios.Result{}, o.Context.Err()
		}
		r := scenarios.Result{Scenario: s.Name, Events: 1000, Evidence: &check.Evidence{History: &check.History{}}}
		for range min(s.Workload.Operations, 1000) {
			r.Evidence.History.Append(check.Op{Kind: check.Checkout}, nil, nil)
		}
		for at := sim.Millisecond; o.Moments && at < min(s.Time.Horizon, sim.Second); at += sim.Millisecond {
			for _, task := range s.Tasks() {
				r.Moments = append(r.Moments, cluster.Moment{Task: task, Event: int64(at / sim.Millisecond), At: at})
			}
		}
		class := fails(s)
		if class.Check == Internal {
			return r, &scenarios.InternalError{Step: 10, Text: class.Text}
		}
		for _, name := range []string{"linearizable", "exactly_once", "INV-14"} {
			f := check.Finding{Name: name, Verdict: check.Ok}
			if name == class.Check {
				f.Verdict, f.Detail = check.Violated, "it is wrong"
			}
			r.Checks = append(r.Checks, f)
		}
		return r, nil
	}
}

// crashes says whether a scenario crashes a task of an operator between two instants.
func crashes(s *scenarios.Scenario, operator string, from, to sim.Time) bool {
	return slices.ContainsFunc(s.Faults, func(f scenarios.Fault) bool {
		return f.After == nil && f.At >= from && f.At <= to && slices.ContainsFunc(f.Crash, func(t scenarios.Target) bool { return t.OperatorName() == operator })
	})
}
