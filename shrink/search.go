package shrink

import (
	"slices"

	"simrun/scenarios"
	"simrun/sim"
)

// search is a shrinking under way.
type search struct {
	*trier
	best     *scenarios.Scenario // the smallest one that fails in the class
	events   int64               // of its run
	defaults *scenarios.Scenario
	progress func(Progress)
	now      string // the pass
	taken    bool   // best is smaller than what was given
	size     Size   // of best, but for what only its run can tell
}

// begin makes explicit what a reduction has to know: how many operations there
// are. What other protocols were expected to do says nothing about what is
// left.
func (s *search) begin(operations int64) {
	s.best = changed(s.best, func(c *scenarios.Scenario) {
		c.About = ""
		tidy(c)
		c.Expect = own(c)
	})
	if s.best.Workload.Operations == scenarios.Unlimited && operations > 0 {
		bounded := changed(s.best, func(c *scenarios.Scenario) { c.Workload.Operations = operations })
		if s.first([]*scenarios.Scenario{bounded}) == 0 {
			s.best = bounded
		}
	}
}

// tidy sets what does not matter to what need not be said: the warmup, which
// changes figures alone, and the tasks of operators that the job has not.
func tidy(s *scenarios.Scenario) {
	if s.Time.Warmup = 5 * sim.Second; s.Time.Warmup > s.Time.Horizon {
		s.Time.Warmup = s.Time.Horizon / 10
	}
	var used []int
	for _, o := range s.Operators() {
		used = append(used, o.Tasks)
	}
	unused := 4
	if slices.Min(used) == slices.Max(used) {
		unused = used[0]
	}
	p := &s.Parallelism
	if s.Job == "pipeline" {
		p.Order, p.Stock, p.Payment = unused, unused, unused
	} else {
		p.Count = unused
	}
}

// own keeps of all expectations that of the protocol that runs.
func own(s *scenarios.Scenario) (e scenarios.Expect) {
	switch s.Recovery.Protocol {
	case "none":
		e.None = s.Expect.None
	case "redo":
		e.Redo = s.Expect.Redo
	case "global":
		e.Global = s.Expect.Global
	case "clonos":
		e.Clonos = s.Expect.Clonos
	}
	return e
}

// all makes the scenario smaller until nothing does. It says whether it came so far.
func (s *search) all() bool {
	s.leap()
	failed := map[string]bool{}
	for {
		before := s.best
		for _, p := range passes(s.defaults) {
			if failed[p.name] {
				p.seeds = nil // once is enough for what takes long
			}
			for s.pass(p) {
			}
			failed[p.name] = true
			if s.over() {
				return false
			}
		}
		if s.best == before {
			return true
		}
	}
}

func (s *search) over() bool { return s.spent() || s.ctx.Err() != nil }

// tell tells Progress.
func (s *search) tell(pass string) {
	if s.progress != nil {
		s.progress(Progress{Pass: pass, Runs: s.runs, Most: s.most, Size: s.size})
	}
}

// pass takes the first reduction of a pass that fails in the class.
func (s *search) pass(p pass) bool {
	if s.over() {
		return false
	}
	s.tell(p.name)
	s.now = p.name
	var list []*scenarios.Scenario
	if p.reduced == nil {
		list = s.simplerInstants()
	} else {
		list = s.smaller(p.reduced(s.best))
	}
	return s.take(s.choose(list, p.instants, p.seeds))
}

// smaller keeps of some scenarios those that are valid and smaller than the best.
func (s *search) smaller(list []*scenarios.Scenario) []*scenarios.Scenario {
	least := weight(s.best)
	var kept []*scenarios.Scenario
	for _, c := range list {
		tidy(c)
		if smaller(weight(c), least) && c.Valid() == nil {
			kept = append(kept, c)
		}
	}
	return kept
}

// choose finds the first of some scenarios that fails in the class, as it is or
// with its faults at other instants or under other seeds. nil: none. All are
// run as they are first: what stands behind one that fails so needs no more.
func (s *search) choose(list []*scenarios.Scenario, instants int, seeds []uint64) *scenarios.Scenario {
	asIs := s.first(list)
	before := list
	if asIs >= 0 {
		before = list[:asIs]
	}
	for _, c := range before {
		if instants == 0 || s.over() {
			break
		}
		n := s.affordable(c, instants)
		if n == 0 {
			continue
		}
		s.tell(s.now)
		others := s.others(c, n, seeds)
		if i := s.first(others); i >= 0 {
			return others[i]
		}
	}
	if asIs < 0 {
		return nil
	}
	return list[asIs]
}

// eventsEach is about how many events the variations of one reduction may
// simulate under one seed.
const eventsEach = 1_000_000

// runsEnough is how many runs a thorough search takes at least.
const runsEnough = 4000

// affordable bounds the variations of a scenario whose runs are long, and of
// all where few runs are allowed.
func (s *search) affordable(c *scenarios.Scenario, n int) int {
	n = max(min(n, 3), n*min(s.most, runsEnough)/runsEnough)
	one, known := s.known[keyOf(c)]
	if !known || one.failed != nil {
		return 0
	}
	return int(min(int64(n), eventsEach/max(1, one.events)))
}

// take makes a scenario the best one, if it is smaller.
func (s *search) take(c *scenarios.Scenario) bool {
	if c == nil || s.ctx.Err() != nil || !smaller(weight(c), weight(s.best)) || c.Valid() != nil {
		return false
	}
	s.best, s.taken = c, true
	s.size = sizeOf(c, c.Workload.Operations, 0)
	return true
}

// simplerInstants gives each fault a trigger that is easier to read: an instant
// in place of what it waits for, one of fewer digits, an earlier one, or fewer
// events to wait for.
func (s *search) simplerInstants() (list []*scenarios.Scenario) {
	for i := range s.best.Faults {
		f := &s.best.Faults[i]
		if s.events > eventsEach {
			continue
		}
		instants := s.instants(s.best, i)
		slices.SortStableFunc(instants, rounder)
		for _, at := range instants {
			if f.After == nil && rounder(at, f.At) >= 0 || len(list) > 300 {
				break
			}
			list = append(list, changed(s.best, func(c *scenarios.Scenario) { c.Faults[i].At, c.Faults[i].After = at, nil }))
		}
		if f.After == nil {
			continue
		}
		for _, n := range ladder(f.After.Records + f.After.Events) {
			list = append(list, changed(s.best, func(c *scenarios.Scenario) {
				if c.Faults[i].After.Records > 0 {
					c.Faults[i].After.Records = n
				} else {
					c.Faults[i].After.Events = n
				}
			}))
		}
		for n := 1; n < f.After.Count; n++ {
			list = append(list, changed(s.best, func(c *scenarios.Scenario) { c.Faults[i].After.Count = n }))
		}
	}
	return s.smaller(list)
}
