package dataflow

import (
	"encoding/binary"
	"fmt"
)

// Emit implements Context.
func (t *Task) Emit(edge, to int, record []byte) {
	if len(record) > 1<<16-1 {
		panic(fmt.Sprintf("dataflow: %s emits a record of %d bytes; the length field holds 65535", t.graph.TaskName(t.id), len(record)))
	}
	i := t.outBase[edge] + to
	o := &t.outputs[i]
	if len(o.open) == 0 && !t.replaying {
		t.env.Opened(i)
	}
	o.open = binary.LittleEndian.AppendUint16(o.open, uint16(len(record)))
	o.open = append(o.open, record...)
	o.emitted++
	if len(o.open) >= t.options.BufferBytes {
		t.full = append(t.full, i)
	}
}

// Flush cuts an open buffer because its time is up. In replay the log decides.
func (t *Task) Flush(i int) {
	if !t.replaying && len(t.outputs[i].open) > 0 {
		t.cut(i, len(t.outputs[i].open))
	}
}

// Open is the number of bytes in an open output buffer.
func (t *Task) Open(i int) int { return len(t.outputs[i].open) }

func (t *Task) cutFull() {
	for _, i := range t.full {
		t.cutOpen(i)
	}
	t.full = t.full[:0]
}

func (t *Task) cutAllFull() {
	for i := range t.outputs {
		t.cutOpen(i)
	}
}

// cutOpen cuts full buffers off an output. What is left opens another one.
func (t *Task) cutOpen(i int) {
	o := &t.outputs[i]
	for len(o.open) >= t.options.BufferBytes {
		t.cut(i, t.options.BufferBytes)
	}
	if len(o.open) > 0 {
		t.env.Opened(i)
	}
}

// cutReplayed cuts what the output logs say, as soon as the bytes are there.
// An output whose log has ended is cut when it is full, as if live.
func (t *Task) cutReplayed() {
	for i := range t.outputs {
		for {
			size, ok := t.guard.NextCut(i)
			if !ok {
				size = t.options.BufferBytes
			}
			if len(t.outputs[i].open) == 0 || len(t.outputs[i].open) < size {
				break
			}
			t.cut(i, size)
		}
	}
	t.full = t.full[:0]
}

// cut finishes the first n bytes of an open buffer.
func (t *Task) cut(i, n int) {
	o := &t.outputs[i]
	first, skip := o.ended, min(o.tail, n)
	if n == len(o.open) {
		o.ended, o.tail = o.emitted, 0
	} else {
		t.countEnded(o, n)
	}
	t.guard.Cut(i, n)
	t.env.Built(i, Buffer{Epoch: t.epoch, Index: o.index, First: first, Skip: int32(skip), Data: o.open[:n]})
	o.index++
	o.open = o.open[:copy(o.open, o.open[n:])]
}

// countEnded advances ended and tail over a cut inside the open buffer.
func (t *Task) countEnded(o *output, n int) {
	pos := 0
	if o.tail > n {
		o.tail -= n
		return
	}
	if o.tail > 0 {
		pos = o.tail
		o.ended++
	}
	o.tail = 0
	for pos+recordHeader <= len(o.open) && pos < n {
		end := pos + recordHeader + int(binary.LittleEndian.Uint16(o.open[pos:]))
		if end > n {
			o.tail = end - n
			return
		}
		pos = end
		o.ended++
	}
}

// cutForBarrier finishes an open buffer at the end of an epoch and emits the
// barrier behind it: buffers never span epochs.
func (t *Task) cutForBarrier(i int, next int32) {
	o := &t.outputs[i]
	if len(o.open) > 0 {
		t.cut(i, len(o.open))
	}
	if size, ok := t.guard.NextCut(i); t.replaying && ok && size != BarrierBytes {
		t.env.Diverged("INV-04", fmt.Sprintf("%s: output %d: a buffer of %d bytes was built where replay has the barrier of epoch %d",
			t.graph.TaskName(t.id), i, size, next))
	}
	t.guard.Cut(i, BarrierBytes)
	t.env.Built(i, Buffer{Epoch: t.epoch, Index: o.index, First: o.ended, Barrier: true, Next: next})
	o.index = 0
}
