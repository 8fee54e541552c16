package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"simrun/scenarios"
	"simrun/shrink"
)

const shrinkText = `Find a smallest scenario that fails as this one does: fewest faults, operations, tasks
and items, the shortest time, and defaults for everything that does not matter.

The same failure means: the same check is the first that is violated. Each fault that is
left is needed: the file says what a run without it gives. The same scenario gives the
same bytes, whatever -j is. The file is a scenario, with how it fails on top.`

const shrinkExample = `  simrun shrink crash-small --protocol none -o small.yaml && simrun run small.yaml
  simrun shrink results/failures/linearizable-mine-7/original.yaml -o small.yaml
  simrun shrink crash-small --protocol redo --class progress`

// shrinkFlags are what shrinking may be asked for.
type shrinkFlags struct {
	scenarioFlags
	out, check     string
	workers, runs  int
	asJSON, silent bool
}

func (a *app) shrinkCommand() *cobra.Command {
	f := &shrinkFlags{}
	command := &cobra.Command{Use: "shrink SCENARIO", Short: "the smallest scenario that still fails in the same way", Long: shrinkText, Example: shrinkExample,
		Args: arguments(1, 1, "a scenario (a name from simrun list, or a YAML file)")}
	flags := command.Flags()
	flags.StringVarP(&f.out, "output", "o", "", "the `FILE` to write; without it the scenario goes to stdout")
	flags.StringVar(&f.check, "class", "", "the `CHECK` that has to stay violated, whatever else is; default: the first that is")
	flags.IntVar(&f.runs, "runs", shrink.RunsMost, "try at most `N` runs")
	flags.IntVarP(&f.workers, "jobs", "j", runtime.GOMAXPROCS(0), "`WORKERS` that run at a time")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object in place of text")
	flags.BoolVar(&f.silent, "quiet", false, "print nothing but errors, and no progress")
	f.add(command, true)
	command.RunE = func(command *cobra.Command, args []string) error { return a.shrink(command.Context(), f, args[0]) }
	return command
}

func (a *app) shrink(ctx context.Context, f *shrinkFlags, argument string) error {
	plan, err := f.load([]string{argument}, nil)
	if err != nil {
		return err
	}
	if f.runs < 1 {
		return badInput("simrun shrink --help", fmt.Sprintf("--runs: %d is not above 0", f.runs))
	}
	if f.asJSON && f.out == "" {
		return badInput(a.again()+" -o small.yaml", "--json: name a file by -o for the scenario")
	}
	if f.out != "" {
		if err := placed(f.out); err != nil {
			return badInput("simrun shrink --help", f.out+": cannot be written: "+err.Error())
		}
	}
	show := a.newShrinkProgress(f)
	start := time.Now()
	r, err := shrink.Shrink(ctx, plan[0].scenario, shrink.Options{Workers: f.workers, Runs: f.runs, Check: f.check, ShuffleTies: f.shuffled(),
		Simulate: a.simulate, Progress: show.tell})
	show.close()
	var refused *shrink.Refused
	switch {
	case errors.As(err, &refused) && f.check != "": // a run tells what is violated
		return badInput(commandLine(append([]string{"run"}, f.arguments(argument, plan[0].scenario)...)), "--class: "+refused.Text)
	case errors.As(err, &refused):
		return badInput(commandLine([]string{"sweep", argument, "--crash-everywhere"}), refused.Text)
	case errors.Is(err, context.Canceled) && f.out != "" && r.Scenario != r.From:
		if failed := a.writeShrunk(f, &r, argument); failed != nil {
			return failed
		}
		return &failure{exitInterrupted, f.out + " has the smallest scenario so far", a.again()}
	case err != nil:
		return err
	}
	if !f.silent {
		fmt.Fprintf(a.stderr, "%d runs in %.1f s\n", r.Runs, time.Since(start).Seconds())
	}
	return a.tellShrunk(f, &r, argument)
}

// tellShrunk writes the file and says what is in it.
func (a *app) tellShrunk(f *shrinkFlags, r *shrink.Result, argument string) error {
	if err := a.writeShrunk(f, r, argument); err != nil || f.out == "" {
		return err
	}
	if f.asJSON {
		return a.shrunkJSON(f, r)
	}
	if f.silent {
		return nil
	}
	w, from, now := a.stdout, &r.SizeFrom, &r.SizeNow
	fmt.Fprintf(w, "SHRUNK %s %s seed=%d: %s\n", r.From.Name, r.From.Recovery.Protocol, r.From.Seed, r.Class)
	row := func(what string, from, now any) { fmt.Fprintf(w, "  %-11s %v of %v\n", what, now, from) }
	row("faults", from.Faults, now.Faults)
	row("operations", from.Operations, now.Operations)
	row("checkouts", from.Checkouts, now.Checkouts)
	row("tasks", from.Tasks, now.Tasks)
	row("horizon", time.Duration(from.HorizonUS)*time.Microsecond, time.Duration(now.HorizonUS)*time.Microsecond)
	for _, n := range r.Needed {
		fmt.Fprintf(w, "  needed      %s: without it %s\n", n.Fault, n.Without)
	}
	if !r.Finished {
		fmt.Fprintf(w, "  not finished after %d runs: it may become smaller\n", r.Runs)
	}
	fmt.Fprintf(w, "  file        %s\n  again       %s\n", f.out, f.runLine())
	return nil
}

// writeShrunk writes the scenario to its file, as a whole or not at all, or to stdout.
func (a *app) writeShrunk(f *shrinkFlags, r *shrink.Result, argument string) error {
	text := r.File(f.shrinkCommandLine(argument, r.From))
	if f.out == "" {
		_, err := a.stdout.Write(text)
		return err
	}
	if err := replaceFile(f.out, text); err != nil {
		return badInput(a.again(), err.Error())
	}
	return nil
}

// placed says why a file could not be written, before it is.
func placed(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a folder")
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return errors.New("there is no folder " + filepath.Dir(path))
	}
	return probe(filepath.Dir(path))
}

func (f *shrinkFlags) runLine() string {
	args := []string{"run", f.out}
	if f.shuffled() {
		args = append(args, "--ties", tiesShuffle)
	}
	return commandLine(args)
}

// shrinkCommandLine is how the scenario was made small, without what does not
// change the result.
func (f *shrinkFlags) shrinkCommandLine(argument string, of *scenarios.Scenario) string {
	args := append([]string{"shrink"}, f.arguments(argument, of)...)
	if f.check != "" {
		args = append(args, "--class", f.check)
	}
	if f.runs != shrink.RunsMost {
		args = append(args, "--runs", fmt.Sprint(f.runs))
	}
	return commandLine(args)
}

func (a *app) shrunkJSON(f *shrinkFlags, r *shrink.Result) error {
	needed := r.Needed
	if needed == nil {
		needed = []shrink.Need{}
	}
	return json.NewEncoder(a.stdout).Encode(struct {
		Exit     int           `json:"exit"`
		Scenario string        `json:"scenario"`
		Protocol string        `json:"protocol"`
		Seed     uint64        `json:"seed"` // of the scenario that was shrunk
		Class    string        `json:"class"`
		File     string        `json:"file"`
		Finished bool          `json:"finished"`
		Runs     int           `json:"runs"`
		From     shrink.Size   `json:"from"`
		To       shrink.Size   `json:"to"`
		Needed   []shrink.Need `json:"needed"`
	}{exitHeld, r.From.Name, r.From.Recovery.Protocol, r.From.Seed, r.Class.String(), f.out, r.Finished, r.Runs, r.SizeFrom, r.SizeNow, needed})
}

// shrinkProgress shows on a terminal what is tried and how small it is by now.
type shrinkProgress struct{ terminalLine }

func (a *app) newShrinkProgress(f *shrinkFlags) *shrinkProgress {
	p := &shrinkProgress{}
	p.draw(a, f.silent, -1, "shrinking", append(countRuns(), progressbar.OptionSetSpinnerChangeInterval(0))...) // else it goes on drawing when it has been taken away
	return p
}

func (p *shrinkProgress) tell(now shrink.Progress) {
	if p.drawn == nil {
		return
	}
	p.drawn.Describe(fmt.Sprintf("%d faults, %d operations, %d tasks; trying less: %s", now.Size.Faults, now.Size.Operations, now.Size.Tasks, now.Pass))
	p.drawn.Set(now.Runs)
}
