package dataflow

import "fmt"

// Trigger tells a source to begin a checkpoint. A source that replays follows
// its log first, which may already contain it.
func (t *Task) Trigger(n int32) {
	if t.replaying {
		t.trigger = max(t.trigger, n)
		return
	}
	if n <= t.epoch || n <= t.abandoned {
		return
	}
	t.log(Determinant{Kind: SourceCheckpoint, Count: t.count, Key: uint64(n), Value: t.env.Clock()})
	t.takeSnapshot(n)
}

// takeBarrier takes the barrier at the head of an input. A regular input is
// blocked until the others have theirs; on a feedback input it ends the
// recording (Carbone et al. 2015, for cyclic graphs).
func (t *Task) takeBarrier(i int) {
	in := &t.inputs[i]
	b := t.take(i)
	if t.options.Broken.OrderBarriers && t.ordered && !t.replaying {
		t.order(i)
	}
	if b.Next <= t.abandoned {
		return
	}
	if in.feedback {
		if in.recording && b.Next == t.epoch {
			in.recording = false
			t.recordings--
			if t.options.Broken.OneBarrierEnds {
				t.endRecordings()
			}
			t.completeRecording()
		}
		return
	}
	if b.Next <= t.epoch {
		return // of a checkpoint that this task has passed: sent again by a protocol that does not deduplicate
	}
	if t.aligning != 0 && b.Next != t.aligning {
		if b.Next < t.aligning {
			return
		}
		t.unblock() // the older checkpoint was abandoned
	}
	t.aligning = b.Next
	in.blocked = !t.options.Broken.NoAlignment
	t.blocked++
}

// aligned says whether all regular inputs stand at their barrier.
func (t *Task) aligned() bool { return t.aligning != 0 && t.blocked == t.regular }

// early says whether the barrier at the head of a feedback input came back
// before the local snapshot: it waits, else recording would end before it starts.
func (t *Task) early(in *input, barrier *Buffer) bool {
	return in.feedback && barrier.Next > t.epoch && barrier.Next > t.abandoned && !t.options.Broken.EarlyBarrier
}

func (t *Task) unblock() {
	for i := range t.inputs {
		if t.inputs[i].blocked {
			t.inputs[i].blocked = false
			t.inputs[i].released = t.inputs[i].queue.n
			if !t.inputs[i].stalled {
				t.push(i)
			}
		}
	}
	t.blocked, t.aligning = 0, 0
}

// AbandonCheckpoint releases an alignment, ends recordings of checkpoints up
// to n, and ignores their triggers and barriers from now on (protocols that
// cancel a checkpoint on failure). Epochs go on at the next trigger: n+1 may
// follow n-1.
//
// What a task is told in replay waits for the end of it, unless the log has it.
func (t *Task) AbandonCheckpoint(n int32) {
	if t.replaying {
		t.ignore = max(t.ignore, n)
		return
	}
	if n > t.abandoned {
		t.log(Determinant{Kind: IgnoreCheckpoint, Count: t.count, Key: uint64(n)})
		t.abandon(n)
	}
}

func (t *Task) abandon(n int32) {
	t.abandoned = max(t.abandoned, n)
	if t.aligning != 0 && t.aligning <= n {
		t.unblock()
	}
	if t.epoch <= n {
		t.endRecordings()
		t.snapshot, t.recorded = nil, nil
	}
	t.unstall()
}

func (t *Task) endRecordings() {
	for i := range t.inputs {
		t.inputs[i].recording = false
	}
	t.recordings = 0
}

// takeSnapshot ends the epoch: the local snapshot is copied, barriers leave on
// all outputs, feedback inputs are recorded until theirs come back.
func (t *Task) takeSnapshot(n int32) {
	if t.graph.HasFeedback(t.id) && t.guard.Logs(EpochEnd) {
		t.endEpoch(n)
	}
	for i := range t.outputs {
		t.cutForBarrier(i, n)
	}
	t.epoch = n
	if !t.options.Broken.GlobalCount {
		t.count = 0
	}
	t.snapshot = t.encode(make([]byte, 0, t.snapshotBytes+t.snapshotBytes/8))
	t.snapshotBytes = len(t.snapshot)
	t.recorded = nil
	t.recordings = 0
	for i := range t.inputs {
		in := &t.inputs[i]
		in.recording = in.feedback
		if in.feedback {
			t.recordings++
		}
	}
	t.env.Snapshotted(n)
	t.beginEpoch()
	t.unblock()
	t.unstall()
	t.completeRecording()
}

// endEpoch puts the snapshot's place among feedback buffers into the log, or
// finds it there.
func (t *Task) endEpoch(n int32) {
	if !t.replaying || t.guard.Peek().Kind != EpochEnd {
		t.log(Determinant{Kind: EpochEnd, Key: uint64(n)})
		return
	}
	if key := t.guard.Peek().Key; key != uint64(n) {
		t.env.Diverged("INV-04", fmt.Sprintf("%s: the log ends epoch %d with checkpoint %d, its barriers are of %d",
			t.graph.TaskName(t.id), t.epoch, key, n))
	}
	t.guard.Replayed(EpochEnd)
}

// beginEpoch tells the logs and takes the epoch-start determinants: the clock
// and the seed of the epoch's random stream (Clonos 4.2).
func (t *Task) beginEpoch() {
	t.guard.StartEpoch(t.epoch)
	if t.options.Broken.SeedFirst && t.replaying {
		t.guard.Replayed(RNG)
	}
	t.beginClock()
	t.random = uint64(t.decide(RNG, int64(t.env.Entropy()&(1<<32-1))))
}

// beginClock logs what the clock shows at the start of an epoch: cached, what it
// was refreshed to last.
func (t *Task) beginClock() {
	if t.options.Tick == 0 {
		t.Now()
		return
	}
	if t.clock == 0 { // a new incarnation: the log knows better, if there is one
		t.clock = t.env.Clock()
	}
	t.clock = t.decide(Timestamp, t.clock)
}

// record keeps a whole buffer that was taken from a feedback input while its
// barrier was on its way round.
func (t *Task) record(i int, b *Buffer) {
	t.recorded = appendBuffer(t.recorded, i, b)
}

func (t *Task) completeRecording() {
	if t.recordings > 0 || t.snapshot == nil {
		return
	}
	whole := append(t.snapshot, t.recorded...)
	t.snapshot, t.recorded = nil, nil
	t.env.Captured(t.epoch, whole)
}
