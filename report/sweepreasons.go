package report

import (
	"simrun/check"
)

// reasons says of each group why random scenarios tested less than they were to, and how they stood still: the commonest
// first.
func (s *Sweep) reasons(p *printer) {
	if s.Crashes != CrashesSwarm {
		return
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		for _, outcome := range [...]string{OutcomeMissed, OutcomeVacuous} {
			var counts Tally
			for _, r := range s.of(g) {
				for _, f := range r.Checks {
					if r.Outcome == outcome && f.Verdict == check.Undecided {
						counts.count(f.Detail)
					}
				}
			}
			if len(counts.Checks) > 0 {
				p.wrapped("  "+g.name()+" "+outcome+": ", checksText(counts.Checks))
			}
		}
	}
}

// missing is what it is that did not strike.
func (s *Sweep) missing() string {
	if s.Crashes == CrashesSwarm {
		return "a fault"
	}
	return "the second crash"
}
