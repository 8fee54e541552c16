package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
)

// mistake is something that an implementation of causal recovery is likely to
// get wrong, and the switch that gets it wrong here.
type mistake struct {
	id    string
	text  string
	how   string                   // the switch, as docs/mistakes.md names it
	plant func(b *recovery.Broken) // nil: it cannot be made here
	base  func(cfg *Config)        // what the shop has to be for it; nil: as it is
	more  func(cfg *Config)        // what the mistake changes beside Broken
	why   string                   // why it cannot be made, or does no harm, or more about it
	safe  bool                     // it does no harm: nothing may be found
}

func (m *mistake) spoil(cfg *Config) {
	if m.plant != nil {
		m.plant(&cfg.Policy.Broken)
	}
	if m.more != nil {
		m.more(cfg)
	}
}

func (m *mistake) impossible() bool { return m.plant == nil && m.more == nil }

func without(kind dataflow.Kind) func(b *recovery.Broken) {
	return func(b *recovery.Broken) { b.Without[kind] = true }
}

// Twenty likely mistakes of causal recovery as Clonos publishes it.
var clonosMistakes = []mistake{
	{id: "1a", text: "logs are truncated at the local barrier", how: "TruncateEarly", plant: func(b *recovery.Broken) { b.TruncateEarly = true }},
	{id: "1b", text: "logs are truncated at the task's own ack", how: "TruncateAtAck", plant: func(b *recovery.Broken) { b.TruncateAtAck = true }},
	{id: "2a", text: "truncation is told before the standbys have the new snapshot, and a standby starts with what it has",
		how: "TruncateUndelivered, StaleStandby", plant: func(b *recovery.Broken) { b.TruncateUndelivered, b.StaleStandby = true, true }},
	{id: "2b", text: "truncation is told before the standbys have the new snapshot, that alone", how: "TruncateUndelivered",
		plant: func(b *recovery.Broken) { b.TruncateUndelivered = true }, safe: true,
		why: "A recovery names its checkpoint. A standby that does not have it waits for it, and the store keeps it until the next is complete: what is truncated is older than any checkpoint that a recovery can name from then on. The order in the protocol saves time, not data."},
	{id: "3a", text: "an Order determinant is logged for barriers", how: "OrderBarriers", plant: func(b *recovery.Broken) { b.Task.OrderBarriers = true }},
	{id: "3b", text: "barriers are handled in another order in replay", how: "Without EpochEnd", plant: without(dataflow.EpochEnd)},
	{id: "4a", text: "no Order for buffers that an alignment released", how: "NoOrderOfReleased", plant: func(b *recovery.Broken) { b.Task.NoOrderOfReleased = true }},
	{id: "4b", text: "no Order for EndOfPartition", why: "Partitions have no end here: a source waits for more."},
	{id: "5a", text: "Order per record in one place, per buffer in another", how: "OrderPerRecord", plant: func(b *recovery.Broken) { b.Task.OrderPerRecord = true }},
	{id: "5b", text: "buffers are cut anew after the log of cuts is lost", how: "Without BufferBuilt", plant: without(dataflow.BufferBuilt)},
	{id: "6a", text: "strikes are keyed by a count that goes on over epochs", how: "GlobalCount", plant: func(b *recovery.Broken) { b.Task.GlobalCount = true }},
	{id: "6b", text: "the count leaves out watermarks or latency markers", why: "There are none: every element of a channel but the barrier is a record."},
	{id: "7", text: "the count is incremented before processing, so that a strike falls one record early", how: "CountFirst",
		plant: func(b *recovery.Broken) { b.Task.CountFirst = true }},
	{id: "8", text: "replay reads its own clock rather than the logged one", how: "ReplayClock", plant: func(b *recovery.Broken) { b.Task.ReplayClock = true },
		why: "A timer's callback gets no timestamp here: it reads the clock, which is a determinant of its own."},
	{id: "9", text: "live timers run during replay", how: "LiveTimers", plant: func(b *recovery.Broken) { b.Task.LiveTimers = true }},
	{id: "10", text: "determinants are not appended again during replay", how: "NoInstall, NoRelog", plant: func(b *recovery.Broken) { b.NoInstall, b.NoRelog = true, true }},
	{id: "11a", text: "a barrier carries no delta", how: "BarrierWithoutDelta", plant: func(b *recovery.Broken) { b.BarrierWithoutDelta = true }},
	{id: "11b", text: "a delta is not bounded by its epoch", why: "Each piece of a delta names its epoch, the owner's: a delta may carry any. The contrary is a mistake on a cycle (c12)."},
	{id: "12", text: "the receiver appends deltas without looking at their offset", how: "NoOffsets", plant: func(b *recovery.Broken) { b.NoOffsets = true }},
	{id: "13", text: "determinants are appended after the buffer was handed to the task", how: "MergeLate", plant: func(b *recovery.Broken) { b.MergeLate = true },
		why: "Within one event the order cannot show. The switch merges a channel's delta when its next buffer comes."},
	{id: "14a", text: "buffers that were built count as received", how: "CountBuilt", plant: func(b *recovery.Broken) { b.CountBuilt = true }},
	{id: "14b", text: "BufferBuilt is shared with siblings", how: "quirk B2", safe: true,
		more: func(cfg *Config) { cfg.Policy.Quirks |= recovery.ShareWithSiblings }, why: "It settles cuts alone. What is not sent again is what the receiver tells that it has, however many cuts anybody knows."},
	{id: "15", text: "the channel is switched before what was received is drained", how: "DropReceived", plant: func(b *recovery.Broken) { b.DropReceived = true }},
	{id: "16a", text: "the skip count is one too many", how: "TellOneMore", plant: func(b *recovery.Broken) { b.TellOneMore = true }},
	{id: "16b", text: "the skip count is one too few", how: "TellOneLess", plant: func(b *recovery.Broken) { b.TellOneLess = true }},
	{id: "16c", text: "the skip count goes on over epochs", how: "TellWithoutEpoch", plant: func(b *recovery.Broken) { b.TellWithoutEpoch = true }},
	{id: "16d", text: "the skip count counts barriers", how: "TellBarriers", plant: func(b *recovery.Broken) { b.TellBarriers = true }},
	{id: "17a", text: "the in-flight log is rebuilt without what the receiver has", how: "ForgetRegenerated", plant: func(b *recovery.Broken) { b.ForgetRegenerated = true }},
	{id: "17b", text: "requests are answered before the rebuild has ended", why: "The in-flight log is the output queue: a position that is not built yet is waited for, and sent when it is built."},
	{id: "18a", text: "the first answer is taken", how: "FirstAnswerOnly", plant: func(b *recovery.Broken) { b.FirstAnswerOnly = true }},
	{id: "18b", text: "of each log the last copy is taken", how: "LastAnswer", plant: func(b *recovery.Broken) { b.LastAnswer = true }},
	{id: "18c", text: "answers are counted, not who answered what", how: "CountAnswers", plant: func(b *recovery.Broken) { b.CountAnswers = true }},
	{id: "19a", text: "what was not found is taken as not needed (sharing of depth 1)", how: "orphans: continue", base: limited,
		more: func(cfg *Config) { cfg.Policy.Orphans = true }},
	{id: "19b", text: "the orphan test is per task, not per log", why: "No test looks at what was found: the rule for limited sharing looks at who is down."},
	{id: "20a", text: "external calls are made in replay", how: "AnswerInReplay", plant: func(b *recovery.Broken) { b.Task.AnswerInReplay = true }},
	{id: "20b", text: "a logged answer is given to another call", how: "AnswerInTurn", plant: func(b *recovery.Broken) { b.Task.AnswerInTurn = true }},
	{id: "20c", text: "a sink sends again what is out", how: "SinkSendsAgain", plant: func(b *recovery.Broken) { b.SinkSendsAgain = true },
		why: "An identical second reply is no violation: clients ask again themselves."},
	{id: "20d", text: "a sink's output is committed before its checkpoint is complete (global rollback)", how: "replies: immediate", base: rolledBack,
		more: func(cfg *Config) { cfg.Replies = Immediate }},
	{id: "21a", text: "the seed comes before the clock at an epoch's start, in replay", how: "SeedFirst", plant: func(b *recovery.Broken) { b.Task.SeedFirst = true }},
	{id: "21b", text: "round-robin is not reset at an epoch's start", why: "All edges are keyed."},
	{id: "21c", text: "epochs are assumed to be consecutive", why: "A failure cancels no checkpoint (cyclic recovery), so they are."},
	{id: "21d", text: "a checkpoint completes while a task recovers from the one before", how: "KeepDeadAcks",
		plant: func(b *recovery.Broken) { b.KeepDeadAcks = true },
		why:   "That alone is right here: the recovering task has acknowledged it itself. Wrong is what dead incarnations acknowledged."},
}

func limited(cfg *Config) {
	cfg.Policy, cfg.Replies = recovery.Clonos(1), Transactional
	cfg.Policy.Credits = 10
}

func rolledBack(cfg *Config) {
	cfg.Policy, cfg.Replies = recovery.Global(), Transactional
	cfg.Policy.Credits = 10
}

// What is easily got wrong on a graph with cycles.
var cyclicMistakes = []mistake{
	{id: "c1", text: "Order determinants are ignored in replay", how: "Without Order", plant: without(dataflow.Order)},
	{id: "c2a", text: "the clock is not logged", how: "Without Timestamp", plant: without(dataflow.Timestamp)},
	{id: "c2b", text: "the random seed is not logged", how: "Without RNG", plant: without(dataflow.RNG)},
	{id: "c2c", text: "external results are not logged", how: "Without Serializable", plant: without(dataflow.Serializable)},
	{id: "c2d", text: "timers are not logged", how: "Without TimerTrigger", plant: without(dataflow.TimerTrigger)},
	{id: "c2e", text: "triggers are not logged", how: "Without SourceCheckpoint", plant: without(dataflow.SourceCheckpoint)},
	{id: "c3", text: "feedback buffers are not in the checkpoint", how: "ForgetFeedback", plant: func(b *recovery.Broken) { b.Task.ForgetFeedback = true }},
	{id: "c4", text: "no EpochEnd: the snapshot is taken as soon as alignment completes in replay", how: "Without EpochEnd", plant: without(dataflow.EpochEnd)},
	{id: "c5", text: "restored feedback buffers are processed before everything (Carbone's rule)", how: "InjectFirst", plant: func(b *recovery.Broken) { b.Task.InjectFirst = true }},
	{id: "c6", text: "a feedback barrier is taken before the local snapshot is repeated", how: "EarlyBarrier", plant: func(b *recovery.Broken) { b.Task.EarlyBarrier = true }},
	{id: "c7", text: "truncation at the local snapshot", how: "TruncateEarly", plant: func(b *recovery.Broken) { b.TruncateEarly = true }},
	{id: "c8", text: "acks of a dead incarnation are kept (Clonos' rule)", how: "KeepDeadAcks", plant: func(b *recovery.Broken) { b.KeepDeadAcks = true }},
	{id: "c9", text: "no deduplication by position", how: "NoDeduplication", plant: func(b *recovery.Broken) { b.NoDeduplication = true }},
	{id: "c10", text: "old buffers are still accepted after the answer", how: "NoFence", plant: func(b *recovery.Broken) { b.NoFence = true }},
	{id: "c11", text: "the first answer is taken instead of all", how: "FirstAnswerOnly", plant: func(b *recovery.Broken) { b.FirstAnswerOnly = true }},
	{id: "c12", text: "a delta carries its buffer's epoch alone", how: "ThisEpochOnly", plant: func(b *recovery.Broken) { b.ThisEpochOnly = true }},
	{id: "c13", text: "only egress' own log is attached to replies", how: "OwnLogOnly", plant: func(b *recovery.Broken) { b.OwnLogOnly = true }},
	{id: "c14", text: "direct downstreams alone are asked", how: "DownstreamsOnly", plant: func(b *recovery.Broken) { b.DownstreamsOnly = true }},
	{id: "c15", text: "the own log alone is gathered, not what it depends on", how: "OwnLogGathered", plant: func(b *recovery.Broken) { b.OwnLogGathered = true }},
	{id: "c16", text: "the own log is appended one by one in replay", how: "NoInstall", plant: func(b *recovery.Broken) { b.NoInstall = true }},
	{id: "c17", text: "what is followed in replay is not logged at all", how: "NoInstall, NoRelog", plant: func(b *recovery.Broken) { b.NoInstall, b.NoRelog = true, true }},
	{id: "c18", text: "inputs are attached before the gather ends", how: "EarlyAttach", plant: func(b *recovery.Broken) { b.EarlyAttach = true }},
	{id: "c19", text: "an answer of a newer generation fills the place of an older one", how: "MixGenerations", plant: func(b *recovery.Broken) { b.MixGenerations = true },
		why: "Monitors alone. Whoever has shown anything that depends on the log that is cut short lives and answers, or is the broker; those who know more of it than its owner are being brought back themselves, and what they repeat otherwise no client has seen."},
	{id: "c20", text: "an answer of a generation not heard of yet is dropped", how: "DropEarlyAnswers", plant: func(b *recovery.Broken) { b.DropEarlyAnswers = true }},
	{id: "c21", text: "a sink acks with replies that the broker has not acknowledged", how: "SinkAcksEarly", plant: func(b *recovery.Broken) { b.SinkAcksEarly = true }},
	{id: "c22", text: "a monitor merges dependencies at receipt, or compares with a task's own truncation, or compares at Attach alone",
		why: "Mistakes of a checker, not of a protocol. Here dependencies are merged when a buffer is taken, truncation is compared with C, and what is regenerated is compared when it is built ([invariants.md](invariants.md), byte for byte)."},
}
