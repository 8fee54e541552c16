package causallog

import "slices"

// Determinant memory as Clonos has it: a pool of segments of one size, of which
// every log that a task can hold takes one at least, and as many as its bytes
// fill (over all epochs). Without segments the bytes themselves count.

// SetSegment sets the size of segments; 0: none.
func (s *Store) SetSegment(bytes int) {
	s.unit, s.units = bytes, 0
	if bytes == 0 || s.owner == nobody {
		return
	}
	for _, id := range s.layout.Held(s.owner) {
		s.units += s.unitsOf(s.held[id])
	}
	for id := range s.held { // what only a gather has brought
		if _, held := slices.BinarySearch(s.layout.Held(s.owner), LogID(id)); !held && s.held[id] > 0 {
			s.units += s.unitsOf(s.held[id])
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
	if s.unit > 0 {
		s.units += s.unitsOf(s.held[id]+bytes) - s.unitsOf(s.held[id])
	}
	s.held[id] += bytes
}
