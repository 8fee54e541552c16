package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"simrun/scenarios"
)

const runText = `Run scenarios: simulate, judge what clients saw, draw, and save it all.

A scenario is a name from "simrun list" or the path of a YAML file. Results go to
results/runs/SCENARIO/PROTOCOL/seed-N; those of a run that fails against its
expectation also to results/failures. A folder is replaced as a whole or not at all.

The first line of each run is its verdict:
  PASS|FAIL|UNDECIDED NAME PROTOCOL seed=N (expected pass|fail|any)`

const runExample = `  simrun run crash-stock
  simrun run crash-stock --protocols all
  simrun run crash-stock --protocols clonos,global --set checkpoint.every=1s --seed 7
  simrun run my-shop.yaml --twice --json`

// runFlags are what a run may be asked for.
type runFlags struct {
	scenarioFlags
	protocols                               string
	out                                     string
	twice, trace, noFigures, asJSON, silent bool
	noShrink                                bool // what is kept of failures stays as it failed
	tracked                                 bool // save only what is small enough for git, and no figure of a single run
	situations                              bool // print them, too
	swept                                   bool // a run is one of many: history, trace and figures are saved of failures only
}

const defaultOut = "results/runs"

// beside is the folder of results that are not those of single runs: in results/, or below --out.
func (f *runFlags) beside(name string) string {
	if filepath.Clean(f.out) == filepath.Clean(defaultOut) {
		return filepath.Join(filepath.Dir(defaultOut), name)
	}
	return filepath.Join(f.out, name)
}

func (a *app) runCommand() *cobra.Command {
	f := &runFlags{}
	command := &cobra.Command{Use: "run SCENARIO...", Short: "run scenarios: simulate, judge, draw, save", Long: runText, Example: runExample,
		Args: arguments(1, -1, "a scenario (a name from simrun list, or a YAML file)")}
	flags := command.Flags()
	f.add(command, true)
	flags.StringVar(&f.protocols, "protocols", "", "several protocols and a comparison: all, or a list such as clonos,global")
	flags.StringVar(&f.out, "out", defaultOut, "`DIR` for results")
	flags.BoolVar(&f.twice, "twice", false, "run again and compare event by event; exit 4 if they differ")
	flags.BoolVar(&f.trace, "trace", false, "save the story of the run as trace.txt, at most 64 MiB")
	flags.BoolVar(&f.noFigures, "no-figures", false, "draw no figures and write no report.html")
	flags.BoolVar(&f.noShrink, "no-shrink", false, "keep an unexpected failure as it is, in place of the smallest scenario that fails so")
	flags.BoolVar(&f.situations, "situations", false, "print which situations the run came to as well")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object in place of text")
	flags.BoolVar(&f.silent, "quiet", false, "print the verdicts alone")
	command.RunE = func(command *cobra.Command, args []string) error { return a.run(command.Context(), f, args) }
	return command
}

func (a *app) run(ctx context.Context, f *runFlags, arguments []string) error {
	plan, err := f.plan(arguments)
	if err != nil {
		return err
	}
	b := newBatch(a, f, plan)
	if err := b.prepare(); err != nil {
		return err
	}
	b.run(ctx)
	if f.protocols != "" && ctx.Err() == nil {
		b.compare()
	}
	return b.end(ctx)
}

// plan loads all that was asked for and says where its results go.
func (f *runFlags) plan(arguments []string) ([]planned, error) {
	protocols, err := f.chosen()
	if err != nil {
		return nil, err
	}
	plan, err := f.load(arguments, protocols)
	if err != nil {
		return nil, err
	}
	for i := range plan {
		p := &plan[i]
		p.dir = filepath.Join(f.out, p.scenario.Folder(), p.protocol(), "seed-"+strconv.FormatUint(p.scenario.Seed, 10))
		p.comparison = filepath.Join(f.out, p.scenario.Folder(), "comparison")
		same := func(q planned) bool { return q.dir == p.dir }
		if before := slices.IndexFunc(plan[:i], same); before >= 0 {
			return nil, badInput("simrun run --help", fmt.Sprintf("%s and %s would both be saved as %s: name each scenario once, and no two alike",
				plan[before].argument, p.argument, p.dir))
		}
	}
	return plan, nil
}

// chosen are the protocols that --protocols asks for.
func (f *runFlags) chosen() ([]string, error) {
	const help = "simrun run --help"
	isProtocol := func(set string) bool { return strings.HasPrefix(set, keyProtocol+"=") }
	switch {
	case f.protocols == "":
		return nil, nil
	case f.protocol != "":
		return nil, badInput(help, "--protocols: --protocol says it already; give one of the two")
	case slices.ContainsFunc(f.sets, isProtocol):
		return nil, badInput(help, "--set recovery.protocol: --protocols says it already")
	case f.protocols == "all":
		return scenarios.Protocols(), nil
	}
	var names []string
	for _, name := range strings.Split(f.protocols, ",") {
		if name = strings.TrimSpace(name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if wrong := wrongProtocols("--protocols", names); len(wrong) > 0 {
		return nil, badInput(help, wrong...)
	}
	return names, nil
}
