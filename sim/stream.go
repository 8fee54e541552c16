package sim

import "math/bits"

// A Purpose separates the draws that one entity makes for different reasons. Users of the package define theirs.
type Purpose uint32

// A Stream is a source of random numbers, 16 bytes by value: the generator PCG-DXSM of math/rand/v2, bit for bit,
// copied so that a change of the standard library cannot move a run.
type Stream struct{ hi, lo uint64 }

// NewStream returns the stream of one purpose of one incarnation of one entity. Streams of different keys are
// independent, so adding or removing an entity leaves the draws of all others alone.
func NewStream(seed, entity, incarnation uint64, purpose Purpose) Stream {
	h := finalise(seed + golden)
	h = finalise((h ^ entity) + golden)
	h = finalise((h ^ incarnation) + golden)
	h = finalise((h ^ uint64(purpose)) + golden)
	return Stream{hi: finalise(h + golden), lo: finalise(h + goldenTwice)}
}

// golden is the increment of splitmix64: 2^64 divided by the golden ratio, odd; and twice that.
const (
	golden      = 0x9e3779b97f4a7c15
	goldenTwice = 0x3c6ef372fe94f82a
)

// finalise is the output function of splitmix64, a bijection in which every input bit reaches every output bit.
func finalise(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Uint64 returns 64 random bits.
func (s *Stream) Uint64() uint64 {
	const (
		multiplierHigh = 2549297995355413924
		multiplierLow  = 4865540595714422341
		incrementHigh  = 6364136223846793005
		incrementLow   = 1442695040888963407
		outputFactor   = 0xda942042e4dd58b5
	)
	hi, lo := bits.Mul64(s.lo, multiplierLow)
	hi += s.hi*multiplierLow + s.lo*multiplierHigh
	lo, carry := bits.Add64(lo, incrementLow, 0)
	hi, _ = bits.Add64(hi, incrementHigh, carry)
	s.lo, s.hi = lo, hi

	hi ^= hi >> 32
	hi *= outputFactor
	hi ^= hi >> 48
	return hi * (lo | 1)
}

// Uint64n returns a number in [0, n), each with the same probability (Lemire 2019). It panics if n is 0.
func (s *Stream) Uint64n(n uint64) uint64 {
	if n == 0 {
		panic("sim: Uint64n of an empty range")
	}
	hi, lo := bits.Mul64(s.Uint64(), n)
	if lo < n {
		for reject := -n % n; lo < reject; {
			hi, lo = bits.Mul64(s.Uint64(), n)
		}
	}
	return hi
}
