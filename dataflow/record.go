package dataflow

import (
	"encoding/binary"
	"fmt"
)

// take pops the buffer or barrier at the head of an input's queue. It is valid
// until the next one is taken.
func (t *Task) take(i int) *Buffer {
	t.taken = t.inputs[i].queue.pop()
	t.env.Taken(i, &t.taken)
	return &t.taken
}

// takeBuffer begins the data buffer at the head of an input. Which one it is
// is a nondeterministic event wherever there is a choice.
func (t *Task) takeBuffer(i int) {
	b := t.take(i)
	if t.ordered {
		t.order(i)
	}
	in := &t.inputs[i]
	if in.recording && !t.options.Broken.ForgetFeedback {
		t.record(i, b)
	}
	t.resume(in, b)
	t.check(i, b)
	t.current, t.data, t.pos, t.seq, t.joined = i, b.Data, int(b.Skip), b.First, false
	switch {
	case in.skipping:
		in.skipping = b.Skip > 0 && int(b.Skip) == len(b.Data)
		if b.Skip > 0 && !in.skipping {
			t.advance(in) // the record that ends here is lost
		}
	case b.Skip > 0:
		in.remainder = append(in.remainder, b.Data[:b.Skip]...)
		t.joined = in.whole()
	}
}

// order logs where the buffer came from, or finds it in the log.
func (t *Task) order(i int) {
	if t.replaying {
		if _, ok := t.guard.Replayed(Order); ok {
			return
		}
	}
	if broken := &t.options.Broken; broken.NoOrderOfReleased || broken.OrderPerRecord {
		t.orderOtherwise(i)
		return
	}
	t.log(Determinant{Kind: Order, Channel: uint8(i)})
}

// resume decides whether a buffer's bytes go on where the input's stopped. On
// a fresh connection they do only if positions are exact (a sender that
// repeats its bytes sends from the told position on, which may lie in the
// middle of a record). Where they do not, the half record is lost.
func (t *Task) resume(in *input, b *Buffer) {
	if in.skipping && !b.Fresh {
		in.received = max(in.received, b.First) // the lost record may have ended with the buffer before
		return
	}
	exact := !t.options.Resync && !t.options.Deduplicate
	fits := in.fits(b)
	if fits && (b.First == in.received || t.options.Deduplicate) && (exact || !b.Fresh) {
		return
	}
	if !fits && !b.Fresh {
		t.env.Diverged("INV-06", fmt.Sprintf("%s: a buffer ends a record with %d bytes, which does not fit the %d that came before",
			t.graph.TaskName(t.id), b.Skip, len(in.remainder)))
	}
	in.remainder, in.skipping = in.remainder[:0], b.Skip > 0
	if b.Fresh && t.options.Resync {
		in.received = b.First
	}
}

// check compares the channel's count of records with the receiver's. What does
// not fit is reported once: then the channel's count holds.
func (t *Task) check(i int, b *Buffer) {
	in := &t.inputs[i]
	if t.options.Deduplicate {
		in.received = max(in.received, b.First)
		return
	}
	if b.First != in.received {
		t.env.Diverged("INV-06", fmt.Sprintf("%s: input %d continues at record %d, expected %d", t.graph.TaskName(t.id), i, b.First, in.received))
		in.received = b.First
	}
}

// fits says whether the start of a buffer can end the record that the input
// has begun.
func (in *input) fits(b *Buffer) bool {
	n := len(in.remainder)
	if n == 0 || b.Skip == 0 {
		return n == 0 && b.Skip == 0
	}
	low, high := in.remainder[0], b.Data[0]
	if n > 1 {
		high = in.remainder[1]
	}
	left := recordHeader + int(low) + int(high)<<8 - n
	return left == int(b.Skip) || left > int(b.Skip) && int(b.Skip) == len(b.Data)
}

// whole says whether the remainder has become a whole record.
func (in *input) whole() bool {
	return len(in.remainder) >= recordHeader &&
		len(in.remainder) == recordHeader+int(binary.LittleEndian.Uint16(in.remainder))
}

// advance counts the record that ends here. It gives false if the record was
// received before.
func (t *Task) advance(in *input) bool {
	t.seq++
	if t.seq <= in.received && t.options.Deduplicate {
		t.duplicates++
		return false
	}
	in.received = t.seq
	return true
}

// nextRecord gives the next whole record of the current buffer that was not
// received before; it ends the buffer and gives false where there is none.
// The bytes are valid until the next call.
func (t *Task) nextRecord() ([]byte, bool) {
	in := &t.inputs[t.current]
	if t.joined {
		t.joined = false
		record := in.remainder[recordHeader:]
		in.remainder = in.remainder[:0]
		if t.advance(in) {
			return record, true
		}
	}
	for !t.endBuffer() {
		left := t.data[t.pos:]
		size := int(binary.LittleEndian.Uint16(left))
		t.pos += recordHeader + size
		if t.advance(in) {
			return left[recordHeader : recordHeader+size], true
		}
	}
	return nil, false
}

// endBuffer ends the current buffer if it holds no further whole record.
func (t *Task) endBuffer() bool {
	left := t.data[t.pos:]
	if len(left) >= recordHeader && len(left) >= recordHeader+int(binary.LittleEndian.Uint16(left)) {
		return false
	}
	if in := &t.inputs[t.current]; len(left) > 0 {
		in.remainder = append(in.remainder[:0], left...)
	}
	data := t.data
	t.current, t.data = -1, nil
	t.env.Recycle(data)
	return true
}
