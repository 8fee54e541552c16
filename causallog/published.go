package causallog

import (
	"math"

	"simrun/dataflow"
)

// Bound is what a buffer's delta carries as published (Clonos 4.3).
type Bound struct {
	Cuts   LogID // the channel's own cut log: up to Epoch and, in it, Offset
	Epoch  int32
	Offset int
	// OneEpoch: nothing of an epoch after the buffer's, of any log.
	OneEpoch bool
}

// AppendDeltaUpTo is AppendDelta within a bound. What is held back comes with a
// later buffer.
func (s *Store) AppendDeltaUpTo(dst []byte, c *Cursor, b Bound) []byte {
	c.seen, s.headers = 0, 0
	s.tally.deltas += c.counted
	others := unbounded
	if b.OneEpoch {
		others = place{epoch: b.Epoch, offset: math.MaxInt32}
	}
	for i, id := range c.shared {
		bound := others
		if id == b.Cuts {
			bound = place{epoch: b.Epoch, offset: int32(b.Offset)}
		}
		if s.changed[id] > 0 {
			dst = s.appendLog(dst, c, i, bound)
		}
	}
	if s.counting {
		s.endDelta()
	}
	return dst
}

// AppendAll appends everything gathered.
func (g *Gather) AppendAll(dst []byte) []byte { return g.store.AppendAnswer(dst, g.store.from) }

// AppendOldest appends what is held of the oldest epoch of a task's logs, as if
// it were of another one.
func (s *Store) AppendOldest(dst []byte, owner dataflow.TaskID, as int32) []byte {
	for id := range LogID(s.layout.Logs()) {
		if s.layout.owners[id] != owner {
			continue
		}
		if first, last := s.Epochs(id); first <= last {
			dst = appendPiece(dst, id, as, 0, s.Bytes(id, first))
		}
	}
	return dst
}
