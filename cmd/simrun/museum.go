package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"simrun/hunt"
	"simrun/museum"
	"simrun/report"
	"simrun/scenarios"
	"simrun/swarm"
)

const (
	museumBase       = "museum" // whose swarm hunts, if nobody says
	museumProbes     = 500
	museumShrinkRuns = 4000
)

// museumSweep is a sweep of planted bugs under way.
type museumSweep struct {
	app    *app
	flags  *sweepFlags
	asked  *museumFlags
	hunter hunt.Hunter
	dir    string // of the tables
	kept   string // of what came of each hunt, from which an interrupted sweep goes on
	result report.Museum
	took   []time.Duration // per trophy: a run of its hunt, on one worker
	show   *museumProgress
	count  int // bugs that are hunted
}

func (a *app) museum(ctx context.Context, f *sweepFlags, asked *museumFlags, args []string) error {
	s := &museumSweep{app: a, flags: f, asked: asked}
	bugs, err := s.plan(args)
	if err != nil {
		return err
	}
	if err := a.needs([]place{{s.dir, false}, {s.kept, false}}); err != nil {
		return err
	}
	defer collectSeldom()()
	s.count, s.show = len(bugs), a.newMuseumProgress(f.silent)
	defer s.show.close()
	s.hunter.Did = s.show.did
	for i := range bugs {
		err := s.hunt(ctx, bugs[i])
		switch {
		case errors.Is(err, context.Canceled):
			s.show.close()
			return &failure{exitInterrupted, fmt.Sprintf("interrupted: %d of %d hunts are finished and kept in %s; the same command goes on from there", i, len(bugs), s.kept), a.again()}
		case err != nil:
			s.show.close()
			return a.classified(err)
		}
	}
	s.show.close()
	return s.end()
}

// plan loads the scenario whose swarm hunts, and finds the bugs that are asked for.
func (s *museumSweep) plan(args []string) ([]museum.Bug, error) {
	bugs, wrong := s.asked.list()
	wrong = append(wrong, s.asked.misplaced()...)
	if s.asked.catches < 1 || s.asked.tries < 1 {
		wrong = append(wrong, fmt.Sprintf("--catches, --tries: %d and %d are not both above 0", s.asked.catches, s.asked.tries))
	}
	if s.flags.workers < 1 {
		wrong = append(wrong, fmt.Sprintf("-j: %d is not above 0", s.flags.workers))
	}
	part := s.asked.part(args)
	if len(args) == 0 {
		args = []string{museumBase}
	}
	plan, err := s.flags.load(args, nil)
	if err != nil {
		failed := s.app.classified(err)
		return nil, badInput(failed.paste, append(wrong, failed.text)...)
	}
	if len(wrong) > 0 {
		return nil, badInput("simrun sweep --help", wrong...)
	}
	base := plan[0].scenario
	s.kept = filepath.Join(s.flags.root(), "museum", s.asked.key(source(), base))
	s.dir = s.flags.beside("museum")
	if part && s.flags.out == defaultOut {
		s.dir = s.kept // results/museum is tracked, and of the whole museum
	}
	s.hunter = hunt.Hunter{Run: scenarios.Runner(s.app.simulate), Workers: s.flags.workers, Catches: s.asked.catches, Runs: s.asked.tries, Probes: museumProbes,
		Base: base, Draw: swarm.Draw}
	s.result = report.Museum{Catches: s.asked.catches, Runs: s.asked.tries, Command: s.command("")}
	return bugs, nil
}

// key names the folder of what hunts came to that are the same: of one source, in the swarm of one scenario, with one bound.
func (f *museumFlags) key(source string, base *scenarios.Scenario) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d %d %d", source, base.Expand(), f.catches, f.tries, museumShrinkRuns))
	return hex.EncodeToString(sum[:4])
}

// command is how these results are made; of one bug if it is named. How fast, where to
// and how loud is left out.
func (s *museumSweep) command(bug string) string {
	args, value := []string{}, false
	for _, arg := range s.app.args {
		name, _, whole := strings.Cut(arg, "=")
		switch {
		case value:
			value = false
		case name == "--bugs" || name == "--out" || name == "-j" || name == "--jobs":
			value = !whole
		case name != "--quiet" && name != "--json" && name != "--no-figures":
			args = append(args, arg)
		}
	}
	if bug != "" {
		args = append(args, "--bugs", bug)
	}
	return commandLine(args)
}

// trophyFile is what is kept of a hunt.
type trophyFile struct {
	Trophy hunt.Trophy
	PerRun time.Duration // of one worker
}

// hunt hunts a bug, unless what came of that is there already, and tells it.
func (s *museumSweep) hunt(ctx context.Context, bug museum.Bug) error {
	path := filepath.Join(s.kept, bug.Name+".json")
	var kept trophyFile
	if content, err := os.ReadFile(path); err != nil || json.Unmarshal(content, &kept) != nil {
		s.show.begin(fmt.Sprintf("%s, %d of %d", bug.Name, len(s.result.Trophies)+1, s.count), s.asked.tries)
		start := time.Now()
		t, err := s.hunter.Hunt(ctx, bug)
		if err != nil {
			return err
		}
		kept = trophyFile{Trophy: t, PerRun: time.Since(start) * time.Duration(s.flags.workers) / time.Duration(max(1, t.Runs))}
		if t.Catches > 0 {
			s.show.begin("shrinking "+bug.Name, -1)
			if err := s.hunter.Shrink(ctx, &kept.Trophy, museumShrinkRuns, s.command(bug.Name)); err != nil {
				return err
			}
		}
		content, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		if err := errors.Join(os.MkdirAll(s.kept, 0o755), replaceFile(path, content)); err != nil {
			return err
		}
	}
	kept.Trophy.Bug = bug // its switch is not in the file
	s.result.Trophies, s.took = append(s.result.Trophies, kept.Trophy), append(s.took, kept.PerRun)
	if !s.flags.silent && !s.flags.asJSON {
		s.show.close()
		fmt.Fprintln(s.app.stdout, report.TrophyLine(&kept.Trophy))
	}
	return nil
}

// end writes the tables and says whether every bug was caught that nobody can explain otherwise.
func (s *museumSweep) end() error {
	files := slices.DeleteFunc(s.result.Files(), func(f report.File) bool { return s.flags.noFigures && figure(f.Name) })
	for i := range s.result.Trophies {
		if t := &s.result.Trophies[i]; t.Shrunk != "" {
			files = append(files, fileOf("shrunk/"+t.Bug.Name+".yaml", []byte(t.Shrunk)))
		}
	}
	files = append(files, report.File{Name: "seconds.md", Write: func(w io.Writer) error { return s.result.Seconds(w, s.took) }})
	if err := placeFiles(s.dir, files...); err != nil {
		return err
	}
	exit := s.exit()
	switch {
	case s.flags.asJSON:
		if err := report.MuseumJSON(s.app.stdout, exit, s.dir, &s.result); err != nil {
			return err
		}
	case s.flags.silent:
		fmt.Fprintln(s.app.stdout, s.result.Summary())
	default:
		fmt.Fprintf(s.app.stdout, "%s\n  results  %s\n", s.result.Summary(), s.dir)
	}
	return saidAlready(exit)
}

// exit says whether every bug came to what is known of it.
func (s *museumSweep) exit() int {
	for i := range s.result.Trophies {
		if t := &s.result.Trophies[i]; t.Catches == 0 && t.Bug.Harmless == "" && t.Bug.Hidden == "" || t.Catches > 0 && t.Bug.Harmless != "" {
			return exitViolated
		}
	}
	return exitHeld
}

func figure(name string) bool {
	return slices.Contains([]string{".svg", ".png", ".pdf"}, filepath.Ext(name))
}
