package causallog

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// A delta is a row of pieces: log (2 bytes), epoch (4), offset (4), length (4),
// then that many bytes of the log.
const pieceHeader = 14

// Cursor is what has been sent on one connection, per log that the channel
// shares: the epoch and how much of it; earlier epochs have been sent whole.
type Cursor struct {
	shared []LogID
	at     []place // per shared log
	index  []int16 // per log: its place among shared, -1 if it is not shared
}

type place struct {
	epoch  int32
	offset int32
}

// NewCursor begins a connection on a channel: nothing has been sent.
func (s *Store) NewCursor(c channelID) *Cursor {
	shared := s.layout.Shared(c)
	cursor := &Cursor{shared: shared, at: make([]place, len(shared)), index: make([]int16, len(s.logs))}
	for id := range cursor.index {
		cursor.index[id] = -1
	}
	for i, id := range shared {
		cursor.index[id] = int16(i)
	}
	return cursor
}

// Reset begins a new connection.
func (c *Cursor) Reset() { clear(c.at) }

// AppendDelta appends everything that is held beyond the cursor of the logs
// that its channel shares, of all epochs, and advances the cursor: own log and
// replicas of one instant, so that what the receiver holds is causally closed.
// Of an own log that is being repeated, all that is installed counts as held.
func (s *Store) AppendDelta(dst []byte, c *Cursor) []byte {
	for i, id := range c.shared {
		l := &s.logs[id]
		if len(l.segments) == 0 {
			continue
		}
		last := s.from + int32(len(l.segments)) - 1
		at := &c.at[i]
		if at.epoch >= last && (at.epoch > last || int(at.offset) == len(l.segments[last-s.from].data)) {
			continue
		}
		if at.epoch < s.from {
			*at = place{epoch: s.from}
		}
		for e := at.epoch; e <= last; e++ {
			data := l.segments[e-s.from].data
			if e > at.epoch {
				*at = place{epoch: e}
			}
			if n := len(data) - int(at.offset); n > 0 {
				dst = appendPiece(dst, id, e, int(at.offset), data[at.offset:])
				at.offset = int32(len(data))
			}
		}
	}
	return dst
}

func appendPiece(dst []byte, id LogID, epoch int32, offset int, data []byte) []byte {
	var header [pieceHeader]byte
	be := binary.BigEndian
	be.PutUint16(header[:], uint16(id))
	be.PutUint32(header[2:], uint32(epoch))
	be.PutUint32(header[6:], uint32(offset))
	be.PutUint32(header[10:], uint32(len(data)))
	dst = append(dst, header[:]...)
	return append(dst, data...)
}

// heldThere advances the cursor over what the other end evidently holds, since
// it sent it.
func (c *Cursor) heldThere(p *piece) {
	i := c.index[p.log]
	if i < 0 {
		return
	}
	at, end := &c.at[i], int32(p.offset+len(p.data))
	if at.epoch < p.epoch || at.epoch == p.epoch && at.offset < end {
		*at = place{epoch: p.epoch, offset: end}
	}
}

// piece is one decoded piece of a delta.
type piece struct {
	log    LogID
	epoch  int32
	offset int
	data   []byte
}

// next takes the piece at the front of a delta.
func next(delta []byte, logs int) (p piece, rest []byte, err error) {
	if len(delta) < pieceHeader {
		return p, nil, &Malformed{Text: fmt.Sprintf("a piece needs a header of %d bytes, %d are left", pieceHeader, len(delta))}
	}
	be := binary.BigEndian
	p.log, p.epoch = LogID(be.Uint16(delta)), int32(be.Uint32(delta[2:]))
	offset, n := be.Uint32(delta[6:]), be.Uint32(delta[10:])
	delta = delta[pieceHeader:]
	if int(p.log) >= logs || p.epoch < 0 || offset > 1<<31-1 || uint64(n) > uint64(len(delta)) {
		return p, nil, &Malformed{Text: fmt.Sprintf("a piece of log %d, epoch %d, offset %d, length %d, with %d bytes left", p.log, p.epoch, offset, n, len(delta))}
	}
	p.offset, p.data = int(offset), delta[:n]
	return p, delta[n:], nil
}

// epochsAhead bounds how far beyond the oldest epoch kept a piece may lie, so
// that hostile bytes cannot ask for endless memory.
const epochsAhead = 1 << 12

// Merged is what a merge did.
type Merged struct {
	Pieces int
	New    int // bytes appended
	Old    int // bytes that were held already, and compared
}

// Merge takes a delta in: what lies beyond the held length is appended, what is
// held already is compared. Pieces of dropped epochs are ignored. Up to the
// first error everything is merged; the rest of the delta is not. Errors are
// *Conflict, *Gap, *Ahead and *Malformed.
//
// If there is a connection back to the sender, its cursor need not send what
// the sender has just shown to hold; nil if there is none.
func (s *Store) Merge(delta []byte, reverse *Cursor) (m Merged, err error) {
	for len(delta) > 0 {
		var p piece
		if p, delta, err = next(delta, len(s.logs)); err != nil {
			return m, err
		}
		m.Pieces++
		if p.epoch < s.from {
			continue
		}
		if p.epoch-s.from > epochsAhead {
			return m, &Malformed{Text: fmt.Sprintf("epoch %d, with %d the oldest kept", p.epoch, s.from)}
		}
		if err := s.mergePiece(&p, &m); err != nil {
			return m, err
		}
		if reverse != nil {
			reverse.heldThere(&p)
		}
	}
	return m, nil
}

func (s *Store) mergePiece(p *piece, m *Merged) error {
	held := s.Bytes(p.log, p.epoch)
	if p.offset > len(held) {
		return &Gap{Log: s.layout.Name(p.log), Epoch: p.epoch, Offset: p.offset, Held: len(held)}
	}
	overlap := min(len(held)-p.offset, len(p.data))
	if overlap > 0 {
		m.Old += overlap
		if !bytes.Equal(held[p.offset:p.offset+overlap], p.data[:overlap]) {
			return &Conflict{Log: s.layout.Name(p.log), Epoch: p.epoch, Offset: p.offset}
		}
	}
	fresh := p.data[overlap:]
	if len(fresh) == 0 {
		return nil
	}
	if s.layout.Owner(p.log) == s.owner {
		return &Ahead{Log: s.layout.Name(p.log), Epoch: p.epoch, Offset: p.offset + overlap}
	}
	seg := s.segment(p.log, p.epoch)
	seg.data = append(seg.data, fresh...)
	s.size += len(fresh)
	m.New += len(fresh)
	return nil
}

// AppendAnswer appends all logs held, of epochs from one on, as a delta.
func (s *Store) AppendAnswer(dst []byte, from int32) []byte {
	for id := range s.logs {
		for i := range s.logs[id].segments {
			epoch := s.from + int32(i)
			if data := s.logs[id].segments[i].data; epoch >= from && len(data) > 0 {
				dst = appendPiece(dst, LogID(id), epoch, 0, data)
			}
		}
	}
	return dst
}

// DeltaSizes tells the headers of a well-formed delta from its determinants.
func DeltaSizes(delta []byte) (header, determinants int) {
	for len(delta) >= pieceHeader {
		n := int(binary.BigEndian.Uint32(delta[10:]))
		header += pieceHeader
		determinants += n
		delta = delta[pieceHeader+n:]
	}
	return header, determinants
}

// Filter keeps the pieces of a well-formed delta for which keep is true, in
// place.
func Filter(delta []byte, keep func(id LogID, epoch int32) bool) []byte {
	kept := delta[:0]
	for len(delta) >= pieceHeader {
		size := pieceHeader + int(binary.BigEndian.Uint32(delta[10:]))
		if keep(LogID(binary.BigEndian.Uint16(delta)), int32(binary.BigEndian.Uint32(delta[2:]))) {
			kept = append(kept, delta[:size]...)
		}
		delta = delta[size:]
	}
	return kept
}
