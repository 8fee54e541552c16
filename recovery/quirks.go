package recovery

// Quirks are suspected holes of the released Clonos code, read out of it and
// not run. The published variant has none of them unless it is told to; each
// can be switched on by itself, to see what it leads to.
type Quirks uint32

const (
	// RunAhead (B1): a delta carries the BufferBuilt entries of buffers that are
	// built and not sent, so that the sender's next incarnation takes them for received.
	RunAhead Quirks = 1 << iota
	// ShareWithSiblings (B2): a channel's BufferBuilt log goes to all channels of its
	// owner (the delta sharing optimisation is off), so that to hold an entry
	// no longer means to have the buffer.
	ShareWithSiblings
	// SkipSinceOpened (B3): a replaying receiver counts what it has of a channel since
	// the connection was opened, not since its epoch began.
	SkipSinceOpened
	// OneEpochDeltas (B4): a delta carries the entries of its buffer's epoch alone,
	// though an ignored checkpoint lets neighbours be in different epochs.
	OneEpochDeltas
	// IgnoreNotRepeated (B5): in replay an IgnoreCheckpoint determinant does nothing and is
	// not logged again.
	IgnoreNotRepeated
	// DropWhileRecovering (B6): triggers and ignored checkpoints that arrive during a
	// recovery are lost.
	DropWhileRecovering
	// CompleteWhileRecovering (B7): a pending checkpoint stays if the failed task and all
	// behind it have acknowledged it.
	CompleteWhileRecovering
	// CountAnswers (B8): answers are counted, not who has answered.
	CountAnswers
	// OlderEpoch (B9): who holds nothing of the epoch that is asked for answers from the
	// earliest that it holds.
	OlderEpoch
	// ClockGoesOn (B10): the cached clock of a recovered task goes on from the last tick in
	// its log, a tick at a time.
	ClockGoesOn
	// CancelWhenIdle (B11): a checkpoint trigger before the first record of an epoch makes
	// a replaying source skip its barrier.
	CancelWhenIdle
	// OneDistanceMap (B13): the tasks of a machine measure distances from the last of them.
	OneDistanceMap
	// KeepLateDeltas (B14): the delta of a frame that is refused is kept all the same.
	KeepLateDeltas
	// AnswerAlone (B15): a task that has come to the end of its own log answers alone,
	// with whatever it holds by then.
	AnswerAlone
	// AnswerBetweenBuffers (B16): a replaying task that waits for input passes no request on.
	AnswerBetweenBuffers
	// TimersBetweenBuffers (B17): timers of a task that waits for input do not fire.
	TimersBetweenBuffers
)

// QuirkNames are the quirks in scenario files, in the order of their bits.
var QuirkNames = []string{"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B13", "B14", "B15", "B16", "B17"}

// QuirkNamed finds a quirk.
func QuirkNamed(name string) (Quirks, bool) {
	for i, n := range QuirkNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}

// has says whether a quirk is on.
func (q Quirks) has(one Quirks) bool { return q&one != 0 }
