package netmodel

// An Egress is the broker's side of one egress task: the records it was sent, in order, and which of them clients may
// see. A record waits with its sender's epoch until that epoch is released. The zero value is empty and ready for use.
//
// It takes records as they come: that a sender's epochs never decrease is for the protocol to ensure and for the checks
// to judge.
type Egress struct {
	data    []byte // the waiting records, one after the other
	waiting []waiting
}

type waiting struct {
	end   int // in data; the record starts where the one before it ends
	epoch int32
}

// Append adds a copy of a record that its sender sent in an epoch. It is not visible yet.
func (e *Egress) Append(epoch int32, record []byte) {
	e.data = append(e.data, record...)
	e.waiting = append(e.waiting, waiting{len(e.data), epoch})
}

// Release makes all records of epochs before the given one visible, in the order in which they were appended, by
// handing each to visit. The bytes are valid during that call only, and visit must not use the Egress.
func (e *Egress) Release(epoch int32, visit func(record []byte)) {
	start := 0
	for _, w := range e.waiting {
		if w.epoch < epoch {
			visit(e.data[start:w.end:w.end])
		}
		start = w.end
	}
	e.keep(func(w int32) bool { return w >= epoch })
}

// Abort drops the waiting records of the given epoch and of those after it.
func (e *Egress) Abort(epoch int32) {
	e.keep(func(w int32) bool { return w < epoch })
}

// keep moves the records of some epochs together and forgets the others.
func (e *Egress) keep(kept func(epoch int32) bool) {
	start, to, n := 0, 0, 0
	for _, w := range e.waiting {
		end := w.end
		if kept(w.epoch) {
			to += copy(e.data[to:], e.data[start:end])
			e.waiting[n] = waiting{to, w.epoch}
			n++
		}
		start = end
	}
	e.data, e.waiting = e.data[:to], e.waiting[:n]
}

// Pending returns the number of records that wait.
func (e *Egress) Pending() int { return len(e.waiting) }
