package dataflow

import "encoding/binary"

// What switches of Broken do where a line does not do.

// orderOtherwise logs where a buffer came from as a broken protocol would.
func (t *Task) orderOtherwise(i int) {
	if in := &t.inputs[i]; t.options.Broken.NoOrderOfReleased && in.released > 0 {
		in.released--
		return
	}
	t.log(Determinant{Kind: Order, Channel: uint8(i)})
	if !t.options.Broken.OrderPerRecord {
		return
	}
	data := t.taken.Data[t.taken.Skip:]
	for first := t.taken.Skip == 0; len(data) >= recordHeader; first = false {
		if !first {
			t.log(Determinant{Kind: Order, Channel: uint8(i)})
		}
		data = data[min(len(data), recordHeader+int(binary.LittleEndian.Uint16(data))):]
	}
}

// countedBefore is how far the count of records runs ahead while one is about
// to be processed.
func (t *Task) countedBefore() uint32 {
	if t.options.Broken.CountFirst && t.current >= 0 {
		return 1
	}
	return 0
}

// answers gives the call that a logged answer goes to.
func (t *Task) answers(key uint64) uint64 {
	if t.options.Broken.AnswerInTurn && len(t.calls) > 0 {
		return t.calls[0].key
	}
	return key
}

// Discard drops what an input has received and the task has not read. Only a
// broken protocol does.
func (t *Task) Discard(i int) {
	for t.inputs[i].queue.n > 0 {
		t.inputs[i].queue.pop()
	}
}

// forget leaves out of a restored state what a broken protocol leaves out.
func (t *Task) forget() {
	broken := &t.options.Broken
	if broken.ForgetTimers {
		t.timers.list = t.timers.list[:0]
	}
	if broken.ForgetCalls {
		t.calls = t.calls[:0]
	}
	if broken.ForgetRemainders {
		for i := range t.inputs {
			t.inputs[i].remainder = nil
		}
	}
}

// ahead is how many records too many a source's snapshot counts.
func (t *Task) ahead() uint64 {
	if t.options.Broken.SourceAhead && t.graph.IsSource(t.id) {
		return 1
	}
	return 0
}
