package cluster

import (
	"io"

	"simrun/checkout"
	"simrun/dataflow"
	"simrun/pipeline"
	"simrun/recovery"
	"simrun/sim"
)

// Replies says when a reply may leave for its client.
type Replies uint8

const (
	Immediate     Replies = iota // as soon as it reaches the broker
	Transactional                // when the checkpoint that covers it is complete
	Determinants                 // at once, with the determinants that it depends on
)

var repliesNames = [...]string{"immediate", "transactional", "determinants"}

// String is the setting's word in scenario files.
func (r Replies) String() string { return repliesNames[r] }

// Config is everything that decides a run. Times are nanoseconds of simulated
// time, sizes bytes, costs per byte picoseconds.
type Config struct {
	Seed                   uint64
	Ties                   sim.Ties
	Horizon, Warmup, Drain sim.Time
	Shop                   checkout.Config  // the job checkout, unless there is a pipeline
	Pipeline               *pipeline.Config // the job pipeline
	Policy                 recovery.Policy
	Replies                Replies
	Slots, Standbys        int // tasks a machine; standbys a task
	Standby                Standby
	Reboot, Start          sim.Time
	Heartbeat, Timeout     sim.Time
	Disconnect             sim.Time // from a death to its detection; negative: heartbeats alone
	Latency                sim.Dist // of the network
	Bandwidth              int64    // bytes per second of a machine's card
	BufferBytes            int
	BufferTimeout          sim.Time
	Costs                  Costs
	CheckpointEvery        sim.Time
	StoreLatency           sim.Dist
	StoreBandwidth         int64
	StoreRetry             sim.Time // a write without an answer is made again after that long; 0: never
	Disk                   Disk     // used if Policy.Memory spills
	ProviderLatency        sim.Dist // of the shop's payments
	ProviderDeclinePPM     int64
	Workload               Workload
	Faults                 []Fault
	Orphans                bool // a run in which no failure orphaned anybody tested nothing

	Goals []recovery.Situation // a run that comes to one of them not at all tested nothing

	Trace    io.Writer                      // the story of the run; nil: none
	Filter   func(l *Line) bool             // lines of the story to write; nil: all
	Progress func(now sim.Time) (goOn bool) // called once per 100 ms of simulated time; nil: none
	Capture  int                            // block of the digest to keep, -1: none
	Listen   *Listener                      // nil: nobody hears lines
	Moments  bool                           // list the moments at which tasks can be crashed
	Lean     bool                           // tell no distribution of latencies
	Branches bool                           // count what faults wait for: Aim sets them on the way

	Workspace *Workspace // memory of runs before; nil: the run allocates all that it needs
}

// Costs are what the work of a task costs.
type Costs struct {
	Record         []sim.Dist // per record, by operator
	BytePS         int64      // per byte of records and of deltas received
	DeterminantPS  int64      // per determinant logged
	SnapshotBytePS int64
	RestoreBytePS  int64
}

// Workload is what clients ask.
type Workload struct {
	Gap        sim.Dist // open: between two operations; unused if Clients > 0
	Clients    int      // closed: that many clients, each with one operation at a time
	Think      sim.Dist
	Operations int
	Retry      sim.Time // the client asks again after that long
	RetryMax   int      // so many times; negative: without end

	// Of the shop.
	MixPPM    [4]int64 // checkout, add_stock, add_credit, read; sum 1,000,000
	ItemsZipf int64    // theta in thousandths; 0: uniform
	UsersZipf int64
	Lines     sim.Dist
	Quantity  sim.Dist
}

// TargetKind is what a fault strikes.
type TargetKind uint8

const (
	TargetTask TargetKind = iota
	TargetStandby
	TargetMachine
	TargetManager
	TargetBroker
	TargetStore
)

// Target is what a fault strikes.
type Target struct {
	Kind  TargetKind
	Index int // task number, or machine number
}

// FaultKind is what a fault does.
type FaultKind uint8

const (
	Crash FaultKind = iota
	Pause
	Slow
	Cut
	Lose  // writes to the checkpoint store
	Delay // of the same
	Skew  // of clocks
)

// Fault strikes once.
type Fault struct {
	Text string // as the scenario writes it, for marks and traces

	// When: at an instant; or after a task's records; or before one of a task's
	// events; or at the count'th occurrence of a verb after the previous fault.
	At      sim.Time // negative: not by time
	Records int64    // 0: not by records
	Events  int64    // 0: not by events
	Verb    recovery.Verb
	Count   int             // 0: not by verb
	Task    dataflow.TaskID // of Records, Events and Verb; negative: whichever

	Kind    FaultKind
	Targets []Target // of a cut: from, to; of Lose and Delay: who writes
	Both    bool
	Factor  int64
	By      int64 // ns: of Delay, added to what a write takes; of Skew, to what a clock shows
	For     sim.Time
}
