package sim

import (
	"math"
	"testing"
)

func TestLog2(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 5, 7, 1000, 1 << 20, 1<<20 + 1, 1<<63 - 1, 1 << 63, math.MaxUint64} {
		got := math.Ldexp(float64(log2(n)), -57)
		if want := math.Log2(float64(n)); math.Abs(got-want) > 1e-14*max(1, want) {
			t.Errorf("log2(%d) = %v, want %v", n, got, want)
		}
	}
}

func TestScaleExp2(t *testing.T) {
	for _, n := range []uint64{1, 3, 1000, 1 << 40} {
		for x := -70.0; x < 70; x += 0.37 {
			q57 := math.Ldexp(x, 57)
			if math.Abs(q57) >= 1<<63 {
				continue
			}
			got := float64(scaleExp2(n, int64(q57)))
			want := min(math.Floor(float64(n)*math.Exp2(x)), 1<<62)
			if math.Abs(got-want) > 1+1e-13*want {
				t.Errorf("%d * 2^%v = %v, want %v", n, x, got, want)
			}
		}
	}
}

func TestNormalNodes(t *testing.T) {
	for i, z := range normalNodes {
		want := math.Sqrt2 * math.Erfinv(1-2*math.Ldexp(float64(nodeTail(i)), -63))
		got := math.Ldexp(float64(z), -57)
		if math.Abs(got-want) > 1e-4 {
			t.Errorf("node %d, tail %v: z = %v, want %v", i, math.Ldexp(float64(nodeTail(i)), -63), got, want)
		}
	}
}

// The comment of Dist claims 0.3 %.
func TestQuantilesAgainstFloat(t *testing.T) {
	const z99 = 2.3263478740408408
	upper := func(tail float64) float64 { return math.Sqrt2 * math.Erfcinv(2*tail) }
	logNormal := func(p50, p99 int64) func(tail float64, high bool) float64 {
		return func(tail float64, high bool) float64 {
			z := upper(tail)
			if !high {
				z = -z
			}
			return float64(p50) * math.Exp(math.Log(float64(p99)/float64(p50))*z/z99)
		}
	}
	exponential := func(mean int64) func(tail float64, high bool) float64 {
		return func(tail float64, high bool) float64 {
			if high {
				return -float64(mean) * math.Log(tail)
			}
			return -float64(mean) * math.Log1p(-tail)
		}
	}
	for _, c := range []struct {
		name  string
		dist  Dist
		exact func(tail float64, high bool) float64
	}{
		{"Exponential(1)", Exponential(1), exponential(1)},
		{"Exponential(20)", Exponential(20), exponential(20)},
		{"Exponential(1e6)", Exponential(1e6), exponential(1e6)},
		{"Exponential(1e15)", Exponential(1e15), exponential(1e15)},
		{"LogNormal(200000, 900000)", LogNormal(200_000, 900_000), logNormal(200_000, 900_000)},
		{"LogNormal(5, 5)", LogNormal(5, 5), logNormal(5, 5)},
		{"LogNormal(1000, 65536000)", LogNormal(1000, 65_536_000), logNormal(1000, 65_536_000)},
	} {
		worst := 0.0
		for tail := 0.5; tail > 1e-9; tail *= 0.993 {
			for _, high := range []bool{false, true} {
				u := tail
				if high {
					u = 1 - tail
				}
				got := float64(c.dist.table.quantile(uint64(min(math.Ldexp(u, 64), math.MaxUint64-4096))))
				want := c.exact(tail, high)
				if off := math.Abs(got - want); off > 0.5001 {
					worst = max(worst, (off-0.5)/want)
				}
			}
		}
		if worst > 3e-3 {
			t.Errorf("%s is off by %.4f %%", c.name, 100*worst)
		}
		t.Logf("%s is off by at most %.4f %%", c.name, 100*worst)
	}
}
