package netmodel

import (
	"fmt"
	"math/bits"

	"simrun/sim"
)

// A Clock is the clock of one machine: it is off, and it runs fast or slow, so that a task recovered elsewhere meets
// another clock. Make it with NewClock.
//
// Its readings are int64 nanoseconds and no sim.Time: nothing but this clock can compare them with simulated time.
type Clock struct {
	offset int64  // reading at time 0, in [-maxOffset, maxOffset]
	rate   uint64 // nanoseconds that the clock advances in a second of simulated time, in [1, 2 s)
}

const maxOffset = 1 << 61

// NewClock draws a clock's offset in nanoseconds and then its drift in parts per billion: 1,000 gains a microsecond a
// second. It panics if the drift can reach a billion either way (at -1 billion it would stand still), or the offset 73
// years.
func NewClock(offset, driftPPB *sim.Dist, stream sim.Stream) Clock {
	o, drift := offset.Draw(&stream), driftPPB.Draw(&stream)
	if o < -maxOffset || o > maxOffset || drift <= -int64(sim.Second) || drift >= int64(sim.Second) {
		panic(fmt.Sprintf("netmodel: clock off by %d ns with a drift of %d parts per billion", o, drift))
	}
	return Clock{offset: o, rate: uint64(int64(sim.Second) + drift)}
}

// Read returns what the clock shows. A later reading is never less. The time must be in [0, Never].
func (c Clock) Read(now sim.Time) int64 {
	hi, lo := bits.Mul64(uint64(now), c.rate)
	elapsed, _ := bits.Div64(hi, lo, uint64(sim.Second))
	return int64(min(elapsed, uint64(Never))) + c.offset
}

// When returns the first instant at which the clock shows a reading or more: when a timer armed for it is due. It is
// 0 for a reading before the start, and Never for one that the clock does not reach.
func (c Clock) When(reading int64) sim.Time {
	if reading <= c.offset {
		return 0
	}
	// The least t with t*rate/second >= elapsed, rounded down, is elapsed*second/rate, rounded up.
	elapsed := uint64(reading) - uint64(c.offset)
	if elapsed > uint64(Never) {
		return Never
	}
	hi, lo := bits.Mul64(elapsed, uint64(sim.Second))
	lo, carry := bits.Add64(lo, c.rate-1, 0)
	hi += carry
	if hi >= c.rate {
		return Never
	}
	t, _ := bits.Div64(hi, lo, c.rate)
	return sim.Time(min(t, uint64(Never)))
}
