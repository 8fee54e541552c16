package scenarios

import (
	"sync"

	"simrun/sim"
)

// Shape is the kind of a distribution.
type Shape uint8

// Shapes of distributions.
const (
	Fixed       Shape = iota // always A
	Uniform                  // from A to B
	Exponential              // of mean A
	LogNormal                // of median A and 99th percentile B
)

// shapeKeys are the keys of each shape: the shape's word, then those of its map.
var shapeKeys = [...][]string{
	Fixed:       nil,
	Uniform:     {"uniform", "min", "max"},
	Exponential: {"exponential", "mean"},
	LogNormal:   {"lognormal", "p50", "p99"},
}

// Distribution is a distribution of times (nanoseconds) or of numbers. The zero
// value is always 0.
type Distribution struct {
	Shape Shape
	A, B  int64 // B is 0 where the shape has one number only
	Timed bool  // times, not plain numbers
}

// Constant is the distribution that is always v.
func Constant(v int64) Distribution { return Distribution{A: v} }

// Dist makes the distribution to draw from.
func (d Distribution) Dist() sim.Dist {
	switch d.Shape {
	case Uniform:
		return sim.Uniform(d.A, d.B)
	case Exponential:
		return tables.of(d, func() sim.Dist { return sim.Exponential(d.A) })
	case LogNormal:
		return tables.of(d, func() sim.Dist { return sim.LogNormal(d.A, d.B) })
	}
	return sim.Constant(d.A)
}

// tables are distributions whose making takes as long as a twentieth of a small
// run. Runs of a sweep share them: they do not change.
var tables tableCache

type tableCache struct {
	mu   sync.Mutex
	made map[Distribution]sim.Dist
}

const tablesMost = 256

func (c *tableCache) of(d Distribution, make func() sim.Dist) sim.Dist {
	c.mu.Lock()
	defer c.mu.Unlock()
	if dist, known := c.made[d]; known {
		return dist
	}
	if c.made == nil || len(c.made) >= tablesMost {
		c.made = map[Distribution]sim.Dist{}
	}
	dist := make()
	c.made[d] = dist
	return dist
}

// Constant gives the only value of the distribution, if it has only one.
func (d Distribution) Constant() (int64, bool) {
	return d.A, d.Shape == Fixed || d.Shape != Exponential && d.A == d.B || d.Shape == Exponential && d.A == 0
}

// String is the distribution as a scenario file writes it.
func (d Distribution) String() string { return d.encode().flow() }

func (d Distribution) form() form {
	if d.Timed {
		return forms["time"]
	}
	return forms[""]
}

func (d Distribution) encode() *node {
	if d.Shape == Fixed {
		return scalar(d.form().format(d.A))
	}
	keys := shapeKeys[d.Shape]
	inner := &node{kind: mapNode}
	for i, v := range []int64{d.A, d.B}[:len(keys)-1] {
		inner.set(keys[i+1], scalar(d.form().format(v)))
	}
	outer := &node{kind: mapNode}
	outer.set(keys[0], inner)
	return outer
}

// Popularity is how clients choose among keys.
type Popularity struct {
	Zipf    int64 // theta in thousandths; 0 if Uniform
	Uniform bool
}

func (p Popularity) encode() *node {
	if p.Uniform {
		return scalar("uniform")
	}
	n := &node{kind: mapNode}
	n.set("zipf", scalar(forms["milli"].format(p.Zipf)))
	return n
}
