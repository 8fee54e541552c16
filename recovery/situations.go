package recovery

import (
	"simrun/causallog"
	"simrun/dataflow"
)

// Situation is something that a run can come to and that is hard to survive, or
// is easily missed: a run in which nothing broke says little about what it never
// came to. What each of them is, and who can come to it, is told by the table in
// cluster/situations.go.
type Situation uint8

// Where a crash finds its victim.
const (
	CrashSource Situation = iota
	CrashSink
	CrashFirstEpoch
	CrashRestoring
	CrashGathering
	CrashReplaying
	CrashAligning
	CrashRecording
	CrashUploading
	CrashUnsettled
	CrashPending
	CrashAcked
	CrashCompleting
	CrashTruncating
	CrashCalling
	CrashTimer
	CrashHalfRecord
	CrashStarved
	CrashAgain
	CrashUnnoticed
	CrashBystander
	CrashAnswering
	CrashMachine
	CrashAdjacent
	CrashPath
	CrashAll

	// Standbys and machines.
	StandbyUsed
	StandbyLoading
	StandbyCrashed
	StandbyCutOff
	StandbyLost
	StandbyNone
	StandbyReplaced
	StandbyDifference
	ProcessMoved
	ProcessLost
	NoMachine

	// How deaths are noticed, and what replaced incarnations still do.
	NoticedBroken
	NoticedSilence
	NoticedLate
	Suspected
	ZombieKilled
	ZombieFrame
	ZombieAck
	ZombiePart
	FrameToDead
	CutHeartbeat
	CutMessage

	// Recovery.
	RecoveryTwo
	RollbackAll
	RollbackFallback
	OrphanAverted
	OrphanContinued
	GatherAgain
	GatherEarly
	GatherStale
	GatherReplaying
	GatherEmpty
	HolderOne
	HolderBroker
	DeterminantLost
	LogEmpty
	ReplayOrder
	ReplayClock
	ReplayRandom
	ReplayAnswer
	ReplayTimer
	ReplayTick
	ReplayTrigger
	ReplayIgnore
	ReplayEpochEnd
	ReplayCut
	ReplayMidRecord
	ReplayChoice
	ReplayWaits
	ReplaySnapshot
	RegeneratedSkipped
	RegeneratedBefore
	SentAgain
	CallAgain
	DuplicateDropped

	// The published variant.
	RequestPassed
	RequestEarly
	RequestAgain
	InputFirst
	AttachWaits
	CheckpointIgnored

	// Checkpoints.
	CheckpointAbandoned
	CheckpointSurvives
	CompletionVoid
	TriggerAgain
	FeedbackRecorded
	SnapshotHalfRecord
	EpochEmpty
	StorePaused

	// Buffers, credit, memory.
	RecordStraddles
	CreditOut
	CreditHolds
	PoolExhausted
	LogsExhausted
	Spilled
	ReadBack
	ReadVoid

	// Replies and clients.
	ReplyWithheld
	ReplyReleased
	ReplyWithdrawn
	ClientRetry
	ClientGivesUp
	ClientToldAgain
	RetryFromBooks
	RetryUnderway

	// The shop, and the pipeline.
	LockWaits
	TransactionAborted
	SagaCompensated
	StockShort
	CreditShort
	PaymentDeclined
	PaymentTimeout
	AnswerTooLate
	FindWaits
	WindowFull
	WindowOver

	Situations
)

// Reached counts how often a run came to each situation.
type Reached [Situations]int64

// Reach counts a situation once.
func (m *Monitors) Reach(s Situation) { m.Reached[s]++ }

// replayed is the situation that a determinant of its kind is followed.
func replayed(d *dataflow.Determinant) Situation {
	if d.Kind == dataflow.TimerTrigger && d.Key == dataflow.TickKey {
		return ReplayTick
	}
	return replayedKinds[d.Kind]
}

var replayedKinds = [dataflow.Kinds]Situation{
	dataflow.Order: ReplayOrder, dataflow.Timestamp: ReplayClock, dataflow.RNG: ReplayRandom, dataflow.Serializable: ReplayAnswer,
	dataflow.TimerTrigger: ReplayTimer, dataflow.SourceCheckpoint: ReplayTrigger, dataflow.IgnoreCheckpoint: ReplayIgnore,
	dataflow.BufferBuilt: ReplayCut, dataflow.EpochEnd: ReplayEpochEnd,
}

// recovering says whether the incarnation was brought back alone, by what others
// hold of its log.
func (a *Agent) recovering() bool { return a.gather.gen > 0 || a.asking.recovered >= 0 }

// straddled follows the building of a buffer that begins in the middle of a
// record.
func (a *Agent) straddled() {
	a.watch.Reach(RecordStraddles)
	if a.state == Replaying && a.recovering() {
		a.watch.Reach(ReplayMidRecord)
	}
}

// Died remembers how much the incarnation, which is about to be gone, had
// written of its own log. It is known to ghosts alone.
func (a *Agent) Died() {
	if a.store != nil && !a.isBroker() {
		a.ghosts.written[a.id] = a.holds(a.id)
	}
}

// compareWritten looks whether what was gathered is all that the last
// incarnation had written of its main log.
func (a *Agent) compareWritten(store *causallog.Store) {
	id, written := a.layout.Main(a.id), a.ghosts.written[a.id]
	last := store.Last(id)
	if held := (Mark{Epoch: last, Offset: int32(store.Len(id, last))}); written.Epoch >= a.checkpoint && held.before(written) {
		a.watch.Reach(DeterminantLost)
	}
}

// Holders says how many agents hold the most that any of them holds of a task's
// main log; 0 if nobody holds anything of the epochs since a checkpoint. last is
// one of them.
func Holders(agents []*Agent, t dataflow.TaskID, checkpoint int32) (count int, last *Agent) {
	most := Mark{Epoch: checkpoint}
	for _, a := range agents {
		if a.id == t {
			continue
		}
		switch held := a.holds(t); {
		case most.before(held):
			most, count, last = held, 1, a
		case held == most && count > 0:
			count, last = count+1, a
		}
	}
	return count, last
}
