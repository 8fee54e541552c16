package shrink

import (
	"context"

	"simrun/scenarios"
)

// Options are how a scenario is shrunk. The zero value is good for most.
type Options struct {
	Workers     int    // runs at a time; 0: one for each processor. The result does not depend on it
	Runs        int    // bound on runs; 0: RunsMost
	Check       string // the check that has to stay violated, whatever else is; empty: the class of the scenario's run
	ShuffleTies bool
	Simulate    func(*scenarios.Scenario, scenarios.Options) (scenarios.Result, error) // nil: scenarios.RunWith
	Progress    func(Progress)                                                         // called from one goroutine at a time
}

// RunsMost is how many runs are tried if nobody says.
const RunsMost = 10_000

// Progress is how far shrinking has come.
type Progress struct {
	Pass string // what is being reduced
	Runs int    // tried so far
	Most int    // Options.Runs
	Size Size   // of the smallest scenario so far
}

// Result is what a scenario was shrunk to.
type Result struct {
	From, Scenario    *scenarios.Scenario // as it was, the smallest one
	Class             Class
	SizeFrom, SizeNow Size
	Needed            []Need           // one for each fault that is left, and for each target of a fault that has several
	Runs              int              // that were tried
	Finished          bool             // no reduction makes it smaller; false: a bound or an interrupt ended the search
	Failure           scenarios.Result // the run of Scenario
}

// Need is a fault that is left and what a run without it gives.
type Need struct {
	Fault   string // as a scenario file writes it; of several targets, the one
	Without string // "it passes", "it violates progress instead of linearizable", "it tests nothing: ..."
}

// Size is what shrinking makes smaller.
type Size struct {
	Faults     int   `json:"faults"` // targets that are struck; a cut counts as one
	Operations int64 `json:"operations"`
	Checkouts  int64 `json:"checkouts"`
	Tasks      int   `json:"tasks"`
	HorizonUS  int64 `json:"horizon_us"`
	Keys       int   `json:"keys"` // that differ from their defaults
}

// Refused says why there is nothing to shrink.
type Refused struct{ Text string }

func (r *Refused) Error() string { return r.Text }

// Shrink finds a smallest scenario that fails in the same class as s. The error
// is a *Refused if s does not fail, or the context's: then the result holds the
// smallest one so far.
func Shrink(ctx context.Context, s *scenarios.Scenario, o Options) (Result, error) {
	return Result{From: s, Scenario: s}, &Refused{"not built yet"}
}
