package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"simrun/report"
	"simrun/scenarios"
)

const sweepText = `Run a scenario many times: under several seeds, protocols and values, and with tasks
crashed at every moment of it.

--seeds, --protocols and --set with several values multiply: every combination runs.
--crash-everywhere sets the scenario's own faults aside, runs once without any, lists the
moments at which a task handles something or takes a step of a protocol, and crashes it
there, one crash a run. --pairs crashes twice a run: at two moments of one epoch, at once,
or during the recovery of the first.
--swarm draws whole scenarios at random from the given one, as many as it says, and runs each:
job, network, workload, options of recovery, faults of all kinds (docs/swarm.md).
--museum plants one known bug after the other, and runs random scenarios until checks have
caught it --catches times, or --tries runs are over; it prints a line for each bug as its hunt
ends. Of all bugs the tables go to results/museum, of some of them (--bugs) or otherwise bounded
hunts beside the rows. What was hunted already is not hunted again (docs/museum.md).

Rows and figures go to results/sweeps/SCENARIO/HASH. Rows that are there already are not
run again, so that a sweep that was interrupted goes on. --shard I/N runs every Nth run;
shards that share a folder, or whose rows-*.csv are copied into one, make one result.
Without chosen crashes or random scenarios each run has its folder in results/runs as well; history, trace and
figures are kept of failures only.

A line per protocol and set of values comes first:
  PASS|FAIL|UNDECIDED NAME PROTOCOL [VALUES] runs=N (expected pass|fail|any)
Expected to fail, one run has to.`

const sweepExample = `  simrun sweep crash-small --crash-everywhere --protocols all
  simrun sweep crash-small --pairs --most 2000 --protocols clonos,global
  simrun sweep crash-order --seeds 1..1000 --protocols all -j 8
  simrun sweep crash-order --set checkpoint.every=500ms,1s,2s --set recovery.sharing_depth=0,1,full
  simrun sweep crash-small --crash-everywhere --shard 2/4
  simrun sweep crash-small --swarm 20000 --protocols clonos,global
  simrun sweep --museum
  simrun sweep --museum --bugs no-fence,torn-commit --tries 200 --catches 2
  simrun plot results/sweeps/crash-small/1a2b3c4d`

// sweepFlags are what a sweep may be asked for.
type sweepFlags struct {
	runFlags
	seeds             string
	setSeeds          []string // those of --set seed=1,2
	everywhere, pairs bool
	swarm             string
	every, most       int
	workers           int
	shard             string
}

func (a *app) sweepCommand() *cobra.Command {
	f := &sweepFlags{}
	f.swept = true
	command := &cobra.Command{Use: "sweep [SCENARIO]", Short: "many runs: seeds, protocols, values, a crash at every moment, random scenarios", Long: sweepText,
		Example: sweepExample, Args: arguments(0, 1, "a scenario (a name from simrun list, or a YAML file)")}
	flags := command.Flags()
	flags.StringVar(&f.seeds, "seeds", "", "the seeds `A..B`, both included")
	flags.StringVar(&f.protocols, "protocols", "", "several protocols: all, or a list such as clonos,global")
	flags.BoolVar(&f.everywhere, "crash-everywhere", false, "one crash a run, at every moment of the run without faults")
	flags.BoolVar(&f.pairs, "pairs", false, "two crashes a run, in one epoch")
	flags.StringVar(&f.swarm, "swarm", "", "random scenarios: the numbers 1 to `N`, or A..B")
	flags.IntVar(&f.every, "crash-every", 1, "only every `K`th of the moments at which a task does a kind of thing")
	flags.IntVar(&f.most, "most", 0, fmt.Sprintf("at most `N` crash runs per protocol, evenly spread (with --pairs %d unless given)", scenarios.PairsMost))
	flags.IntVarP(&f.workers, "jobs", "j", runtime.GOMAXPROCS(0), "`WORKERS` that run at a time")
	flags.StringVar(&f.shard, "shard", "1/1", "only the runs I, I+N, I+2N, ... as `I/N`, I from 1")
	f.add(command, true)
	flags.StringVar(&f.out, "out", defaultOut, "`DIR` for results")
	flags.BoolVar(&f.twice, "twice", false, "run each again and compare event by event; exit 4 if they differ")
	flags.BoolVar(&f.trace, "trace", false, "save the story of each run that has a folder as trace.txt")
	flags.BoolVar(&f.noFigures, "no-figures", false, "draw no figures")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object in place of text")
	flags.BoolVar(&f.silent, "quiet", false, "print the verdicts alone")
	f.sets = nil
	hunt := addMuseum(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		wrong := hunt.misplaced()
		switch {
		case hunt.on:
			return a.museum(command.Context(), f, hunt, args)
		case len(args) == 0:
			return badInput("simrun sweep --help", "simrun sweep: a scenario (a name from simrun list, or a YAML file) is missing")
		case len(wrong) > 0:
			return badInput("simrun sweep --help", wrong...)
		}
		return a.sweep(command.Context(), f, args[0])
	}
	return command
}

// sweeper is one sweep under way.
type sweeper struct {
	app      *app
	flags    *sweepFlags
	argument string
	plan     scenarios.Sweep
	shard    int // from 0
	shards   int
	dir      string // of the sweep's results
	source   string // what the rows are a function of, besides the plan

	sets   map[string][]string // per Values of a variant: the flags that make it
	points []scenarios.Point   // of all shards
	result report.Sweep
	rows   *rowsFile
	show   *progress
	exits  []int
	batch  *batch // what runs, failures and folders share with the run command
}

func (a *app) sweep(ctx context.Context, f *sweepFlags, argument string) error {
	s, err := f.planned(a, argument)
	if err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	defer collectSeldom()()
	if err := s.moments(ctx); err != nil {
		return err
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	return s.end(ctx)
}

// sweepMemory is what garbage may fill before it is collected more often.
const sweepMemory = 1 << 30

// collectSeldom tunes the collector for many runs, which make much garbage and keep little, and gives what undoes that. Who
// has set GOGC knows better.
func collectSeldom() (undo func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	percent := debug.SetGCPercent(1600)
	limit := int64(-1) // which asks only
	if os.Getenv("GOMEMLIMIT") == "" {
		limit = debug.SetMemoryLimit(sweepMemory)
	}
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// root is where sweeps lie: results/sweeps, or below --out.
func (f *sweepFlags) root() string { return f.beside("sweeps") }

// prepare makes sure before anything is simulated that results can be written.
func (s *sweeper) prepare() error {
	places := []place{{s.dir, false}}
	if !s.plan.Chosen() {
		for _, v := range s.plan.Variants {
			for _, seed := range s.plan.Seeds[:min(len(s.plan.Seeds), 100)] {
				places = append(places, place{s.runDir(v.Scenario, seed), true})
			}
		}
	}
	return s.app.needs(places)
}

// end draws, prints and returns the exit code.
func (s *sweeper) end(ctx context.Context) error {
	if err := s.result.ReadRows(s.dir); err != nil {
		return badInput(s.app.again(), err.Error())
	}
	if ctx.Err() == nil {
		s.keepFailures(ctx)
	}
	for i := range s.result.Groups {
		g := &s.result.Groups[i]
		s.exits = append(s.exits, s.result.Exit(g, s.result.Tally(g)))
	}
	exit := worst(s.exits)
	if ctx.Err() != nil {
		exit = exitInterrupted
	}
	if err := s.write(); err != nil {
		return err
	}
	if err := s.tell(exit); err != nil {
		return err
	}
	if exit == exitInterrupted {
		return s.app.classified(ctx.Err())
	}
	return saidAlready(exit)
}

// write puts the table and the map beside the rows.
func (s *sweeper) write() error {
	files := []report.File{{Name: "table.txt", Write: func(w io.Writer) error { return report.SweepTable(w, &s.result) }}}
	if !s.flags.noFigures {
		files = append(files, sweepFiles(&s.result, "figures/")...)
	}
	return placeFiles(s.dir, files...)
}

// tell prints what came of the sweep.
func (s *sweeper) tell(exit int) error {
	w := s.app.stdout
	switch {
	case s.flags.asJSON:
		s.why(s.app.stderr)
		return report.SweepJSON(w, exit, &s.result)
	case s.flags.silent:
		s.why(s.app.stderr)
		return report.SweepVerdicts(w, &s.result)
	}
	if err := report.SweepTable(w, &s.result); err != nil {
		return err
	}
	if missing := s.result.Missing(); missing > 0 {
		fmt.Fprintf(w, "  missing  %d runs of this sweep have no row yet\n", missing)
	}
	fmt.Fprintf(w, "  results  %s\n", s.dir)
	s.why(w)
	fmt.Fprintf(w, "  again    %s\n", s.result.Command)
	return nil
}

// whyMost bounds the failures that are told one by one.
const whyMost = 5

// why tells the first failures of each group, with a command to paste.
func (s *sweeper) why(w io.Writer) {
	for i := range s.result.Groups {
		told, left := 0, 0
		g := &s.result.Groups[i]
		for j := range s.result.Rows {
			r := &s.result.Rows[j]
			if r.Protocol != g.Protocol || r.Values != g.Values || !kept(g, r) {
				continue
			}
			if told++; told > whyMost {
				left++
				continue
			}
			fmt.Fprintf(w, "  %s %s %s: %s\n", r.Outcome, g.Protocol, r.Place(), firstDetail(r))
			if command := s.repeat(r); command != "" {
				fmt.Fprintf(w, "    the same again: %s\n", command)
			}
			if r.Kind != "run" && r.Dir != "" && r.Outcome == report.OutcomeViolated {
				fmt.Fprintf(w, "    how it came to that: %s\n", filepath.Join(r.Dir, "story.txt"))
			}
		}
		if left > 0 {
			fmt.Fprintf(w, "  and %d more runs of %s in %s\n", left, g.Protocol, filepath.Join(s.dir, "rows-*.csv"))
		}
	}
}
