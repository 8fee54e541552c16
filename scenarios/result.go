package scenarios

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"simrun/check"
	"simrun/cluster"
	"simrun/recovery"
	"simrun/sim"
)

// Options are what a caller may want besides the result. The zero value runs
// the scenario and nothing more; none of them changes what happens in the run
// but ShuffleTies.
type Options struct {
	Context     context.Context            // nil: the run cannot be interrupted
	ShuffleTies bool                       // explore orders that a real network allows
	Progress    func(done, total sim.Time) // called once per 100 ms of simulated time
	Trace       io.Writer                  // the story of the run
	Filter      TraceFilter                // which lines of it
	Listen      *cluster.Listener          // hears the story as lines
	Until       sim.Time                   // for the story's sake alone: the run stops there and is not judged; 0: it does not
	Capture     int                        // number of the digest's block to keep, from 1; 0: none
	Lean        bool                       // count nothing that latency.csv, overhead.csv and determinants.csv alone have: a tenth faster
	Moments     bool                       // list the moments at which tasks can be crashed
	Swept       bool                       // one of many runs, which have to come to check.reached together: it need not

	branches bool // other faults than the scenario's are set on the way
}

// TraceFilter chooses lines of the story. The zero value keeps all.
type TraceFilter struct {
	Order       string   // lines about this operation: "o17"
	Task        string   // lines at or from this task: "order/0", "manager", "broker"
	AroundCrash bool     // from half a second before each fault to two seconds after it; of records only those that Order or Task names
	From, To    sim.Time // To 0: until the end
}

// Result is what one run of a scenario came to.
type Result struct {
	Scenario, Protocol, Replies string
	Seed                        uint64

	Digest   string   // SHA-256 of the event sequence, hexadecimal
	Blocks   []uint64 // digest of each 1,024 events
	Captured []sim.Captured
	Describe func(sim.Event) string // what an event was, in words
	Events   uint64
	End      sim.Time // simulated time at which the run ended

	Evidence *check.Evidence
	Entries  int             // of the history, per operation
	Checks   []check.Finding // every check, in the order of the contract
	Notes    []string        // what else the run has to say
	Vacuous  string          // why the run tested nothing; empty: it did
	Unstruck []int           // faults that never struck, by their place in the list
	Resting  bool            // at the end nothing moved in the dataflow, and no reply waited

	Recoveries []cluster.Recovery
	Windows    []cluster.Window
	Latency    []cluster.LatencyPoint
	Marks      []cluster.Mark
	Protection cluster.Protection
	Overhead   []cluster.TaskOverhead
	Kinds      []cluster.KindOverhead
	Control    []cluster.Control // control messages, by kind
	Tasks      int
	Moments    []cluster.Moment // if the options ask for them
	Reached    recovery.Reached // how often the run came to each situation
	Unused     []string         // keys of the scenario that do not apply to the protocol
}

// InternalError is a broken kernel, harness or checker. It is never the
// simulated system's fault.
type InternalError struct {
	Step  uint64
	Time  sim.Time
	Task  string
	Text  string
	Stack string
}

func (e *InternalError) Error() string {
	return fmt.Sprintf("internal error at step %d, %d ns of simulated time, %s: %s", e.Step, e.Time, e.Task, e.Text)
}

// Recovered makes a panic of the harness an internal error. It is deferred by who
// goes on with other runs.
func Recovered(err *error) {
	if failed := recover(); failed != nil {
		*err = &InternalError{Task: "harness", Text: fmt.Sprint(failed), Stack: string(debug.Stack())}
	}
}
