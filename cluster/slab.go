package cluster

// slab keeps values of one kind at stable numbers and reuses them, so that
// events stay free of pointers. The zero value is empty and ready.
type slab[T any] struct {
	items []*T
	spare []uint32
	used  int
}

// new gives the number of a free value, which holds whatever it held before.
func (s *slab[T]) new() (uint32, *T) {
	s.used++
	if n := len(s.spare); n > 0 {
		slot := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return slot, s.items[slot]
	}
	n := len(s.items)
	if n < cap(s.items) && s.items[:n+1][n] != nil { // left by reset
		s.items = s.items[:n+1]
	} else {
		s.items = append(s.items, new(T))
	}
	return uint32(n), s.items[n]
}

// reset frees all values and keeps them: numbers begin anew.
func (s *slab[T]) reset() {
	s.items, s.spare, s.used = s.items[:0], s.spare[:0], 0
}

func (s *slab[T]) at(slot uint32) *T { return s.items[slot] }

func (s *slab[T]) free(slot uint32) {
	s.used--
	s.spare = append(s.spare, slot)
}
