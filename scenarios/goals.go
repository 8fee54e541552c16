package scenarios

import (
	"simrun/cluster"
	"simrun/recovery"
)

// Goal is the name of a situation that a run has to come to: what check.reached
// lists.
type Goal string

// Situation is something that a run can come to and that is hard to survive, or
// is easily missed.
type Situation struct {
	Name string
	Text string // what it is, without a capital and a full stop
}

// Situations lists all situations, in the order of Result.Reached.
func Situations() []Situation {
	var list []Situation
	for _, s := range cluster.Situations() {
		list = append(list, Situation{s.Name, s.Text})
	}
	return list
}

// Situations are those that the run came to, and how often.
func (r *Result) Situations() map[string]int64 {
	came := map[string]int64{}
	for i, n := range r.Reached {
		if n > 0 {
			came[cluster.Situations()[i].Name] = n
		}
	}
	return came
}

// goalNames are what check.reached can name.
func goalNames() []string {
	var names []string
	for _, s := range cluster.Situations() {
		names = append(names, s.Name)
	}
	return names
}

// goals are the situations that a run of the scenario has to come to: those of
// check.reached, but for what its protocol never comes to.
func (s *Scenario) goals(cfg *cluster.Config) (goals []recovery.Situation) {
	for _, name := range s.Check.Reached {
		goal, ok := cluster.SituationNamed(string(name))
		if !ok {
			panic("scenarios: no situation " + string(name))
		}
		if _, ofProtocol := cfg.Unreachable(goal, 0); !ofProtocol {
			goals = append(goals, goal)
		}
	}
	return goals
}

// Goals are the situations that some run of the scenario has to come to, under
// its protocol.
func (s *Scenario) Goals() ([]string, error) {
	cfg, err := s.config(&Options{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, goal := range cfg.Goals {
		names = append(names, cluster.Situations()[goal].Name)
	}
	return names, nil
}

// Unreachable says of each situation, in the order of Situations, why no run of
// the scenario comes to it; empty: one can, as far as protocol, job and faults
// tell. The choice is that of a sweep; the zero value leaves the scenario's own
// faults as they are.
func (s *Scenario) Unreachable(c Choice) ([]string, error) {
	cfg, err := s.config(&Options{Swept: true})
	if err != nil {
		return nil, err
	}
	chosen := 0
	switch {
	case c.Pairs:
		chosen = 2
	case c.Everywhere:
		chosen = 1
	}
	reasons := make([]string, recovery.Situations)
	for i := range reasons {
		reasons[i], _ = cfg.Unreachable(recovery.Situation(i), chosen)
	}
	return reasons, nil
}
