package pipeline

import (
	"encoding/binary"
	"fmt"
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
	r := reader{src: src}
	slots := len(c.counts)
	c.counts = r.numbers(c.counts[:0])
	c.total, c.counting, c.counted = r.number(), r.number(), r.number()
	ticking := r.byte()
	c.ticking = ticking == 1
	c.known = c.known[:0]
	for range r.length(8) {
		c.known = append(c.known, binary.LittleEndian.Uint64(r.take(8)))
	}
	c.replyOf = r.numbers(c.replyOf[:0])
	c.replies = append(c.replies[:0], r.take(r.length(1))...)
	kept := len(c.replies) / c.cfg.replyBytes()
	switch {
	case r.failed || len(r.src) > 0 || ticking > 1:
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

// reader takes values off the front of a snapshot; failed is set once they run
// out, and everything read from then on is zero.
type reader struct {
	src    []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.src) {
		r.failed, r.src = true, nil
		return nil
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) number() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// length reads a number of things of so many bytes each that follow: wrong
// bytes cannot ask for endless memory.
func (r *reader) length(bytesEach int) int {
	n := int(r.number())
	if n*bytesEach > len(r.src) {
		r.failed, r.src = true, nil
		return 0
	}
	return n
}

func (r *reader) numbers(into []uint32) []uint32 {
	for range r.length(4) {
		into = append(into, r.number())
	}
	return into
}
