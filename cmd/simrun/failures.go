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
	"simrun/telling"
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

// tellFailure finds out how a failure is told, for which the run is made once more. Of failures that were expected a sweep
// and the reference tell none.
func (j *job) tellFailure(ctx context.Context, run *report.Run, r scenarios.Result) {
	if run.Verdict != report.Fail || j.flags.tracked && run.Exit() != exitViolated {
		return
	}
	run.Telling = telling.Of(j.scenario, &r, telling.Options{Context: ctx, ShuffleTies: j.flags.shuffled(), Simulate: telling.Simulate(j.app.simulate)})
}

// scenarioFile is a scenario with everything in it explicit: to run, and to shrink.
func scenarioFile(name string, s *scenarios.Scenario) report.File {
	return fileOf(name, s.Expand())
}

func fileOf(name string, content []byte) report.File {
	return report.File{Name: name, Write: func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}}
}

// repro is the scenario that fails.
func (j *job) repro() report.File { return scenarioFile("repro.yaml", j.scenario) }

// keptFailure is where a failure is kept, and to what it was shrunk.
type keptFailure struct {
	dir   string
	small *shrunk // nil: as it is
}

// saveFailure keeps a run that fails against its expectation apart from the results, where the next run replaces it: the
// smallest scenario that fails in the same way, as far as one was found, and how that fails.
func (j *job) saveFailure(ctx context.Context, run report.Run, r scenarios.Result, culprit int32) (kept keptFailure, err error) {
	for _, f := range run.Checks {
		if f.Verdict == check.Violated {
			kept.dir = j.failureFolder(f.Name)
			break
		}
	}
	digest := run.Digest // a sweep knows by it that the folder is there
	var files []report.File
	if kept.small = j.shrinkRepro(ctx, &r); kept.small == nil {
		files = append([]report.File{j.repro()}, j.evidence(run, r, culprit)...)
		files = append(files, j.story(&kept, run, files))
		return kept, report.Write(kept.dir, digest, files...)
	}
	small := kept.small
	run = small.record(small.Failure)
	small.tellFailure(ctx, &run, small.Failure)
	small.traceFailure(ctx, run)
	files = append(files, small.file(), scenarioFile("original.yaml", j.scenario))
	files = append(files, small.evidence(run, small.Failure, culpritOf(small.Failure))...)
	files = append(files, j.story(&kept, run, files))
	return kept, report.Write(kept.dir, digest, files...)
}

// besides says what the files of a failure's folder are.
var besides = map[string]string{
	"repro.yaml":     "the scenario that fails: the smallest that was found, or all that there was",
	"original.yaml":  "the scenario as it failed first, before it was shrunk",
	"trace.txt":      "what happened around each fault, and all that concerns the operation named above",
	"porcupine.html": "that operation among at most 100 others and the crashes, in a browser",
	"stack.txt":      "where simrun broke",
}

// story is the failure told on one page.
func (j *job) story(kept *keptFailure, run report.Run, files []report.File) report.File {
	repro, large := filepath.Join(kept.dir, "repro.yaml"), filepath.Join(kept.dir, "repro.yaml")
	story := report.Story{Run: run}
	if small := kept.small; small != nil {
		large = filepath.Join(kept.dir, "original.yaml")
		story.Schedule = small.remarks()
	}
	command := func(words ...string) string {
		if j.flags.shuffled() {
			words = append(words, "--ties", tiesShuffle)
		}
		return commandLine(words)
	}
	do := func(what string, words ...string) {
		story.Commands = append(story.Commands, report.Command{For: what, Line: command(words...)})
	}
	do("run it again", "run", repro)
	if len(run.Telling.Faults) > 0 {
		do("see the faults", "trace", repro, "--around", "crash")
	}
	if run.Telling.Request != "" {
		do("follow the operation", "trace", repro, "--request", run.Telling.Request)
	}
	do("look for a smaller one", "shrink", large, "-o", "smallest.yaml")
	for _, file := range files {
		story.Beside = append(story.Beside, report.Command{For: file.Name, Line: besides[file.Name]})
	}
	return report.File{Name: "story.txt", Write: story.Write}
}

// beforeInternal is how much of a run is traced before it broke.
const beforeInternal = sim.Second

// saveInternal keeps what broke the harness: the scenario, the stack, and the trace of the second before, for which it
// runs again.
func (j *job) saveInternal(ctx context.Context, e *scenarios.InternalError) *failure {
	failed := &failure{exitInternal, fmt.Sprintf("%s\n%s\nsimrun is broken, not what it simulates", e.Error(), e.Stack), j.command}
	j.trace = &traceText{}
	from := max(0, e.Time-beforeInternal)
	listener, heard := telling.Listen(nil)
	_, err := j.app.simulate(j.scenario, scenarios.Options{Context: ctx, ShuffleTies: j.flags.shuffled(), Trace: j.trace, Listen: listener,
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
	run := report.Run{Verdict: "INTERNAL", Scenario: j.scenario.Name, Protocol: j.protocol(), Seed: j.scenario.Seed,
		Telling: telling.OfInternal(j.scenario, e, *heard)}
	run.Expected, run.ExpectedChecks = j.scenario.Expectation(j.protocol())
	files = append(files, j.story(&keptFailure{dir: dir}, run, files))
	if err := report.Write(dir, "", files...); err != nil {
		failed.text += "\n" + err.Error()
		return failed
	}
	failed.text += "; the trace is saved: " + filepath.Join(dir, "trace.txt")
	return failed
}
