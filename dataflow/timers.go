package dataflow

import "encoding/binary"

// timers are the armed timers of a task. All have the same delay, so they
// come due in the order in which they were set, unless the clock went back
// between two of them; a handle is a timer's place in the order in which they were
// set since the job began, which makes it the same in replay.
type timers struct {
	first uint64 // handle of list[head]
	list  []timer
	head  int
	turn  uint64 // handle of the last one that is due before the one set before it: from here on they are in order
}

type timer struct {
	at   int64 // due, by the task's clock, ns
	key  uint64
	dead bool // cancelled or fired
}

func (t *timers) set(at int64, key uint64) uint64 {
	if t.head > 64 && 2*t.head > len(t.list) {
		n := copy(t.list, t.list[t.head:])
		t.list, t.head = t.list[:n], 0
	}
	t.add(timer{at: at, key: key})
	return t.first + uint64(len(t.list)-t.head) - 1
}

func (t *timers) add(e timer) {
	if n := len(t.list); n > t.head && e.at < t.list[n-1].at {
		t.turn = t.first + uint64(n-t.head)
	}
	t.list = append(t.list, e)
}

// take removes a timer and gives its key; false if it is not armed.
func (t *timers) take(handle uint64) (key uint64, ok bool) {
	i := handle - t.first // of a handle before the first: far beyond the last
	if i >= uint64(len(t.list)-t.head) {
		return 0, false
	}
	e := &t.list[t.head+int(i)]
	if e.dead {
		return 0, false
	}
	e.dead = true
	t.skip()
	return e.key, true
}

func (t *timers) skip() {
	for t.head < len(t.list) && t.list[t.head].dead {
		t.head++
		t.first++
	}
}

// next gives the timer that comes due first; of several the one that was set
// first.
func (t *timers) next() (at int64, handle uint64, ok bool) {
	if t.head == len(t.list) {
		return 0, 0, false
	}
	best := t.head
	if t.first < t.turn {
		for i := t.head + 1; i < len(t.list); i++ {
			if e := &t.list[i]; !e.dead && e.at < t.list[best].at {
				best = i
			}
		}
	}
	return t.list[best].at, t.first + uint64(best-t.head), true
}

func (t *timers) armed() int {
	n := 0
	for _, e := range t.list[t.head:] {
		if !e.dead {
			n++
		}
	}
	return n
}

// timerBytes is what encode takes up for each.
const timerBytes = 8 + 8 + 1

func (t *timers) encode(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, t.first)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(t.list)-t.head))
	for _, e := range t.list[t.head:] {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.at))
		dst = binary.LittleEndian.AppendUint64(dst, e.key)
		if e.dead {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	}
	return dst
}

func (t *timers) decode(r *Reader) {
	t.first = r.Uint64()
	t.list, t.head, t.turn = t.list[:0], 0, 0
	for range r.Uint32() {
		at, key, dead := r.Uint64(), r.Uint64(), r.Byte()
		if r.Failed {
			return
		}
		t.add(timer{at: int64(at), key: key, dead: dead != 0})
	}
	t.skip()
}
