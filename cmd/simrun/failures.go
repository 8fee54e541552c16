package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"simrun/check"
	"simrun/report"
	"simrun/scenarios"
	"simrun/sim"
)

// failureFolder is where a failure is kept: results/failures/<check>-<scenario>-<seed>, or below --out. Several protocols of
// one call keep theirs apart, and so do the crashes of a sweep.
func (j *job) failureFolder(check string) string {
	name := fmt.Sprintf("%s-%s-%d", check, j.scenario.Folder(), j.scenario.Seed)
	if j.flags.protocols != "" {
		name += "-" + j.protocol()
	}
	return filepath.Join(j.flags.beside("failures"), name+j.suffix)
}

// repro is the scenario that fails, everything in it explicit: to run, and to shrink.
func (j *job) repro() report.File {
	return report.File{Name: "repro.yaml", Write: func(w io.Writer) error {
		_, err := w.Write(j.scenario.Expand())
		return err
	}}
}

// saveFailure keeps a run that fails against its expectation apart from the results, where the next run replaces it.
func (j *job) saveFailure(run report.Run, r scenarios.Result, culprit int32) (string, error) {
	name := ""
	for _, f := range run.Checks {
		if f.Verdict == check.Violated {
			name = f.Name
			break
		}
	}
	dir := j.failureFolder(name)
	return dir, report.Write(dir, run.Digest, append([]report.File{j.repro()}, j.evidence(run, r, culprit)...)...)
}

// beforeInternal is how much of a run is traced before it broke.
const beforeInternal = sim.Second

// saveInternal keeps what broke the harness: the scenario, the stack, and the trace of the second before, for which it
// runs again.
func (j *job) saveInternal(ctx context.Context, e *scenarios.InternalError) *failure {
	failed := &failure{exitInternal, fmt.Sprintf("%s\n%s\nsimrun is broken, not what it simulates", e.Error(), e.Stack), j.command}
	j.trace = &traceText{}
	from := max(0, e.Time-beforeInternal)
	_, err := j.app.simulate(j.scenario, scenarios.Options{Context: ctx, ShuffleTies: j.flags.shuffled(), Trace: j.trace,
		Filter: scenarios.TraceFilter{From: from}})
	var again *scenarios.InternalError
	if !errors.As(err, &again) {
		failed.text += "; it did not break a second time"
	}
	dir := j.failureFolder("internal")
	files := []report.File{j.repro(), {Name: "trace.txt", Write: func(w io.Writer) error {
		return j.trace.writeTo(w, fmt.Sprintf("%s --from %dns", traceOf(&report.Run{Command: j.command}), from))
	}}, {Name: "stack.txt", Write: func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n%s\n", e.Error(), e.Stack)
		return err
	}}}
	if err := report.Write(dir, "", files...); err != nil {
		failed.text += "\n" + err.Error()
		return failed
	}
	failed.text += "; the trace is saved: " + filepath.Join(dir, "trace.txt")
	return failed
}
