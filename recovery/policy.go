package recovery

import (
	"simrun/causallog"
	"simrun/dataflow"
)

// Policy is what sets one protocol apart from another.
type Policy struct {
	Name string

	// Causal: determinants are logged and shared, and a recovering task follows them.
	Causal bool
	Depth  int // sharing depth; causallog.FullSharing for all

	Global    bool // a failure rolls all tasks back to the last completed checkpoint
	InFlight  bool // senders keep what they sent until a checkpoint covers it
	Duplicate bool // a recovered sender sends everything again; receivers drop by sequence number
	Live      bool // connections go on where the sender is; what was lost is lost

	// Abandon: a failure cancels the pending checkpoint. Otherwise it stays
	// pending and the restarted tasks repeat their part (cyclic recovery).
	Abandon bool

	// Orphans: with a limited depth a failed set can leave a survivor that
	// depends on what nobody holds. True goes on all the same, to be caught.
	Orphans bool

	// Bare: replies leave without the determinants that they depend on, and
	// nobody can be asked for what a sink alone knew. It exists in order to fail.
	Bare bool

	// Published: recovery as the Clonos paper and its released code have it, for
	// acyclic jobs: requests.go.
	Published bool
	Quirks    Quirks
	Slots     int // tasks a machine: who a quirk takes for one
	// Backoff is how many checkpoint intervals pass after a failure without a
	// checkpoint (published).
	Backoff int

	// Credits is the number of buffers that may be under way on a regular channel.
	Credits int

	// Tick is how often a task refreshes its cached clock, in nanoseconds; 0: each
	// reading of the clock is logged (Causal).
	Tick int64

	// Delta is how the headers of deltas on buffers are written.
	Delta causallog.Encoding

	// Account: what deltas carry is counted by kind, and what their headers would
	// be in other encodings.
	Account bool

	// Memory bounds what is kept in flight.
	Memory Memory
	// Logs bounds what causal logs and replicas take up.
	Logs LogPool

	// Broken is for tests: which parts of the protocol are left out.
	Broken Broken
}

// Broken leaves out parts of the protocol, one switch a planted bug, so that it
// can be shown that the checks notice.
type Broken struct {
	Without          [dataflow.Kinds]bool // determinants of these kinds are not logged
	Task             dataflow.Broken      // what the tasks leave out
	NoDeduplication  bool                 // told positions are ignored: everything is sent again
	NoFence          bool                 // frames of a dead incarnation are still taken
	KeepDeadAcks     bool                 // acknowledgements of a dead incarnation count
	TruncateEarly    bool                 // logs are dropped at the local snapshot
	FirstAnswerOnly  bool                 // the first answer ends the gather
	DownstreamsOnly  bool                 // answers of others than direct downstreams are ignored
	DropEarlyAnswers bool                 // an answer of a generation not heard of yet is dropped
	SinkAcksEarly    bool                 // a sink does not wait for the broker
	NoRelog          bool                 // a recovered task does not keep the log it has followed
	OwnLogOnly       bool                 // a sink attaches its own log alone to replies
	ThisEpochOnly    bool                 // a delta carries the entries of the buffer's epoch alone

	TruncateAtAck       bool // logs are dropped when the own part is durable
	TruncateUndelivered bool // logs are dropped before the standbys have the checkpoint
	HoldFeedback        bool // a full in-flight pool holds feedback inputs back, too
	StaleStandby        bool // a standby starts with the state that it has
	BarrierWithoutDelta bool // barriers carry no delta
	NoOffsets           bool // what a delta brings is appended wherever it belongs
	MergeLate           bool // a delta is merged when the next one comes on the channel
	CountBuilt          bool // a recovered sender counts BufferBuilt instead of asking what was received
	DropReceived        bool // what was received of a dead sender and not read is dropped
	TellOneMore         bool // a position is told one buffer too far
	TellOneLess         bool // a position is told one buffer too short
	TellBarriers        bool // barriers count in told positions
	TellWithoutEpoch    bool // buffers of all epochs count in told positions
	ForgetRegenerated   bool // regenerated buffers that the receiver has are not kept
	LastAnswer          bool // of each log the copy that comes last is taken
	CountAnswers        bool // answers are counted, whoever and of whatever generation they are
	MixGenerations      bool // an answer of a newer generation stands for one of the older
	OwnLogGathered      bool // of what was gathered the own logs alone are kept
	NoInstall           bool // own logs are appended one by one in replay instead of installed at once
	EarlyAttach         bool // inputs are attached before the gather has ended
	SinkSendsAgain      bool // a recovered sink sends what the broker has
	ReleaseEarly        bool // replies are released when all parts are durable, before the completion record is
	RestartMore         bool // a task that has not failed is restarted with those that have

	AckBeforeDurable bool // a part is acknowledged before it is durable
	CompleteSinkless bool // a checkpoint completes without the parts of sinks
	AnyPart          bool // a checkpoint's part is whichever was written last, of whatever incarnation
	KeepLogs         bool // causal logs are never dropped
	TruncateOneMore  bool // in-flight logs drop the epoch that a complete checkpoint begins, too
	KeepCredits      bool // a new connection goes on with the credit of the old one
	KeepUncommitted  bool // what a sink wrote that no checkpoint covers is not dropped
	NoKill           bool // a task that was replaced is not shut down
	ActiveTooEarly   bool // a recovery counts as over when it begins: checkpoints go on meanwhile

	Flip Flip // one wrong byte
}

// Flip is one byte that a recovery gets wrong.
type Flip struct {
	Task     dataflow.TaskID
	Inc      uint32          // the incarnation that gets it wrong; 0: none
	Log      causallog.LogID // of what was gathered
	Epoch    int32
	Offset   int
	Repeated bool               // the log is followed as it was gathered, and then told otherwise than it was repeated
	Buffer   bool               // not of a log, but of a buffer that is built
	Channel  dataflow.ChannelID // of the buffer
	Index    int32
}

// None restarts a failed task from the last completed checkpoint and goes on.
func None() Policy { return Policy{Name: "none", Live: true, Abandon: true} }

// Redo is Clonos at sharing depth 0: in-flight records are sent again, in
// whatever order they come; receivers drop duplicates by sequence number.
func Redo() Policy { return Policy{Name: "redo", InFlight: true, Duplicate: true} }

// Global is Flink's aligned checkpoint and rollback of everything.
func Global() Policy { return Policy{Name: "global", Global: true, Abandon: true} }

// Clonos is causal logging with local recovery (SIGMOD 2021), as it has to be
// on a graph with cycles.
func Clonos(depth int) Policy {
	return Policy{Name: "clonos", Causal: true, Depth: depth, InFlight: true}
}

// Published is Clonos as published, for jobs without cycles.
func Published(depth int) Policy {
	return Policy{Name: "clonos", Causal: true, Depth: depth, InFlight: true, Published: true, Backoff: 3}
}

// Layout lays a job's logs out under the policy.
func (p *Policy) Layout(g *dataflow.Graph) *causallog.Layout {
	mistakes := causallog.Mistakes{Siblings: p.Quirks.has(ShareWithSiblings)}
	if p.Quirks.has(OneDistanceMap) {
		mistakes.Together = p.Slots
	}
	return causallog.NewMistaken(g, p.Depth, mistakes)
}

// attaches says whether buffers to the broker carry determinants.
func (p *Policy) attaches() bool { return !p.Bare && !p.Published }

// TimersWait says whether the timers of a task that waits for input do not fire.
func (p *Policy) TimersWait() bool { return p.Quirks.has(TimersBetweenBuffers) }

// Options gives what a task has to do differently under the policy.
func (p *Policy) Options(bufferBytes int) dataflow.Options {
	broken := p.Broken.Task
	broken.SkipIgnore, broken.CancelIdle, broken.ClockLags = p.Quirks.has(IgnoreNotRepeated), p.Quirks.has(CancelWhenIdle), p.Quirks.has(ClockGoesOn)
	o := dataflow.Options{BufferBytes: bufferBytes, Deduplicate: p.Duplicate, Resync: p.Live, Broken: broken}
	if p.Causal {
		o.Tick = p.Tick
	}
	return o
}
