package main

import (
	"context"
	"fmt"
	"time"

	"simrun/report"
	"simrun/scenarios"
	"simrun/shrink"
)

// What is kept of a failure is shrunk within these bounds, which make seconds of small runs and leave large ones as they
// are: simrun shrink takes the time that they need.
const (
	keptEventsMost = 20_000_000 // of all runs tried
	keptRunsMost   = 1_000
	keptRunsLeast  = 20 // with fewer there is no use
)

// shrunk is the smallest scenario that was found to fail in the same way, as a job of its own, and how it fails.
type shrunk struct {
	*job
	shrink.Result
}

// shrinkRepro makes the scenario of a failure smaller; nil: it stays as it is.
func (j *job) shrinkRepro(ctx context.Context, r *scenarios.Result) *shrunk {
	runs := min(keptEventsMost/max(1, int(r.Events)), keptRunsMost)
	if j.flags.noShrink || j.unshrunk || runs < keptRunsLeast {
		return nil
	}
	if j.app.terminal && !j.flags.silent {
		j.bar.aside(func() {
			fmt.Fprintf(j.app.stderr, "%s %s seed=%d fails: looking for a smaller scenario, in %d runs at most (--no-shrink leaves it as it is)\n",
				j.scenario.Name, j.protocol(), j.scenario.Seed, runs)
		})
	}
	result, err := shrink.Shrink(ctx, j.scenario, shrink.Options{Workers: j.shrinkers, Runs: runs, ShuffleTies: j.flags.shuffled(), Simulate: scenarios.Runner(j.app.simulate)})
	if err != nil || len(result.Failure.Checks) == 0 {
		return nil
	}
	small := &job{batch: j.batch, planned: &planned{argument: "repro.yaml", scenario: result.Scenario, command: "simrun run repro.yaml"}, index: j.index}
	return &shrunk{small, result}
}

// file is the scenario, with a comment on what fails and what each fault is for.
func (s *shrunk) file() report.File {
	return fileOf("repro.yaml", s.File("simrun shrink original.yaml"))
}

// remarks say what the schedule was, and what each fault that is left is for.
func (s *shrunk) remarks() []string {
	list := []string{"Shrunk to " + s.sizes() + "; the times above are those of the small one."}
	if !s.Finished {
		list[0] += " It may become smaller."
	}
	for _, n := range s.Needed {
		list = append(list, fmt.Sprintf("Without %s: %s.", n.Fault, n.Without))
	}
	return list
}

func (s *shrunk) sizes() string {
	from, now := &s.SizeFrom, &s.SizeNow
	return fmt.Sprintf("%d of %s, %d of %d operations, %d of %d tasks, %v of %v", now.Faults, report.Plural(int64(from.Faults), "fault"), now.Operations, from.Operations,
		now.Tasks, from.Tasks, time.Duration(now.HorizonUS)*time.Microsecond, time.Duration(from.HorizonUS)*time.Microsecond)
}
