package main

import (
	"context"
	"fmt"
	"runtime"

	"simrun/report"
)

// batch is several runs that share the processors and are told in the order asked for.
type batch struct {
	app   *app
	flags *runFlags
	plan  []planned
	bar   *bar

	runs  []report.Run // finished ones, in the order asked for
	exits []int        // of all that were not interrupted
	told  int          // texts on stdout, which stand apart by empty lines
}

func newBatch(a *app, f *runFlags, plan []planned) *batch {
	return &batch{app: a, flags: f, plan: plan, runs: []report.Run{}}
}

// prepare makes sure before anything is simulated that results can be written.
func (b *batch) prepare() error {
	var places []place
	for i := range b.plan {
		places = append(places, place{b.plan[i].dir, true})
		if b.compared() {
			places = append(places, place{b.plan[i].comparison, false})
		}
	}
	return b.app.needs(places)
}

// run simulates, judges and saves, as many runs at a time as there are processors.
func (b *batch) run(ctx context.Context) {
	b.bar = b.app.newBar(len(b.plan), b.flags)
	defer b.bar.close()
	done := make([]chan outcome, len(b.plan))
	for i := range done {
		done[i] = make(chan outcome, 1)
	}
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(b.plan)) {
		go func() {
			for i := range next {
				done[i] <- b.one(ctx, i)
			}
		}()
	}
	go func() {
		defer close(next)
		for i := range b.plan {
			next <- i
		}
	}()
	for i := range done {
		result := <-done[i]
		b.bar.aside(func() { b.tell(&b.plan[i], result) })
	}
}

// tell prints one run, or why there is none.
func (b *batch) tell(p *planned, o outcome) {
	if o.run != nil {
		b.runs = append(b.runs, *o.run)
		b.tellRun(o)
	}
	if o.failed == nil {
		b.exits = append(b.exits, o.run.Exit())
		return
	}
	if o.failed.exit == exitInterrupted {
		return // end says it, once for all
	}
	b.exits = append(b.exits, o.failed.exit)
	fmt.Fprintf(b.app.stderr, "%s %s seed=%d: %s\n", p.scenario.Name, p.protocol(), p.scenario.Seed, o.failed.text)
	if o.failed.paste != "" {
		fmt.Fprintf(b.app.stderr, "%s: %s\n", leadIn(o.failed.exit), o.failed.paste)
	}
}

func (b *batch) tellRun(o outcome) {
	run, w := o.run, b.app.stdout
	if (b.flags.asJSON || b.flags.silent) && run.Exit() != exitHeld {
		fmt.Fprintf(b.app.stderr, "why %s %s: %s\n", run.Scenario, run.Protocol, traceOf(run))
	}
	switch {
	case b.flags.asJSON:
		return
	case b.flags.silent:
		fmt.Fprintf(w, "%s %s %s seed=%d (expected %s)\n", run.Verdict, run.Scenario, run.Protocol, run.Seed, run.Expected)
		return
	}
	b.apart()
	if b.flags.situations {
		report.Reached(w, *run)
	} else {
		report.Summary(w, *run)
	}
	if o.twice != "" {
		fmt.Fprintf(w, "  twice    %s\n", o.twice)
	}
	if o.failure.dir != "" {
		fmt.Fprintf(w, "  failure  %s\n", o.failure.dir)
	}
	if small := o.failure.small; small != nil {
		fmt.Fprintf(w, "  shrunk   to %s\n", small.sizes())
		for _, f := range small.Scenario.Faults {
			fmt.Fprintf(w, "           - %s\n", f)
		}
	}
}

// apart puts an empty line between two texts.
func (b *batch) apart() {
	if b.told++; b.told > 1 {
		fmt.Fprintln(b.app.stdout)
	}
}

// compared says whether runs are drawn beside each other.
func (b *batch) compared() bool {
	return b.flags.protocols != "" && !b.flags.noFigures && len(b.plan) > 1
}

// end prints what stands for all runs together and returns the exit code.
func (b *batch) end(ctx context.Context) error {
	exit := worst(b.exits)
	interrupted := ctx.Err() != nil && (len(b.exits) < len(b.plan) || b.compared())
	if interrupted {
		exit = exitInterrupted
	}
	if b.flags.asJSON {
		if err := report.JSON(b.app.stdout, exit, b.runs); err != nil {
			return err
		}
	}
	if interrupted {
		return b.app.classified(ctx.Err())
	}
	return saidAlready(exit)
}
