package main

import (
	"fmt"
	"strconv"
	"strings"

	"simrun/check"
	"simrun/report"
	"simrun/scenarios"
	"simrun/swarm"
)

// numbersOf are the random scenarios that --swarm asks for.
func (f *sweepFlags) numbersOf() (n scenarios.Numbers, wrong []string) {
	if f.swarm == "" {
		return n, nil
	}
	if f.everywhere || f.pairs {
		wrong = append(wrong, "--swarm: it draws the faults, and --crash-everywhere and --pairs set them aside; give one of them")
	}
	first, last, isRange := strings.Cut(f.swarm, "..")
	if !isRange {
		first, last = "1", first
	}
	from, err := strconv.ParseUint(first, 10, 64)
	to, err2 := strconv.ParseUint(last, 10, 64)
	switch {
	case err != nil || err2 != nil || from < 1 || to < 1:
		wrong = append(wrong, fmt.Sprintf("--swarm: %q is no number of random scenarios such as 1000, nor a range of their numbers such as 1001..2000", f.swarm))
	case to < from:
		wrong = append(wrong, fmt.Sprintf("--swarm: %s ends before it begins; did you mean %s..%s?", f.swarm, last, first))
	case to-from >= sweepRunsMost:
		wrong = append(wrong, fmt.Sprintf("--swarm: %s are more than %d", f.swarm, sweepRunsMost))
	default:
		n = scenarios.Numbers{From: from, To: to, Draw: swarm.Draw}
	}
	return n, wrong
}

// drawnOutcome tells apart what became of a random scenario that is neither ok
// nor wrong: a fault did not strike, or it tested nothing in another way, or it
// stood still, where no more was promised. Why stands in the row as its only check.
func (s *sweeper) drawnOutcome(row *report.SweepRow, p *scenarios.Point, r *scenarios.Result) {
	one := s.plan.Scenario(p)
	word, _ := one.Expectation(one.Recovery.Protocol)
	switch {
	case word == "safe" && onlyLiveness(row.Checks) && (row.Outcome == report.OutcomeViolated || !r.Resting):
		row.Outcome = report.OutcomeStill
	case row.Outcome != report.OutcomeUndecided || !onlyVacuous(row.Checks, r.Vacuous):
	case len(r.Unstruck) > 0:
		row.Outcome = report.OutcomeMissed
		row.Checks = []check.Finding{{Name: "harness", Verdict: check.Undecided, Detail: one.Faults[r.Unstruck[0]].Waits()}}
	default:
		row.Outcome = report.OutcomeVacuous
		row.Checks = []check.Finding{{Name: "harness", Verdict: check.Undecided, Detail: r.Vacuous}}
	}
}

// onlyVacuous says whether nothing but that a run tested nothing leaves it
// undecided. A run without answers gives the judge of histories nothing to judge.
func onlyVacuous(checks []check.Finding, why string) bool {
	for _, f := range checks {
		if f.Name != "harness" && f.Detail != check.Unanswered {
			return false
		}
	}
	return why != ""
}

func onlyLiveness(checks []check.Finding) bool {
	for _, f := range checks {
		if f.Verdict == check.Violated && !scenarios.Liveness(f.Name) {
			return false
		}
	}
	return true
}
