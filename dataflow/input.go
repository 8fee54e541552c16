package dataflow

import (
	"encoding/binary"
	"fmt"
)

// Receive queues a buffer that arrived on an input. The task owns its bytes
// until it hands them to Env.Recycle.
func (t *Task) Receive(i int, b Buffer) {
	in := &t.inputs[i]
	in.queue.push(b)
	if !in.blocked && !in.stalled {
		t.ready.push(i)
	}
}

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
	for t.ready.n > 0 {
		i := t.ready.pop()
		in := &t.inputs[i]
		if in.blocked || in.stalled || in.queue.n == 0 {
			continue // its entries come back when it is unblocked
		}
		head := in.queue.front()
		if head.Barrier {
			if in.feedback && head.Next > t.epoch {
				t.stall(in) // it waits for the local snapshot: else recording would end before it starts
				continue
			}
			t.takeBarrier(i)
			return true
		}
		if !t.operator.Accepts(in.edge) {
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

// unstall makes inputs readable again that the operator accepts now.
func (t *Task) unstall() {
	for i := range t.inputs {
		in := &t.inputs[i]
		if !in.stalled {
			continue
		}
		if in.queue.n > 0 {
			if head := in.queue.front(); head.Barrier {
				if in.feedback && head.Next > t.epoch {
					continue
				}
			} else if !t.operator.Accepts(in.edge) {
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

// takeBuffer begins the data buffer at the head of an input. Which one it is
// is a nondeterministic event wherever there is a choice.
func (t *Task) takeBuffer(i int) {
	in := &t.inputs[i]
	if t.ordered && !t.replaying {
		t.guard.Record(&Determinant{Kind: Order, Channel: uint8(i)})
	}
	b := in.queue.pop()
	if in.recording {
		t.record(i, &b)
	}
	if b.Fresh {
		in.remainder = in.remainder[:0]
		if t.options.Resync {
			in.received = b.First
		}
	}
	if b.First > in.received || (b.First < in.received && !t.options.Deduplicate) {
		if !t.options.Deduplicate {
			t.env.Diverged("INV-06", fmt.Sprintf("%s: input %d continues at record %d, expected %d", t.graph.TaskName(t.id), i, b.First, in.received))
		}
		if b.First > in.received {
			in.received = b.First
		}
	}
	t.current, t.data, t.pos, t.seq = i, b.Data, 0, b.First
	if len(in.remainder) > 0 {
		joined := append(append([]byte(nil), in.remainder...), b.Data...)
		t.env.Recycle(b.Data)
		t.data = joined
		in.remainder = in.remainder[:0]
	}
}

// nextRecord gives the next whole record of the current buffer that was not
// received before; it ends the buffer and gives false where there is none.
func (t *Task) nextRecord() ([]byte, bool) {
	in := &t.inputs[t.current]
	for t.pos < len(t.data) {
		left := t.data[t.pos:]
		if len(left) < recordHeader || len(left) < recordHeader+int(binary.LittleEndian.Uint16(left)) {
			in.remainder = append(in.remainder[:0], left...)
			t.pos = len(t.data)
			break
		}
		size := int(binary.LittleEndian.Uint16(left))
		t.pos += recordHeader + size
		t.seq++
		if t.seq <= in.received && t.options.Deduplicate {
			continue
		}
		in.received = t.seq
		return left[recordHeader : recordHeader+size], true
	}
	data := t.data
	t.current, t.data = -1, nil
	t.env.Recycle(data)
	return nil, false
}
