package cluster

import "simrun/sim"

// Recovery is one row of recovery.csv: the anatomy of bringing one task back.
// All phases are consecutive durations in nanoseconds of simulated time; where
// two overlap, the later one counts from the end of the earlier, so that they
// sum to Total. A phase that did not occur is 0.
type Recovery struct {
	Fault    int    // index in the scenario's list of faults
	Task     string // "stock/1"; "all" for the one row of a global rollback
	Protocol string
	At       sim.Time // when the fault struck

	Detect   sim.Time // fault -> the manager knows
	Activate sim.Time // -> an incarnation exists, on a standby or anew
	Restore  sim.Time // -> its state is loaded from the checkpoint
	Collect  sim.Time // -> every holder's determinants have arrived
	Connect  sim.Time // -> its channels are attached again
	Replay   sim.Time // -> its log is exhausted: it runs freely
	CatchUp  sim.Time // -> its backlog is back to what it was before the fault
	Total    sim.Time

	CaughtUp        bool // false: never caught up; CatchUp and Total are meaningless and printed empty
	RecordsReplayed int64
	Determinants    int64 // determinants followed in replay
	BytesFetched    int64 // bytes of state and logs that the new incarnation was sent
	StandbyBytes    int64 // bytes of state that the standby which took over had been sent in its life
	TasksRolledBack int
}

// Window is one row of timeline.csv: what happened in 100 ms of simulated time.
type Window struct {
	Start            sim.Time
	Offered          int64 // operations called
	Answered         int64 // operations that got their final reply
	Paid             int64 // of those, checkouts that were paid
	Backlog          int64 // operations open at the end of the window
	LatencyP50       int64 // ns, of the replies in the window; 0 if there were none
	LatencyP99       int64
	LatencyMax       int64
	DataBytes        int64 // bytes of records on the wire
	DeterminantBytes int64 // bytes of determinants on the wire
	HeaderBytes      int64 // bytes of frame and delta headers on the wire
}

// LatencyPoint is one row of latency.csv: the latency that a share of the
// replies in a span of the run did not exceed.
type LatencyPoint struct {
	Span    string // "before", "during" or "after" the faults; "all"
	Share   int64  // in parts per 100,000
	Latency int64  // ns
	Count   int64  // replies in the span
}

// Mark is an instant or span of the run that figures shade: a fault, a phase
// of a recovery.
type Mark struct {
	Name     string // "crash stock/1"
	From, To sim.Time
}

// Protection is what safety cost while it was at work, in bytes over the run.
type Protection struct {
	DataBytes        int64 // records on the wire
	DeterminantBytes int64 // determinants on the wire
	HeaderBytes      int64 // frame and delta headers on the wire
	CheckpointBytes  int64 // uploaded to the store
	StandbyBytes     int64 // sent to standbys: at checkpoints, and to new ones
	InFlightPeak     int64 // largest in-flight logs, all tasks
	LogPeak          int64 // largest causal logs with replicas, all tasks
	PoolPeak         int64 // most that one task's in-flight logs held in memory, if that is bounded or they spill
	SpilledBytes     int64 // of in-flight logs written to disk
	ReadBackBytes    int64 // and read back
	HeldUS           int64 // time that tasks left input for want of memory, summed, microseconds
}

// Control is the traffic of one kind of control message, the messages with
// which a job starts aside. Heartbeats are not among them.
type Control struct {
	Kind     string // "Attach"
	Messages int64
	Bytes    int64
}
