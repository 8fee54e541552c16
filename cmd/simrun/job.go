package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"simrun/check"
	"simrun/report"
	"simrun/scenarios"
)

// outcome is what one planned run came to: a run, or a failure, or a run that could not be saved.
type outcome struct {
	run        *report.Run
	failed     *failure
	twice      string // what comparing with a second run found
	failureDir string // where a run that fails against its expectation lies once more
}

// A job is one run on its way from a plan to a results folder.
type job struct {
	*batch
	*planned
	index int
	trace *traceText // nil: not kept
}

// one takes run i all the way. A panic outside the simulation is the harness's fault, as one inside is.
func (b *batch) one(ctx context.Context, i int) (o outcome) {
	j := &job{batch: b, planned: &b.plan[i], index: i}
	defer func() {
		if r := recover(); r != nil {
			o = outcome{failed: &failure{exitInternal, fmt.Sprintf("internal error: %v\n%s", r, debug.Stack()), j.command}}
		}
	}()
	o, err := j.do(ctx)
	var internal *scenarios.InternalError
	switch {
	case errors.As(err, &internal):
		o.failed = j.saveInternal(ctx, internal)
	case err != nil:
		o.failed = b.app.classified(err)
	}
	return o
}

func (j *job) do(ctx context.Context) (o outcome, err error) {
	if err := ctx.Err(); err != nil {
		return o, err
	}
	options := scenarios.Options{Context: ctx, ShuffleTies: j.flags.shuffled(), Swept: j.flags.swept}
	first := options
	first.Progress = j.bar.of(j.index, 0)
	j.traceIfWanted(&first)
	start := time.Now()
	result, err := j.app.simulate(j.scenario, first)
	if err != nil {
		return o, err
	}
	wall := time.Since(start)
	if j.flags.twice {
		again := options
		again.Progress = j.bar.of(j.index, 1)
		if o.twice, err = j.compareTwo(result, again); err != nil {
			return o, err
		}
	}
	run := j.record(result)
	culprit := int32(-1)
	if !j.flags.swept || unexpected(run) {
		culprit = culpritOf(result)
		j.traceFailure(ctx, run, result, culprit)
	}
	if err := j.save(run, result, culprit, wall); err != nil {
		return o, err
	}
	run.Dir = j.dir
	o.run = &run
	if unexpected(run) && !j.flags.swept {
		o.failureDir, err = j.saveFailure(run, result, culprit)
	}
	return o, err
}

// unexpected says whether a run violates what it was expected to keep.
func unexpected(run report.Run) bool { return run.Exit() == exitViolated && run.Verdict == report.Fail }

// culpritOf is the operation at which the history of a run breaks, -1 if it does not. A run may fail with a history that
// is linearizable, whatever its services say of their order: then there is no such operation.
func culpritOf(r scenarios.Result) int32 {
	broken := func(f check.Finding) bool { return f.Name == "linearizable" && f.Verdict == check.Violated }
	if !slices.ContainsFunc(r.Checks, broken) {
		return -1
	}
	return check.Culprit(r.Evidence.History, r.Evidence.Witness)
}

// record is all that tables and figures need of a result.
func (j *job) record(r scenarios.Result) report.Run {
	s := j.scenario
	run := report.Run{
		Scenario: s.Name, Protocol: r.Protocol, Seed: r.Seed, Replies: r.Replies, Digest: r.Digest, Command: j.command,
		Verdict: report.VerdictOf(r.Checks), Checks: r.Checks, Notes: r.Notes,
		Warmup: s.Time.Warmup, Horizon: s.Time.Horizon, Tasks: r.Tasks,
		Recoveries: r.Recoveries, Windows: r.Windows, Latency: r.Latency, Marks: r.Marks, Protection: r.Protection, Overhead: r.Overhead, Kinds: r.Kinds,
		Expanded: string(s.Expand()), Unused: r.Unused, Reached: r.Situations(),
	}
	run.Expected, run.ExpectedChecks = s.Expectation(r.Protocol)
	return run
}
