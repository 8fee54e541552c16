package netmodel

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

type sending struct {
	Gap   sim.Time
	Bytes int64
}

type sendings struct {
	Rate  int64
	Sends []sending
}

var anySendings = rapid.Custom(func(t *rapid.T) sendings {
	return sendings{
		Rate: rapid.OneOf(rapid.Int64Range(1, 20), rapid.Int64Range(1, 2_000_000_000), rapid.Int64Range(1, math.MaxInt64)).Draw(t, "rate"),
		Sends: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sending {
			return sending{
				Gap:   sim.Time(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 50_000)).Draw(t, "gap")),
				Bytes: rapid.OneOf(rapid.Int64Range(0, 10), rapid.Int64Range(0, 1<<20), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "bytes"),
			}
		}), 1, 40).Draw(t, "sends"),
	}
})

// exactly: n bytes handed over without a gap leave after n / rate, rounded up, however they are divided.
func exactly(send func(rate int64) func(sim.Time, int64) sim.Time) judge[sendings] {
	return func(s sendings) error {
		model, real := newModelLine(s.Rate), send(s.Rate)
		now := sim.Time(0)
		for i, x := range s.Sends {
			now += x.Gap
			want, got := model.pass(now, big.NewInt(x.Bytes)), real(now, x.Bytes)
			if got != want {
				return fmt.Errorf("send %d at %d ns: %d bytes at %d B/s leave at %d ns, want %d", i, now, x.Bytes, s.Rate, got, want)
			}
			if want == Never {
				return nil // the model would go on beyond it
			}
		}
		return nil
	}
}

func TestNICConservesBandwidth(t *testing.T) {
	mustHold(t, anySendings, exactly(func(rate int64) func(sim.Time, int64) sim.Time {
		n := NewNIC(rate)
		return n.Send
	}))
}

func TestNICControls(t *testing.T) {
	rounds := func(rate int64) func(sim.Time, int64) sim.Time {
		n := NewNIC(rate)
		return func(now sim.Time, bytes int64) sim.Time {
			leaves := n.Send(now, bytes)
			n.line.free, n.line.part = leaves, 0 // each send to a whole nanosecond
			return leaves
		}
	}
	mustCatch(t, anySendings, exactly(rounds), "leave at")
	overflows := func(rate int64) func(sim.Time, int64) sim.Time {
		free := sim.Time(0)
		return func(now sim.Time, bytes int64) sim.Time {
			free = max(free, now) + sim.Time((bytes*int64(sim.Second)+rate-1)/rate)
			return free
		}
	}
	mustCatch(t, anySendings, exactly(overflows), "leave at -")
}

func TestNICByHand(t *testing.T) {
	n := NewNIC(1_250_000_000) // 10 Gbit/s: 0.8 ns a byte
	for i, want := range []sim.Time{1, 2, 3, 4, 4, 5} {
		if got := n.Send(0, 1); got != want {
			t.Errorf("byte %d leaves at %d, want %d", i+1, got, want)
		}
	}
	if got := n.Send(5, 0); got != 5 {
		t.Errorf("nothing leaves at %d", got)
	}
	if got := n.Send(100, 32<<10); got != 100+26_215 { // 26,214.4 ns
		t.Errorf("a buffer leaves at %d", got)
	}
}

func TestNICAtTheEndOfTime(t *testing.T) {
	n := NewNIC(1)
	if got := n.Send(0, math.MaxInt64); got != Never {
		t.Errorf("everything leaves at %d", got)
	}
	if got := n.Send(1, 1); got != Never {
		t.Errorf("what comes after it leaves at %d", got)
	}
	n = NewNIC(math.MaxInt64)
	if got := n.Send(Never, 1); got != Never {
		t.Errorf("at the end of time, a byte leaves at %d", got)
	}
	mustPanic(t, "bandwidth of 0 bytes", func() { NewNIC(0) })
	mustPanic(t, "-1 bytes at 5 ns", func() { n.Send(5, -1) })
}

func TestNICDoesNotAllocate(t *testing.T) {
	n := NewNIC(1_250_000_000)
	now := sim.Time(0)
	mustNotAllocate(t, func() { now = n.Send(now-1, 1001) })
}
