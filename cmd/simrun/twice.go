package main

import (
	"fmt"

	"simrun/scenarios"
	"simrun/sim"
)

// compareTwo runs again and compares the two event by event. If they differ, both runs are made once more to name the
// first event that does: digests of blocks of events are kept always, events only when asked for.
func (j *job) compareTwo(first scenarios.Result, options scenarios.Options) (string, error) {
	second, err := j.app.simulate(j.scenario, options)
	if err != nil {
		return "", err
	}
	block, differ := sim.FirstDifference(first.Blocks, second.Blocks)
	if !differ && first.Digest == second.Digest {
		return fmt.Sprintf("both runs are equal, event by event: %d events", first.Events), nil
	}
	options.Progress, options.Capture = nil, block+1
	where := fmt.Sprintf("two runs of one seed differ in events %d to %d", block*sim.BlockEvents+1, (block+1)*sim.BlockEvents)
	a, err := j.app.simulate(j.scenario, options)
	if err != nil {
		return "", err
	}
	b, err := j.app.simulate(j.scenario, options)
	if err != nil {
		return "", err
	}
	step, differ := sim.FirstDifferentStep(a.Captured, b.Captured)
	if !differ {
		return "", j.differs(where + "; two further runs did not, so that the event has no name")
	}
	return "", j.differs(fmt.Sprintf("%s\nfirst event that differs, in one run:     %s\n                         in the other:   %s",
		where, eventAt(a, step), eventAt(b, step)))
}

func (j *job) differs(text string) error {
	return &failure{exitDiffers, "nondeterminism: " + text, j.command + " --twice"}
}

// eventAt is one captured step in words.
func eventAt(r scenarios.Result, i int) string {
	if i >= len(r.Captured) {
		return "none, the run had ended"
	}
	c := r.Captured[i]
	text := fmt.Sprintf("event %d to %d, argument %d", c.Step, c.Event.Dst, c.Event.Arg)
	if r.Describe != nil {
		text = r.Describe(c.Event)
	}
	return fmt.Sprintf("step %d, at %d ns: %s, %d notes", c.Step, int64(c.Event.At), text, len(c.Notes))
}
