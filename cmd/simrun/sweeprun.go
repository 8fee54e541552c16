package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"simrun/report"
	"simrun/scenarios"
)

// moments makes the list of runs. Where tasks are to be crashed everywhere, a run without faults lists the moments first.
func (s *sweeper) moments(ctx context.Context) error {
	variants, seeds := s.plan.Variants, s.plan.Seeds
	combinations := len(variants) * len(seeds)
	parts := map[string]int{} // combinations that share the bound of a protocol
	for _, v := range variants {
		parts[v.Scenario.Recovery.Protocol] += len(seeds)
	}
	numbers, next := make([]int, combinations), map[string]int{}
	for n := range combinations {
		protocol := variants[n/len(seeds)].Scenario.Recovery.Protocol
		numbers[n] = next[protocol]
		next[protocol]++
	}
	lists, failed := make([][]scenarios.Point, combinations), make([]error, combinations)
	s.show = s.newProgress("listing moments", combinations)
	if !s.plan.Choice.Crashes() {
		s.show = s.newProgress("", 0)
	}
	scenarios.Each(ctx, s.flags.workers, combinations, func(n int) {
		variant, seed := n/len(seeds), seeds[n%len(seeds)]
		var result scenarios.Result
		if s.plan.Choice.Crashes() {
			point := scenarios.Point{Variant: variant, Seed: seed, Quiet: true}
			result, failed[n] = s.simulate(&point, scenarios.Options{Context: ctx, Moments: true, Lean: true, ShuffleTies: s.flags.shuffled(), Swept: true})
		}
		lists[n] = s.plan.Points(variant, seed, result.Moments, numbers[n], parts[variants[variant].Scenario.Recovery.Protocol])
		s.show.did(1)
	})
	s.show.close()
	for n, err := range failed {
		var internal *scenarios.InternalError
		if err != nil && !errors.As(err, &internal) && ctx.Err() == nil {
			return s.app.classified(err)
		}
		s.points = append(s.points, lists[n]...)
	}
	if err := ctx.Err(); err != nil {
		return s.app.classified(err)
	}
	if len(s.points) > sweepRunsMost {
		return badInput(s.app.again()+" --most 10000", fmt.Sprintf("%d runs are more than %d: thin them by --crash-every or --most", len(s.points), sweepRunsMost))
	}
	return nil
}

// simulate runs a point. A panic of the harness comes back as an internal error.
func (s *sweeper) simulate(p *scenarios.Point, o scenarios.Options) (r scenarios.Result, err error) {
	defer scenarios.Recovered(&err)
	return s.app.simulate(s.plan.Scenario(p), o)
}

// run runs what has no row yet.
func (s *sweeper) run(ctx context.Context) error {
	if err := s.describe(); err != nil {
		return err
	}
	rows, done, err := s.open()
	if err != nil {
		return err
	}
	s.rows = rows
	var todo []int
	mine := 0
	for i := range s.points {
		if i%s.shards != s.shard {
			continue
		}
		mine++
		row := s.row(&s.points[i])
		if !done[row.Key()] || !s.plan.Chosen() && !s.hasFolder(&s.points[i]) {
			todo = append(todo, i)
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var mutex sync.Mutex
	var broken error
	s.show = s.newProgress(progressRuns, len(todo))
	s.show.before = mine - len(todo)
	ended := func(row *report.SweepRow, exit int, err error) {
		if errors.Is(err, context.Canceled) {
			return
		}
		if err == nil && row != nil {
			err = s.rows.append(row)
		}
		mutex.Lock()
		defer mutex.Unlock()
		if exit != exitHeld {
			s.exits = append(s.exits, exit)
		}
		if err != nil && broken == nil {
			broken = err
			stop()
		}
		s.show.did(1)
	}
	bunches := scenarios.Bunches(s.points, todo, s.bunch(len(todo)))
	scenarios.Each(ctx, s.flags.workers, len(bunches), func(i int) { s.together(ctx, bunches[i], ended) })
	s.show.close()
	if err := s.rows.close(broken == nil && ctx.Err() == nil, &s.result); broken == nil {
		broken = err
	}
	if broken != nil {
		return s.app.classified(broken)
	}
	return nil
}

// bunchMost is how many runs are simulated together: many, for what they share to count, and few, for all workers to have
// something to do until the end.
const bunchMost = 64

// bunch is how many of so many runs are simulated together.
func (s *sweeper) bunch(todo int) int {
	if !s.app.together {
		return 1
	}
	return min(bunchMost, max(1, todo/(4*s.flags.workers)))
}

// together makes the rows of a bunch of runs.
func (s *sweeper) together(ctx context.Context, bunch []int, done func(row *report.SweepRow, exit int, err error)) {
	o := scenarios.Options{Context: ctx, Lean: true, ShuffleTies: s.flags.shuffled(), Swept: true}
	switch p := &s.points[bunch[0]]; {
	case !s.plan.Chosen():
		done(s.oneFolder(ctx, p))
	case len(bunch) == 1:
		result, err := s.simulate(p, o)
		done(s.one(p, result, err, o))
	default:
		s.plan.RunBunch(s.points, bunch, o, func(i int, result scenarios.Result, err error) (more bool) {
			done(s.one(&s.points[i], result, err, o))
			return ctx.Err() == nil
		})
	}
}

// one makes the row of a point from what a run of it came to. Exit is 4 if a second run differs. An error ends the sweep.
func (s *sweeper) one(p *scenarios.Point, result scenarios.Result, err error, o scenarios.Options) (row *report.SweepRow, exit int, failed error) {
	row = s.row(p)
	var internal *scenarios.InternalError
	switch {
	case errors.As(err, &internal):
		broke(row, internal.Error())
		return row, exitHeld, nil
	case err != nil:
		return nil, 0, err
	}
	s.fill(row, p, &result, result.Situations())
	if s.flags.twice {
		exit, err = s.again(p, result, o)
	}
	return row, exit, err
}

// again compares a run with a second one, and tells on stderr what differs.
func (s *sweeper) again(p *scenarios.Point, first scenarios.Result, options scenarios.Options) (int, error) {
	j := &job{batch: s.batch, planned: &planned{scenario: s.plan.Scenario(p), command: s.result.Command}}
	_, err := j.compareTwo(first, options)
	var differs *failure
	if errors.As(err, &differs) && differs.exit == exitDiffers {
		s.show.aside(func() { fmt.Fprintf(s.app.stderr, "%s: %s\n", s.row(p).Place(), differs.text) })
		return exitDiffers, nil
	}
	return exitHeld, err
}

// oneFolder runs a point whose faults are the scenario's, and saves it like the run command.
func (s *sweeper) oneFolder(ctx context.Context, p *scenarios.Point) (row *report.SweepRow, exit int, err error) {
	one := planned{argument: s.argument, scenario: s.plan.Scenario(p)}
	one.dir = s.runDir(one.scenario, p.Seed)
	one.command = s.runCommand(p, one.scenario)
	o := (&batch{app: s.app, flags: &s.flags.runFlags, bar: s.batch.bar, plan: []planned{one}}).one(ctx, 0)
	row = s.row(p)
	switch {
	case o.failed != nil && o.failed.exit == exitInterrupted:
		return nil, 0, context.Canceled
	case o.failed != nil && o.failed.exit == exitInternal:
		broke(row, o.failed.text)
		return row, exitHeld, nil
	case o.failed != nil && o.failed.exit == exitDiffers:
		s.show.aside(func() { fmt.Fprintf(s.app.stderr, "%s: %s\n", row.Place(), o.failed.text) })
		return nil, exitDiffers, nil
	case o.failed != nil:
		return nil, 0, o.failed
	}
	run := o.run
	s.fill(row, p, &scenarios.Result{Digest: run.Digest, Checks: run.Checks, Recoveries: run.Recoveries, Marks: run.Marks}, run.Reached)
	return row, exitHeld, nil
}

// runCommand repeats a run without chosen crashes.
func (s *sweeper) runCommand(p *scenarios.Point, of *scenarios.Scenario) string {
	one := s.flags.scenarioFlags
	one.sets = slices.Clip(s.flags.sets)
	one.sets = append(one.sets, s.sets[s.plan.Variants[p.Variant].Values]...)
	return one.command(s.argument, of)
}

// hasFolder says whether the results of a run without chosen crashes are where they belong.
func (s *sweeper) hasFolder(p *scenarios.Point) bool {
	return isResult(s.runDir(s.plan.Scenario(p), p.Seed))
}
