package causallog

import (
	"slices"

	"simrun/dataflow"
)

// Store is all logs that one task holds: its own and replicas of others. Each
// log has a segment an epoch, from epoch From on. Of the bytes of all epochs of
// a log, in order, a store holds a prefix.
type Store struct {
	layout   *Layout
	owner    dataflow.TaskID
	from     int32       // epochs before it are dropped
	epoch    int32       // of the own logs
	epochs   [][]segment // epochs[i] is epoch from+i, a segment per log; nil if nothing was ever held of it
	spare    [][]segment // of epochs that were dropped: their memory is used again
	changes  uint64      // counts what was appended to any log
	changed  []uint64    // per log: changes when it was last appended to; 0: never
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

// segment is what is held of a log's epoch.
type segment struct {
	data []byte
	// repeated is how far the present incarnation has written or compared the
	// segment of an own log; what lies beyond was installed and is still to be
	// repeated. 0 <= repeated <= len(data). Replicas leave it at 0.
	repeated int
}

func (s *segment) add(data []byte) {
	if len(data) > cap(s.data)-len(s.data) {
		s.grow(len(data))
	}
	s.data = append(s.data, data...)
}

// grow makes room for n bytes at least, and for twice as many as there was:
// append alone would copy a long segment four times on its way.
func (s *segment) grow(n int) { s.data = slices.Grow(s.data, max(n, cap(s.data))) }

// NewStore makes an empty store that keeps epochs from a number on.
func NewStore(l *Layout, owner dataflow.TaskID, from int32) *Store {
	return &Store{layout: l, owner: owner, from: from, epoch: from, held: make([]int, l.Logs()), edges: make([][]edge, l.mains), changed: make([]uint64, l.Logs()), groups: newGroups(l)}
}

// Owner is the task whose store it is.
func (s *Store) Owner() dataflow.TaskID { return s.owner }

// From is the first epoch kept.
func (s *Store) From() int32 { return s.from }

// Size is the number of bytes held.
func (s *Store) Size() int { return s.size }

// of gives the segments of an epoch, one per log; nil if nothing is held of it.
func (s *Store) of(epoch int32) []segment {
	if i := int(epoch - s.from); i >= 0 && i < len(s.epochs) {
		return s.epochs[i]
	}
	return nil
}

// newest is the last epoch of which anything is held of any log; From()-1 if
// nothing is.
func (s *Store) newest() int32 { return s.from + int32(len(s.epochs)) - 1 }

// Bytes gives what is held of a log's epoch. It must not be changed.
func (s *Store) Bytes(id LogID, epoch int32) []byte {
	if segments := s.of(epoch); segments != nil {
		return segments[id].data
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
	for i := len(s.epochs) - 1; i >= 0; i-- {
		if segments := s.epochs[i]; segments != nil && len(segments[id].data) > 0 {
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
	seg.add(data)
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
	if segments := s.of(epoch); segments != nil {
		return &segments[id]
	}
	return &s.begin(int(epoch - s.from))[id]
}

// segmentBytes is what a segment holds before it grows for the first time.
const segmentBytes = 64

// begin gives an epoch segments: those of a dropped one, or new ones.
func (s *Store) begin(i int) []segment {
	for i >= len(s.epochs) {
		s.epochs = append(s.epochs, nil)
	}
	if last := len(s.spare) - 1; last >= 0 {
		s.epochs[i] = s.spare[last]
		s.spare = s.spare[:last]
		return s.epochs[i]
	}
	if segments := s.layout.memory.segments(s.layout.Logs()); segments != nil {
		s.epochs[i] = segments
		return segments
	}
	segments, memory := make([]segment, s.layout.Logs()), make([]byte, segmentBytes*s.layout.Logs())
	for id := range segments {
		from := segmentBytes * id
		segments[id].data = memory[from : from : from+segmentBytes]
	}
	s.epochs[i] = segments
	return segments
}

// Truncate drops all epochs before one. Its memory is used again.
func (s *Store) Truncate(n int32) {
	if n <= s.from {
		return
	}
	s.settle(n)
	drop := min(int(n-s.from), len(s.epochs))
	for _, segments := range s.epochs[:drop] {
		if segments == nil {
			continue
		}
		for id := range segments {
			s.resized(LogID(id), -len(segments[id].data))
			segments[id] = segment{data: segments[id].data[:0]}
		}
		s.spare = append(s.spare, segments)
	}
	s.epochs = s.epochs[:copy(s.epochs, s.epochs[drop:])]
	s.from = n
}
