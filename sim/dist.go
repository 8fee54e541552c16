package sim

import (
	"fmt"
	"math"
	"math/bits"
)

// A Dist is a distribution of integers (durations in nanoseconds, sizes in bytes). Make it with Constant, Uniform,
// Exponential or LogNormal; a value may be copied, and copies share an immutable table. The zero value is Constant(0).
//
// A draw inverts the distribution function at a random number, by a table of quantiles with linear interpolation
// between nodes that lie closer together towards both tails. All of it is integer arithmetic. Against the exact
// quantiles the tables err by less than 0.3 % (and half a unit) up to p99.9999999; beyond that, draws are clamped.
type Dist struct {
	table *quantileTable // nil unless Exponential or LogNormal
	min   int64          // Constant, Uniform: the least value
	span  uint64         // Uniform: the greatest value less min; Constant: 0
}

// A quantileTable holds 2*tailCells+1 quantiles, ascending: the lower tail, the median, the upper tail mirrored.
type quantileTable struct {
	nodes [2*tailCells + 1]int64 // times 2^shift
	shift uint                   // fraction bits, so that a mean of few units is not lost to rounding
}

// NeverChanges lets runs that are taken back share it (package rewind).
func (*quantileTable) NeverChanges() {}

const maxShift = 16

// Constant is always v. It takes nothing from the stream.
func Constant(v int64) Dist { return Dist{min: v} }

// Uniform is each value of [min, max] with the same probability. It panics if max < min.
func Uniform(min, max int64) Dist {
	if max < min {
		panic(fmt.Sprintf("sim: uniform distribution from %d to %d", min, max))
	}
	return Dist{min: min, span: uint64(max) - uint64(min)}
}

// Exponential has the given mean, which must not be negative.
func Exponential(mean int64) Dist {
	if mean < 0 {
		panic(fmt.Sprintf("sim: exponential distribution of mean %d", mean))
	}
	t := &quantileTable{shift: fractionBits(scaledNaturalLog(uint64(mean), nodeTail(0), 0))}
	for i := range tailCells + 1 {
		tail := nodeTail(i)
		t.nodes[i] = int64(scaledNaturalLog(uint64(mean), oneQ63-tail, t.shift))
		t.nodes[2*tailCells-i] = int64(scaledNaturalLog(uint64(mean), tail, t.shift))
	}
	return Dist{table: t}
}

const oneQ63 = 1 << 63

// scaledNaturalLog returns -n ln p times 2^shift for a probability p, which is given times 2^63.
func scaledNaturalLog(n, p uint64, shift uint) uint64 {
	const sixtyThree = 63 << 57
	hi, lo := bits.Mul64(n, mulQ62(uint64(sixtyThree-log2(p)), ln2Q62))
	right := 57 - shift
	if hi>>right != 0 {
		return oneQ62
	}
	return min(hi<<(64-right)|lo>>right, oneQ62)
}

// LogNormal has the given median and 99th percentile. It needs 0 < p50 <= p99 <= 65536 p50.
func LogNormal(p50, p99 int64) Dist {
	if p50 <= 0 || p99 < p50 || (p99-1)>>16 >= p50 {
		panic(fmt.Sprintf("sim: log-normal distribution with p50 %d and p99 %d", p50, p99))
	}
	const z99 = 335262061397263281 // the 99th percentile of the standard normal distribution, times 2^57
	spread := uint64(log2(uint64(p99)) - log2(uint64(p50)))
	exponent := func(i int) int64 {
		hi, lo := bits.Mul64(spread, uint64(normalNodes[i]))
		x, _ := bits.Div64(hi, lo, z99)
		return int64(x)
	}
	t := &quantileTable{shift: fractionBits(scaleExp2(uint64(p50), exponent(0)))}
	scale := int64(t.shift) << 57
	for i := range tailCells + 1 {
		t.nodes[i] = int64(scaleExp2(uint64(p50), scale-exponent(i)))
		t.nodes[2*tailCells-i] = int64(scaleExp2(uint64(p50), scale+exponent(i)))
	}
	return Dist{table: t}
}

// fractionBits returns how many fraction bits the greatest node of a table has room for.
func fractionBits(greatest uint64) uint {
	return uint(min(maxShift, max(0, 61-bits.Len64(greatest))))
}

// Draw returns a random value.
func (d *Dist) Draw(s *Stream) int64 {
	if d.table != nil {
		return d.table.quantile(s.Uint64())
	}
	switch d.span {
	case 0:
		return d.min
	case math.MaxUint64:
		return int64(s.Uint64())
	default:
		return d.min + int64(s.Uint64n(d.span+1))
	}
}

// Quantile returns the value below which the given millionths of all draws fall: 500,000 is the median, 999,900 is
// p99.99. It panics outside [0, 1,000,000).
func (d *Dist) Quantile(millionths uint32) int64 {
	u, _ := bits.Div64(uint64(millionths), 0, 1_000_000)
	if d.table != nil {
		return d.table.quantile(u)
	}
	hi, lo := bits.Mul64(u, d.span)
	_, carry := bits.Add64(lo, u, 0) // u * (span+1), whose high half is the value's offset
	return d.min + int64(hi+carry)
}

// quantile returns the quantile at u / 2^64.
func (t *quantileTable) quantile(u uint64) int64 {
	upper := uint64(int64(u) >> 63) // all ones in the upper half
	tail := u<<1 ^ upper            // the probability of the nearer tail, times 2^65
	zeros := bits.LeadingZeros64(tail)
	cell, part := uint64(0), uint64(0)
	if zeros < octaves {
		mantissa := tail << (zeros & 63)
		cell = uint64(octaves-1-zeros)*cellsPerOctave + mantissa>>(63-subBits)&(cellsPerOctave-1)
		part = mantissa << (subBits + 1)
	}
	cell ^= upper & (2*tailCells - 1)
	part ^= upper
	low := t.nodes[cell]
	rise, _ := bits.Mul64(uint64(t.nodes[cell+1]-low), part)
	return (low + int64(rise) + 1<<t.shift>>1) >> t.shift
}
