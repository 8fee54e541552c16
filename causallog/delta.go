package causallog

import (
	"bytes"
	"fmt"
	"math"
)

// Cursor is what has been sent on one connection, per log that the channel
// shares: the epoch and how much of it; earlier epochs have been sent whole.
type Cursor struct {
	shared  []LogID
	at      []place // per shared log
	index   []int16 // per log: its place among shared, -1 if it is not shared
	store   *Store
	counted int64  // 1 if the channel shares anything
	seen    uint64 // Store.changes at the last delta: a log that has not changed since has nothing new
}

type place struct {
	epoch  int32
	offset int32
	begun  int32 // what lies between here and offset was sent and is not counted by kind yet (tally.go)
}

// NewCursor begins a connection on a channel: nothing has been sent. The
// cursor belongs to this store.
func (s *Store) NewCursor(c channelID) *Cursor {
	shared := s.layout.Shared(c)
	cursor := &Cursor{shared: shared, store: s, at: make([]place, len(shared)), index: make([]int16, s.layout.Logs())}
	s.cursors = append(s.cursors, cursor)
	if len(shared) > 0 {
		cursor.counted = 1
	}
	for id := range cursor.index {
		cursor.index[id] = -1
	}
	for i, id := range shared {
		cursor.index[id] = int16(i)
	}
	return cursor
}

// Reset begins a new connection.
func (c *Cursor) Reset() {
	c.settle()
	clear(c.at)
	c.seen = 0
}

// Shares says whether the channel shares any log.
func (c *Cursor) Shares() bool { return len(c.shared) > 0 }

// heldThere advances the cursor over what the other end evidently holds, since
// it sent it. Whoever holds a byte of an epoch holds all of the owner's earlier
// epochs: every delta carries them first.
func (c *Cursor) heldThere(p *piece) {
	i := c.index[p.log]
	if i < 0 {
		return
	}
	at, end := &c.at[i], int32(p.offset+len(p.data))
	if at.epoch < p.epoch || at.epoch == p.epoch && at.offset < end {
		if c.store.counting && at.begun != at.offset {
			c.settleLog(int(i))
		}
		*at = place{p.epoch, end, end}
	}
}

// AppendDelta appends everything that is held beyond the cursor of the logs
// that its channel shares, of all epochs, and advances the cursor: own log and
// replicas of one instant, so that what the receiver holds is causally closed.
// Of an own log that is being repeated, all that is installed counts as held.
func (s *Store) AppendDelta(dst []byte, c *Cursor) []byte {
	seen := c.seen
	s.headers = 0
	s.tally.deltas += c.counted
	if seen == s.changes {
		return dst
	}
	c.seen = s.changes
	newest := s.newest()
	segments := s.of(newest)
	for i, id := range c.shared {
		if s.changed[id] <= seen {
			continue
		}
		at := &c.at[i]
		if at.epoch < newest || segments == nil { // nothing may be left after a truncation
			dst = s.appendLog(dst, c, i, unbounded)
		} else if data := segments[id].data; int(at.offset) < len(data) {
			dst = s.appendFresh(dst, id, at, data)
		}
	}
	if s.counting {
		s.endDelta()
	}
	return dst
}

// appendFresh appends what a segment holds beyond a place in it.
func (s *Store) appendFresh(dst []byte, id LogID, at *place, data []byte) []byte {
	before, fresh := len(dst), data[at.offset:]
	dst = appendPiece(dst, id, at.epoch, int(at.offset), fresh)
	s.headers += len(dst) - before - len(fresh)
	if s.counting {
		s.sent(id, at.epoch, len(fresh))
	}
	at.offset = int32(len(data))
	return dst
}

// HeaderBytes is how much of the delta that was appended last is headers.
func (s *Store) HeaderBytes() int { return s.headers }

// unbounded is a bound that holds nothing back.
var unbounded = place{epoch: math.MaxInt32}

// appendLog appends what lies beyond at and before a bound.
func (s *Store) appendLog(dst []byte, c *Cursor, i int, bound place) []byte {
	id, at := c.shared[i], &c.at[i]
	if at.epoch < s.from {
		*at = place{epoch: s.from}
	}
	for e := at.epoch; e <= min(bound.epoch, s.newest()); e++ {
		segments := s.epochs[e-s.from]
		if segments == nil {
			continue
		}
		data := segments[id].data
		if e == bound.epoch {
			data = data[:min(int(bound.offset), len(data))]
		}
		if e > at.epoch && len(data) > 0 {
			if s.counting {
				c.settleLog(i)
			}
			*at = place{epoch: e}
		}
		if int(at.offset) < len(data) {
			dst = s.appendFresh(dst, id, at, data)
		}
	}
	return dst
}

// AppendAnswer appends all logs held, of epochs from one on, as a delta.
func (s *Store) AppendAnswer(dst []byte, from int32) []byte {
	for id := range LogID(s.layout.Logs()) {
		for epoch := max(from, s.from); epoch < s.from+int32(len(s.epochs)); epoch++ {
			if data := s.Bytes(id, epoch); len(data) > 0 {
				dst = appendPiece(dst, id, epoch, 0, data)
			}
		}
	}
	return dst
}

// epochsAhead bounds how far beyond the oldest epoch kept a piece may lie, so
// that hostile bytes cannot ask for endless memory.
const epochsAhead = 1 << 12

// noChannel is where an answer comes from, which tells everything.
const noChannel channelID = -1

// Merged is what a merge did.
type Merged struct {
	Pieces int
	New    int   // bytes appended
	Old    int   // bytes that were held already, and compared
	Beyond int   // pieces of logs that the receiver has no need of
	Stray  LogID // the last of those
}

// Merge takes a delta in: what lies beyond the held length is appended, what is
// held already is compared. Pieces of dropped epochs are ignored.
//
// The first error is given: *Conflict, *Gap, *Ahead or *Malformed. A piece that
// conflicts, leaves a gap or is ahead of its owner appends nothing; the
// others are merged all the same, so that one wrong log does not tear the next.
// Of malformed bytes everything before them is merged and nothing after.
//
// If there is a connection back to the sender, its cursor need not send what
// the sender has just shown to hold; nil if there is none. Logs that have no
// business on the channel are merged, and counted.
func (s *Store) Merge(delta []byte, on channelID, reverse *Cursor) (m Merged, err error) {
	var p piece
	logs, needed := s.layout.Logs(), s.layout.neededOn(on)
	for len(delta) > 0 {
		n := p.take(delta, logs)
		if n == 0 {
			return m, first(err, malformed(delta, logs))
		}
		delta = delta[n+len(p.data):]
		m.Pieces++
		if needed != nil && needed[p.log>>6]>>(p.log&63)&1 == 0 {
			m.Beyond++
			m.Stray = p.log
		}
		if p.epoch < s.from {
			s.tally.Late += int64(len(p.data))
			continue
		}
		if p.epoch-s.from > epochsAhead {
			return m, first(err, &Malformed{Text: fmt.Sprintf("epoch %d, with %d the oldest kept", p.epoch, s.from)})
		}
		if segments := s.of(p.epoch); segments != nil && p.offset == len(segments[p.log].data) && s.layout.owners[p.log] != s.owner {
			segments[p.log].add(p.data) // as a rule a replica goes on where it ends
			s.grown(p.log, len(p.data))
			m.New += len(p.data)
			s.tally.New += int64(len(p.data))
		} else if failed := s.mergePiece(&p, &m); failed != nil {
			err = first(err, failed)
			continue
		}
		if reverse != nil {
			reverse.heldThere(&p)
		}
	}
	return m, err
}

func first(err, later error) error {
	if err != nil {
		return err
	}
	return later
}

// mergePiece merges a piece that may lie anywhere.
func (s *Store) mergePiece(p *piece, m *Merged) error {
	held, fresh := s.Bytes(p.log, p.epoch), p.data
	if p.offset != len(held) {
		if p.offset > len(held) {
			return &Gap{Log: s.layout.Name(p.log), Epoch: p.epoch, Offset: p.offset, Held: len(held)}
		}
		known := held[p.offset:]
		overlap := min(len(known), len(fresh))
		m.Old += overlap
		s.tally.Again += int64(overlap)
		if !bytes.Equal(known[:overlap], fresh[:overlap]) {
			return s.layout.conflict(p.log, p.epoch, p.offset, known[:overlap], fresh[:overlap])
		}
		fresh = fresh[overlap:]
	}
	if len(fresh) == 0 {
		return nil
	}
	if s.layout.owners[p.log] == s.owner {
		return &Ahead{Log: s.layout.Name(p.log), Epoch: p.epoch, Offset: len(held)}
	}
	s.extend(p.log, p.epoch, fresh)
	m.New += len(fresh)
	s.tally.New += int64(len(fresh))
	return nil
}
