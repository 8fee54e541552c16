package dataflow

import "fmt"

// pickReplayed chooses the next buffer as the log says. Barriers need no
// determinant: they are taken as soon as they stand at the head of their
// channel, and the snapshot is taken where the log has it.
func (t *Task) pickReplayed() bool {
	t.takeBarriers()
	d := t.guard.Peek()
	switch {
	case d.Kind == EpochEnd:
		return t.snapshotAligned()
	case d.Kind == Order:
		return t.pickOrdered(int(d.Channel))
	case d.Kind.Strikes() && t.ordered:
		t.env.Diverged("INV-04", fmt.Sprintf("%s: %v after record %d of epoch %d, but no buffer leads there from record %d",
			t.graph.TaskName(t.id), d.Kind, d.Count, t.epoch, t.count))
		t.guard.Replayed(d.Kind)
		t.settle()
		return !t.replaying
	case d.Kind == NoKind && t.blocked == t.regular && t.blocked > 0:
		return t.snapshotAligned()
	case d.Kind == NoKind && t.guard.Later() && t.ordered:
		return false // nothing but barriers is left of this epoch
	}
	return t.pickUnordered()
}

// pickOrdered begins the buffer that an Order determinant names.
func (t *Task) pickOrdered(i int) bool {
	if i >= len(t.inputs) {
		t.env.Diverged("INV-04", fmt.Sprintf("%s: Order names input %d of %d", t.graph.TaskName(t.id), i, len(t.inputs)))
		return false
	}
	in := &t.inputs[i]
	if in.blocked {
		t.env.Diverged("INV-04", fmt.Sprintf("%s: Order names input %d, which is at its barrier in epoch %d", t.graph.TaskName(t.id), i, t.epoch))
		return false
	}
	if in.queue.n == 0 || in.queue.front().Barrier {
		return false
	}
	t.guard.Replayed(Order)
	t.takeBuffer(i)
	return true
}

// pickUnordered begins any buffer: the only input's, or, where Order is not
// logged or the main log has ended, the lowest input's.
func (t *Task) pickUnordered() bool {
	for i := range t.inputs {
		in := &t.inputs[i]
		if !in.blocked && in.queue.n > 0 && !in.queue.front().Barrier {
			if t.ordered {
				t.guard.Record(&Determinant{Kind: Order, Channel: uint8(i)})
			}
			t.takeBuffer(i)
			return true
		}
	}
	return false
}

// takeBarriers takes every barrier that stands at the head of its channel and
// may be taken.
func (t *Task) takeBarriers() {
	for i := range t.inputs {
		in := &t.inputs[i]
		for in.queue.n > 0 && !in.blocked && in.queue.front().Barrier && (!in.feedback || in.queue.front().Next <= t.epoch) {
			t.takeBarrier(i)
		}
	}
}

// snapshotAligned takes the local snapshot if all regular inputs stand at
// their barrier.
func (t *Task) snapshotAligned() bool {
	if t.blocked < t.regular || t.aligning == 0 {
		return false
	}
	t.takeSnapshot(t.aligning)
	t.strike()
	t.settle()
	return true
}

// strike repeats the strikes that the log has at the present record count. It
// says whether there were any.
func (t *Task) strike() bool {
	struck := false
	for t.replaying {
		d := t.guard.Peek()
		if !d.Kind.Strikes() || d.Count > t.count {
			break
		}
		if d.Count < t.count {
			t.env.Diverged("INV-04", fmt.Sprintf("%s: %v is due after record %d of epoch %d, but %d were processed",
				t.graph.TaskName(t.id), d.Kind, d.Count, t.epoch, t.count))
		}
		again, _ := t.guard.Replayed(d.Kind)
		t.repeat(again)
		struck = true
		t.cutReplayed()
		if !t.guard.Replaying() {
			break
		}
	}
	return struck
}

func (t *Task) repeat(d *Determinant) {
	switch d.Kind {
	case Serializable:
		if !t.dropCall(d.Key) {
			t.env.Diverged("INV-04", fmt.Sprintf("%s: the log answers call %d, which was not made", t.graph.TaskName(t.id), d.Key))
			return
		}
		t.operator.Answer(t, d.Key, d.Answer)
	case TimerTrigger:
		key, ok := t.timers.take(d.Key)
		if !ok {
			t.env.Diverged("INV-18", fmt.Sprintf("%s: the log fires timer %d, which is not armed", t.graph.TaskName(t.id), d.Key))
			return
		}
		t.operator.Timer(t, key)
	case SourceCheckpoint:
		t.takeSnapshot(int32(d.Key))
	}
}
