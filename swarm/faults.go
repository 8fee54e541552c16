package swarm

import (
	"slices"

	"simrun/scenarios"
	"simrun/sim"
)

// blow is a fault in numbers that mean something only in a scenario: it can be
// drawn, and dropped, without regard to others.
type blow struct {
	kind, victim, other   int
	more                  [3]int // further victims of a crash at the same instant
	also                  int    // how many of them
	when, wait, verb, nth int
	length, factor        int
	both, outlasts        bool
}

// drawBlow draws one. Ranges do not depend on the scenario, so that rapid's
// changes to one choice leave the meaning of all others.
func drawBlow(c choices) blow {
	b := blow{kind: c.number("kind", 0, 59), victim: c.number("victim", 0, 63), other: c.number("other", 0, 63),
		when: c.number("when", 0, 9), wait: c.number("wait", 0, 999), verb: c.number("verb", 0, 59), nth: c.number("count", 0, 99),
		length: c.number("length", 1, 400), factor: c.number("factor", 2, 50), both: on(c, "both")}
	b.also = max(0, c.number("also", -4, len(b.more)))
	for i := range b.more {
		b.more[i] = c.number(string(rune('a'+i)), 0, 63)
	}
	b.outlasts = seldom(c, "outlasts", 4)
	return b
}

// kind is a kind of fault: how one is made of numbers. It says false if the
// scenario cannot have it.
type kind struct {
	word string
	make func(*striker, *blow, *scenarios.Fault) bool
}

// kinds are all that there are, the simplest first; the words are those of the
// key swarm.kinds. To add one: a line here, and its word there.
var kinds = []kind{
	{"crash", (*striker).crash},
	{"machine", (*striker).machine},
	{"standby", (*striker).standby},
	{"pause", (*striker).pause},
	{"slow", (*striker).slow},
	{"cut", (*striker).cut},
	{"lose", (*striker).lose},
	{"delay", (*striker).delay},
	{"skew", (*striker).skew},
}

// striker makes the faults of a scenario, one after the other.
type striker struct {
	*drawing
	tasks     []scenarios.Target
	published bool              // the variant, within what it promises
	left      int               // targets that may still crash
	at        sim.Time          // of the fault before; of one that waits for something, about
	killed    *scenarios.Target // what the fault before killed and brings a task back; nil: nothing
}

// faults draws which kinds there are in this scenario, and so many of them.
func (d *drawing) faults() []scenarios.Fault {
	var there []kind
	for _, k := range kinds {
		if len(d.budget.Kinds) == 0 || slices.Contains(d.budget.Kinds, k.word) {
			there = append(there, k)
		}
	}
	enabled := slices.DeleteFunc(slices.Clone(there), func(k kind) bool { return !on(d, "kind "+k.word) })
	if len(enabled) == 0 {
		enabled = there[:1]
	}
	if d.budget.Faults == 0 {
		return nil
	}
	s := striker{drawing: d, tasks: d.Victims(), left: d.budget.Crashes, published: d.Recovery.Variant == "published" && !d.budget.Beyond}
	if s.published { // three failures may take the only copy of what a plan rests on: docs/published.md
		s.left = min(2, s.left)
	}
	var list []scenarios.Fault
	for _, b := range d.blows(1, d.budget.Faults, drawBlow) {
		var f scenarios.Fault
		if enabled[b.kind%len(enabled)].make(&s, &b, &f) {
			s.when(&b, &f, len(list) == 0)
			list = append(list, f)
		}
	}
	return list
}

func (s *striker) task(n int) scenarios.Target { return s.tasks[n%len(s.tasks)] }

// crash kills one task or several at one instant.
func (s *striker) crash(b *blow, f *scenarios.Fault) bool {
	if s.left == 0 {
		return false
	}
	f.Crash = []scenarios.Target{s.task(b.victim)}
	for _, n := range b.more[:b.also] {
		if t := s.task(n); !slices.Contains(f.Crash, t) && len(f.Crash) < s.left {
			f.Crash = append(f.Crash, t)
		}
	}
	if b.both && s.killed != nil {
		f.Crash = []scenarios.Target{*s.killed} // again, perhaps in its own recovery
	}
	s.left -= len(f.Crash)
	return true
}

func (s *striker) machine(b *blow, f *scenarios.Fault) bool {
	tasks := 1
	if s.published {
		tasks = s.Cluster.Slots
	}
	if s.left < tasks {
		return false
	}
	s.left -= tasks
	f.Crash = []scenarios.Target{s.someMachine(b.victim)}
	return true
}

// someMachine is one with tasks, not one of standbys alone.
func (s *striker) someMachine(n int) scenarios.Target {
	return scenarios.Target{Kind: scenarios.Machine, Index: n % len(s.tasks) / s.Cluster.Slots}
}

// standby kills a standby, with its task or alone.
func (s *striker) standby(b *blow, f *scenarios.Fault) bool {
	if s.left < 2 || s.Cluster.Standbys == 0 {
		return false
	}
	t := s.task(b.victim)
	f.Crash = []scenarios.Target{t}
	t.Kind = scenarios.Standby
	if f.Crash = append(f.Crash, t); b.both {
		f.Crash = f.Crash[1:]
	}
	s.left -= len(f.Crash)
	return true
}

// somebody is whom a pause strikes, or one end of a cut: mostly a task.
func (s *striker) somebody(n int) scenarios.Target {
	switch n % 8 {
	case 4:
		return s.someMachine(n / 8)
	case 5:
		return scenarios.Target{Kind: scenarios.Manager}
	case 6:
		return scenarios.Target{Kind: scenarios.Broker}
	case 7:
		return scenarios.Target{Kind: scenarios.Store}
	}
	return s.task(n)
}

func (s *striker) pause(b *blow, f *scenarios.Fault) bool {
	t := s.somebody(b.victim)
	f.Pause, f.For = &t, s.length(b)
	return true
}

func (s *striker) slow(b *blow, f *scenarios.Fault) bool {
	f.Slow, f.For = &scenarios.Slow{Target: s.somebody(b.victim), Factor: int64(b.factor)}, s.length(b)
	return true
}

func (s *striker) cut(b *blow, f *scenarios.Fault) bool {
	from, to := s.somebody(b.victim), s.somebody(b.other)
	if from == to {
		to = scenarios.Target{Kind: scenarios.Manager}
		if from == to {
			to.Kind = scenarios.Store
		}
	}
	f.Cut, f.For = &scenarios.Cut{From: from, To: to, Both: b.both}, s.length(b)
	return true
}

// writer is whose writes to the store a fault strikes.
func (s *striker) writer(n int) scenarios.Target {
	switch n % 8 {
	case 6:
		return s.someMachine(n / 8)
	case 7:
		return scenarios.Target{Kind: scenarios.Manager}
	}
	return s.task(n)
}

// lose loses writes for longer than from one checkpoint to the next: else there
// might be none to lose.
func (s *striker) lose(b *blow, f *scenarios.Fault) bool {
	f.Lose, f.For = &scenarios.Lose{WritesOf: s.writer(b.victim)}, s.Checkpoint.Every+s.length(b)
	return true
}

func (s *striker) delay(b *blow, f *scenarios.Fault) bool {
	f.Delay, f.For = &scenarios.Delay{WritesOf: s.writer(b.victim), By: sim.Time(1+b.other*b.factor/4) * ms}, s.Checkpoint.Every+s.length(b)
	return true
}

// skew sets a clock forward or back by up to three seconds.
func (s *striker) skew(b *blow, f *scenarios.Fault) bool {
	k := scenarios.Skew{Target: s.task(b.victim), By: int64(1+b.other*b.factor) * int64(ms)}
	if b.victim%8 == 7 {
		k.Target = s.someMachine(b.victim / 8)
	}
	if b.both {
		k.By = -k.By
	}
	f.Skew, f.For = &k, s.length(b)
	return true
}

// length is how long a fault lasts: within the budget much shorter than the
// time to drain; beyond, it may outlast the run.
func (s *striker) length(b *blow) sim.Time {
	if s.budget.Beyond && b.outlasts {
		return 60 * sim.Second
	}
	if s.published { // nobody is taken for dead who is not
		return sim.Time(1+b.length/10) * ms
	}
	return sim.Time(b.length) * ms
}
