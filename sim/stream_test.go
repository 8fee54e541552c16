package sim

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestStreamIsPCG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hi, lo := rapid.Uint64().Draw(t, "hi"), rapid.Uint64().Draw(t, "lo")
		s, pcg := Stream{hi, lo}, rand.NewPCG(hi, lo)
		for i := range 200 {
			if got, want := s.Uint64(), pcg.Uint64(); got != want {
				t.Fatalf("draw %d is %#x, want %#x", i, got, want)
			}
		}
	})
}

// Every part of the key must matter, and neighbours must have nothing in common.
func TestStreamKeys(t *testing.T) {
	seen := map[Stream][4]uint64{}
	for seed := range uint64(6) {
		for entity := range uint64(20) {
			for incarnation := range uint64(4) {
				for purpose := range Purpose(10) {
					s := NewStream(seed, entity, incarnation, purpose)
					key := [4]uint64{seed, entity, incarnation, uint64(purpose)}
					if other, ok := seen[s]; ok {
						t.Fatalf("%v and %v are one stream", key, other)
					}
					seen[s] = key
				}
			}
		}
	}
	a, b := NewStream(1, 1, 0, 0), NewStream(1, 2, 0, 0)
	equal := 0
	for range 1000 {
		equal += 64 - onesCount(a.Uint64()^b.Uint64())
	}
	if math.Abs(float64(equal)-32000) > 600 {
		t.Errorf("%d of 64,000 bits are equal", equal)
	}
}

func onesCount(x uint64) (n int) {
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

func TestUint64n(t *testing.T) {
	s := NewStream(1, 0, 0, 0)
	for _, n := range []uint64{1, 2, 3, 10, 1 << 40, 3 << 62, math.MaxUint64} {
		for range 1000 {
			if x := s.Uint64n(n); x >= n {
				t.Fatalf("%d is not below %d", x, n)
			}
		}
	}
	// A biased reduction of 3/4 of the range would fall into its lower half far too often.
	low := 0
	for range 100_000 {
		if s.Uint64n(3<<62) < 3<<61 {
			low++
		}
	}
	if low < 49_300 || low > 50_700 {
		t.Errorf("%d of 100,000 in the lower half", low)
	}
	mustPanic(t, "empty range", func() { s.Uint64n(0) })
}

func BenchmarkStream(b *testing.B) {
	s := NewStream(1, 0, 0, 0)
	for range b.N {
		s.Uint64()
	}
}
