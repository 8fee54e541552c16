package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"simrun/report"
	"simrun/scenarios"
)

const hermitageText = `Make the anomaly matrix again: what can go wrong in recovery, and who prevents it. A row is an
anomaly with a scenario of a few operations ("simrun list --all" names them), a column a protocol
or a setting of one, a cell what a run of the two comes to. Every cell has to come to what it is
known for: exit 1 if one does not. Table (hermitage.md, hermitage.csv), figure (hermitage.svg,
.png, .pdf) and each cell as a scenario (cells/) go to OUT/reference/hermitage.`

// hermitageFlags are what the matrix may be asked for.
type hermitageFlags struct {
	out            string
	workers        int
	asJSON, silent bool
}

func (a *app) hermitageCommand() *cobra.Command {
	f := &hermitageFlags{}
	command := &cobra.Command{Use: "hermitage", Short: "make the anomaly matrix again: anomalies x protocols", Long: hermitageText,
		Example: "  simrun hermitage\n  simrun hermitage --json\n  simrun run hermitage/lost-effect --protocols all", Args: arguments(0, 0, "no argument")}
	flags := command.Flags()
	flags.StringVar(&f.out, "out", "results", "`DIR` for results")
	flags.IntVarP(&f.workers, "jobs", "j", runtime.GOMAXPROCS(0), "`WORKERS` that run at a time")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object in place of text")
	flags.BoolVar(&f.silent, "quiet", false, "print only the cells that are not as expected")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if f.workers < 1 {
			return badInput("simrun hermitage --help", fmt.Sprintf("-j: %d is no number of runs at a time", f.workers))
		}
		return a.hermitage(command.Context(), f)
	}
	return command
}

func (a *app) hermitage(ctx context.Context, f *hermitageFlags) error {
	if err := a.needs([]place{{hermitageDir(f.out), false}}); err != nil {
		return err
	}
	matrix, err := a.matrix(ctx, f.out, f.workers)
	if err != nil {
		return err
	}
	exit := exitHeld
	if matrix.Unexpected() > 0 {
		exit = exitViolated
	}
	switch {
	case f.asJSON:
		err = matrix.JSON(a.stdout, exit)
	case !f.silent:
		err = matrix.Print(a.stdout)
		fmt.Fprintf(a.stdout, "results  %s\n", hermitageDir(f.out))
	}
	if err != nil {
		return err
	}
	tellUnexpected(a.stderr, matrix)
	return saidAlready(exit)
}

func hermitageDir(out string) string { return filepath.Join(out, "reference", "hermitage") }

// matrix runs all cells and writes table and figure.
func (a *app) matrix(ctx context.Context, out string, workers int) (report.Hermitage, error) {
	cells, err := scenarios.PlayHermitage(ctx, scenarios.Runner(a.simulate), workers)
	if err != nil {
		return nil, a.classified(err)
	}
	matrix := report.Hermitage(cells)
	return matrix, placeFiles(hermitageDir(out), matrix.Files()...)
}

// tellUnexpected names every cell that is not as expected, with the command that shows it.
func tellUnexpected(w io.Writer, matrix report.Hermitage) {
	for _, row := range matrix {
		for i := range row {
			if c := &row[i]; !c.AsExpected() {
				fmt.Fprintf(w, "%s under %s: %s, expected %s. %s\nagain: %s\n", c.Row.Title(), c.Column.Name, c.Kind.Words(), c.Expected.Words(),
					c.Words, report.HermitageCommand(c))
			}
		}
	}
}
