package report

import (
	"slices"
	"strings"

	"simrun/sim"
)

// Tally is what the runs of a group came to.
type Tally struct {
	Runs, Ok, Violated, Undecided, Missed, Internal int
	Vacuous, Still                                  int
	Missing                                         int // of the planned ones
	Wanted                                          int // violated as a group has to that is expected to fail
	Crashed                                         int // runs that the sweep chose, in which all struck that was to
	Checks                                          []Count
	Unmet                                           []string   // situations to which a run had to come
	times                                           []sim.Time // of the slowest recovery of each run that had one, ascending
}

// Count is a check and in how many runs it was violated.
type Count struct {
	Name string
	Runs int
}

// Tally counts the rows of a group.
func (s *Sweep) Tally(g *SweepGroup) Tally {
	rows := s.of(g)
	t := Tally{Runs: len(rows), Missing: max(0, g.Runs-len(rows))}
	for i := range rows {
		r := &rows[i]
		switch r.Outcome {
		case OutcomeOk:
			t.Ok++
		case OutcomeViolated:
			t.Violated++
		case OutcomeUndecided:
			t.Undecided++
		case OutcomeMissed:
			t.Missed++
		case OutcomeVacuous:
			t.Vacuous++
		case OutcomeStill:
			t.Still++
		default:
			t.Internal++
		}
		if r.tested() {
			t.Crashed++
		}
		if g.wanted(r) {
			t.Wanted++
		}
		for _, name := range strings.Fields(r.Violated) {
			t.count(name)
		}
		if r.Recovered {
			t.times = append(t.times, r.Recovery)
		}
	}
	slices.Sort(t.times)
	t.Unmet = s.unmet(g, rows)
	return t
}

func (t *Tally) count(name string) {
	for i := range t.Checks {
		if t.Checks[i].Name == name {
			t.Checks[i].Runs++
			return
		}
	}
	t.Checks = append(t.Checks, Count{name, 1})
}

// quantile is the time that a share of the recoveries, in per cent, did not exceed.
func (t *Tally) quantile(share int) (sim.Time, bool) {
	n := len(t.times)
	if n == 0 {
		return 0, false
	}
	return t.times[max(0, (n*share+99)/100-1)], true
}

// Verdict is the first word about a group: FAIL if a run violated something; UNDECIDED if one could not be decided or broke,
// or if crashes were to be tried and none struck, or if no run came to where one has to come.
func (s *Sweep) Verdict(t Tally) Verdict {
	switch {
	case t.Violated > 0:
		return Fail
	case len(t.Unmet) > 0 && t.Missing == 0:
		return Undecided
	case t.Undecided > 0 || t.Internal > 0 || t.Runs == 0 || s.Crashes != "" && t.Crashed == 0 && t.Missing == 0:
		return Undecided
	}
	return Pass
}

// Exit is the exit code that a group asks for: 5 if simrun broke; 0 if the runs are as expected, 1 if not, 3 if that is
// undecided. Expected to fail, one run has to; whether none will is undecided while some are missing.
func (s *Sweep) Exit(g *SweepGroup, t Tally) int {
	verdict := s.Verdict(t)
	switch {
	case t.Internal > 0:
		return 5
	case g.Expected == "any":
		return 0
	case g.Expected == "fail" && t.Wanted > 0:
		return 0
	case g.Expected == "fail" && (verdict == Undecided || t.Undecided > 0 || t.Missing > 0):
		return 3
	case g.Expected == "fail" || verdict == Fail:
		return 1
	case verdict == Undecided:
		return 3
	}
	return 0
}
