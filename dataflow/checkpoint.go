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
		dst = le.AppendUint64(dst, in.received)
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
	r := &reader{data: checkpoint}
	t.epoch = int32(r.uint32())
	for i := range t.inputs {
		t.inputs[i].received = r.uint64()
		t.inputs[i].remainder = append([]byte(nil), r.bytes(int(r.uint32()))...)
		t.inputs[i].skipping = r.byte() != 0
	}
	for i := range t.outputs {
		t.outputs[i].emitted = r.uint64()
		t.outputs[i].ended = t.outputs[i].emitted
	}
	t.timers.decode(r)
	if t.options.Broken.ForgetTimers {
		t.timers.list = t.timers.list[:0]
	}
	for range r.uint32() {
		c := call{key: r.uint64()}
		c.request = append(c.request, r.bytes(int(r.uint32()))...)
		if r.failed {
			break
		}
		t.calls = append(t.calls, c)
	}
	state := r.bytes(int(r.uint64()))
	if r.failed || t.epoch < 0 {
		return fmt.Errorf("checkpoint of %s: cut off", t.graph.TaskName(t.id))
	}
	if err := t.operator.Restore(state); err != nil {
		return fmt.Errorf("checkpoint of %s: %w", t.graph.TaskName(t.id), err)
	}
	for len(r.data) > 0 {
		i, b := readBuffer(r)
		if r.failed || i >= len(t.inputs) || !t.inputs[i].feedback {
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

func readBuffer(r *reader) (int, Buffer) {
	i := int(r.byte())
	b := Buffer{Epoch: -1, Fresh: r.byte() != 0, Skip: int32(r.uint32())}
	b.First = r.uint64()
	b.Data = append([]byte(nil), r.bytes(int(r.uint32()))...)
	if b.Skip < 0 || int(b.Skip) > len(b.Data) {
		r.failed = true
	}
	return i, b
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// reader takes values off the front of bytes; failed is set once they run out.
type reader struct {
	data   []byte
	failed bool
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.failed, r.data = true, nil
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}
