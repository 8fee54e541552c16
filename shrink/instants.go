package shrink

import (
	"cmp"
	"slices"

	"simrun/cluster"
	"simrun/scenarios"
	"simrun/sim"
)

// A reduction shifts everything else in time, and a fault that stays where it
// was misses what it struck. So each reduction is tried with its faults at
// other instants too: a few, spread over the events of whom they strike.

// others lists variations of a scenario, itself first: the same faults at other
// instants, under its own seed and then under others. At most n of each seed.
func (t *trier) others(s *scenarios.Scenario, n int, seeds []uint64) []*scenarios.Scenario {
	list := []*scenarios.Scenario{s}
	if n == 0 {
		return list
	}
	list = append(list, t.elsewhen(s, n)...)
	for _, seed := range seeds {
		if seed == s.Seed {
			continue
		}
		c := s.Clone()
		c.Seed = seed
		list = append(append(list, c), t.elsewhen(c, n)...)
	}
	return list
}

// elsewhen gives a scenario with its faults at other instants. Of two faults it
// moves both, of more one after the other.
func (t *trier) elsewhen(s *scenarios.Scenario, n int) []*scenarios.Scenario {
	switch len(s.Faults) {
	case 0:
		return nil
	case 1:
		return t.moved(s, 0, n)
	case 2:
		root := 1
		for (root+1)*(root+1) <= n {
			root++
		}
		list := t.moved(s, 0, n/2) // the second as it is: it may wait for what the first brings about
		list = append(list, t.moved(s, 1, root)...)
		for _, c := range t.moved(s, 0, root) {
			list = append(append(list, c), t.moved(c, 1, root)...)
		}
		return list
	}
	var list []*scenarios.Scenario
	for i := range s.Faults {
		list = append(list, t.moved(s, i, max(2, n/len(s.Faults)))...)
	}
	return list
}

// moved gives a scenario with one of its faults at other instants.
func (t *trier) moved(s *scenarios.Scenario, fault, n int) []*scenarios.Scenario {
	var list []*scenarios.Scenario
	for _, at := range scenarios.Evenly(t.instants(s, fault), n) {
		c := s.Clone()
		c.Faults[fault].At, c.Faults[fault].After = at, nil
		list = append(list, c)
	}
	return list
}

// instants lists when a fault can strike so that it makes a difference: one
// instant between any two events of whom it strikes, as round as can be, in a
// run with the faults before it. Later faults that wait for nothing may come
// before it all the same.
func (t *trier) instants(s *scenarios.Scenario, fault int) []sim.Time {
	names := struck(&s.Faults[fault])
	var times []sim.Time
	for _, m := range t.quiet(s, fault) {
		if len(names) == 0 || m.Task == "" || slices.Contains(names, m.Task) {
			times = append(times, m.At)
		}
	}
	times = slices.Compact(times)
	var list []sim.Time
	for i, at := range times {
		from := sim.Time(0)
		if i > 0 {
			from = times[i-1]
		}
		if at = roundest(from, at); at <= s.Time.Horizon {
			list = append(list, at)
		}
	}
	return slices.Compact(list)
}

// struck names the tasks that a fault strikes; none: all.
func struck(f *scenarios.Fault) (names []string) {
	list := slices.Clone(f.Crash)
	switch {
	case f.Pause != nil:
		list = append(list, *f.Pause)
	case f.Slow != nil:
		list = append(list, f.Slow.Target)
	case f.Lose != nil:
		list = append(list, f.Lose.WritesOf)
	case f.Delay != nil:
		list = append(list, f.Delay.WritesOf)
	case f.Skew != nil:
		list = append(list, f.Skew.Target)
	case f.Cut != nil:
		list = append(list, f.Cut.From, f.Cut.To)
	}
	for _, target := range list {
		if target.Kind != scenarios.Task {
			return nil
		}
		names = append(names, target.String())
	}
	return names
}

// roundest is the instant of fewest digits after from and before to, the later
// one of several; to itself if nothing lies between.
func roundest(from, to sim.Time) sim.Time {
	for unit := 1000 * sim.Second; unit > 0; unit /= 10 {
		if at := (to - 1) / unit * unit; at > from {
			return at
		}
	}
	return to
}

// digits counts the digits of a time that are not zeros at its end.
func digits(t sim.Time) int {
	n := 0
	for t > 0 && t%10 == 0 {
		t /= 10
	}
	for ; t > 0; t /= 10 {
		n++
	}
	return n
}

// rounder orders instants: of fewer digits, then earlier.
func rounder(a, b sim.Time) int { return cmp.Or(cmp.Compare(digits(a), digits(b)), cmp.Compare(a, b)) }

// quiet gives the moments of a run with the first so many faults of a scenario.
func (t *trier) quiet(s *scenarios.Scenario, faults int) []cluster.Moment {
	c := s.Clone()
	c.Faults = c.Faults[:faults]
	key := keyOf(c)
	if list, known := t.listed[key]; known {
		return list
	}
	r, err := t.run(t.ctx, c, scenarios.Options{Moments: true})
	if t.ctx.Err() != nil {
		return nil
	}
	t.runs++
	t.events += int64(r.Events)
	if err != nil {
		r.Moments = nil
	}
	t.listed[key] = r.Moments
	return r.Moments
}
