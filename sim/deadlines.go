package sim

import "fmt"

// Deadlines holds the timeouts of one duration, which therefore expire in the order in which they were set. Only its
// head needs an event in the queue; most deadlines are cancelled before they become the head and never cost one.
// The zero value is empty and ready.
//
// A ring of 16-byte entries: sequence number s lies in ring[s & (len(ring)-1)] for head <= s < tail.
type Deadlines struct {
	ring       []deadline // length 0 or a power of two
	head, tail uint64
	live       int  // entries in [head, tail) that are not cancelled
	last       Time // the latest time pushed
}

type deadline struct {
	at  Time // cancelled if negative
	key uint64
}

const cancelled Time = -1

// Push adds a deadline and returns the sequence number that cancels it. Times must not decrease, which holds if the
// duration is always the same; it panics if they do.
func (d *Deadlines) Push(at Time, key uint64) (seq uint64) {
	if at < d.last {
		panic(fmt.Sprintf("sim: deadline at %d ns (key %d) pushed behind one at %d ns", at, key, d.last))
	}
	if d.tail-d.head == uint64(len(d.ring)) {
		d.grow()
	}
	seq = d.tail
	d.ring[seq&uint64(len(d.ring)-1)] = deadline{at, key}
	d.tail++
	d.live++
	d.last = at
	return seq
}

func (d *Deadlines) grow() {
	ring := make([]deadline, max(16, 2*len(d.ring)))
	for s := d.head; s < d.tail; s++ {
		ring[s&uint64(len(ring)-1)] = d.ring[s&uint64(len(d.ring)-1)]
	}
	d.ring = ring
}

// Cancel removes a deadline and reports whether it was still pending.
func (d *Deadlines) Cancel(seq uint64) bool {
	if seq < d.head || seq >= d.tail {
		return false
	}
	e := &d.ring[seq&uint64(len(d.ring)-1)]
	if e.at == cancelled {
		return false
	}
	e.at = cancelled
	d.live--
	return true
}

// Head returns the earliest pending deadline, and drops the cancelled ones before it.
func (d *Deadlines) Head() (at Time, key uint64, seq uint64, ok bool) {
	for ; d.head < d.tail; d.head++ {
		if e := d.ring[d.head&uint64(len(d.ring)-1)]; e.at != cancelled {
			return e.at, e.key, d.head, true
		}
	}
	return 0, 0, 0, false
}

// PopHead removes the deadline that Head returned. It panics if there is none.
func (d *Deadlines) PopHead() {
	if _, _, _, ok := d.Head(); !ok {
		panic("sim: PopHead of no deadline")
	}
	d.head++
	d.live--
}

// Len returns the number of pending deadlines.
func (d *Deadlines) Len() int { return d.live }
