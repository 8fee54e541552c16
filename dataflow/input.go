package dataflow

// Receive queues a buffer that arrived on an input. The task owns its bytes
// until it hands them to Env.Recycle.
func (t *Task) Receive(i int, b Buffer) {
	in := &t.inputs[i]
	in.queue.push(b)
	t.starved = false
	if !in.blocked && !in.stalled && !t.replaying {
		t.ready.push(i)
	}
}

// Waiting says whether Step has something to look at: a record of the buffer
// being read, or a buffer on an input that may be read. A replay has, unless
// its last Step found nothing and no buffer has come since.
func (t *Task) Waiting() bool {
	if t.replaying {
		return !t.starved
	}
	return t.current >= 0 || t.ready.n > 0 || t.aligned()
}

// Inputs is the number of the task's inputs; a source's partition is input 0.
func (t *Task) Inputs() int { return len(t.inputs) }

// Current is the input whose buffer is being read, -1 if there is none.
func (t *Task) Current() int { return t.current }

// Queued is the number of buffers that wait on an input.
func (t *Task) Queued(i int) int { return t.inputs[i].queue.n }

// SourceOffset is the number of records that a source has taken from its
// partition.
func (t *Task) SourceOffset() uint64 { return t.inputs[0].received }

// Received is the number of records taken from an input since the job began.
func (t *Task) Received(i int) uint64 { return t.inputs[i].received }

// Emitted is the number of records put on an output since the job began.
func (t *Task) Emitted(o int) uint64 { return t.outputs[o].emitted }

// pick begins the next buffer, or handles the next barrier. It gives false
// where the task has to wait.
func (t *Task) pick() bool {
	if t.replaying {
		return t.pickReplayed()
	}
	if t.aligned() {
		t.takeSnapshot(t.aligning)
		return true
	}
	for t.ready.n > 0 {
		i := t.ready.pop()
		in := &t.inputs[i]
		if in.blocked || in.stalled || in.queue.n == 0 {
			continue // its entries come back when it is unblocked
		}
		head := in.queue.front()
		if head.Barrier {
			if t.early(in, head) {
				t.stall(in)
				continue
			}
			t.takeBarrier(i)
			return true
		}
		if !t.mayBegin(in) {
			t.stall(in)
			continue
		}
		t.takeBuffer(i)
		return true
	}
	return false
}

func (t *Task) stall(in *input) {
	in.stalled = true
	t.stalled++
}

// unstall makes inputs readable again that are held back no longer, and barriers
// that are early no longer.
func (t *Task) unstall() {
	for i := range t.inputs {
		in := &t.inputs[i]
		if !in.stalled {
			continue
		}
		if in.queue.n > 0 {
			if head := in.queue.front(); head.Barrier {
				if t.early(in, head) {
					continue
				}
			} else if !t.mayBegin(in) {
				continue
			}
		}
		in.stalled = false
		t.stalled--
		t.push(i)
	}
}

// push makes all buffers of an input ready.
func (t *Task) push(i int) {
	for range t.inputs[i].queue.n {
		t.ready.push(i)
	}
}

// requeue rebuilds ready from the queues, lowest input first.
func (t *Task) requeue() {
	t.ready.clear()
	t.stalled = 0
	for i := range t.inputs {
		t.inputs[i].stalled = false
		if !t.inputs[i].blocked {
			t.push(i)
		}
	}
}
