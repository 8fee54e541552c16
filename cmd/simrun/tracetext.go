package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"simrun/report"
	"simrun/scenarios"
)

// traceMost bounds a trace that is saved.
const traceMost = 64 << 20

// traceText keeps a trace until it is known whether it will be saved. It is made of pieces, so that it never moves.
type traceText struct {
	pieces [][]byte
	size   int
	left   bool // there was no room for the rest
}

const tracePiece = 1 << 20

// Write never fails: a run does not end because its trace is full.
func (t *traceText) Write(p []byte) (int, error) {
	if t.left || t.size+len(p) > traceMost-traceEndMost {
		t.left = true
		return len(p), nil
	}
	t.size += len(p)
	last := len(t.pieces) - 1
	if last < 0 || len(t.pieces[last])+len(p) > cap(t.pieces[last]) {
		t.pieces = append(t.pieces, make([]byte, 0, max(tracePiece, len(p))))
		last++
	}
	t.pieces[last] = append(t.pieces[last], p...)
	return len(p), nil
}

// traceEndMost is room for the line that stands where a trace was cut.
const traceEndMost = 4096

// writeTo writes the trace. narrower is a command that tells less, for a trace that was cut.
func (t *traceText) writeTo(w io.Writer, narrower string) error {
	for _, piece := range t.pieces {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	if t.left {
		end := fmt.Sprintf("... and more than %d MiB hold. All of it, or less: %s", traceMost>>20, narrower)
		_, err := fmt.Fprintln(w, end[:min(len(end), traceEndMost-1)])
		return err
	}
	return nil
}

// traceIfWanted keeps the whole trace if that was asked for; and what happens around faults if the run is expected to
// fail, since it is needed then and a second run costs more.
func (j *job) traceIfWanted(o *scenarios.Options) {
	word, _ := j.scenario.Expectation(j.protocol())
	if !j.flags.trace && (word != "fail" || j.flags.tracked || j.flags.swept) {
		return
	}
	j.trace = &traceText{}
	o.Trace = j.trace
	o.Filter.AroundCrash = !j.flags.trace
}

// traceFailure runs again for the trace of a failure that nobody expected: what happens around faults, and all that
// concerns the operation that is accused. The run stands without it if that is interrupted.
func (j *job) traceFailure(ctx context.Context, run report.Run) {
	if run.Verdict != report.Fail && !j.flags.trace {
		j.trace = nil // it went well, against expectation
	}
	expected := run.Exit() != exitViolated
	if run.Verdict != report.Fail || j.trace != nil || j.flags.tracked && expected {
		return
	}
	t := &traceText{}
	filters := []scenarios.TraceFilter{{AroundCrash: true}}
	if len(j.scenario.Faults) == 0 {
		filters = nil
	}
	if run.Telling != nil && run.Telling.Request != "" {
		filters = append(filters, scenarios.TraceFilter{Order: run.Telling.Request})
	}
	for _, filter := range filters {
		fmt.Fprintln(t, "# "+titleOf(filter))
		options := scenarios.Options{Context: ctx, ShuffleTies: j.flags.shuffled(), Trace: t, Filter: filter}
		if _, err := j.app.simulate(j.scenario, options); err != nil {
			return
		}
	}
	j.trace = t
}

func titleOf(f scenarios.TraceFilter) string {
	if f.Order != "" {
		return "order " + f.Order
	}
	return "around each fault"
}

// traceOf is the command that tells the story of a run.
func traceOf(run *report.Run) string {
	command := "simrun trace " + strings.TrimPrefix(run.Command, "simrun run ")
	if len(run.Recoveries) > 0 {
		command += " --around crash"
	}
	return command
}
