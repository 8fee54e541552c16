package shrink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"simrun/check"
	"simrun/cluster"
	"simrun/scenarios"
)

// tried is what one run came to.
type tried struct {
	class   Class
	has     bool // it fails in the class that is looked for
	events  int64
	failed  error // the scenario cannot be run, or the context has ended
	vacuous string
}

// trier runs candidates and keeps the books of it.
type trier struct {
	ctx      context.Context
	simulate scenarios.Runner
	holds    Property // nil: checks decide
	shuffle  bool
	workers  int
	want     Class
	anywhere bool // the check may be violated after others
	blamed   bool // the failure is due to planted bugs: without them a candidate has to pass

	known  map[string]tried            // by scenario; only of runs that count
	listed map[string][]cluster.Moment // by scenario
	runs   int                         // that count
	most   int
	events int64 // of runs that count
}

// eventsMost bounds a search in a scenario that stays large, which the number
// of runs does not: a minute or so of one processor.
const eventsMost = 100_000_000

// spent says whether a bound of the search is reached.
func (t *trier) spent() bool { return t.runs >= t.most || t.events >= eventsMost }

// run runs one scenario. A panic of the harness is an internal error.
func (t *trier) run(ctx context.Context, s *scenarios.Scenario, o scenarios.Options) (r scenarios.Result, err error) {
	defer scenarios.Recovered(&err)
	o.Context, o.Lean, o.Swept, o.ShuffleTies = ctx, t.holds == nil, true, t.shuffle // a property may look at all that a run gives
	return t.simulate(s, o)
}

// one runs a candidate. If planted bugs are to blame, a failure counts only if
// the same scenario without them has none: else it is another failure.
func (t *trier) one(ctx context.Context, s *scenarios.Scenario) tried {
	r, err := t.run(ctx, s, scenarios.Options{})
	one := t.judge(s, &r, err)
	if !one.has || !t.blamed {
		return one
	}
	without := whole(s)
	r, err = t.run(ctx, without, scenarios.Options{})
	if ctx.Err() != nil {
		return tried{failed: ctx.Err()}
	}
	one.has = len(s.Planted) > 0 && !t.class(without, &r, err).Fails()
	return one
}

// whole is a scenario without planted bugs.
func whole(s *scenarios.Scenario) *scenarios.Scenario {
	return changed(s, func(c *scenarios.Scenario) { c.Planted = nil })
}

// blame finds out whether planted bugs are to blame for a failure.
func (t *trier) blame(s *scenarios.Scenario) {
	if len(s.Planted) == 0 {
		return
	}
	without := whole(s)
	r, err := t.run(t.ctx, without, scenarios.Options{})
	t.runs++
	t.blamed = !t.class(without, &r, err).Fails()
}

// class is how a run fails: a check or, if there is one, the property.
func (t *trier) class(s *scenarios.Scenario, r *scenarios.Result, err error) Class {
	if t.holds == nil || err != nil {
		return ClassOf(r, err)
	}
	if t.holds(s, *r) != nil {
		return Class{Check: OfProperty}
	}
	return Class{}
}

func (t *trier) judge(s *scenarios.Scenario, r *scenarios.Result, err error) tried {
	one := tried{class: t.class(s, r, err), events: int64(r.Events), vacuous: r.Vacuous}
	var internal *scenarios.InternalError
	if errors.As(err, &internal) {
		one.events = int64(internal.Step)
	} else if err != nil {
		one.failed = err
	}
	one.has = one.class == t.want
	if t.anywhere {
		one.has = violates(r, t.want.Check)
	}
	return one
}

// violates says whether a run violates a check, whatever else it violates.
func violates(r *scenarios.Result, name string) bool {
	for _, f := range r.Checks {
		if f.Name == name && f.Verdict == check.Violated {
			return true
		}
	}
	return false
}

// first runs scenarios until one fails in the class, and gives its number: the
// first in the order of the list, whichever is done first. -1: none. What is
// run beyond it does not count.
func (t *trier) first(list []*scenarios.Scenario) int {
	list = list[:min(len(list), max(0, t.most-t.runs))]
	b := &batch{results: make([]tried, len(list)), keys: make([]string, len(list)), fresh: make([]bool, len(list)),
		stops: make([]context.CancelFunc, len(list)), best: len(list)}
	scenarios.Each(t.ctx, t.workers, len(list), func(i int) {
		ctx, stop := context.WithCancel(t.ctx)
		defer stop()
		if !b.begin(i, stop) {
			return
		}
		key := keyOf(list[i])
		one, known := t.known[key]
		if !known {
			one = t.one(ctx, list[i])
		}
		b.end(i, key, one, !known)
	})
	if t.ctx.Err() != nil {
		return -1
	}
	for i := range list {
		if b.fresh[i] {
			t.runs++
			t.events += b.results[i].events
			t.known[b.keys[i]] = b.results[i]
		}
		if b.results[i].has {
			return i
		}
	}
	return -1
}

// batch is a list of runs under way.
type batch struct {
	mutex   sync.Mutex
	results []tried
	keys    []string
	fresh   []bool // not known before
	stops   []context.CancelFunc
	best    int // the first success known by now
}

// begin says whether a run is still of interest.
func (b *batch) begin(i int, stop context.CancelFunc) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.stops[i] = stop
	return i < b.best
}

// end notes a result, and stops the runs that it makes pointless.
func (b *batch) end(i int, key string, one tried, fresh bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.results[i], b.keys[i], b.fresh[i] = one, key, fresh
	if !one.has || i >= b.best {
		return
	}
	b.best = i
	for _, stop := range b.stops[i+1:] {
		if stop != nil {
			stop()
		}
	}
}

// keyOf is a text that no other scenario has.
func keyOf(s *scenarios.Scenario) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("shrink: %v", err))
	}
	return string(text)
}

func workersOf(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}
