package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"simrun/check"
	"simrun/report"
	"simrun/scenarios"
)

// outcome is what one planned run came to: a run, or a failure, or a run that could not be saved.
type outcome struct {
	run     *report.Run
	failed  *failure
	twice   string      // what comparing with a second run found
	failure keptFailure // where a run that fails against its expectation lies once more
}

// A job is one run on its way from a plan to a results folder.
type job struct {
	*batch
	*planned
	index int
	trace *traceText // nil: not kept

	shrinkers int  // runs at a time that shrink a failure; 0: one for each processor
	unshrunk  bool // a failure stays as it is
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
		j.tellFailure(ctx, &run, result)
		j.traceFailure(ctx, run)
	}
	if err := j.save(run, result, culprit, wall); err != nil {
		return o, err
	}
	run.Dir = j.dir
	o.run = &run
	if unexpected(run) && !j.flags.swept {
		o.failure, err = j.saveFailure(ctx, run, result, culprit)
	}
	return o, err
}

// unexpected says whether a run violates what it was expected to keep.
func unexpected(run report.Run) bool { return run.Exit() == exitViolated && run.Verdict == report.Fail }

// culpritOf is the operation that the first violated check accuses, -1 if it accuses none.
func culpritOf(r scenarios.Result) int32 {
	for i := range r.Checks {
		if f := &r.Checks[i]; f.Verdict == check.Violated {
			return accused(f, r.Evidence)
		}
	}
	return -1
}

// accused is the operation that a violation is about, -1 if there is none to show among others: a broken history has no
// order at all.
func accused(f *check.Finding, e *check.Evidence) int32 {
	switch {
	case f.Name == "harness":
		return -1
	case f.About != nil && len(f.About.Ops) > 0:
		return f.About.Ops[0]
	case f.Name == "linearizable":
		return check.Culprit(e.History, e.Witness)
	}
	return -1
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
