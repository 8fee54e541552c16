package causallog

import "simrun/dataflow"

// Store is all logs that one task holds: its own and replicas of others. Each
// log is a row of segments, one an epoch, from epoch From on. Of the bytes of
// all epochs of a log, in order, a store holds a prefix.
type Store struct {
	layout   *Layout
	owner    dataflow.TaskID
	from     int32 // epochs before it are dropped
	epoch    int32 // of the own logs
	logs     []log
	changes  uint64   // counts what was appended to any log
	changed  []uint64 // per log: changes when it was last appended to; 0: never
	size     int
	unit     int   // bytes of a memory segment; 0: memory is counted by the byte (pool.go)
	units    int   // segments taken
	held     []int // per log: bytes, in all epochs
	tally    Tally
	counting bool     // what is sent is counted, too
	edges    [][]edge // per main log: of what was sent of it (tally.go)
	cover    []int32  // scratch, all zero
	cursors  []*Cursor
	groups   groups
	scratch  []byte // a determinant that is decided again
	headers  int    // bytes of headers in the last delta
}

// log is one log's segments: segments[i] is epoch from+i.
type log struct {
	segments []segment
	spare    [][]byte // memory of dropped segments
}

type segment struct {
	data []byte
	// repeated is how far the present incarnation has written or compared the
	// segment of an own log; what lies beyond was installed and is still to be
	// repeated. 0 <= repeated <= len(data). Replicas leave it at 0.
	repeated int
}

// NewStore makes an empty store that keeps epochs from a number on.
func NewStore(l *Layout, owner dataflow.TaskID, from int32) *Store {
	return &Store{layout: l, owner: owner, from: from, epoch: from, logs: make([]log, l.Logs()), held: make([]int, l.Logs()), edges: make([][]edge, l.mains), changed: make([]uint64, l.Logs()), groups: newGroups(l)}
}

// Owner is the task whose store it is.
func (s *Store) Owner() dataflow.TaskID { return s.owner }

// From is the first epoch kept.
func (s *Store) From() int32 { return s.from }

// Size is the number of bytes held.
func (s *Store) Size() int { return s.size }

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

// Epochs gives the first and the last epoch of which anything is held of a
// log; From() and From()-1 if nothing is.
func (s *Store) Epochs(id LogID) (first, last int32) {
	last = s.Last(id)
	for first = s.from; first < last && s.Len(id, first) == 0; first++ {
	}
	return first, last
}

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

// AppendBytes appends raw bytes to an epoch of any log. To an own log they
// count as written by the present incarnation, if all before them do. An epoch
// that was dropped is not kept.
func (s *Store) AppendBytes(id LogID, epoch int32, data []byte) {
	if epoch < s.from {
		return
	}
	seg := s.extend(id, epoch, data)
	if s.layout.owners[id] == s.owner && seg.repeated == len(seg.data)-len(data) {
		seg.repeated = len(seg.data)
	}
}

// extend appends to the segment of an epoch, which must not be before From.
func (s *Store) extend(id LogID, epoch int32, data []byte) *segment {
	seg := s.segment(id, epoch)
	seg.data = append(seg.data, data...)
	s.grown(id, len(data))
	return seg
}

func (s *Store) grown(id LogID, bytes int) {
	s.resized(id, bytes)
	s.changes++
	s.changed[id] = s.changes
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
		l.segments = append(l.segments, segment{data: memory})
	}
	return &l.segments[epoch-s.from]
}

// Truncate drops all epochs before one. Its memory is used again.
func (s *Store) Truncate(n int32) {
	if n <= s.from {
		return
	}
	s.settle(n)
	for id := range s.logs {
		l := &s.logs[id]
		drop := min(int(n-s.from), len(l.segments))
		for i := range drop {
			s.resized(LogID(id), -len(l.segments[i].data))
			if cap(l.segments[i].data) > 0 {
				l.spare = append(l.spare, l.segments[i].data)
			}
		}
		l.segments = l.segments[:copy(l.segments, l.segments[drop:])]
	}
	s.from = n
}
