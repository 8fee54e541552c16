package netmodel

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

type storeStep struct {
	Gap    sim.Time
	Bytes  int64
	Get    bool
	Pause  sim.Time // from now; 0: none
	Factor int64    // 0: not slowed
	Slow   sim.Time // from now
}

type storeScenario struct {
	Latency int // index of latencies
	Rate    int64
	Steps   []storeStep
}

var anyStoreScenario = rapid.Custom(func(t *rapid.T) storeScenario {
	step := rapid.Custom(func(t *rapid.T) storeStep {
		s := storeStep{
			Gap:   sim.Time(rapid.Int64Range(0, 2000).Draw(t, "gap")),
			Bytes: rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 3000)).Draw(t, "bytes"),
			Get:   rapid.Bool().Draw(t, "get"),
		}
		switch rapid.IntRange(0, 5).Draw(t, "fault") {
		case 0:
			s.Pause = sim.Time(rapid.Int64Range(1, 5000).Draw(t, "pause"))
		case 1:
			s.Factor, s.Slow = rapid.Int64Range(1, 9).Draw(t, "factor"), sim.Time(rapid.Int64Range(1, 5000).Draw(t, "slow"))
		}
		return s
	})
	return storeScenario{
		Latency: rapid.IntRange(0, len(latencies)-1).Draw(t, "latency"),
		Rate:    rapid.OneOf(rapid.Int64Range(1, 10), rapid.Int64Range(1, 5_000_000_000)).Draw(t, "rate"),
		Steps:   rapid.SliceOfN(step, 1, 40).Draw(t, "steps"),
	}
})

type storeLike interface {
	Put(now sim.Time, bytes int64) sim.Time
	Get(now sim.Time, bytes int64) sim.Time
	Pause(until sim.Time)
	Slow(factor int64, until sim.Time)
}

// shared: all transfers share the bandwidth, none begins in a pause, and the latency of each is its own.
func shared(build func(Store) storeLike) judge[storeScenario] {
	return func(s storeScenario) error {
		stream := sim.NewStream(1, 2, 0, 3)
		store := build(NewStore(&latencies[s.Latency], s.Rate, stream))
		model := newModelLine(s.Rate)
		now, paused, slow, factor := sim.Time(0), sim.Time(0), sim.Time(0), int64(1)
		for i, step := range s.Steps {
			now += step.Gap
			if step.Pause > 0 {
				store.Pause(now + step.Pause)
				paused = max(paused, now+step.Pause)
			}
			if step.Factor > 0 {
				store.Slow(step.Factor, now+step.Slow)
				factor, slow = step.Factor, now+step.Slow
			}
			latency := latencies[s.Latency].Draw(&stream)
			bytes := step.Bytes
			start := max(now, paused)
			if start < slow && model.free.Cmp(new(big.Rat).SetInt64(int64(slow))) < 0 {
				bytes, latency = bytes*factor, latency*factor
			}
			want := min(model.pass(start, big.NewInt(bytes))+sim.Time(latency), Never)
			transfer := store.Put
			if step.Get {
				transfer = store.Get
			}
			if got := transfer(now, step.Bytes); got != want {
				return fmt.Errorf("transfer %d of %d bytes at %d ns ends at %d, want %d", i, step.Bytes, now, got, want)
			}
		}
		return nil
	}
}

func TestStoreSharesItsBandwidth(t *testing.T) {
	mustHold(t, anyStoreScenario, shared(func(s Store) storeLike { return &s }))
}

type separate struct {
	Store
	reads Store
}

func (s *separate) Get(now sim.Time, bytes int64) sim.Time { return s.reads.Get(now, bytes) }

type restless struct{ Store }

func (s *restless) Pause(sim.Time) {}

type brisk struct{ Store }

func (s *brisk) Slow(int64, sim.Time) {}

func TestStoreControls(t *testing.T) {
	mustCatch(t, anyStoreScenario, shared(func(s Store) storeLike { return &separate{s, s} }), "want")
	mustCatch(t, anyStoreScenario, shared(func(s Store) storeLike { return &restless{s} }), "want")
	mustCatch(t, anyStoreScenario, shared(func(s Store) storeLike { return &brisk{s} }), "want")
}

// Latencies are independent: what was put later may be durable earlier, unlike on a link.
func TestStoreEndsInAnyOrder(t *testing.T) {
	inverted := func(ends func(sim.Time) sim.Time) (n int) {
		last := sim.Time(0)
		for i := range 100 {
			at := ends(sim.Time(i))
			if at < last {
				n++
			}
			last = at
		}
		return n
	}
	s := NewStore(&latencies[3], 1<<40, sim.NewStream(1, 1, 0, 0))
	l := NewLink(&latencies[3], sim.NewStream(1, 1, 0, 0))
	if n := inverted(func(now sim.Time) sim.Time { return s.Put(now, 1) }); n < 30 {
		t.Errorf("of 100 snapshots, %d are durable before the one before", n)
	}
	if n := inverted(l.Deliver); n != 0 {
		t.Errorf("the control: %d of 100 messages overtake", n)
	}
}

func TestStoreByHand(t *testing.T) {
	latency := sim.Constant(int64(20 * sim.Millisecond))
	s := NewStore(&latency, 200_000_000, sim.Stream{})
	check := func(what string, got, want sim.Time) {
		t.Helper()
		if got != want {
			t.Errorf("%s at %d ns, want %d", what, got, want)
		}
	}
	check("20 MB durable", s.Put(0, 20_000_000), 120*sim.Millisecond)
	check("as much behind it read", s.Get(50*sim.Millisecond, 20_000_000), 220*sim.Millisecond)
	s.Pause(sim.Second)
	s.Pause(900 * sim.Millisecond)
	check("the pause ends", s.PausedUntil(), sim.Second)
	check("2 MB of a paused store durable", s.Put(300*sim.Millisecond, 2_000_000), sim.Second+30*sim.Millisecond)
	s.Slow(20, 3*sim.Second)
	check("2 MB of a slow store durable", s.Put(2*sim.Second, 2_000_000), 2*sim.Second+600*sim.Millisecond)
	check("2 MB of a store no longer slow durable", s.Put(3*sim.Second, 2_000_000), 3*sim.Second+30*sim.Millisecond)
	s.Slow(math.MaxInt64, Never)
	check("2 B of a store as good as stopped durable", s.Put(4*sim.Second, 2), Never)
	mustPanic(t, "by a factor of 0", func() { s.Slow(0, 1) })
	mustPanic(t, "bandwidth of -1", func() { NewStore(&latency, -1, sim.Stream{}) })
}

func TestStoreDoesNotAllocate(t *testing.T) {
	s := NewStore(&latencies[5], 1<<30, sim.NewStream(1, 1, 0, 0))
	now := sim.Time(0)
	mustNotAllocate(t, func() { now = s.Put(now, 1000) })
}
