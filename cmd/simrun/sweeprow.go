package main

import (
	"strings"

	"simrun/check"
	"simrun/report"
	"simrun/scenarios"
	"simrun/sim"
)

// row is what is known of a point before it runs.
func (s *sweeper) row(p *scenarios.Point) *report.SweepRow {
	v := &s.plan.Variants[p.Variant]
	row := &report.SweepRow{Protocol: v.Scenario.Recovery.Protocol, Seed: p.Seed, Values: v.Values, Kind: "run"}
	switch {
	case p.Quiet:
		row.Kind = "quiet"
	case p.Number > 0:
		row.Kind, row.Number = report.KindDrawn, p.Number
	}
	if p.First != nil {
		row.First = crashRow(p.First)
		row.Kind = row.First.Kind
	}
	if p.Second != nil {
		row.Second = crashRow(p.Second)
		row.Second.At, row.Second.Struck = 0, false // it is known when it has
	}
	return row
}

func crashRow(c *scenarios.Crash) report.SweepCrash {
	row := report.SweepCrash{Kind: "verb", Task: c.Victim.String(), At: c.At, Struck: c.At >= 0}
	switch {
	case c.Joined:
		row.Kind = "with"
		return row
	case c.When.Events > 0:
		row.Kind = "event"
	}
	row.Event, row.Verb, row.Count, row.Of = c.When.Events, c.When.Trace, int64(c.When.Count), "manager"
	if c.When.Task != nil {
		row.Of = c.When.Task.String()
	}
	return row
}

// fill adds what a run came to.
func (s *sweeper) fill(row *report.SweepRow, p *scenarios.Point, r *scenarios.Result, reached map[string]int64) {
	row.Digest, row.Reached = r.Digest, s.result.Reached(reached)
	row.Outcome = report.OutcomeOk
	var violated []string
	for _, f := range r.Checks {
		bad := f.Verdict == check.Violated || f.Verdict == check.Undecided
		if f.Verdict == check.Violated {
			violated = append(violated, f.Name)
			row.Outcome = report.OutcomeViolated
		} else if bad && row.Outcome == report.OutcomeOk {
			row.Outcome = report.OutcomeUndecided
		}
		if bad || row.Kind == "run" {
			f.Detail = shortDetail(f.Detail)
			row.Checks = append(row.Checks, f)
		}
	}
	row.Violated = strings.Join(violated, " ")
	if row.Drawn() {
		s.drawnOutcome(row, p, r)
	}
	if row.Outcome == report.OutcomeUndecided && p.Missed(r) && len(row.Checks) == 1 {
		row.Outcome, row.Checks = report.OutcomeMissed, nil // nothing but that
	}
	row.Recoveries = int64(len(r.Recoveries))
	for _, v := range r.Recoveries {
		row.RolledBack += int64(v.TasksRolledBack)
		if v.CaughtUp {
			row.Recovered = true
			row.Recovery = max(row.Recovery, v.Total)
		}
	}
	row.Recovery = (row.Recovery + sim.Microsecond/2) / sim.Microsecond * sim.Microsecond
	if _, second := p.Struck(r); second >= 0 {
		row.Second.At, row.Second.Struck = second, true
	}
}

// detailMost bounds a finding's text in a row.
const detailMost = 240

func shortDetail(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > detailMost {
		return string(runes[:detailMost-1]) + "…"
	}
	return text
}

// broke makes the row of a run that broke simrun.
func broke(row *report.SweepRow, text string) {
	row.Outcome = report.OutcomeInternal
	first, _, _ := strings.Cut(text, "\n")
	row.Checks = []check.Finding{{Name: "internal", Verdict: check.Undecided, Detail: shortDetail(first)}}
}

// firstDetail is the text of the first check that does not hold.
func firstDetail(r *report.SweepRow) string {
	for _, f := range r.Checks {
		if f.Verdict == check.Violated || f.Verdict == check.Undecided && r.Outcome != report.OutcomeViolated {
			return f.Name + ": " + f.Detail
		}
	}
	return r.Violated
}
