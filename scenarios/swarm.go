package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Swarm is what the random scenarios may have that package swarm draws from
// this one.
type Swarm struct {
	Faults     int      `key:"faults" default:"3" max:"100" doc:"faults of a scenario at most"`
	Crashes    int      `key:"crashes" default:"4" max:"1000" doc:"tasks, standbys and machines that these crash at most, all together"`
	Operations int      `key:"operations" default:"100" min:"10" max:"100000" doc:"at most"`
	Tasks      int      `key:"tasks" default:"3" min:"1" max:"64" doc:"of an operator at most"`
	Kinds      []string `key:"kinds" is:"optional omit" words:"crash machine standby pause slow cut lose delay skew" doc:"of faults that are drawn; missing: all"`
	Keep       []string `key:"keep" is:"optional omit" words:"shape workload network checkpoint detector recovery" doc:"what is not drawn and stays as it is"`
	Beyond     bool     `key:"beyond" default:"off" doc:"also what no protocol promises to come through: then it has to be safe alone, and may stand still"`
}

// FaultKinds are the kinds of faults that a swarm can draw.
func FaultKinds() []string {
	for _, f := range fieldsOf(typeSwarm) {
		if f.key == "kinds" {
			return slices.Clone(f.words)
		}
	}
	panic("scenarios: a swarm has no kinds")
}

// Budget is the swarm of a scenario: what it says, or the defaults.
func (s *Scenario) Budget() Swarm {
	if s.Swarm != nil {
		return *s.Swarm
	}
	return Swarm{Faults: 3, Crashes: 4, Operations: 100, Tasks: 3}
}

// SwarmExpectation is what is expected of each scenario of the swarm: beyond
// what is promised no more than safety.
func (s *Scenario) SwarmExpectation(protocol string) (word string, checks []string) {
	word, checks = s.Expectation(protocol)
	if word == "pass" && s.Budget().Beyond {
		word = "safe"
	}
	return word, checks
}

// Drawn is a copy of the scenario to draw a number of its swarm into: without
// its faults, its swarm, what a --set made of its name, and the situations that
// one run of them all has to come to.
func (s *Scenario) Drawn(name, about string) *Scenario {
	c := s.Clone()
	c.Name, c.About, c.Faults, c.Swarm, c.Check.Reached, c.variant = name, about, nil, nil, nil, ""
	return c
}

// Victims lists the tasks of the job as targets of faults.
func (s *Scenario) Victims() []Target { return s.tasks() }

// Waits is what a fault waits for, in words that many faults share.
func (f *Fault) Waits() string {
	switch a := f.After; {
	case a == nil:
		return "nothing to strike at its instant"
	case a.Events > 0:
		return "its task had fewer events"
	case a.Records > 0:
		return "its task had fewer records"
	default:
		return "no " + a.Trace
	}
}

// GoString is short: tests that draw scenarios print them.
func (s *Scenario) GoString() string {
	var faults []string
	for _, f := range s.Faults {
		faults = append(faults, f.String())
	}
	return fmt.Sprintf("%s under %s: %s, %s [%s]", s.Name, s.Recovery.Protocol, plural(len(s.tasks()), "task"), plural(len(faults), "fault"), strings.Join(faults, ", "))
}
