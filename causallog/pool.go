package causallog

import "slices"

// Determinant memory as Clonos has it: a pool of segments of one size, of which
// every log that a task can hold takes one at least, and as many as its bytes
// fill (over all epochs). Without segments the bytes themselves count.

// SetSegment sets the size of segments; 0: none.
func (s *Store) SetSegment(bytes int) {
	s.unit, s.units, s.sizes = bytes, 0, nil
	if bytes == 0 || s.owner == nobody {
		return
	}
	s.sizes = make([]int, s.layout.Logs())
	for _, segments := range s.epochs {
		for id := range segments {
			s.sizes[id] += len(segments[id].data)
		}
	}
	held := s.layout.Held(s.owner)
	for id, size := range s.sizes { // a gather may have brought more than the owner can hold
		if _, can := slices.BinarySearch(held, LogID(id)); can || size > 0 {
			s.units += s.unitsOf(size)
		}
	}
}

func (s *Store) unitsOf(bytes int) int { return max(1, (bytes+s.unit-1)/s.unit) }

// Used is how much of a pool the store takes up.
func (s *Store) Used() int {
	if s.unit == 0 {
		return s.size
	}
	return s.units * s.unit
}

// resized counts what a log has gained or lost.
func (s *Store) resized(id LogID, bytes int) {
	s.size += bytes
	if s.sizes != nil {
		s.units += s.unitsOf(s.sizes[id]+bytes) - s.unitsOf(s.sizes[id])
		s.sizes[id] += bytes
	}
	if s.layout.owners[id] != s.owner {
		s.tally.Replicas += int64(bytes)
		s.tally.ReplicasPeak = max(s.tally.ReplicasPeak, s.tally.Replicas)
	}
}
