package sim

import (
	"fmt"
	"math/bits"
)

// A Zipf draws k from [0, n) with probability proportional to 1/(k+1)^theta, in constant time (the alias method of
// Walker and Vose). It is immutable once made.
type Zipf struct {
	columns []column
}

// A column of the table is shared by two values: itself below the cut, and the alias from there on.
type column struct {
	cut   uint32 // times 2^-32
	alias uint32 // itself if the column is not shared
}

// NewZipf returns the distribution over [0, n) with theta = thetaMilli/1000. It panics unless 0 < n <= 2^26 and
// 0 <= thetaMilli <= 10,000.
func NewZipf(n int, thetaMilli int64) *Zipf {
	if n <= 0 || n > 1<<26 || thetaMilli < 0 || thetaMilli > 10_000 {
		panic(fmt.Sprintf("sim: Zipf distribution over %d values with theta %d/1000", n, thetaMilli))
	}
	mass, total := zipfMasses(n, thetaMilli)
	z := &Zipf{columns: make([]column, n)}

	// Every column has room for total. Each step fills up a column that has less with the excess of one that has more.
	stacks := make([]uint32, n) // of columns with less from the bottom up, of those with more from the top down
	less, more := 0, n
	for k := n - 1; k >= 0; k-- {
		z.columns[k].alias = uint32(k)
		if mass[k] < total {
			stacks[less] = uint32(k)
			less++
		} else {
			more--
			stacks[more] = uint32(k)
		}
	}
	for less > 0 && more < n {
		less--
		poor, rich := stacks[less], stacks[more]
		cut, _ := bits.Div64(mass[poor], 0, total)
		z.columns[poor] = column{cut: uint32(cut >> 32), alias: rich}
		if mass[rich] -= total - mass[poor]; mass[rich] < total {
			more++
			stacks[less] = rich
			less++
		}
	}
	return z // what is left on either stack is exactly full: its alias is itself
}

// zipfMasses returns n times the weight of each value, and the sum of the weights. Weights are scaled so that neither
// exceeds 2^62.
func zipfMasses(n int, thetaMilli int64) (mass []uint64, total uint64) {
	one := uint64(1) << (62 - bits.Len64(uint64(n)))
	mass = make([]uint64, n)
	for k := range mass {
		hi, lo := bits.Mul64(uint64(log2(uint64(k)+1)), uint64(thetaMilli))
		exponent, _ := bits.Div64(hi, lo, 1000)
		// Twice the weight, halved: rounded to the nearest.
		weight := (scaleExp2(one, 1<<57-int64(min(exponent, 62<<57))) + 1) / 2
		mass[k] = weight * uint64(n)
		total += weight
	}
	return mass, total
}

// Len returns n.
func (z *Zipf) Len() int { return len(z.columns) }

// Draw returns a random value. It takes one number from the stream: its high part picks the column, its low part
// decides between the column's two values.
func (z *Zipf) Draw(s *Stream) int {
	k, rest := bits.Mul64(s.Uint64(), uint64(len(z.columns)))
	if c := z.columns[k]; uint32(rest>>32) >= c.cut {
		return int(c.alias)
	}
	return int(k)
}
