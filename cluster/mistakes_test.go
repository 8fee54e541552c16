package cluster

import (
	"simrun/museum"
	"simrun/recovery"
)

// mistake is something that an implementation of causal recovery is likely to
// get wrong, and the planted bug that gets it wrong here.
type mistake struct {
	id   string
	text string
	bug  string            // of the museum; empty: it cannot be made here, or how and more make it
	how  string            // what more does, as docs/mistakes.md names it
	base func(cfg *Config) // what the shop has to be for it; nil: as it is
	more func(cfg *Config) // what the mistake changes that is no bug of the museum
	why  string            // why it cannot be made, or does no harm, or more about it
	safe bool              // it does no harm: nothing may be found
}

func (m *mistake) spoil(cfg *Config) {
	if m.bug != "" {
		if err := museum.Plant(museum.Site{Policy: &cfg.Policy, Shop: &cfg.Shop.Broken}, m.bug); err != nil {
			panic(err)
		}
	}
	if m.more != nil {
		m.more(cfg)
	}
}

func (m *mistake) impossible() bool { return m.bug == "" && m.more == nil }

// place is the switch that makes the mistake, as docs/mistakes.md names it.
func (m *mistake) place() string {
	if b, ok := museum.Find(m.bug); ok {
		return b.Switch
	}
	return m.how
}

// Twenty likely mistakes of causal recovery as Clonos publishes it.
var clonosMistakes = []mistake{
	{id: "1a", text: "logs are truncated at the local barrier", bug: "truncate-early"},
	{id: "1b", text: "logs are truncated at the task's own ack", bug: "truncate-at-ack"},
	{id: "2a", text: "truncation is told before the standbys have the new snapshot, and a standby starts with what it has",
		bug: "stale-standby"},
	{id: "2b", text: "truncation is told before the standbys have the new snapshot, that alone", bug: "truncate-undelivered", safe: true,
		why: "A recovery names its checkpoint. A standby that does not have it waits for it, and the store keeps it until the next is complete: what is truncated is older than any checkpoint that a recovery can name from then on. The order in the protocol saves time, not data. That is so where a standby is sent whole states, as here; differences may overtake each other then, and a standby makes a state that never was (the museum: truncate-undelivered)."},
	{id: "3a", text: "an Order determinant is logged for barriers", bug: "order-barriers"},
	{id: "3b", text: "barriers are handled in another order in replay", bug: "no-epoch-end"},
	{id: "4a", text: "no Order for buffers that an alignment released", bug: "no-order-of-released"},
	{id: "4b", text: "no Order for EndOfPartition", why: "Partitions have no end here: a source waits for more."},
	{id: "5a", text: "Order per record in one place, per buffer in another", bug: "order-per-record"},
	{id: "5b", text: "buffers are cut anew after the log of cuts is lost", bug: "no-buffer-built"},
	{id: "6a", text: "strikes are keyed by a count that goes on over epochs", bug: "global-count"},
	{id: "6b", text: "the count leaves out watermarks or latency markers", why: "There are none: every element of a channel but the barrier is a record."},
	{id: "7", text: "the count is incremented before processing, so that a strike falls one record early", bug: "count-first"},
	{id: "8", text: "replay reads its own clock rather than the logged one", bug: "replay-clock",
		why: "A timer's callback gets no timestamp here: it reads the clock, which is a determinant of its own."},
	{id: "9", text: "live timers run during replay", bug: "live-timers"},
	{id: "10", text: "determinants are not appended again during replay", bug: "no-relog"},
	{id: "11a", text: "a barrier carries no delta", bug: "barrier-without-delta"},
	{id: "11b", text: "a delta is not bounded by its epoch", why: "Each piece of a delta names its epoch, the owner's: a delta may carry any. The contrary is a mistake on a cycle (c12)."},
	{id: "12", text: "the receiver appends deltas without looking at their offset", bug: "no-offsets"},
	{id: "13", text: "determinants are appended after the buffer was handed to the task", bug: "merge-late",
		why: "Within one event the order cannot show. The switch merges a channel's delta when its next buffer comes."},
	{id: "14a", text: "buffers that were built count as received", bug: "count-built"},
	{id: "14b", text: "BufferBuilt is shared with siblings", bug: "share-with-siblings",
		why: "A monitor alone, which looks at who gets a log. It settles cuts alone: what is not sent again is what the receiver tells that it has, however many cuts anybody knows. As published they are counted: quirk B2 loses replies after one failure (docs/quirks.md)."},
	{id: "15", text: "the channel is switched before what was received is drained", bug: "drop-received"},
	{id: "16a", text: "the skip count is one too many", bug: "tell-one-more"},
	{id: "16b", text: "the skip count is one too few", bug: "tell-one-less"},
	{id: "16c", text: "the skip count goes on over epochs", bug: "tell-without-epoch"},
	{id: "16d", text: "the skip count counts barriers", bug: "tell-barriers"},
	{id: "17a", text: "the in-flight log is rebuilt without what the receiver has", bug: "forget-regenerated"},
	{id: "17b", text: "requests are answered before the rebuild has ended", why: "The in-flight log is the output queue: a position that is not built yet is waited for, and sent when it is built."},
	{id: "18a", text: "the first answer is taken", bug: "first-answer"},
	{id: "18b", text: "of each log the last copy is taken", bug: "last-answer"},
	{id: "18c", text: "answers are counted, not who answered what", bug: "count-answers"},
	{id: "19a", text: "what was not found is taken as not needed (sharing of depth 1)", bug: "orphans-go-on", base: limited},
	{id: "19b", text: "the orphan test is per task, not per log", why: "No test looks at what was found: the rule for limited sharing looks at who is down."},
	{id: "20a", text: "external calls are made in replay", bug: "answer-in-replay"},
	{id: "20b", text: "a logged answer is given to another call", bug: "answer-in-turn"},
	{id: "20c", text: "a sink sends again what is out", bug: "sink-sends-again",
		why: "An identical second reply is no violation: clients ask again themselves."},
	{id: "20d", text: "a sink's output is committed before its checkpoint is complete (global rollback)", how: "replies: immediate", base: rolledBack,
		more: func(cfg *Config) { cfg.Replies = Immediate }},
	{id: "21a", text: "the seed comes before the clock at an epoch's start, in replay", bug: "seed-first"},
	{id: "21b", text: "round-robin is not reset at an epoch's start", why: "All edges are keyed."},
	{id: "21c", text: "epochs are assumed to be consecutive", why: "A failure cancels no checkpoint (cyclic recovery), so they are. As published it does, and deltas that assume it are quirk B4 (docs/quirks.md)."},
	{id: "21d", text: "a checkpoint completes while a task recovers from the one before", bug: "keep-dead-acks",
		why: "That alone is right here: the recovering task has acknowledged it itself. Wrong is what dead incarnations acknowledged."},
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
	{id: "c1", text: "Order determinants are ignored in replay", bug: "no-order"},
	{id: "c2a", text: "the clock is not logged", bug: "no-timestamp"},
	{id: "c2b", text: "the random seed is not logged", bug: "no-rng"},
	{id: "c2c", text: "external results are not logged", bug: "no-serializable"},
	{id: "c2d", text: "timers are not logged", bug: "no-timer-trigger"},
	{id: "c2e", text: "triggers are not logged", bug: "no-source-checkpoint"},
	{id: "c3", text: "feedback buffers are not in the checkpoint", bug: "forget-feedback"},
	{id: "c4", text: "no EpochEnd: the snapshot is taken as soon as alignment completes in replay", bug: "no-epoch-end"},
	{id: "c5", text: "restored feedback buffers are processed before everything (Carbone's rule)", bug: "inject-first"},
	{id: "c6", text: "a feedback barrier is taken before the local snapshot is repeated", bug: "early-barrier"},
	{id: "c7", text: "truncation at the local snapshot", bug: "truncate-early"},
	{id: "c8", text: "acks of a dead incarnation are kept (Clonos' rule)", bug: "keep-dead-acks"},
	{id: "c9", text: "no deduplication by position", bug: "no-deduplication"},
	{id: "c10", text: "old buffers are still accepted after the answer", bug: "no-fence"},
	{id: "c11", text: "the first answer is taken instead of all", bug: "first-answer"},
	{id: "c12", text: "a delta carries its buffer's epoch alone", bug: "this-epoch-only"},
	{id: "c13", text: "only egress' own log is attached to replies", bug: "own-log-only"},
	{id: "c14", text: "direct downstreams alone are asked", bug: "downstreams-only"},
	{id: "c15", text: "the own log alone is gathered, not what it depends on", bug: "own-log-gathered"},
	{id: "c16", text: "the own log is appended one by one in replay", bug: "no-install"},
	{id: "c17", text: "what is followed in replay is not logged at all", bug: "no-relog"},
	{id: "c18", text: "inputs are attached before the gather ends", bug: "early-attach"},
	{id: "c19", text: "an answer of a newer generation fills the place of an older one", bug: "mix-generations",
		why: "Monitors alone. Whoever has shown anything that depends on the log that is cut short lives and answers, or is the broker; those who know more of it than its owner are being brought back themselves, and what they repeat otherwise no client has seen."},
	{id: "c20", text: "an answer of a generation not heard of yet is dropped", bug: "drop-early-answers"},
	{id: "c21", text: "a sink acks with replies that the broker has not acknowledged", bug: "sink-acks-early"},
	{id: "c22", text: "a monitor merges dependencies at receipt, or compares with a task's own truncation, or compares at Attach alone",
		why: "Mistakes of a checker, not of a protocol. Here dependencies are merged when a buffer is taken, truncation is compared with C, and what is regenerated is compared when it is built ([invariants.md](invariants.md), byte for byte)."},
}
