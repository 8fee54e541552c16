package shrink

import (
	"context"
	"fmt"
	"slices"

	"simrun/check"
	"simrun/cluster"
	"simrun/scenarios"
)

// Options are how a scenario is shrunk. The zero value is good for most.
type Options struct {
	Workers     int                                                                    // runs at a time; 0: one for each processor. The result does not depend on it
	Runs        int                                                                    // bound on runs; 0: RunsMost
	Check       string                                                                 // the check that has to stay violated, whatever else is; empty: the class of the scenario's run
	Holds       Property                                                               // what the scenario fails, in place of a check; nil: a check
	ShuffleTies bool                                                                   // as in scenarios.Options
	Simulate    func(*scenarios.Scenario, scenarios.Options) (scenarios.Result, error) // nil: scenarios.RunWith
	Progress    func(Progress)                                                         // called now and then, by the goroutine that called Shrink
}

// Property says what is wrong with a run of a scenario; nil: nothing. The same
// run has to give the same answer.
type Property func(s *scenarios.Scenario, r scenarios.Result) error

// RunsMost is how many runs are tried if nobody says.
const RunsMost = 16_000

// Progress is how far shrinking has come.
type Progress struct {
	Pass string // what is being reduced
	Runs int    // tried so far
	Most int    // Options.Runs
	Size Size   // of the smallest scenario so far
}

// Result is what a scenario was shrunk to.
type Result struct {
	From, Scenario    *scenarios.Scenario // as it was; the smallest one
	Class             Class
	SizeFrom, SizeNow Size
	Needed            []Need           // one for each planted bug, quirk and fault that is left, and for each target of a fault that has several
	Runs              int              // that were tried
	Finished          bool             // no reduction makes it smaller; false: a bound or an interrupt ended the search before
	Failure           scenarios.Result // the run of Scenario

	why string // what the property says of Scenario
}

// Need is something that is left, and what a run without it gives.
type Need struct {
	Fault   string `json:"fault"`   // as a scenario file writes it; of several targets, the one; or "the planted bug NAME"
	Without string `json:"without"` // "the run passes", "progress is violated, not linearizable", ...
}

// Refused says why there is nothing to shrink.
type Refused struct{ Text string }

func (r *Refused) Error() string { return r.Text }

// Shrink finds a smallest scenario that fails in the same class as s. The error
// is a *Refused if s does not fail. If it is that of the context, the result
// holds the smallest scenario so far, which is From if none was found.
func Shrink(ctx context.Context, s *scenarios.Scenario, o Options) (Result, error) {
	t := &trier{ctx: ctx, simulate: o.Simulate, holds: o.Holds, shuffle: o.ShuffleTies, workers: workersOf(o.Workers), most: o.Runs,
		known: map[string]tried{}, listed: map[string][]cluster.Moment{}}
	if t.simulate == nil {
		t.simulate = scenarios.RunWith
	}
	if t.most == 0 {
		t.most = RunsMost
	}
	r := Result{From: s, Scenario: s}
	first, err := t.run(ctx, s, scenarios.Options{})
	t.runs++
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if r.Class, err = t.classOf(s, &first, err, o.Check); err != nil {
		return r, err
	}
	t.want, t.anywhere = r.Class, o.Check != ""
	operations, checkouts := issued(&first)
	r.SizeFrom = sizeOf(s, operations, checkouts)
	search := &search{trier: t, best: s, defaults: defaultsOf(s), progress: o.Progress, size: r.SizeFrom, events: int64(first.Events)}
	search.begin(operations)
	t.blame(s)
	r.Finished = search.all()
	r.Runs, r.SizeNow = t.runs, search.size
	if ctx.Err() != nil {
		if search.taken {
			r.Scenario = named(search.best, &r)
		}
		return r, ctx.Err()
	}
	r.Scenario = named(search.best, &r)
	if r.Failure, _ = t.run(ctx, r.Scenario, scenarios.Options{}); ctx.Err() != nil { // an internal error is a failure, too
		return r, ctx.Err()
	}
	if t.holds != nil {
		if why := t.holds(r.Scenario, r.Failure); why != nil {
			r.why = why.Error()
		}
	}
	operations, checkouts = issued(&r.Failure)
	r.SizeNow = sizeOf(r.Scenario, operations, checkouts)
	r.Needed = search.needed()
	return r, ctx.Err()
}

// classOf is the class that is kept, or why there is none.
func (t *trier) classOf(s *scenarios.Scenario, r *scenarios.Result, err error, name string) (Class, error) {
	class := t.class(s, r, err)
	what := fmt.Sprintf("%s %s seed=%d", s.Name, s.Recovery.Protocol, s.Seed)
	switch {
	case err != nil && !class.Fails():
		return class, err
	case !class.Fails() && r.Vacuous != "":
		return class, &Refused{what + " is undecided, there is nothing to shrink: it tested nothing: " + r.Vacuous}
	case !class.Fails() && slices.ContainsFunc(r.Checks, func(f check.Finding) bool { return f.Verdict == check.Undecided }):
		return class, &Refused{what + " is undecided, there is nothing to shrink: a check ran out of its budget"}
	case !class.Fails():
		return class, &Refused{what + " passes, there is nothing to shrink: a sweep finds scenarios that fail"}
	case name != "" && !violates(r, name):
		return class, &Refused{fmt.Sprintf("%s does not violate %s, but %s", what, name, class)}
	case name != "":
		return Class{Check: name}, nil
	}
	return class, nil
}

// issued counts the operations of a run, and its checkouts.
func issued(r *scenarios.Result) (operations, checkouts int64) {
	if r.Evidence == nil || r.Evidence.History == nil {
		return 0, 0
	}
	h := r.Evidence.History
	for i := range h.Ops {
		if h.Ops[i].Kind == check.Checkout {
			checkouts++
		}
	}
	return int64(len(h.Ops)), checkouts
}

// defaultsOf is a scenario of which nothing is said.
func defaultsOf(s *scenarios.Scenario) *scenarios.Scenario {
	d, err := scenarios.Parse("defaults", []byte("simrun: 1\nname: defaults\njob: "+s.Job+"\n"), nil)
	if err != nil {
		panic(fmt.Sprintf("shrink: the defaults are no scenario: %v", err))
	}
	return d
}
