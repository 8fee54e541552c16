package dataflow

import "fmt"

// pickReplayed chooses the next buffer as the log says. Barriers need no
// determinant: they are taken as soon as they stand at the head of their
// channel, and the snapshot is taken where the log has it.
func (t *Task) pickReplayed() bool {
	t.takeBarriers()
	if t.options.Broken.InjectFirst && t.injectFirst() {
		return true
	}
	if t.aligned() && !t.guard.Logs(EpochEnd) && t.graph.HasFeedback(t.id) {
		return t.snapshotAligned() // all that is known of the snapshot's place is that it came after the barriers
	}
	d := t.guard.Peek()
	switch {
	case d.Kind == EpochEnd:
		return t.snapshotAligned() || !t.ordered && t.pickUnordered()
	case d.Kind == Order:
		return t.pickOrdered(int(d.Channel))
	case d.Kind == NoKind && t.aligned():
		return t.snapshotAligned()
	case d.Kind == NoKind && t.guard.Later() && t.ordered:
		return false // nothing but barriers is left of this epoch
	case d.Kind != NoKind && (t.ordered || t.aligned() && len(t.inputs) == 1):
		return t.overrun(fmt.Sprintf("%v after record %d of epoch %d, but no buffer leads there from record %d",
			d.Kind, d.Count, t.epoch, t.count))
	}
	return t.pickUnordered()
}

// injectFirst takes a restored feedback buffer, if there is one left, whatever
// the log says.
func (t *Task) injectFirst() bool {
	for i := range t.inputs {
		if q := &t.inputs[i].queue; q.n > 0 && q.front().Epoch < 0 {
			ordered := t.ordered
			t.ordered = false
			t.takeBuffer(i)
			t.ordered = ordered
			return true
		}
	}
	return false
}

// overrun reports a determinant that the replay cannot follow, and goes on
// behind it.
func (t *Task) overrun(what string) bool {
	t.env.Diverged("INV-04", t.graph.TaskName(t.id)+": "+what)
	_, behind := t.guard.Replayed(t.guard.Peek().Kind)
	t.settle()
	return behind || !t.replaying
}

// pickOrdered begins the buffer that an Order determinant names.
func (t *Task) pickOrdered(i int) bool {
	if i >= len(t.inputs) {
		return t.overrun(fmt.Sprintf("Order names input %d of %d", i, len(t.inputs)))
	}
	in := &t.inputs[i]
	if in.blocked {
		return t.overrun(fmt.Sprintf("Order names input %d, which is at its barrier in epoch %d", i, t.epoch))
	}
	if in.queue.n == 0 || in.queue.front().Barrier {
		return false
	}
	t.takeBuffer(i)
	return true
}

// pickUnordered begins any buffer: the only input's, or, where Order is not
// logged or the main log has ended, the lowest input's.
func (t *Task) pickUnordered() bool {
	for i := range t.inputs {
		in := &t.inputs[i]
		if in.blocked || in.queue.n == 0 || in.queue.front().Barrier {
			continue
		}
		t.takeBuffer(i)
		return true
	}
	return false
}

// takeBarriers takes every barrier that stands at the head of its channel and
// may be taken.
func (t *Task) takeBarriers() {
	for i := range t.inputs {
		in := &t.inputs[i]
		for in.queue.n > 0 && !in.blocked && in.queue.front().Barrier && !t.early(in, in.queue.front()) {
			t.takeBarrier(i)
		}
	}
}

// snapshotAligned takes the local snapshot if all regular inputs stand at
// their barrier.
func (t *Task) snapshotAligned() bool {
	if !t.aligned() {
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
		if !d.Kind.Strikes() || d.Count > t.count+t.countedBefore() {
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
		key := t.answers(d.Key)
		if !t.dropCall(key) {
			t.env.Diverged("INV-04", fmt.Sprintf("%s: the log answers call %d, which was not made", t.graph.TaskName(t.id), d.Key))
			return
		}
		t.answer = append(t.answer[:0], d.Answer...) // the log's bytes last until the guard's next call
		t.operator.Answer(t, key, t.answer)
	case TimerTrigger:
		if d.Key == TickKey {
			t.clock, t.lags = d.Value, true
			return
		}
		key, ok := t.timers.take(d.Key)
		if !ok {
			t.env.Diverged("INV-18", fmt.Sprintf("%s: the log fires timer %d, which is not armed", t.graph.TaskName(t.id), d.Key))
			return
		}
		t.operator.Timer(t, key)
	case SourceCheckpoint:
		if t.options.Broken.CancelIdle && !t.started {
			return
		}
		t.takeSnapshot(int32(d.Key))
	case IgnoreCheckpoint:
		if !t.options.Broken.SkipIgnore {
			t.abandon(int32(d.Key))
		}
	}
}
