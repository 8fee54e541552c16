package sim

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestConstantAndUniform(t *testing.T) {
	s := NewStream(1, 0, 0, 0)
	before := s
	c := Constant(-5)
	if v := c.Draw(&s); v != -5 || s != before || c.Quantile(999_999) != -5 {
		t.Errorf("constant: %d, quantile %d", v, c.Quantile(999_999))
	}
	var zero Dist
	if v := zero.Draw(&s); v != 0 {
		t.Errorf("the zero value draws %d", v)
	}
	u := Uniform(-3, 3)
	var counts [7]int
	for range 70_000 {
		counts[u.Draw(&s)+3]++
	}
	for i, n := range counts {
		if n < 9_600 || n > 10_400 {
			t.Errorf("%d comes up %d times in 70,000", i-3, n)
		}
	}
	if u.Quantile(0) != -3 || u.Quantile(500_000) != 0 || u.Quantile(999_999) != 3 {
		t.Errorf("quantiles %d %d %d", u.Quantile(0), u.Quantile(500_000), u.Quantile(999_999))
	}
	all := Uniform(math.MinInt64, math.MaxInt64)
	if all.Draw(&s) == all.Draw(&s) || all.Quantile(0) != math.MinInt64 {
		t.Error("the full range is not drawn from")
	}
}

// Draws, sorted, against what the table says and what it should say.
func TestDrawsMatchQuantiles(t *testing.T) {
	const draws = 2_000_000
	for _, c := range []struct {
		name string
		dist Dist
		want map[uint32]int64
	}{
		{"Exponential(1ms)", Exponential(1_000_000), map[uint32]int64{500_000: 693_147, 990_000: 4_605_170, 999_900: 9_210_340}},
		{"LogNormal(0.2ms, 2ms)", LogNormal(200_000, 2_000_000), map[uint32]int64{500_000: 200_000, 990_000: 2_000_000, 999_900: 7_937_937}},
	} {
		s := NewStream(1, 0, 0, 0)
		drawn := make([]int64, draws)
		for i := range drawn {
			drawn[i] = c.dist.Draw(&s)
		}
		slices.Sort(drawn)
		for q, want := range c.want {
			near := func(got, part int64) bool { return max(got-want, want-got) <= want/part }
			if got := c.dist.Quantile(q); !near(got, 1000) {
				t.Errorf("%s: quantile %d is %d, want %d within 0.1 %%", c.name, q, got, want)
			}
			part := int64(100)
			if q == 999_900 { // 200 draws lie beyond: more than the sampling error
				part = 10
			}
			if got := drawn[int(uint64(q)*draws/1_000_000)]; !near(got, part) {
				t.Errorf("%s: of the draws, quantile %d is %d, want %d", c.name, q, got, want)
			}
		}
	}
}

// The mean survives rounding, even of small means.
func TestExponentialMean(t *testing.T) {
	for _, mean := range []int64{0, 1, 7, 1000, 1_000_000_000} {
		d := Exponential(mean)
		s := NewStream(1, 0, 0, 0)
		sum := 0.0
		const draws = 1_000_000
		for range draws {
			sum += float64(d.Draw(&s))
		}
		if got := sum / draws; math.Abs(got-float64(mean)) > 0.05*float64(min(mean, 1))+0.004*float64(mean) {
			t.Errorf("mean %v, want %d", got, mean)
		}
	}
}

func TestQuantilesAscend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Exponential(rapid.Int64Range(0, 1<<62).Draw(t, "mean"))
		if rapid.Bool().Draw(t, "log-normal") {
			p50 := rapid.Int64Range(1, 1<<45).Draw(t, "p50")
			d = LogNormal(p50, p50*rapid.Int64Range(1, 65536).Draw(t, "ratio"))
		}
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		low, high := d.table.quantile(min(a, b)), d.table.quantile(max(a, b))
		if low < 0 || low > high {
			t.Fatalf("quantiles %d and %d", low, high)
		}
		if !slices.IsSorted(d.table.nodes[:]) {
			t.Fatal("nodes do not ascend")
		}
	})
}

// The tables are made of integers: these are the bits on every machine.
func TestTablesAreStable(t *testing.T) {
	hash := func(d Dist) uint64 {
		h := newDigest(0, nil)
		for _, n := range d.table.nodes {
			h.note(uint64(n))
		}
		return h.state
	}
	if got := hash(Exponential(1_000_000)); got != 0xf9ba1df413018036 {
		t.Errorf("exponential: %#x", got)
	}
	if got := hash(LogNormal(200_000, 900_000)); got != 0x46e67386b4d7b1ae {
		t.Errorf("log-normal: %#x", got)
	}
}

func TestDistRefuses(t *testing.T) {
	mustPanic(t, "from 2 to 1", func() { Uniform(2, 1) })
	mustPanic(t, "mean -1", func() { Exponential(-1) })
	mustPanic(t, "p50 0", func() { LogNormal(0, 1) })
	mustPanic(t, "p99 4", func() { LogNormal(5, 4) })
	mustPanic(t, "p99 65537", func() { LogNormal(1, 65537) })
}

func BenchmarkDist(b *testing.B) {
	for _, c := range []struct {
		name string
		dist Dist
	}{{"uniform", Uniform(0, 1000)}, {"exponential", Exponential(1e6)}, {"log-normal", LogNormal(2e5, 9e5)}} {
		b.Run(c.name, func(b *testing.B) {
			s := NewStream(1, 0, 0, 0)
			for range b.N {
				c.dist.Draw(&s)
			}
		})
	}
	b.Run("make log-normal", func(b *testing.B) {
		for range b.N {
			LogNormal(2e5, 9e5)
		}
	})
	b.Run("normal nodes", func(b *testing.B) {
		for range b.N {
			buildNormalNodes()
		}
	})
}
