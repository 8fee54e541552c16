package main

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"simrun/check"
	"simrun/cluster"
	"simrun/scenarios"
	"simrun/sim"
)

// fake stands for the simulator: what a run comes to is decided by the scenario's name. Everything else is as in earnest:
// scenarios are loaded, results judged, drawn and saved.
func fake(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
	if o.Trace != nil {
		fmt.Fprintf(o.Trace, "told order=%q task=%q around=%v from=%d to=%d shuffled=%v\n", o.Filter.Order, o.Filter.Task, o.Filter.AroundCrash,
			o.Filter.From, o.Filter.To, o.ShuffleTies)
	}
	if o.Progress != nil {
		o.Progress(s.Time.Horizon/2, s.Time.Horizon)
	}
	verb, _, _ := strings.Cut(s.Name, "-")
	switch verb {
	case "breaks":
		return scenarios.Result{}, &scenarios.InternalError{Step: 17, Time: 3 * sim.Second, Task: "stock/1", Text: "credit is -1", Stack: "the stack"}
	case "panics":
		panic("the judge lost its mind")
	case "waits": // for the first interrupt
		if interrupts.Add(1) == 1 { // workers of a sweep wait together; a second interrupt would kill
			syscall.Kill(os.Getpid(), syscall.SIGINT)
		}
		<-o.Context.Done()
		return scenarios.Result{}, o.Context.Err()
	case "tires": // fails, and after a while the user has had enough
		if n := interrupts.Add(1); n == 5 {
			syscall.Kill(os.Getpid(), syscall.SIGINT)
		} else if n < 5 {
			break
		}
		<-o.Context.Done()
		return scenarios.Result{}, o.Context.Err()
	case "hangs": // in spite of the first interrupt
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
		<-o.Context.Done()
		for range 1000 {
			time.Sleep(time.Millisecond) // until the default action is back
			syscall.Kill(os.Getpid(), syscall.SIGTERM)
		}
	case "obstructs": // what it is to be saved to
		os.MkdirAll("results", 0o755)
		os.WriteFile("results/runs", nil, 0o644)
	case "cannot":
		return scenarios.Result{}, fmt.Errorf("scenario %s: it cannot be run", s.Name)
	case "brittle": // one seed breaks simrun
		if s.Seed == 3 {
			return scenarios.Result{}, &scenarios.InternalError{Step: 17, Time: 3 * sim.Second, Task: "stock/1", Text: "credit is -1", Stack: "the stack"}
		}
	case "late":
		time.Sleep(50 * time.Millisecond)
	}
	return fakeResult(s, o, verb), nil
}

// interrupts counts the runs that wait for the first interrupt.
var interrupts atomic.Int32

// calls counts the runs of this process, for those that differ from one another.
var calls uint64

func fakeResult(s *scenarios.Scenario, o scenarios.Options, verb string) scenarios.Result {
	protocol := s.Recovery.Protocol
	r := scenarios.Result{
		Scenario: s.Name, Protocol: protocol, Replies: s.Replies(protocol), Seed: s.Seed, Tasks: 20, Events: 400_000,
		Digest: strings.Repeat(fmt.Sprintf("%02x", s.Seed%256), 32), Blocks: []uint64{1, 2}, Unused: s.Unused(protocol),
		Recoveries: []cluster.Recovery{{Task: "stock/1", Protocol: protocol, At: 30 * sim.Second, Detect: 20 * sim.Millisecond,
			Replay: 70 * sim.Millisecond, CatchUp: 10 * sim.Millisecond, Total: 100 * sim.Millisecond, CaughtUp: true, RecordsReplayed: 40, TasksRolledBack: 1}},
		Marks:      []cluster.Mark{{Name: "crash stock/1", From: 30 * sim.Second, To: 30 * sim.Second}},
		Protection: cluster.Protection{DataBytes: 1000, DeterminantBytes: 100},
		Describe:   func(e sim.Event) string { return fmt.Sprintf("frame %d arrives", e.Arg) },
	}
	for i := range 600 {
		r.Windows = append(r.Windows, cluster.Window{Start: sim.Time(i) * 100 * sim.Millisecond, Offered: 10, Answered: 10, Paid: 9,
			LatencyP50: 2e6, LatencyP99: 9e6, LatencyMax: 12e6, DataBytes: 100})
	}
	for _, share := range []int64{50_000, 99_000, 99_900, 100_000} {
		r.Latency = append(r.Latency, cluster.LatencyPoint{Span: "all", Share: share, Latency: share * 100, Count: 6000})
	}
	weak := protocol == "none" || protocol == "redo"
	r.Evidence = fakeShop(verb == "violates" || verb == "tires" || verb == "mixed" && weak || verb == "seldom" && weak && s.Seed == 2 || verb == "odd" && s.Seed%2 == 1 ||
		verb == "crashes" && len(s.Faults) > 0 && s.Faults[0].After != nil && s.Faults[0].After.Events == 2)
	r.Checks = check.Judge(r.Evidence)
	switch verb {
	case "doubts":
		r.Checks[0] = check.Finding{Name: "harness", Verdict: check.Undecided, LookedAt: 2, Detail: "the run tested nothing: no fault struck"}
	case "misses": // the second crash
		if len(s.Faults) > 1 {
			r.Unstruck = []int{1}
			r.Checks[0] = check.Finding{Name: "harness", Verdict: check.Undecided, LookedAt: 2, Detail: "the run tested nothing: fault 1 never struck"}
		}
	case "loses": // another check fails than the one about the history
		r.Evidence.Witness = []int32{1, 0}
		r.Checks[2] = check.Finding{Name: "exactly_once", Verdict: check.Violated, LookedAt: 2, Detail: "checkout o0 is absent"}
	case "differs":
		calls++
		r.Blocks[1] = calls
		if o.Capture > 0 {
			step := uint64(o.Capture-1)*sim.BlockEvents + 1
			r.Captured = []sim.Captured{{Step: step, Event: sim.Event{At: 5}}, {Step: step + 1, Event: sim.Event{At: 6, Arg: uint32(calls)}}}
		}
	}
	if o.Moments {
		r.Moments = fakeMoments
	}
	return r
}

// fakeMoments are those of every run without faults.
var fakeMoments = []cluster.Moment{
	{Task: "order/0", Event: 1, At: sim.Second}, {Task: "order/0", Event: 2, At: 2 * sim.Second}, {Task: "order/0", Event: 3, At: 3 * sim.Second},
	{Task: "stock/1", Event: 1, At: 3 * sim.Second}, {Task: "stock/1", Verb: "snapshot", Count: 1, At: 4 * sim.Second},
	{Verb: "complete", Count: 1, At: 5 * sim.Second}, {Task: "order/0", Event: 4, At: 6 * sim.Second, Checkpoint: 1},
}

// fakeShop is the evidence of a shop that sold its one item, or sold it twice.
func fakeShop(twice bool) *check.Evidence {
	h := &check.History{Stock: []int64{1}, Credit: []int64{10, 10}, Price: []int64{1}}
	for i := range int32(2) {
		op := check.Op{Kind: check.Checkout, Outcome: check.Paid, Client: i, Order: i, User: i, Call: 1000 * int64(i+1), Return: 1000*int64(i+1) + 500}
		if i == 1 && !twice {
			op.Outcome = check.OutOfStock
		}
		h.Append(op, []check.Line{{Item: 0, Quantity: 1}}, nil)
	}
	return &check.Evidence{History: h, Witness: []int32{0, 1}}
}
