package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// PHOLD: every event schedules one other at a random destination, 0.1 ms plus an exponential of mean 1 ms later.
// Each destination has a stream of its own. The number of pending events stays the same.
type phold struct {
	streams []Stream
	least   Time
	delay   Dist
}

func newPhold(pending int) *phold {
	p := &phold{streams: make([]Stream, pending), least: Millisecond / 10, delay: Exponential(int64(Millisecond))}
	for i := range p.streams {
		p.streams[i] = NewStream(1, uint64(i), 0, 0)
	}
	return p
}

// next returns what the event schedules.
func (p *phold) next(e Event) Event {
	s := &p.streams[e.Dst]
	at := e.At + p.least + Time(p.delay.Draw(s))
	return Event{At: at, Dst: uint32(s.Uint64n(uint64(len(p.streams)))), Arg: e.Arg}
}

func pholdLadder(p *phold) func(events int) {
	q := NewLadder()
	for i := range p.streams {
		q.Push(p.next(Event{Dst: uint32(i)}))
	}
	return func(events int) {
		for range events {
			e, _ := q.Pop()
			q.Push(p.next(e))
		}
	}
}

func pholdHeap(p *phold) func(events int) {
	q := &Heap{}
	for i := range p.streams {
		q.Push(p.next(Event{Dst: uint32(i)}))
	}
	return func(events int) {
		for range events {
			e, _ := q.Pop()
			q.Push(p.next(e))
		}
	}
}

func pholdKernel(p *phold) func(events int) {
	k := NewKernel(1, TiesByRule)
	for i := range p.streams {
		e := p.next(Event{Dst: uint32(i)})
		k.At(e.At, e.Dst, e.Arg)
	}
	return func(events int) {
		for range events {
			e, _ := k.Next()
			e = p.next(e)
			k.At(e.At, e.Dst, e.Arg)
		}
	}
}

var pholdQueues = []struct {
	name string
	make func(*phold) func(events int)
}{{"ladder", pholdLadder}, {"heap", pholdHeap}, {"kernel", pholdKernel}}

func BenchmarkPhold(b *testing.B) {
	for _, pending := range []int{16, 64, 256, 1024, 16384, 131072} {
		for _, q := range pholdQueues {
			b.Run(fmt.Sprintf("%s/%d", q.name, pending), func(b *testing.B) {
				run := q.make(newPhold(pending))
				run(2 * pending)
				b.ReportAllocs()
				b.ResetTimer()
				run(b.N)
			})
		}
	}
}

// Delays of nanoseconds to minutes in one queue, median 20 us, as service times and links and timeouts mix.
func BenchmarkWideDelays(b *testing.B) {
	for _, pending := range []int{64, 1024, 16384} {
		for _, q := range pholdQueues {
			b.Run(fmt.Sprintf("%s/%d", q.name, pending), func(b *testing.B) {
				p := newPhold(pending)
				p.least, p.delay = 0, LogNormal(int64(20*Microsecond), int64(Second))
				run := q.make(p)
				run(4 * pending)
				b.ResetTimer()
				run(b.N)
			})
		}
	}
}

// The gates of the design: the ladder's time per event as a share of the heap's, model and draws included. Passes of
// the two alternate, and each is represented by its fastest pass, so that other work on the machine delays both or
// neither; an unlucky series is repeated.
func TestLadderBeatsHeap(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("times code: not with -short or -race")
	}
	for _, c := range []struct {
		pending int
		events  int // in a pass
		gate    float64
	}{{1024, 200_000, 0.56}, {131072, 400_000, 0.47}} {
		const series, passes = 4, 7
		best := 1e9
		for range series {
			ladder, heap := pholdLadder(newPhold(c.pending)), pholdHeap(newPhold(c.pending))
			ladder(2 * c.pending)
			heap(2 * c.pending)
			var ladderTimes, heapTimes []time.Duration
			for range passes {
				begin := time.Now()
				ladder(c.events)
				middle := time.Now()
				heap(c.events)
				ladderTimes = append(ladderTimes, middle.Sub(begin))
				heapTimes = append(heapTimes, time.Since(middle))
			}
			slices.Sort(ladderTimes)
			slices.Sort(heapTimes)
			ratio := float64(ladderTimes[0]) / float64(heapTimes[0])
			best = min(best, ratio)
			t.Logf("%d pending: ladder %d ns, heap %d ns, ratio %.2f (of medians %.2f)", c.pending,
				ladderTimes[0].Nanoseconds()/int64(c.events), heapTimes[0].Nanoseconds()/int64(c.events), ratio,
				float64(ladderTimes[passes/2])/float64(heapTimes[passes/2]))
			if ratio <= c.gate {
				break
			}
		}
		if best > c.gate {
			t.Errorf("%d pending: the ladder takes %.2f of the heap's time, more than %.2f", c.pending, best, c.gate)
		}
	}
}
