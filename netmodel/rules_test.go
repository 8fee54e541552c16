package netmodel

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

// A judge plays a scenario on something and says which law was broken.
type judge[S any] func(S) error

func mustHold[S any](t *testing.T, scenarios *rapid.Generator[S], j judge[S]) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		s := scenarios.Draw(t, "scenario")
		if err := j(s); err != nil {
			t.Fatal(err)
		}
	})
}

// mustCatch is the negative control of mustHold: the judge plays on something broken, and has to say what is wrong.
func mustCatch[S any](t *testing.T, scenarios *rapid.Generator[S], broken judge[S], with string) {
	t.Helper()
	var other error
	for i := range 300 {
		if err := broken(scenarios.Example(i)); err != nil {
			if strings.Contains(err.Error(), with) {
				return
			}
			other = err
		}
	}
	t.Errorf("in 300 scenarios nothing was wrong with %q; last said: %v", with, other)
}

func mustPanic(t *testing.T, with string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), with) {
			t.Errorf("panicked with %v, want %q", r, with)
		}
	}()
	f()
}

func mustNotAllocate(t *testing.T, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(5000, f); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
}

// modelLine is a line in exact fractions.
type modelLine struct {
	rate int64
	free *big.Rat
}

func newModelLine(rate int64) *modelLine { return &modelLine{rate, new(big.Rat)} }

func (m *modelLine) pass(now sim.Time, bytes *big.Int) sim.Time {
	if start := new(big.Rat).SetInt64(int64(now)); start.Cmp(m.free) > 0 {
		m.free = start
	}
	took := new(big.Int).Mul(bytes, big.NewInt(int64(sim.Second)))
	m.free = new(big.Rat).Add(m.free, new(big.Rat).SetFrac(took, big.NewInt(m.rate)))
	up := new(big.Int).Add(m.free.Num(), m.free.Denom())
	up.Sub(up, big.NewInt(1)).Div(up, m.free.Denom())
	if up.Cmp(big.NewInt(int64(Never))) >= 0 {
		return Never
	}
	return sim.Time(up.Int64())
}

// latencies are the distributions that scenarios draw from: short and long tails, ties, none at all.
var latencies = []sim.Dist{
	sim.Constant(0), sim.Constant(7), sim.Uniform(0, 3), sim.Uniform(0, 1000),
	sim.Exponential(200), sim.LogNormal(200_000, 900_000),
}
