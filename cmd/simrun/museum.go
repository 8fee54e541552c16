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
	"strings"
	"time"

	"github.com/spf13/cobra"

	"simrun/hunt"
	"simrun/museum"
	"simrun/report"
	"simrun/scenarios"
	"simrun/swarm"
)

// museumFlags are what a sweep of planted bugs may be asked for.
type museumFlags struct {
	on      bool
	bugs    string
	catches int
	tries   int
}

const (
	museumBase       = "museum" // whose swarm hunts, if nobody says
	museumProbes     = 500
	museumShrinkRuns = 4000
)

func addMuseum(command *cobra.Command) *museumFlags {
	f := &museumFlags{}
	flags := command.Flags()
	flags.BoolVar(&f.on, "museum", false, "plant each bug of the museum and hunt it with random scenarios (docs/museum.md)")
	flags.StringVar(&f.bugs, "bugs", "", "with --museum: only these `BUGS`, such as no-fence,torn-commit")
	flags.IntVar(&f.catches, "catches", 20, "with --museum: a hunt ends with `N` catches")
	flags.IntVar(&f.tries, "tries", 10_000, "with --museum: and after `N` runs")
	return f
}

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
}

func (a *app) museum(ctx context.Context, f *sweepFlags, asked *museumFlags, args []string) error {
	s := &museumSweep{app: a, flags: f, asked: asked, dir: f.beside("museum")}
	bugs, err := s.plan(args)
	if err != nil {
		return err
	}
	if err := a.needs([]place{{s.dir, false}, {s.kept, false}}); err != nil {
		return err
	}
	defer collectSeldom()()
	for i := range bugs {
		if err := s.hunt(ctx, bugs[i]); err != nil {
			return a.classified(err)
		}
	}
	return s.end()
}

// plan loads the scenario whose swarm hunts, and finds the bugs that are asked for.
func (s *museumSweep) plan(args []string) ([]museum.Bug, error) {
	bugs, wrong := s.asked.list()
	if s.asked.catches < 1 || s.asked.tries < 1 {
		wrong = append(wrong, fmt.Sprintf("--catches, --tries: %d and %d are not both above 0", s.asked.catches, s.asked.tries))
	}
	if s.flags.workers < 1 {
		wrong = append(wrong, fmt.Sprintf("-j: %d is not above 0", s.flags.workers))
	}
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
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%d %d %d", source(), base.Expand(), s.asked.catches, s.asked.tries, museumShrinkRuns)
	s.kept = filepath.Join(s.flags.root(), "museum", hex.EncodeToString(sum.Sum(nil)[:4]))
	s.hunter = hunt.Hunter{Run: scenarios.Runner(s.app.simulate), Workers: s.flags.workers, Catches: s.asked.catches, Runs: s.asked.tries, Probes: museumProbes,
		Base: base, Draw: swarm.Draw}
	s.result = report.Museum{Catches: s.asked.catches, Runs: s.asked.tries, Command: s.command("")}
	return bugs, nil
}

// list gives the bugs that are asked for: all, unless some are named.
func (f *museumFlags) list() (bugs []museum.Bug, wrong []string) {
	if f.bugs == "" {
		return museum.Bugs(), nil
	}
	for _, name := range strings.Split(f.bugs, ",") {
		if b, ok := museum.Find(name); ok {
			bugs = append(bugs, b)
		} else {
			wrong = append(wrong, fmt.Sprintf("--bugs: no planted bug is called %s%s", name, didYouMean(name, museum.Names(), "")))
		}
	}
	return bugs, wrong
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
		start := time.Now()
		t, err := s.hunter.Hunt(ctx, bug)
		if err != nil {
			return err
		}
		kept = trophyFile{Trophy: t, PerRun: time.Since(start) * time.Duration(s.flags.workers) / time.Duration(max(1, t.Runs))}
		if t.Catches > 0 {
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
		fmt.Fprintln(s.app.stdout, report.TrophyLine(&kept.Trophy))
	}
	return nil
}

// end writes the tables and says whether every bug was caught that nobody can explain otherwise.
func (s *museumSweep) end() error {
	files := s.result.Files()
	for i := range s.result.Trophies {
		if t := &s.result.Trophies[i]; t.Shrunk != "" {
			files = append(files, fileOf("shrunk/"+t.Bug.Name+".yaml", []byte(t.Shrunk)))
		}
	}
	files = append(files, report.File{Name: "seconds.md", Write: func(w io.Writer) error { return s.result.Seconds(w, s.took) }})
	if err := placeFiles(s.dir, files...); err != nil {
		return err
	}
	fmt.Fprintf(s.app.stdout, "%s\n", s.result.Summary())
	if !s.flags.silent {
		fmt.Fprintf(s.app.stdout, "  results  %s\n", s.dir)
	}
	for i := range s.result.Trophies {
		if t := &s.result.Trophies[i]; t.Catches == 0 && t.Bug.Harmless == "" && t.Bug.Hidden == "" || t.Catches > 0 && t.Bug.Harmless != "" {
			return saidAlready(exitViolated)
		}
	}
	return nil
}
