package pipeline

import (
	"encoding/binary"
	"fmt"

	"simrun/dataflow"
)

// Snapshot implements dataflow.Operator.
func (c *count) Snapshot(dst []byte) []byte {
	le := binary.LittleEndian
	dst = appendNumbers(dst, c.counts)
	dst = le.AppendUint32(dst, c.total)
	dst = le.AppendUint32(dst, c.counting)
	dst = le.AppendUint32(dst, c.counted)
	ticking := byte(0)
	if c.ticking {
		ticking = 1
	}
	dst = append(dst, ticking)
	dst = le.AppendUint32(dst, uint32(len(c.known)))
	for _, word := range c.known {
		dst = le.AppendUint64(dst, word)
	}
	dst = appendNumbers(dst, c.replyOf)
	dst = le.AppendUint32(dst, uint32(len(c.replies)))
	return append(dst, c.replies...)
}

func appendNumbers(dst []byte, numbers []uint32) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(numbers)))
	for _, n := range numbers {
		dst = binary.LittleEndian.AppendUint32(dst, n)
	}
	return dst
}

// Restore implements dataflow.Operator. After an error the state is spoilt.
func (c *count) Restore(src []byte) error {
	r := reader{dataflow.Reader{Src: src}}
	slots := len(c.counts)
	c.counts = r.numbers(c.counts[:0])
	c.total, c.counting, c.counted = r.Uint32(), r.Uint32(), r.Uint32()
	ticking := r.Byte()
	c.ticking = ticking == 1
	c.known = c.known[:0]
	for range r.Count(8) {
		c.known = append(c.known, binary.LittleEndian.Uint64(r.Take(8)))
	}
	c.replyOf = r.numbers(c.replyOf[:0])
	c.replies = append(c.replies[:0], r.Take(r.Count(1))...)
	kept := len(c.replies) / c.cfg.replyBytes()
	switch {
	case r.Failed || len(r.Src) > 0 || ticking > 1:
		return fmt.Errorf("a snapshot of %s/%d is cut off, or goes on behind its end", StageName(c.stage), c.index)
	case len(c.counts) != slots:
		return fmt.Errorf("a snapshot of %s/%d has %d keys, not %d", StageName(c.stage), c.index, len(c.counts), slots)
	case len(c.replies)%c.cfg.replyBytes() != 0:
		return fmt.Errorf("a snapshot of %s/%d has half a reply", StageName(c.stage), c.index)
	}
	for op, n := range c.replyOf {
		if int(n) > kept {
			return fmt.Errorf("a snapshot of %s/%d has no reply %d, to operation %d", StageName(c.stage), c.index, n, op)
		}
	}
	return nil
}

type reader struct{ dataflow.Reader }

func (r *reader) numbers(into []uint32) []uint32 {
	for range r.Count(4) {
		into = append(into, r.Uint32())
	}
	return into
}
