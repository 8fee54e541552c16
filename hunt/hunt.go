package hunt

import (
	"context"
	"errors"
	"slices"

	"simrun/check"
	"simrun/museum"
	"simrun/scenarios"
	"simrun/shrink"
)

// Hunter hunts with random scenarios, numbered from 1.
type Hunter struct {
	Base    *scenarios.Scenario                                               // what random scenarios are made of
	Draw    func(base *scenarios.Scenario, number uint64) *scenarios.Scenario // the same number gives the same scenario
	Run     scenarios.Runner
	Workers int
	Catches int // a hunt ends with so many
	Runs    int // and after so many runs
	Probes  int // runs of a survivor that are compared with the same without the bug
	Did     func(runs int)
}

// batchPerWorker is how many scenarios a worker is given at a time. What comes of a
// hunt does not depend on it.
const batchPerWorker = 16

// shot is one random scenario with the bug in it.
type shot struct {
	checks  []string // that it violates
	wrong   bool     // and without the bug, too
	vacuous bool
	err     error
}

// Hunt plants a bug in one random scenario after the other. What it gives depends on
// the scenarios alone, not on workers or time.
func (h *Hunter) Hunt(ctx context.Context, bug museum.Bug) (Trophy, error) {
	t := Trophy{Bug: bug}
	base, err := h.Base.With(bug.Swarm...)
	if err != nil {
		return t, err
	}
	counts := map[string]int{}
	for t.Runs < h.Runs && t.Catches < h.Catches {
		shots := make([]shot, min(h.Runs-t.Runs, max(1, h.Workers)*batchPerWorker))
		scenarios.Each(ctx, h.Workers, len(shots), func(i int) { shots[i] = h.shoot(ctx, base, bug, t.Runs+i+1) })
		if err := ctx.Err(); err != nil {
			return t, err
		}
		for i := range shots {
			if err := shots[i].err; err != nil {
				return t, err
			}
			t.take(&shots[i], counts)
			if t.Catches == h.Catches {
				break
			}
		}
		if h.Did != nil {
			h.Did(t.Runs)
		}
	}
	for name, times := range counts {
		t.Checks = append(t.Checks, Count{name, times})
	}
	sortCounts(t.Checks)
	if t.Catches == 0 {
		return t, h.probe(ctx, base, &t)
	}
	return t, nil
}

func (t *Trophy) take(s *shot, counts map[string]int) {
	t.Runs++
	if s.vacuous {
		t.Vacuous++
	}
	if s.wrong {
		t.Wrong = append(t.Wrong, t.Runs)
	}
	if len(s.checks) == 0 || s.wrong {
		return
	}
	t.Catches++
	t.Caught = append(t.Caught, t.Runs)
	for _, name := range s.checks {
		counts[name]++
	}
	if slices.ContainsFunc(s.checks, check.Judges) {
		t.Judged++
	}
}

// plant draws a scenario, gives it what a bug needs, and plants the bug in it.
func (h *Hunter) plant(base *scenarios.Scenario, bug museum.Bug, number int) (*scenarios.Scenario, error) {
	s, err := h.Draw(base, uint64(number)).With(bug.Needs...)
	if err != nil {
		return nil, err
	}
	s.Planted = []string{bug.Name}
	return s, nil
}

func (h *Hunter) shoot(ctx context.Context, base *scenarios.Scenario, bug museum.Bug, number int) (one shot) {
	s, err := h.plant(base, bug, number)
	if err != nil {
		return shot{err: err}
	}
	if one = h.play(ctx, s); len(one.checks) > 0 && one.err == nil {
		without := *s
		without.Planted = nil
		control := h.play(ctx, &without)
		one.wrong, one.err = len(control.checks) > 0, control.err
	}
	return one
}

// play runs a scenario. A harness that breaks has caught something as well.
func (h *Hunter) play(ctx context.Context, s *scenarios.Scenario) (one shot) {
	defer func() {
		if recover() != nil {
			one = shot{checks: []string{"internal"}}
		}
	}()
	r, err := h.Run(s, scenarios.Options{Context: ctx, Lean: true})
	var internal *scenarios.InternalError
	if errors.As(err, &internal) {
		return shot{checks: []string{"internal"}}
	}
	one.err, one.vacuous = err, r.Vacuous != ""
	for _, f := range r.Checks {
		if f.Verdict == check.Violated && f.Name != check.Repeats {
			one.checks = append(one.checks, f.Name)
		}
	}
	return one
}

// What a shrunk catch should not exceed. One that does is passed over for a later
// one, of as many as shrinkMost.
const (
	faultsMost    = 3
	checkoutsMost = 20
	shrinkMost    = 6
)

// Shrink makes a catch small, in so many runs at most, and says by which command
// it was found: the first, unless that stays large.
func (h *Hunter) Shrink(ctx context.Context, t *Trophy, runs int, command string) error {
	for i, number := range t.Caught[:min(len(t.Caught), shrinkMost)] {
		if i > 0 && t.Faults <= faultsMost && t.Checkouts <= checkoutsMost {
			return nil
		}
		if err := h.shrink(ctx, t, number, runs, command); err != nil {
			return err
		}
	}
	return nil
}

// shrink makes one catch small, and keeps it if it is smaller than what is there.
func (h *Hunter) shrink(ctx context.Context, t *Trophy, number, runs int, command string) error {
	base, err := h.Base.With(t.Bug.Swarm...)
	if err != nil {
		return err
	}
	s, err := h.plant(base, t.Bug, number)
	if err != nil {
		return err
	}
	r, err := shrink.Shrink(ctx, s, shrink.Options{Workers: h.Workers, Runs: runs, Simulate: h.Run})
	if err != nil {
		return err
	}
	faults, checkouts := len(r.Scenario.Faults), int(r.SizeNow.Checkouts)
	if t.Shrunk == "" || faults < t.Faults || faults == t.Faults && checkouts < t.Checkouts || t.Checkouts > checkoutsMost && checkouts <= checkoutsMost && faults <= faultsMost {
		t.Shrunk, t.Class, t.Faults, t.Checkouts = string(r.File(command)), r.Class.String(), faults, checkouts
	}
	return nil
}

// probe finds out whether a bug that nothing noticed does anything at all: whether it
// changes what happens in the first runs.
func (h *Hunter) probe(ctx context.Context, base *scenarios.Scenario, t *Trophy) error {
	t.Probes = min(h.Probes, t.Runs)
	differs, failed := make([]bool, t.Probes), make([]error, t.Probes)
	scenarios.Each(ctx, h.Workers, t.Probes, func(i int) {
		var digests [2]string
		s, err := h.plant(base, t.Bug, i+1)
		for j := 0; j < 2 && err == nil; j++ {
			var r scenarios.Result
			r, err = h.Run(s, scenarios.Options{Context: ctx, Lean: true})
			digests[j], s.Planted = r.Digest, nil
		}
		differs[i], failed[i] = digests[0] != digests[1], err
	})
	for i := range differs {
		if failed[i] != nil {
			return failed[i]
		}
		if differs[i] {
			t.Changed++
		}
	}
	return ctx.Err()
}
