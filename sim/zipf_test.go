package sim

import (
	"fmt"
	"math"
	"testing"
)

// exactShares returns what the table gives each value, computed from the table itself.
func exactShares(z *Zipf) []float64 {
	n := float64(len(z.columns))
	shares := make([]float64, len(z.columns))
	for k, c := range z.columns {
		cut := float64(c.cut) / (1 << 32)
		shares[k] += cut / n
		shares[c.alias] += (1 - cut) / n
	}
	return shares
}

func TestZipfShares(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 1000, 100_000} {
		for _, thetaMilli := range []int64{0, 500, 990, 1000, 1500, 2000} {
			t.Run(fmt.Sprintf("%d/%d", n, thetaMilli), func(t *testing.T) {
				z := NewZipf(n, thetaMilli)
				want := make([]float64, n)
				sum := 0.0
				for k := range want {
					want[k] = math.Pow(float64(k+1), -float64(thetaMilli)/1000)
					sum += want[k]
				}
				for k, got := range exactShares(z) {
					share := want[k] / sum
					if math.Abs(got-share) > 1e-3*share+1e-9/float64(n) {
						t.Fatalf("P(%d) = %v, want %v", k, got, share)
					}
				}
				// And the draws follow the table.
				s := NewStream(1, 0, 0, 0)
				const draws = 100_000
				first := 0
				for range draws {
					k := z.Draw(&s)
					if k < 0 || k >= n {
						t.Fatalf("drew %d", k)
					}
					if k == 0 {
						first++
					}
				}
				p := want[0] / sum
				if deviation := math.Sqrt(draws * p * (1 - p)); math.Abs(float64(first)-draws*p) > 5*deviation+1 {
					t.Errorf("value 0 comes up %d times, want %.0f", first, draws*p)
				}
			})
		}
	}
}

func TestZipfDrawsFollowShares(t *testing.T) {
	z := NewZipf(10, 1000)
	shares := exactShares(z)
	s := NewStream(1, 0, 0, 0)
	var counts [10]int
	const draws = 1_000_000
	for range draws {
		counts[z.Draw(&s)]++
	}
	for k, n := range counts {
		want := draws * shares[k]
		if math.Abs(float64(n)-want) > 5*math.Sqrt(want) {
			t.Errorf("%d comes up %d times, want %.0f", k, n, want)
		}
	}
}

func TestZipfRefuses(t *testing.T) {
	mustPanic(t, "over 0 values", func() { NewZipf(0, 1000) })
	mustPanic(t, "theta -1/1000", func() { NewZipf(1, -1) })
}

func BenchmarkZipf(b *testing.B) {
	z := NewZipf(100_000, 990)
	s := NewStream(1, 0, 0, 0)
	for range b.N {
		z.Draw(&s)
	}
}

func BenchmarkNewZipf(b *testing.B) {
	for range b.N {
		NewZipf(100_000, 990)
	}
}
