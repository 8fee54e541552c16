package causallog

import (
	"bytes"

	"simrun/dataflow"
)

// Store is all logs that one task holds: its own and replicas of others. Each
// log is a row of segments, one an epoch, from epoch From on.
type Store struct {
	layout *Layout
	owner  dataflow.TaskID
	from   int32 // epochs before it are dropped
	epoch  int32 // of the own logs
	logs   []log
	size   int
}

// log is one log's segments: segments[i] is epoch from+i.
type log struct {
	segments []segment
	spare    [][]byte // memory of dropped segments
	// repeated is how far the present epoch of an own log has been written or
	// compared by the present incarnation; what lies beyond was installed and is
	// still to be repeated.
	repeated int
	forsaken bool
}

type segment struct{ data []byte }

// NewStore makes an empty store that keeps epochs from a number on.
func NewStore(l *Layout, owner dataflow.TaskID, from int32) *Store {
	return &Store{layout: l, owner: owner, from: from, epoch: from, logs: make([]log, l.Logs())}
}

// From is the first epoch kept.
func (s *Store) From() int32 { return s.from }

// Size is the number of bytes held.
func (s *Store) Size() int { return s.size }

// StartEpoch tells that the owner's logs enter an epoch.
func (s *Store) StartEpoch(epoch int32) {
	s.epoch = epoch
	for id := range s.logs {
		if s.layout.Owner(LogID(id)) == s.owner {
			s.logs[id].repeated = 0
		}
	}
}

// Append writes a determinant to one of the owner's logs, in the owner's
// epoch. Where the log was installed by a recovery and is being repeated, the
// determinant is compared with what is there: a *Conflict if it differs.
func (s *Store) Append(id LogID, d *dataflow.Determinant) error {
	l := &s.logs[id]
	seg := s.segment(id, s.epoch)
	if l.repeated == len(seg.data) {
		n := len(seg.data)
		seg.data = AppendDeterminant(seg.data, d)
		s.size += len(seg.data) - n
		l.repeated = len(seg.data)
		return nil
	}
	var room [64]byte
	again := AppendDeterminant(room[:0], d)
	held := seg.data[l.repeated:]
	offset := l.repeated
	l.repeated += len(again)
	if len(again) > len(held) || !bytes.Equal(again, held[:len(again)]) {
		return &Conflict{Log: s.layout.Name(id), Epoch: s.epoch, Offset: offset}
	}
	return nil
}

// Leftover is how much of an own log's installed segment of the present epoch
// has not been repeated.
func (s *Store) Leftover(id LogID, epoch int32) int {
	if epoch != s.epoch {
		return 0
	}
	return s.Len(id, epoch) - s.logs[id].repeated
}

// Forsake drops what is installed of an own log and not repeated: a replay
// that has gone astray cannot follow it.
func (s *Store) Forsake(id LogID) {
	l := &s.logs[id]
	for e := s.epoch; int(e-s.from) < len(l.segments); e++ {
		seg := &l.segments[e-s.from]
		keep := 0
		if e == s.epoch {
			keep = min(l.repeated, len(seg.data))
		}
		s.size -= len(seg.data) - keep
		seg.data = seg.data[:keep]
	}
	l.repeated = min(l.repeated, s.Len(id, s.epoch))
}

// segment gives the segment of an epoch, which must not be before From.
func (s *Store) segment(id LogID, epoch int32) *segment {
	l := &s.logs[id]
	for int(epoch-s.from) >= len(l.segments) {
		var memory []byte
		if n := len(l.spare); n > 0 {
			memory = l.spare[n-1][:0]
			l.spare = l.spare[:n-1]
		}
		l.segments = append(l.segments, segment{memory})
	}
	return &l.segments[epoch-s.from]
}

// Bytes gives what is held of a log's epoch. It must not be changed.
func (s *Store) Bytes(id LogID, epoch int32) []byte {
	l := &s.logs[id]
	if i := int(epoch - s.from); i >= 0 && i < len(l.segments) {
		return l.segments[i].data
	}
	return nil
}

// Len is the number of bytes held of a log's epoch.
func (s *Store) Len(id LogID, epoch int32) int { return len(s.Bytes(id, epoch)) }

// Last is the last epoch of which anything is held of a log; From()-1 if none.
func (s *Store) Last(id LogID) int32 {
	l := &s.logs[id]
	for i := len(l.segments) - 1; i >= 0; i-- {
		if len(l.segments[i].data) > 0 {
			return s.from + int32(i)
		}
	}
	return s.from - 1
}

// Truncate drops all epochs before one.
func (s *Store) Truncate(n int32) {
	if n <= s.from {
		return
	}
	for id := range s.logs {
		l := &s.logs[id]
		drop := min(int(n-s.from), len(l.segments))
		for i := range drop {
			s.size -= len(l.segments[i].data)
			l.spare = append(l.spare, l.segments[i].data)
		}
		l.segments = l.segments[:copy(l.segments, l.segments[drop:])]
	}
	s.from = n
}
