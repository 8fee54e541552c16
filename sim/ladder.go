package sim

import (
	"fmt"
	"math"
	"math/bits"
)

// An Event is a delivery at one instant. It holds no pointer: what is delivered lies in a slab of the destination,
// and Arg says where.
type Event struct {
	At  Time
	Dst uint32
	Arg uint32
}

const (
	digitBits  = 8
	digitCount = 1 << digitBits
	levelCount = 64 / digitBits

	// A slot of at most gatherMax events is sorted straight into the bottom, one of at most insertMax by insertion alone.
	// A larger one is spread one level finer.
	gatherMax = 512
	insertMax = 16
	// An event is inserted into the bottom if it comes to lie within reach of one of its ends. Otherwise the bottom spills
	// what lies beyond a nearer limit.
	reach = 20
)

// A Ladder is a monotone priority queue of events: a radix heap over the bytes of time, with a sorted array below
// it. Events of equal time leave in the order in which they were pushed.
//
// Time is cut in two by limit. Events up to it are in the bottom, sorted. Each later event lies in the slot
// (level, digit), where level is the highest byte in which its time differs from origin, and digit is that byte of
// its time. So all events of one slot precede those of the next occupied slot, slots of lower levels precede those
// of higher levels, and events of equal time are always together, oldest first. When the bottom runs dry, the
// first slot is sorted into it or spread one level finer. When an event would come to lie deep inside the bottom, the
// bottom is spilled into finer slots than it came from. So an event is moved at most twice per level.
type Ladder struct {
	bottom []Event // sorted by time, stable; the events before head have been popped
	head   int
	limit  Time // the bottom holds exactly the events with At <= limit
	depth  int  // limit is origin with its lowest depth bytes set; levels below depth are empty
	now    Time // the time of the last event popped; nothing may be pushed before it
	origin Time // slots are relative to it; origin <= now, but within a call of refill
	length int  // events in the bottom and in the slots

	levels   uint32                              // bit per level: some slot of it is occupied
	occupied [levelCount][digitCount / 64]uint64 // bit per slot
	slots    [levelCount][digitCount]slot
	chunks   []chunk
	free     uint32 // first chunk of the free list; 0 is none
}

// A slot is a list of chunks, all full but the last.
type slot struct {
	first, last uint32 // chunks; meaningless while count is 0
	count       uint32 // events in all chunks
	fill        uint32 // events in the last chunk
}

const chunkEvents = 15

// A chunk is 256 bytes without a pointer.
type chunk struct {
	events [chunkEvents]Event
	next   uint32
	_      [12]byte
}

// NewLadder returns an empty queue at time zero.
func NewLadder() *Ladder {
	return &Ladder{
		bottom: make([]Event, 0, 2*gatherMax),
		limit:  math.MaxInt64,
		depth:  levelCount,
		chunks: make([]chunk, 1, 16), // chunk 0 is never used: 0 ends a list
	}
}

// reset makes the queue what NewLadder gives, and keeps its memory.
func (l *Ladder) reset() {
	clear(l.slots[:])
	clear(l.occupied[:])
	l.bottom, l.head, l.chunks, l.free = l.bottom[:0], 0, l.chunks[:1], 0
	l.limit, l.depth, l.now, l.origin, l.length, l.levels = math.MaxInt64, levelCount, 0, 0, 0, 0
}

// Len returns the number of events in the queue.
func (l *Ladder) Len() int { return l.length }

// Push adds an event. It panics if the event lies before the last event popped.
func (l *Ladder) Push(e Event) {
	if e.At < l.now {
		panicPast(e, l.now)
	}
	l.length++
	if e.At > l.limit {
		level := (bits.Len64(uint64(e.At^l.origin)) - 1) / digitBits
		l.add(level, e)
		return
	}
	l.insert(e)
}

func panicPast(e Event, now Time) {
	panic(fmt.Sprintf("sim: event for destination %d (argument %d) pushed at %d ns, before the present %d ns", e.Dst, e.Arg, e.At, now))
}

// Pop removes and returns the earliest event, and false if there is none.
func (l *Ladder) Pop() (Event, bool) {
	if l.head == len(l.bottom) && !l.refill() {
		return Event{}, false
	}
	e := l.bottom[l.head]
	l.head++
	l.length--
	l.now = e.At
	return e, true
}

// NextTime returns the time of the earliest event, and false if there is none. It leaves the queue as it is, so it
// looks through the whole first slot if the bottom is empty.
func (l *Ladder) NextTime() (Time, bool) {
	if l.head < len(l.bottom) {
		return l.bottom[l.head].At, true
	}
	if l.levels == 0 {
		return 0, false
	}
	level, digit := l.firstSlot()
	s := &l.slots[level][digit]
	earliest := Time(math.MaxInt64)
	for left, c := int(s.count), s.first; left > 0; left, c = left-chunkEvents, l.chunks[c].next {
		for _, e := range l.chunks[c].events[:min(left, chunkEvents)] {
			earliest = min(earliest, e.At)
		}
	}
	return earliest, true
}

// popAt removes and returns the earliest event if its time is the present. Events of equal time are all in the
// bottom once the first of them has been popped.
func (l *Ladder) popAt() (Event, bool) {
	if l.head == len(l.bottom) || l.bottom[l.head].At != l.now {
		return Event{}, false
	}
	return l.Pop()
}

// insert puts an event into the bottom, behind those of equal time, if its place is near enough to either end.
// Otherwise the bottom is spilled first.
func (l *Ladder) insert(e Event) {
	if l.head == len(l.bottom) {
		l.bottom, l.head = l.bottom[:0], 0
	} else if len(l.bottom) == cap(l.bottom) && l.head >= len(l.bottom)/2 {
		l.bottom = l.bottom[:copy(l.bottom, l.bottom[l.head:])]
		l.head = 0
	}
	b, first := l.bottom, l.head
	if len(b)-first > reach && b[len(b)-reach].At > e.At {
		if first > 0 && e.At < b[first+reach-1].At {
			// Near the head: the events before it move into the place of one that was popped.
			first--
			l.head = first
			for b[first+1].At <= e.At {
				b[first] = b[first+1]
				first++
			}
			b[first] = e
			return
		}
		// Here depth is not 0: if it were, all events of the bottom would be of the present, and so would e.
		l.spill()
		l.length--
		l.Push(e)
		return
	}
	b = append(b, e)
	i := len(b) - 1
	for i > first && b[i-1].At > e.At {
		b[i] = b[i-1]
		i--
	}
	b[i] = e
	l.bottom = b
}

// spill lowers the limit until the bottom holds at most half of reach, and moves the others into slots. Without it a
// queue that grows within one wide slot would sort by insertion.
func (l *Ladder) spill() {
	live := l.bottom[l.head:]
	l.origin = l.now
	keep := len(live)
	for l.depth > 0 && keep > reach/2 {
		l.depth--
		l.limit = l.origin | (1<<(digitBits*l.depth) - 1)
		for keep > 0 && live[keep-1].At > l.limit {
			keep--
		}
	}
	for _, e := range live[keep:] {
		l.add((bits.Len64(uint64(e.At^l.origin))-1)/digitBits, e)
	}
	l.bottom = l.bottom[:l.head+keep]
}
