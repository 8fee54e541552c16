package dataflow

import (
	"encoding/binary"
	"fmt"
)

// encode appends the local snapshot: everything that a new incarnation needs
// to stand where this one stands at the start of its epoch.
func (t *Task) encode(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(t.epoch))
	for i := range t.inputs {
		in := &t.inputs[i]
		dst = le.AppendUint64(dst, in.received+t.ahead())
		dst = le.AppendUint32(dst, uint32(len(in.remainder)))
		dst = append(dst, in.remainder...)
		dst = append(dst, flag(in.skipping))
	}
	for i := range t.outputs {
		dst = le.AppendUint64(dst, t.outputs[i].emitted)
	}
	dst = t.timers.encode(dst)
	dst = le.AppendUint32(dst, uint32(len(t.calls)))
	for _, c := range t.calls {
		dst = le.AppendUint64(dst, c.key)
		dst = le.AppendUint32(dst, uint32(len(c.request)))
		dst = append(dst, c.request...)
	}
	mark := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	dst = t.operator.Snapshot(dst)
	le.PutUint64(dst[mark:], uint64(len(dst)-mark-8))
	return dst
}

// Restore fills a new incarnation from a checkpoint. Recorded feedback buffers
// become the head of their channel's queue, with their original cuts: the log
// decides when they are read.
func (t *Task) Restore(checkpoint []byte) error {
	r := &Reader{Src: checkpoint}
	t.epoch = int32(r.Uint32())
	for i := range t.inputs {
		t.inputs[i].received = r.Uint64()
		t.inputs[i].remainder = append([]byte(nil), r.Take(int(r.Uint32()))...)
		t.inputs[i].skipping = r.Byte() != 0
	}
	for i := range t.outputs {
		t.outputs[i].emitted = r.Uint64()
		t.outputs[i].ended = t.outputs[i].emitted
	}
	t.timers.decode(r)
	for range r.Uint32() {
		c := call{key: r.Uint64()}
		c.request = append(c.request, r.Take(int(r.Uint32()))...)
		if r.Failed {
			break
		}
		t.calls = append(t.calls, c)
	}
	t.forget()
	state := r.Take(int(r.Uint64()))
	if r.Failed || t.epoch < 0 {
		return fmt.Errorf("checkpoint of %s: cut off", t.graph.TaskName(t.id))
	}
	if err := t.operator.Restore(state); err != nil {
		return fmt.Errorf("checkpoint of %s: %w", t.graph.TaskName(t.id), err)
	}
	for len(r.Src) > 0 {
		i, b := readBuffer(r)
		if r.Failed || i >= len(t.inputs) || !t.inputs[i].feedback {
			return fmt.Errorf("checkpoint of %s: recorded buffers cut off or misplaced", t.graph.TaskName(t.id))
		}
		t.Receive(i, b)
	}
	return nil
}

func appendBuffer(dst []byte, i int, b *Buffer) []byte {
	dst = append(dst, uint8(i), flag(b.Fresh))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(b.Skip))
	dst = binary.LittleEndian.AppendUint64(dst, b.First)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b.Data)))
	return append(dst, b.Data...)
}

func readBuffer(r *Reader) (int, Buffer) {
	i := int(r.Byte())
	b := Buffer{Epoch: -1, Fresh: r.Byte() != 0, Skip: int32(r.Uint32())}
	b.First = r.Uint64()
	b.Data = append([]byte(nil), r.Take(int(r.Uint32()))...)
	if b.Skip < 0 || int(b.Skip) > len(b.Data) {
		r.Failed = true
	}
	return i, b
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
