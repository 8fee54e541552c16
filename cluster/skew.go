package cluster

import "simrun/sim"

// skew is how far a clock is off for some time, beyond what it is off anyway.
type skew struct {
	by    int64 // ns; negative: behind
	until sim.Time
}

func (s *skew) at(now sim.Time) int64 {
	if now < s.until {
		return s.by
	}
	return 0
}

// skewed is how far the clock that a process reads is set wrong.
func (p *process) skewed() int64 {
	now := p.run.kernel.Now()
	return p.skew.at(now) + p.run.machines[p.machine].skew.at(now)
}

// skew sets clocks wrong: that of a process, wherever it runs and as long as it
// lives, or of a machine, for all that run there or come to. Of two that strike
// the same, the later one counts. A clock jumps at both ends; a timer under way
// takes no notice until it fires, and is armed again if it is early.
func (f *faults) skew(s *faultState) {
	r := f.run
	set := skew{by: s.By, until: r.kernel.Now() + s.For}
	for _, t := range s.Targets {
		switch t.Kind {
		case TargetTask:
			if p := r.current[t.Index]; !p.dead {
				p.skew = set
				s.struck = true
			}
		case TargetMachine:
			m := &r.machines[t.Index]
			m.skew = set
			s.struck = s.struck || m.up
		}
	}
}
