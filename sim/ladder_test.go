package sim

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// A pair drives the ladder and the heap with the same schedule and compares all that comes out.
type pair struct {
	t      rapid.TB
	ladder *Ladder
	heap   Heap
	now    Time
	pushed uint32
}

func newPair(t rapid.TB) *pair { return &pair{t: t, ladder: NewLadder()} }

// push schedules an event at a delay from now. Arg numbers the events, so that events of equal time are told apart.
func (p *pair) push(delay Time) {
	p.pushed++
	e := Event{At: p.now + delay, Dst: p.pushed % 7, Arg: p.pushed}
	if e.At < p.now {
		e.At = math.MaxInt64
	}
	p.ladder.Push(e)
	p.heap.Push(e)
}

func (p *pair) pop() bool {
	want, wantOK := p.heap.Pop()
	next, nextOK := p.ladder.NextTime()
	got, ok := p.ladder.Pop()
	if got != want || ok != wantOK {
		p.t.Fatalf("after %d pushes the ladder pops %v %v, the heap %v %v", p.pushed, got, ok, want, wantOK)
	}
	if nextOK != wantOK || next != want.At {
		p.t.Fatalf("after %d pushes NextTime is %d %v, the next event %v %v", p.pushed, next, nextOK, want, wantOK)
	}
	if p.ladder.Len() != p.heap.Len() {
		p.t.Fatalf("after %d pushes the ladder holds %d events, the heap %d", p.pushed, p.ladder.Len(), p.heap.Len())
	}
	if ok {
		p.now = got.At
	}
	return ok
}

func (p *pair) drain() {
	for p.pop() {
	}
}

func TestLadderPopsAsHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPair(t)
		delay := rapid.OneOf(
			rapid.Just[int64](0),
			rapid.Int64Range(0, 3),
			rapid.Int64Range(0, 1000),
			rapid.Int64Range(0, 1<<20),
			rapid.Int64Range(0, 1<<40),
			rapid.Int64Range(0, math.MaxInt64),
		)
		for range rapid.IntRange(1, 30).Draw(t, "phases") {
			// A burst shares one delay or one narrow range; the pops after it let some of it go.
			base, width := Time(delay.Draw(t, "base")), delay.Draw(t, "width")
			step := Time(width / 64)
			for i := range rapid.IntRange(0, 200).Draw(t, "burst") {
				if base > math.MaxInt64-64*step {
					p.push(base)
				} else {
					p.push(base + Time(i*37%64)*step)
				}
			}
			for range rapid.IntRange(0, 200).Draw(t, "pops") {
				if p.pop() && rapid.IntRange(0, 9).Draw(t, "follow") == 0 {
					p.push(Time(delay.Draw(t, "delay")))
				}
			}
		}
		p.drain()
	})
}

// Long runs of fixed shape, each at several numbers of pending events.
func TestLadderShapes(t *testing.T) {
	long := Exponential(int64(Second))
	short := Exponential(200)
	for _, shape := range []struct {
		name  string
		delay func(s *Stream) Time
	}{
		{"all at once", func(s *Stream) Time { return 0 }},
		{"ties", func(s *Stream) Time { return Time(s.Uint64n(4)) * 1000 }},
		{"exponential", func(s *Stream) Time { return Time(long.Draw(s)) }},
		{"two scales", func(s *Stream) Time {
			if s.Uint64n(10) == 0 {
				return Time(long.Draw(s))
			}
			return Time(short.Draw(s))
		}},
		{"zero or far", func(s *Stream) Time { return Time(s.Uint64n(2)) * 1000 * Second }},
		{"every scale", func(s *Stream) Time { return Time(s.Uint64() >> (10 + s.Uint64n(54))) }},
	} {
		for _, pending := range []int{1, 2, 47, 48, 49, 1000, 20000} {
			t.Run(fmt.Sprintf("%s/%d", shape.name, pending), func(t *testing.T) {
				p := newPair(t)
				s := NewStream(1, uint64(pending), 0, 0)
				for range pending {
					p.push(shape.delay(&s))
				}
				for range 40000 {
					p.pop()
					if d := shape.delay(&s); d < math.MaxInt64-p.now {
						p.push(d)
					}
				}
				p.drain()
				if p.pushed < 1000 {
					t.Errorf("only %d events", p.pushed)
				}
			})
		}
	}
}

// Pushing earlier and earlier events before the first pop must not sort by insertion.
func TestLadderDescendingPushes(t *testing.T) {
	p := newPair(t)
	for i := range Time(50000) {
		p.push(50000*Millisecond - i*Millisecond)
	}
	if live := len(p.ladder.bottom) - p.ladder.head; live > 2*reach {
		t.Errorf("%d events in the bottom", live)
	}
	p.drain()
}

func TestLadderRefusesThePast(t *testing.T) {
	l := NewLadder()
	l.Push(Event{At: 5})
	l.Pop()
	l.Push(Event{At: 5}) // the present is allowed
	mustPanic(t, "pushed at 4 ns, before the present 5 ns", func() { l.Push(Event{At: 4}) })
}

// After a drain every chunk must be on the free list.
func TestLadderReturnsChunks(t *testing.T) {
	l := NewLadder()
	s := NewStream(1, 0, 0, 0)
	for round := range 5 {
		for range 10000 {
			l.Push(Event{At: l.now + Time(s.Uint64n(uint64(Second)))})
		}
		for l.Len() > 0 {
			l.Pop()
		}
		free := 0
		for c := l.free; c != 0; c = l.chunks[c].next {
			free++
		}
		if free != len(l.chunks)-1 {
			t.Fatalf("round %d: %d of %d chunks are free", round, free, len(l.chunks)-1)
		}
	}
}
