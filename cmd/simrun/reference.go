package main

import (
	"context"
	"io"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"simrun/report"
	"simrun/scenarios"
)

const referenceText = `Make the results again that are tracked in git: crash-stock under every protocol,
without histories, with the figures that compare them; the two variants of clonos on
pipeline-variants and on bursts of failures (about a minute); the anomaly matrix (simrun
hermitage); and results/README.md. They are a function of the source, so that "git diff results/" shows what a change of it does.`

// referenceScenario is the main job: every protocol has to deal with the same crash.
const referenceScenario = "crash-stock"

// referenceClaims say what the tracked results are kept for.
var referenceClaims = map[string]string{
	"none":   "Restarting the failed task alone, without replay, contradicts what clients were told",
	"redo":   "Replaying its input without determinants contradicts what clients were told",
	"global": "Rolling everything back to the last checkpoint applies every checkout exactly once",
	"clonos": "Causal recovery brings back the failed task alone and applies every checkout exactly once",
}

func (a *app) referenceCommand() *cobra.Command {
	f, bursts := &runFlags{protocols: "all", tracked: true}, 0
	f.ties = tiesRule
	command := &cobra.Command{Use: "reference", Short: "make the tracked results/ again", Long: referenceText,
		Example: "  simrun reference\n  git diff results/", Args: arguments(0, 0, "no argument")}
	command.Flags().StringVar(&f.out, "out", "results", "`DIR` for results")
	command.Flags().BoolVar(&f.silent, "quiet", false, "print the verdicts alone")
	command.Flags().IntVar(&bursts, "bursts", referenceBursts, "`N` bursts of each number of failures; git tracks what the default gives")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return a.reference(command.Context(), f, max(1, bursts))
	}
	return command
}

func (a *app) reference(ctx context.Context, f *runFlags, bursts int) error {
	plan, err := f.plan([]string{referenceScenario})
	if err != nil {
		return err
	}
	for i := range plan {
		plan[i].comparison = filepath.Join(f.out, "reference")
		plan[i].dir = filepath.Join(plan[i].comparison, plan[i].protocol())
	}
	b := newBatch(a, f, plan)
	if err := b.prepare(); err != nil {
		return err
	}
	b.run(ctx)
	if len(b.runs) < len(plan) { // what is there is whole, but no page may claim the rest
		return b.end(ctx)
	}
	b.compare()
	if err := a.variants(ctx, f.out, bursts); err != nil {
		return err
	}
	matrix, err := a.matrix(ctx, f.out, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	if matrix.Unexpected() > 0 {
		b.exits = append(b.exits, exitViolated)
		tellUnexpected(a.stderr, matrix)
	}
	if err := a.readme(f.out, b.runs, matrix); err != nil {
		return err
	}
	return b.end(ctx)
}

// referenceBursts is how many bursts of each number of failures the tracked results tell of.
const referenceBursts = 1000

// variants compares the two ways in which clonos recovers: docs/published.md.
func (a *app) variants(ctx context.Context, out string, bursts int) error {
	var v report.Variants
	var err error
	if v.Rows, err = scenarios.CompareVariants(scenarios.Runner(a.simulate), scenarios.Options{Context: ctx}); err != nil {
		return err
	}
	if v.Bursts, err = scenarios.PlayBursts(ctx, scenarios.Runner(a.simulate), runtime.GOMAXPROCS(0), bursts); err != nil {
		return err
	}
	return placeFiles(filepath.Join(out, "reference", "variants"), v.Files()...)
}

func (a *app) readme(out string, runs []report.Run, matrix report.Hermitage) error {
	var references []report.Reference
	for _, run := range runs {
		references = append(references, report.Reference{Claim: referenceClaims[run.Protocol], Run: run})
	}
	return placeFiles(out, report.File{Name: "README.md", Write: func(w io.Writer) error {
		return report.Readme(w, "simrun reference", references, matrix)
	}})
}
