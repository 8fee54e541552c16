package netmodel

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

// A linkStep sends a message; before, it may cut the link or renew the connection.
type linkStep struct {
	Gap   sim.Time
	Cut   sim.Time // from now; 0: none
	Renew bool
}

type linkScenario struct {
	Latency int // index of latencies
	Steps   []linkStep
}

var anyLinkScenario = rapid.Custom(func(t *rapid.T) linkScenario {
	step := rapid.Custom(func(t *rapid.T) linkStep {
		return linkStep{
			Gap:   sim.Time(rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 500)).Draw(t, "gap")),
			Cut:   sim.Time(rapid.OneOf(rapid.Just(int64(0)), rapid.Just(int64(0)), rapid.Int64Range(0, 2000)).Draw(t, "cut")),
			Renew: rapid.IntRange(0, 5).Draw(t, "renew") == 0,
		}
	})
	return linkScenario{
		Latency: rapid.IntRange(0, len(latencies)-1).Draw(t, "latency"),
		Steps:   rapid.SliceOfN(step, 1, 60).Draw(t, "steps"),
	}
})

type linkLike interface {
	Deliver(leaves sim.Time) sim.Time
	Cut(until sim.Time)
	Renew(stream sim.Stream, until sim.Time)
}

// onTime: no message overtakes another of its connection or passes a cut, and none is later than that asks for.
func onTime(build func(*sim.Dist, sim.Stream) linkLike) judge[linkScenario] {
	return func(s linkScenario) error {
		stream := sim.NewStream(1, 2, 0, 3)
		l := build(&latencies[s.Latency], stream)
		now, last, cut := sim.Time(0), sim.Time(0), sim.Time(0)
		for i, step := range s.Steps {
			now += step.Gap
			if step.Cut > 0 {
				l.Cut(now + step.Cut)
				cut = max(cut, now+step.Cut)
			}
			if step.Renew {
				stream = sim.NewStream(1, 2, uint64(i+1), 3)
				if i%5 == 4 {
					cut = 0 // the new connection takes another way
				}
				l.Renew(stream, cut)
				last = 0
			}
			latency := sim.Time(latencies[s.Latency].Draw(&stream))
			least := now + latency
			if least < cut {
				least = cut + latency
			}
			switch arrives := l.Deliver(now); {
			case arrives < last:
				return fmt.Errorf("message %d arrives at %d ns and overtakes one that arrives at %d", i, arrives, last)
			case arrives < cut:
				return fmt.Errorf("message %d arrives at %d ns through a cut until %d", i, arrives, cut)
			case arrives != max(last, least):
				return fmt.Errorf("message %d arrives at %d ns, want %d", i, arrives, max(last, least))
			default:
				last = arrives
			}
		}
		return nil
	}
}

func TestLinkKeepsOrderAndHonoursCuts(t *testing.T) {
	mustHold(t, anyLinkScenario, onTime(func(d *sim.Dist, s sim.Stream) linkLike {
		l := NewLink(d, s)
		return &l
	}))
}

type unordered struct{ Link }

func (l *unordered) Deliver(leaves sim.Time) sim.Time { l.last = 0; return l.Link.Deliver(leaves) }

type uncut struct{ Link }

func (l *uncut) Cut(sim.Time) {}

type shortened struct{ Link }

func (l *shortened) Cut(until sim.Time) { l.cut = until }

type unforgetting struct{ Link }

func (l *unforgetting) Renew(stream sim.Stream, until sim.Time) { l.stream, l.cut = stream, until }

type sticky struct{ Link }

func (l *sticky) Renew(stream sim.Stream, _ sim.Time) { l.stream, l.last = stream, 0 }

type repeating struct{ Link }

func (l *repeating) Renew(_ sim.Stream, until sim.Time) { l.last, l.cut = 0, until }

func TestLinkControls(t *testing.T) {
	build := func(f func(Link) linkLike) judge[linkScenario] {
		return onTime(func(d *sim.Dist, s sim.Stream) linkLike { return f(NewLink(d, s)) })
	}
	mustCatch(t, anyLinkScenario, build(func(l Link) linkLike { return &unordered{l} }), "overtakes")
	mustCatch(t, anyLinkScenario, build(func(l Link) linkLike { return &uncut{l} }), "through a cut")
	mustCatch(t, anyLinkScenario, build(func(l Link) linkLike { return &shortened{l} }), "want")
	mustCatch(t, anyLinkScenario, build(func(l Link) linkLike { return &unforgetting{l} }), "want")
	mustCatch(t, anyLinkScenario, build(func(l Link) linkLike { return &repeating{l} }), "want")
	mustCatch(t, anyLinkScenario, build(func(l Link) linkLike { return &sticky{l} }), "want")
}

// How a caller keeps what is in transit: by the rule that Link's comment gives, or by a mistake.
type transit int

const (
	byRule   transit = iota
	noQueue          // an event carries its message, so that one scheduled again falls behind later ones
	noMoving         // events in transit are left where they are
)

// carried plays a scenario on a kernel: each step is an event, and so is each arrival.
func carried(how transit) judge[linkScenario] {
	return func(s linkScenario) error {
		k := sim.NewKernel(1, sim.TiesByRule)
		l := NewLink(&latencies[s.Latency], sim.NewStream(1, 2, 0, 3))
		const send, arrive = 0, 1
		now, head := sim.Time(0), uint32(0)
		for i, step := range s.Steps {
			now += step.Gap
			k.At(now, send, uint32(i))
		}
		for e, ok := k.Next(); ok; e, ok = k.Next() {
			switch {
			case e.Dst == send:
				if cut := s.Steps[e.Arg].Cut; cut > 0 {
					l.Cut(e.At + cut)
				}
				k.At(l.Deliver(e.At), arrive, e.Arg)
			case e.At < l.CutUntil() && how != noMoving:
				k.At(l.CutUntil(), arrive, e.Arg)
			default:
				if how == noQueue && e.Arg != head {
					return fmt.Errorf("message %d is overtaken by %d", head, e.Arg)
				}
				if e.At < l.CutUntil() {
					return fmt.Errorf("message %d arrives at %d ns through a cut until %d", head, e.At, l.CutUntil())
				}
				head++
			}
		}
		if int(head) != len(s.Steps) {
			return fmt.Errorf("%d messages of %d arrive", head, len(s.Steps))
		}
		return nil
	}
}

func TestCutHoldsWhatIsInTransit(t *testing.T) {
	mustHold(t, anyLinkScenario, carried(byRule))
	mustCatch(t, anyLinkScenario, carried(noQueue), "is overtaken by")
	mustCatch(t, anyLinkScenario, carried(noMoving), "through a cut")
}

// A cut takes no draw of its own: the messages after it have the latencies that they would have had.
func TestCutLeavesLaterLatenciesAlone(t *testing.T) {
	whole := NewLink(&latencies[3], sim.NewStream(1, 1, 0, 0))
	cut := NewLink(&latencies[3], sim.NewStream(1, 1, 0, 0))
	cut.Cut(1_000_000)
	for range 100 {
		if whole.Deliver(0) > 1000 || cut.Deliver(0) < 1_000_000 {
			t.Fatal("the cut did not bite on one link alone")
		}
	}
	for at := sim.Time(2_000_000); at < 3_000_000; at += 10_000 {
		if a, b := whole.Deliver(at), cut.Deliver(at); a != b {
			t.Fatalf("left at %d ns: arrives at %d, after a cut at %d", at, a, b)
		}
	}
}

func TestLinkAtTheEndOfTime(t *testing.T) {
	forever := sim.Constant(math.MaxInt64)
	l := NewLink(&forever, sim.Stream{})
	if at := l.Deliver(5); at != Never {
		t.Errorf("arrives at %d", at)
	}
	if at := l.Deliver(Never); at != Never {
		t.Errorf("arrives at %d", at)
	}
	early := sim.Uniform(-1, 5)
	mustPanic(t, "latency of a link down to -1", func() { NewLink(&early, sim.Stream{}) })
}

func TestLinkDoesNotAllocate(t *testing.T) {
	l := NewLink(&latencies[5], sim.NewStream(1, 1, 0, 0))
	now := sim.Time(0)
	mustNotAllocate(t, func() { now = l.Deliver(now) })
}
