package netmodel

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

type clockScenario struct {
	Offset, Drift int64
	Now           sim.Time
	Later         sim.Time
	Ahead         int64 // from the reading at Now, of a timer
}

var anyClockScenario = rapid.Custom(func(t *rapid.T) clockScenario {
	second := int64(sim.Second)
	return clockScenario{
		Offset: rapid.OneOf(rapid.Int64Range(-second, second), rapid.Int64Range(-maxOffset, maxOffset)).Draw(t, "offset"),
		Drift:  rapid.OneOf(rapid.Int64Range(-50_000, 50_000), rapid.Int64Range(1-second, second-1)).Draw(t, "drift"),
		Now:    sim.Time(rapid.OneOf(rapid.Int64Range(0, 100*second), rapid.Int64Range(0, int64(Never)/2)).Draw(t, "now")),
		Later:  sim.Time(rapid.Int64Range(0, 5).Draw(t, "later")),
		Ahead:  rapid.Int64Range(-second, 100*second).Draw(t, "ahead"),
	}
})

type clockLike interface {
	Read(now sim.Time) int64
	When(reading int64) sim.Time
}

// reliable: a clock drifts as it was told, never goes back, and a timer is due when it first shows the instant.
func reliable(build func(offset, drift int64) clockLike) judge[clockScenario] {
	return func(s clockScenario) error {
		c := build(s.Offset, s.Drift)
		reading := c.Read(s.Now)
		want := new(big.Int).Mul(big.NewInt(int64(s.Now)), big.NewInt(int64(sim.Second)+s.Drift))
		want.Div(want, big.NewInt(int64(sim.Second))).Add(want, big.NewInt(s.Offset))
		if big.NewInt(reading).Cmp(want) != 0 {
			return fmt.Errorf("at %d ns the clock shows %d, want %v", s.Now, reading, want)
		}
		if next := c.Read(s.Now + s.Later); next < reading {
			return fmt.Errorf("the clock shows %d at %d ns and %d %d ns later", reading, s.Now, next, s.Later)
		}
		timer := reading + s.Ahead
		switch due := c.When(timer); {
		case due == Never:
			if last := c.Read(Never); last >= timer {
				return fmt.Errorf("a timer for %d is never due, but the clock shows %d in the end", timer, last)
			}
		case c.Read(due) < timer:
			return fmt.Errorf("a timer for %d is due at %d ns, too early: the clock shows %d", timer, due, c.Read(due))
		case due > 0 && c.Read(due-1) >= timer:
			return fmt.Errorf("a timer for %d is due at %d ns, too late: 1 ns before, the clock shows %d", timer, due, c.Read(due-1))
		}
		return nil
	}
}

func testClock(offset, drift int64) Clock {
	o, d := sim.Constant(offset), sim.Constant(drift)
	return NewClock(&o, &d, sim.Stream{})
}

func TestClockDriftsAndIsMonotone(t *testing.T) {
	mustHold(t, anyClockScenario, reliable(func(offset, drift int64) clockLike { return testClock(offset, drift) }))
}

// impatient sets timers off by simulated time, as if the clock did not drift.
type impatient struct{ Clock }

func (c impatient) When(reading int64) sim.Time { return sim.Time(max(0, reading-c.offset)) }

// wrong shows simulated time.
type wrong struct{ Clock }

func (c wrong) Read(now sim.Time) int64 { return int64(now) }

// jumping goes back every other nanosecond.
type jumping struct{ Clock }

func (c jumping) Read(now sim.Time) int64 { return c.Clock.Read(now) - int64(now%2)*5 }

func TestClockControls(t *testing.T) {
	build := func(f func(Clock) clockLike) judge[clockScenario] {
		return reliable(func(offset, drift int64) clockLike { return f(testClock(offset, drift)) })
	}
	mustCatch(t, anyClockScenario, build(func(c Clock) clockLike { return impatient{c} }), "too early")
	mustCatch(t, anyClockScenario, build(func(c Clock) clockLike { return impatient{c} }), "too late")
	mustCatch(t, anyClockScenario, build(func(c Clock) clockLike { return wrong{c} }), "want")
	mustCatch(t, anyClockScenario, build(func(c Clock) clockLike { return jumping{c} }), "later")
}

// A task recovered on another machine, or on the same one after a reboot, meets another clock.
func TestClocksDiffer(t *testing.T) {
	offset, drift := sim.Uniform(-1_000_000, 1_000_000), sim.Uniform(-50_000, 50_000)
	seen := map[Clock]bool{}
	for machine := range uint64(20) {
		for incarnation := range uint64(5) {
			seen[NewClock(&offset, &drift, sim.NewStream(1, machine, incarnation, 3))] = true
		}
	}
	if len(seen) != 100 {
		t.Errorf("100 machines have %d clocks", len(seen))
	}
	again := NewClock(&offset, &drift, sim.NewStream(1, 0, 0, 3))
	if !seen[again] {
		t.Error("the same machine has another clock in the next run")
	}
}

func TestClockByHand(t *testing.T) {
	c := testClock(-500, 50_000) // gains 50 us a second
	if got := c.Read(10 * sim.Second); got != 10_000_500_000-500 {
		t.Errorf("after 10 s the clock shows %d", got)
	}
	if got := c.When(-500); got != 0 {
		t.Errorf("a timer of the past is due at %d ns", got)
	}
	if got := c.When(1<<63 - 1); got != Never {
		t.Errorf("a timer for the end of time is due at %d ns", got)
	}
	mustPanic(t, "drift of -1000000000", func() { testClock(0, -1_000_000_000) })
	mustPanic(t, "clock off by 2305843009213693953 ns", func() { testClock(maxOffset+1, 0) })
}
