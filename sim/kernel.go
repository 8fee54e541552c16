package sim

import "fmt"

// Ties says in which order events of equal time are dispatched.
type Ties uint8

const (
	// TiesByRule dispatches them in the order in which they were scheduled.
	TiesByRule Ties = iota
	// TiesShuffled permutes each run of events of equal time by a stream keyed by the seed, to explore orders that a
	// real network allows. Events of equal destination keep their relative order. A run is what is scheduled for an
	// instant when its first event is dispatched; what is scheduled for that instant later makes up the next run.
	TiesShuffled
)

// A Kernel holds the present, the events to come and the digest of the events past. It is single-threaded: the owner
// loops over Next and hands each event to its destination, which schedules more.
type Kernel struct {
	now    Time
	step   uint64 // events dispatched
	queue  *Ladder
	digest digest

	ties    Ties
	stream  Stream   // of the shuffle
	run     []Event  // TiesShuffled: events of the present, permuted
	runHead int      // those before it have been dispatched
	before  []Event  // scratch of the shuffle: the run as it came
	order   []uint64 // scratch of the shuffle: its indexes by destination
	place   []uint64 // scratch of the shuffle: the places by destination
}

// NewKernel returns a kernel at time zero with nothing to do. The seed decides nothing unless ties are shuffled, but
// is part of the digest.
func NewKernel(seed uint64, ties Ties) *Kernel {
	return &Kernel{
		queue:  NewLadder(),
		digest: newDigest(seed, make([]uint64, 0, 1024)),
		ties:   ties,
		stream: NewStream(seed, 0, 0, purposeTies),
	}
}

// Reset makes the kernel what NewKernel gives, and keeps its memory.
func (k *Kernel) Reset(seed uint64, ties Ties) {
	k.queue.reset()
	*k = Kernel{
		queue:  k.queue,
		digest: newDigest(seed, k.digest.blocks[:0]),
		ties:   ties,
		stream: NewStream(seed, 0, 0, purposeTies),
		run:    k.run[:0],
		before: k.before[:0], order: k.order[:0], place: k.place[:0],
	}
}

// purposeTies is outside the range that users of the package count up from.
const purposeTies Purpose = 0xffff_fff0

// Now returns the time of the event last dispatched.
func (k *Kernel) Now() Time { return k.now }

// Step returns the number of events dispatched so far; while an event is handled, it is that event's number from 1.
func (k *Kernel) Step() uint64 { return k.step }

// Pending returns the number of events to come.
func (k *Kernel) Pending() int { return k.queue.length + len(k.run) - k.runHead }

// At schedules an event. It panics if the time has passed.
func (k *Kernel) At(at Time, dst, arg uint32) {
	if at < k.now {
		panic(fmt.Sprintf("sim: step %d: event for destination %d (argument %d) scheduled at %d ns, %d ns before the present %d ns",
			k.step, dst, arg, at, k.now-at, k.now))
	}
	k.queue.Push(Event{at, dst, arg})
}

// After schedules an event at a delay from now. It panics if the delay is negative.
func (k *Kernel) After(d Time, dst, arg uint32) { k.At(k.now+d, dst, arg) }

// Next removes the next event, makes its time the present, counts it and folds it into the digest. It returns false
// if there is none.
func (k *Kernel) Next() (Event, bool) {
	var e Event
	if k.ties == TiesByRule {
		var ok bool
		if e, ok = k.queue.Pop(); !ok {
			return e, false
		}
	} else {
		if k.runHead == len(k.run) && !k.nextRun() {
			return e, false
		}
		e = k.run[k.runHead]
		k.runHead++
	}
	k.now = e.At
	k.digest.event(k.step, e)
	k.step++
	return e, true
}

// NextTime returns the time of the next event, and false if there is none. It changes nothing.
func (k *Kernel) NextTime() (Time, bool) {
	if k.runHead < len(k.run) {
		return k.run[k.runHead].At, true
	}
	return k.queue.NextTime()
}

// Note folds the hash of some content (a message's payload, a reply) into the digest, as part of the current step.
func (k *Kernel) Note(x uint64) { k.digest.note(x) }

// Digest returns a hash of every event dispatched and every note so far, in order.
func (k *Kernel) Digest() [32]byte { return k.digest.sum(k.step) }

// Blocks returns a digest of each 1,024 events and their notes, the unfinished last block included.
func (k *Kernel) Blocks() []uint64 { return k.digest.all() }

// Capture asks for the events and notes of one block, counted from 0. Call it before the run.
func (k *Kernel) Capture(block int) { k.digest.capture(block, k.step) }

// Captured returns the events and notes of the block asked for.
func (k *Kernel) Captured() []Captured { return k.digest.captured }
