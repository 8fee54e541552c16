package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"simrun/report"
)

const plotText = `Draw figures from saved results, without simulating again.

The figures of one result go to its folder figures/, or to --out. Those that compare
several (up to 8) go to --out, which is then required. A sweep's folder gives its map,
from the rows of all its shards that are there.`

const plotExample = `  simrun plot results/runs/crash-stock/clonos/seed-1
  simrun plot results/runs/crash-stock/{clonos,global}/seed-1 --out figures
  simrun plot results/sweeps/crash-small/1a2b3c4d`

func (a *app) plotCommand() *cobra.Command {
	out := ""
	command := &cobra.Command{Use: "plot RESULTS...", Short: "figures from saved results, without simulating again", Long: plotText, Example: plotExample,
		Args: arguments(1, -1, "a results folder (results/runs/SCENARIO/PROTOCOL/seed-N)")}
	command.Flags().StringVar(&out, "out", "", "`DIR` for the figures; required with several results")
	command.RunE = func(_ *cobra.Command, args []string) error { return a.plot(out, args) }
	return command
}

func (a *app) plot(out string, dirs []string) error {
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, report.SweepFile)); err != nil {
			continue
		}
		if len(dirs) > 1 {
			return badInput("simrun plot "+quoted(dir), dir+": a sweep is drawn alone, not beside other results")
		}
		return a.plotSweep(out, dir)
	}
	if len(dirs) > 1 && out == "" {
		return badInput(a.again()+" --out figures", "--out: several results need a folder for the figures that compare them")
	}
	var runs []report.Run
	var wrong []string
	for _, dir := range dirs {
		run, err := report.Load(dir)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		runs = append(runs, run)
	}
	if len(wrong) > 0 {
		return badInput("simrun plot --help", wrong...)
	}
	var files []report.File
	if len(runs) == 1 {
		if out == "" {
			out = filepath.Join(dirs[0], "figures")
		}
		for _, figure := range report.Figures(runs[0]) {
			files = append(files, figure.Files()...)
		}
	} else {
		compared, err := comparisonFiles(runs)
		if err != nil {
			return badInput("simrun plot --help", err.Error())
		}
		files = compared
	}
	return a.placeFigures(out, files)
}

// plotSweep draws a sweep from its rows.
func (a *app) plotSweep(out, dir string) error {
	sweep, err := report.LoadSweep(dir)
	if err != nil {
		return badInput("simrun plot --help", err.Error())
	}
	if out == "" {
		out = filepath.Join(dir, "figures")
	}
	if missing := sweep.Missing(); missing > 0 {
		fmt.Fprintf(a.stderr, "%s: %d runs of this sweep have no row yet: %s\n", dir, missing, sweep.Command)
	}
	return a.placeFigures(out, sweepFiles(sweep, ""))
}

// sweepFiles are the figures of a sweep, in every format.
func sweepFiles(sweep *report.Sweep, below string) (files []report.File) {
	for _, figure := range report.SweepFigures(sweep) {
		for _, file := range figure.Files() {
			files = append(files, report.File{Name: below + file.Name, Write: file.Write})
		}
	}
	return files
}

// placeFigures writes figures and prints where they are.
func (a *app) placeFigures(out string, files []report.File) error {
	if err := a.needs([]place{{out, false}}); err != nil {
		return err
	}
	if err := placeFiles(out, files...); err != nil {
		return err
	}
	for _, file := range files {
		fmt.Fprintln(a.stdout, filepath.Join(out, file.Name))
	}
	return nil
}

// placeFiles writes files into a folder that may hold others: the working directory too.
func placeFiles(dir string, files ...report.File) error {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	err = report.Place(absolute, files...)
	var unwritable *report.Unwritable
	if errors.As(err, &unwritable) {
		unwritable.Path = dir
	}
	return err
}

// makesFile finds out whether a single file could be written, before the work that fills it.
func makesFile(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file that could be replaced", path)
	}
	if err := probe(filepath.Dir(path)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
