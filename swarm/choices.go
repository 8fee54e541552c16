package swarm

import (
	"fmt"
	"math/bits"

	"pgregory.net/rapid"

	"simrun/sim"
)

// choices is where everything random comes from. The first of whatever is
// chosen from is the simplest: rapid shrinks towards it.
type choices interface {
	// number draws a number from least, the simplest, to most. A scenario draws
	// each label once.
	number(label string, least, most int) int
	// blows draws a list of faults.
	blows(least, most int, one func(choices) blow) []blow
}

// on says whether something is there that can be left out.
func on(c choices, label string) bool { return c.number(label, 0, 1) == 1 }

// seldom says that once in so many.
func seldom(c choices, label string, in int) bool { return c.number(label, 0, in-1) == in-1 }

// pick draws one of a list, of which the first is the simplest.
func pick[T any](c choices, label string, of ...T) T { return of[c.number(label, 0, len(of)-1)] }

// span draws a time from so many units to so many.
func span(c choices, label string, least, most int, unit sim.Time) sim.Time {
	return sim.Time(c.number(label, least, most)) * unit
}

// seeded draws from a number. Each label has numbers of its own: another label
// more leaves those of all others alone.
type seeded struct {
	seed   uint64
	prefix string
}

func (s seeded) number(label string, least, most int) int {
	x := uint64(14695981039346656037) // FNV-1a of the label
	for _, part := range [...]string{s.prefix, label} {
		for i := range len(part) {
			x = (x ^ uint64(part[i])) * 1099511628211
		}
	}
	x = mixed(mixed(x) + s.seed*0x9e3779b97f4a7c15)
	chosen, _ := bits.Mul64(x, uint64(most-least)+1)
	return least + int(chosen)
}

// mixed is the finalizer of SplitMix64.
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (s seeded) blows(least, most int, one func(choices) blow) []blow {
	list := make([]blow, s.number("faults", least, most))
	for i := range list {
		list[i] = one(seeded{s.seed, fmt.Sprintf("%sfaults %d ", s.prefix, i)})
	}
	return list
}

// drawn draws by rapid.
type drawn struct{ t *rapid.T }

func (d drawn) number(label string, least, most int) int {
	return rapid.IntRange(least, most).Draw(d.t, label)
}

func (d drawn) blows(least, most int, one func(choices) blow) []blow {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) blow { return one(drawn{t}) }), least, most).Draw(d.t, "faults")
}
