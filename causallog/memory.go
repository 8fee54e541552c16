package causallog

// Memory is what logs that are no longer needed leave to later ones: segments,
// chunks and rings, with nothing in them. A run that follows another in the
// same process need not allocate what that one did. The zero value is empty and
// ready; one run at a time may use it.
type Memory struct {
	epochs [][]segment // each for as many logs as it has segments
	chunks [][]byte
	rings  [][]Entry
}

// On gives the same layout for logs that take their memory from m, and give it
// back to it when they are released.
func (l *Layout) On(m *Memory) *Layout {
	on := *l
	on.memory = m
	return &on
}

// last takes what was given back last, if there is anything.
func last[T any](list *[][]T) []T {
	n := len(*list)
	if n == 0 {
		return nil
	}
	taken := (*list)[n-1]
	*list = (*list)[:n-1]
	return taken
}

// segments gives empty segments for a number of logs; nil if there are none.
func (m *Memory) segments(logs int) []segment {
	if m == nil {
		return nil
	}
	segments := last(&m.epochs)
	if len(segments) != logs { // of another job: of no use
		m.epochs = m.epochs[:0]
		return nil
	}
	return segments
}

func (m *Memory) chunk(n int) []byte {
	if m == nil {
		return nil
	}
	if chunk := last(&m.chunks); cap(chunk) >= n {
		return chunk
	}
	return nil
}

func (m *Memory) ring() []Entry {
	if m == nil {
		return nil
	}
	return last(&m.rings)
}

// Release gives the memory of all logs back. The store must not be used after
// it.
func (s *Store) Release() {
	m := s.layout.memory
	if m == nil {
		return
	}
	s.Truncate(s.newest() + 1)
	m.epochs = append(m.epochs, s.spare...)
	*s = Store{}
}

// Release gives the memory of the log back, which must not be used after it.
func (f *InFlight) Release() {
	m := f.arena.memory
	if m == nil {
		return
	}
	for i := range f.arena.chunks {
		m.chunks = append(m.chunks, f.arena.chunks[i].memory[:0])
	}
	for _, spare := range f.arena.spare {
		m.chunks = append(m.chunks, spare[:0])
	}
	if len(f.ring) > 0 {
		clear(f.ring)
		m.rings = append(m.rings, f.ring)
	}
	*f = InFlight{}
}
