package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"simrun/report"
	"simrun/scenarios"
)

// failuresMost bounds the failures of one protocol that are kept apart. Rows tell of all.
const failuresMost = 20

// kept says whether a run is to be kept apart: it went against expectation, or simrun could not say.
func kept(g *report.SweepGroup, r *report.SweepRow) bool {
	return g.Unexpected(r) || r.Outcome == report.OutcomeUndecided && (g.Expected == "pass" || g.Expected == "safe")
}

// keepFailures makes a folder of each of the first failures of a protocol: the scenario that fails, everything in it
// explicit, its trace and the page of the operations around the fault. They are run again for that: which are the first is
// known only when all are there.
func (s *sweeper) keepFailures(ctx context.Context) {
	points := map[string]*scenarios.Point{}
	for i := range s.points {
		points[s.row(&s.points[i]).Key()] = &s.points[i]
	}
	var rows []*report.SweepRow
	counts := map[string]int{}
	shrunk := map[string]bool{} // a protocol and the check that fails first: one of each is enough
	var first []bool            // by row
	for i := range s.result.Rows {
		r := &s.result.Rows[i]
		if r.Kind == "run" {
			r.Dir = s.folderOf(points[r.Key()])
		}
		if counts[r.Protocol] < failuresMost && kept(s.groupOf(r), r) && points[r.Key()] != nil {
			counts[r.Protocol]++
			rows = append(rows, r)
			class := r.Protocol + " " + failureName(r)
			first = append(first, !shrunk[class])
			shrunk[class] = true
		}
	}
	s.show = s.newProgress("keeping failures", len(rows))
	defer s.show.close()
	scenarios.Each(ctx, s.flags.workers, len(rows), func(i int) {
		dir, err := s.keep(ctx, points[rows[i].Key()], rows[i], !first[i])
		if err != nil && ctx.Err() == nil {
			s.show.aside(func() { s.warn(err) })
		}
		if err == nil && rows[i].Dir == "" {
			rows[i].Dir = dir
		}
		s.show.did(1)
	})
}

func (s *sweeper) warn(err error) { s.app.stderr.Write([]byte(err.Error() + "\n")) }

func (s *sweeper) folderOf(p *scenarios.Point) string {
	if p == nil {
		return ""
	}
	return s.runDir(s.plan.Variants[p.Variant].Scenario, p.Seed)
}

func (s *sweeper) groupOf(r *report.SweepRow) *report.SweepGroup {
	for i := range s.result.Groups {
		if g := &s.result.Groups[i]; g.Protocol == r.Protocol && g.Values == r.Values {
			return g
		}
	}
	return &report.SweepGroup{Expected: "any"}
}

// keep makes the folder of one failure, unless it is there.
func (s *sweeper) keep(ctx context.Context, p *scenarios.Point, r *report.SweepRow, unshrunk bool) (dir string, err error) {
	j := &job{batch: s.batch, planned: &planned{argument: s.argument, scenario: s.plan.Scenario(p), suffix: suffixOf(r)}, shrinkers: 1, unshrunk: unshrunk}
	if s.flags.protocols == "" && r.Kind != "run" {
		j.suffix = "-" + r.Protocol + j.suffix
	}
	dir = j.failureFolder(failureName(r))
	if old, err := os.ReadFile(filepath.Join(dir, "digest.txt")); err == nil && r.Digest != "" && strings.Contains(string(old), r.Digest) {
		return dir, nil
	}
	j.command = s.reproCommand(dir)
	if r.Kind == "run" {
		j.command = s.runCommand(p, j.scenario)
	}
	result, err := s.simulate(p, scenarios.Options{Context: ctx, ShuffleTies: s.flags.shuffled(), Swept: true})
	var internal *scenarios.InternalError
	if errors.As(err, &internal) {
		j.saveInternal(ctx, internal)
		return dir, nil
	}
	if err != nil {
		return "", err
	}
	run := j.record(result)
	if run.Verdict != report.Fail {
		return dir, report.Write(dir, run.Digest, j.repro())
	}
	culprit := culpritOf(result)
	j.tellFailure(ctx, &run, result)
	j.traceFailure(ctx, run)
	kept, err := j.saveFailure(ctx, run, result, culprit)
	return kept.dir, err
}

// failureName is the check that names a failure's folder.
func failureName(r *report.SweepRow) string {
	name, _, _ := strings.Cut(r.Violated, " ")
	switch {
	case r.Outcome == report.OutcomeInternal:
		return "internal"
	case name == "":
		return "undecided"
	}
	return name
}

// suffixOf tells the crashes of a run in a folder's name: -order-0-event-17, -stock-1-at-order-0-recovering-1.
func suffixOf(r *report.SweepRow) string {
	text := ""
	if r.Kind == "quiet" {
		text = "-quiet"
	}
	for _, c := range []*report.SweepCrash{&r.First, &r.Second} {
		if c.Kind != "" {
			text += " " + strings.NewReplacer("before its event", "event", "before ", "", "at its ", "", "of the ", "", "of ", "").Replace(c.String())
		}
	}
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '/' {
			return '-'
		}
		return c
	}, text)
}

func (s *sweeper) reproCommand(dir string) string {
	args := []string{"run", filepath.Join(dir, "repro.yaml")}
	if s.flags.shuffled() {
		args = append(args, "--ties", tiesShuffle)
	}
	return commandLine(args)
}

// repeat is the command that runs a row alone; empty if it has no folder.
func (s *sweeper) repeat(r *report.SweepRow) string {
	switch {
	case r.Dir == "":
		return ""
	case r.Kind != "run":
		return s.reproCommand(r.Dir)
	}
	for i := range s.points {
		if p := &s.points[i]; s.row(p).Key() == r.Key() {
			return s.runCommand(p, s.plan.Scenario(p))
		}
	}
	return ""
}
