package netmodel

import (
	"fmt"
	"math/bits"

	"simrun/sim"
)

// Never is later than any run lasts: 146 years. What would take longer takes until Never, so that a slow enough line
// under enough bytes is no overflow.
const Never sim.Time = 1 << 62

// after returns the instant d after at, at most Never. Neither may be negative.
func after(at, d sim.Time) sim.Time {
	if at > Never-min(d, Never) {
		return Never
	}
	return at + d
}

// times returns n times a factor, at most the greatest number. Neither may be negative.
func times(n, factor int64) int64 {
	hi, lo := bits.Mul64(uint64(n), uint64(factor))
	if hi != 0 || lo > 1<<63-1 {
		return 1<<63 - 1
	}
	return int64(lo)
}

// A NIC is the sending side of one machine's network card: bytes take their time one after the other, whatever
// channels they belong to. Make it with NewNIC.
type NIC struct{ line line }

// NewNIC returns an idle card. It panics if the bandwidth is not positive.
func NewNIC(bytesPerSecond int64) NIC { return NIC{newLine(bytesPerSecond)} }

// Send returns when the last of the bytes has left, if they are handed over now: after all bytes handed over before.
func (n *NIC) Send(now sim.Time, bytes int64) (leaves sim.Time) { return n.line.pass(now, bytes) }

// A line passes bytes in the order in which they come, at a fixed rate. The fraction of a nanosecond that rounding up
// adds is not lost: n bytes handed over without a gap take n / rate in total, however they are divided.
type line struct {
	rate uint64   // bytes a second, in [1, 2^63)
	free sim.Time // the last byte passes part/rate ns after this instant; at most Never
	part uint64   // less than rate; 0 at Never
}

func newLine(bytesPerSecond int64) line {
	if bytesPerSecond <= 0 {
		panic(fmt.Sprintf("netmodel: bandwidth of %d bytes a second", bytesPerSecond))
	}
	return line{rate: uint64(bytesPerSecond)}
}

// pass returns when the last byte is through, rounded up to a whole nanosecond.
func (l *line) pass(now sim.Time, bytes int64) sim.Time {
	if bytes < 0 {
		panic(fmt.Sprintf("netmodel: %d bytes at %d ns", bytes, now))
	}
	l.idleUntil(now)
	hi, lo := bits.Mul64(uint64(bytes), uint64(sim.Second))
	lo, carry := bits.Add64(lo, l.part, 0)
	hi += carry
	if hi >= l.rate { // the quotient does not fit
		l.free, l.part = Never, 0
		return Never
	}
	whole, part := bits.Div64(hi, lo, l.rate)
	if whole >= uint64(Never-l.free) {
		l.free, l.part = Never, 0
		return Never
	}
	l.free, l.part = l.free+sim.Time(whole), part
	if part > 0 {
		return l.free + 1
	}
	return l.free
}

// idleUntil lets nothing more pass before an instant.
func (l *line) idleUntil(at sim.Time) {
	if at > l.free {
		l.free, l.part = min(at, Never), 0
	}
}
