package main

import (
	"fmt"

	"simrun/report"
)

// compare prints the runs of each scenario beside each other and draws them with the same axes.
func (b *batch) compare() {
	for from := 0; from < len(b.plan); {
		to := from
		for to < len(b.plan) && b.plan[to].argument == b.plan[from].argument {
			to++
		}
		if err := b.compareOne(&b.plan[from], b.finished(b.plan[from:to])); err != nil {
			failed := b.app.classified(err)
			b.exits = append(b.exits, failed.exit)
			fmt.Fprintf(b.app.stderr, "%s\n%s: %s\n", failed.text, leadIn(failed.exit), failed.paste)
		}
		from = to
	}
}

// finished are the runs that there are of a plan.
func (b *batch) finished(plan []planned) (runs []report.Run) {
	for i := range plan {
		for _, run := range b.runs {
			if run.Dir == plan[i].dir {
				runs = append(runs, run)
			}
		}
	}
	return runs
}

func (b *batch) compareOne(p *planned, runs []report.Run) error {
	if len(runs) < 2 {
		return nil
	}
	loud := !b.flags.asJSON && !b.flags.silent
	if loud {
		b.apart()
		if err := report.Compare(b.app.stdout, runs); err != nil {
			return err
		}
	}
	if !b.compared() {
		return nil
	}
	files, err := comparisonFiles(runs)
	if err != nil {
		return err
	}
	if err := placeFiles(p.comparison, files...); err != nil {
		return err
	}
	if loud {
		fmt.Fprintf(b.app.stdout, "  figures  %s\n", p.comparison)
	}
	return nil
}

// comparisonFiles are the figures that show several runs, in every format.
func comparisonFiles(runs []report.Run) (files []report.File, err error) {
	figures, err := report.Comparison(runs)
	for _, figure := range figures {
		files = append(files, figure.Files()...)
	}
	return files, err
}
