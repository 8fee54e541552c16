package sim

import "math/bits"

// add appends an event to its slot.
func (l *Ladder) add(level int, e Event) {
	digit := uint8(e.At >> (digitBits * uint(level) & 63))
	s := &l.slots[level&(levelCount-1)][digit]
	if s.fill == chunkEvents || s.count == 0 {
		l.extend(s, level, digit)
	}
	l.chunks[s.last].events[s.fill] = e
	s.fill++
	s.count++
}

// extend gives a slot a fresh last chunk, and marks the slot as occupied if it was empty.
func (l *Ladder) extend(s *slot, level int, digit uint8) {
	c := l.free
	if c != 0 {
		l.free = l.chunks[c].next
	} else {
		c = uint32(len(l.chunks))
		l.chunks = append(l.chunks, chunk{})
	}
	if s.count == 0 {
		s.first = c
		l.levels |= 1 << level
		l.occupied[level][digit/64] |= 1 << (digit % 64)
	} else {
		l.chunks[s.last].next = c
	}
	s.last, s.fill = c, 0
}

// firstSlot returns the earliest occupied slot. There must be one.
func (l *Ladder) firstSlot() (level int, digit uint8) {
	level = bits.TrailingZeros32(l.levels)
	for w, word := range l.occupied[level] {
		if word != 0 {
			return level, uint8(64*w + bits.TrailingZeros64(word))
		}
	}
	panic("sim: a level of the ladder is marked as occupied and has no slot")
}

// refill moves the earliest slot into the empty bottom, and reports whether there was one. A call of it is followed
// by a pop, so that origin is never later than the present when an event is pushed.
func (l *Ladder) refill() bool {
	for l.levels != 0 {
		level, digit := l.firstSlot()
		taken := l.slots[level][digit]
		l.slots[level][digit] = slot{}
		words := &l.occupied[level]
		words[digit/64] &^= 1 << (digit % 64)
		if words[0]|words[1]|words[2]|words[3] == 0 {
			l.levels &^= 1 << level
		}
		below := Time(1)<<(digitBits*level) - 1
		upTo := below<<digitBits | (digitCount - 1)
		l.origin = l.origin&^upTo | Time(digit)<<(digitBits*level)
		if taken.count <= gatherMax || level == 0 {
			l.limit = l.origin | below
			l.depth = level
			l.gather(taken, level)
			return true
		}
		l.spread(taken, level-1)
	}
	return false
}

// spread distributes a slot over the next finer level, which is empty. A later push finds an event of equal time
// behind the ones spread here, but for digit zero, which belongs to finer levels still: refill takes that slot at once.
func (l *Ladder) spread(s slot, level int) {
	left := s.count
	for c := s.first; left > 0; c = l.release(c) {
		n := min(left, chunkEvents)
		for i := range n {
			l.add(level, l.chunks[c].events[i])
		}
		left -= n
	}
}

// gather sorts a slot of the given level into the empty bottom.
func (l *Ladder) gather(s slot, level int) {
	if s.count <= insertMax || level == 0 {
		l.bottom = l.bottom[:0]
		left := s.count
		for c := s.first; left > 0; c = l.release(c) {
			n := min(left, chunkEvents)
			l.bottom = append(l.bottom, l.chunks[c].events[:n]...)
			left -= n
		}
	} else {
		l.gatherByDigit(s, level)
	}
	l.head = 0
	sortByInsertion(l.bottom)
}

// gatherByDigit puts a slot into the bottom in the order of the next finer digit, stably: counted, then placed.
func (l *Ladder) gatherByDigit(s slot, level int) {
	var places [digitCount]uint16
	shift := digitBits * uint(level-1) & 63
	left := s.count
	for c := s.first; left > 0; c = l.chunks[c].next {
		n := min(left, chunkEvents)
		for i := range l.chunks[c].events[:n] {
			places[uint8(l.chunks[c].events[i].At>>shift)]++
		}
		left -= n
	}
	sum := uint16(0)
	for digit, n := range places {
		places[digit] = sum
		sum += n
	}
	b := l.bottom[:s.count]
	left = s.count
	for c := s.first; left > 0; c = l.release(c) {
		n := min(left, chunkEvents)
		for i := range l.chunks[c].events[:n] {
			e := l.chunks[c].events[i]
			place := &places[uint8(e.At>>shift)]
			b[*place] = e
			*place++
		}
		left -= n
	}
	l.bottom = b
}

// sortByInsertion sorts events by time, stably.
func sortByInsertion(b []Event) {
	for i := 1; i < len(b); i++ {
		e := b[i]
		j := i
		for j > 0 && b[j-1].At > e.At {
			b[j] = b[j-1]
			j--
		}
		b[j] = e
	}
}

// release returns a chunk to the free list, and the one that followed it in its slot.
func (l *Ladder) release(c uint32) (next uint32) {
	next = l.chunks[c].next
	l.chunks[c].next = l.free
	l.free = c
	return next
}
