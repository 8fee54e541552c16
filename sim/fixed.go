package sim

import "math/bits"

// Fixed-point logarithm and exponential. Floating point would do, but for fused multiply-add, which makes one
// expression differ by architecture; these give the same bits everywhere.
//
// A q62 is a number times 2^62, so that it holds [-2, 2); a q57 is a number times 2^57, for logarithms in [-64, 64).

const (
	oneQ62   = 1 << 62
	oneQ57   = 1 << 57
	ln2Q62   = 3196577161300663915 // ln 2 times 2^62, rounded
	log2eQ62 = 6653256548922161246 // log2 e times 2^62, rounded
)

// mulQ62 multiplies two non-negative q62.
func mulQ62(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi<<2 | lo>>62
}

// divQ62 divides two non-negative q62; the quotient must be less than 2.
func divQ62(a, b uint64) uint64 {
	quotient, _ := bits.Div64(a>>2, a<<62, b)
	return quotient
}

// log2 returns the binary logarithm of n as a q57. It panics if n is 0.
//
// n is m times a power of two with m in [1, 2), and ln m = 2 atanh((m-1)/(m+1)), whose argument is below 1/3.
func log2(n uint64) int64 {
	if n == 0 {
		panic("sim: logarithm of zero")
	}
	exponent := bits.Len64(n) - 1
	m := n << (63 - exponent) >> 1 // q62 in [1, 2)
	y := divQ62((m-oneQ62)/2, m/2+oneQ62/2)
	square := mulQ62(y, y)
	var sum uint64
	for power, i := y, uint64(1); power > 0; power, i = mulQ62(power, square), i+2 {
		sum += power / i
	}
	mantissa := mulQ62(2*sum, log2eQ62) // q62 in [0, 1)
	return int64(exponent)<<57 + int64(mantissa>>5)
}

// exp2Fraction returns 2^f for a q62 f in [0, 1), as a q62 in [1, 2): a table for the first bits of f, times the series
// e^t = 1 + t + t^2/2 + ... for the rest, t < 0.011, of which seven terms are enough.
func exp2Fraction(f uint64) uint64 {
	t := mulQ62(f&(1<<(62-tableBits)-1), ln2Q62)
	sum := mulQ62(t, inverseFactorials[0])
	for _, inverse := range inverseFactorials[1:] {
		sum = mulQ62(t, inverse+sum)
	}
	return min(mulQ62(exp2Table[f>>(62-tableBits)], oneQ62+sum), 2*oneQ62-1)
}

const tableBits = 6

// inverseFactorials are 1/7!, ..., 1/2!, 1 as q62, rounded down.
var inverseFactorials = [...]uint64{
	oneQ62 / 5040, oneQ62 / 720, oneQ62 / 120, oneQ62 / 24, oneQ62 / 6, oneQ62 / 2, oneQ62,
}

// exp2Table holds 2^(i/64) as q62, by the whole series.
var exp2Table = func() (table [1 << tableBits]uint64) {
	for i := range table {
		t := mulQ62(uint64(i)<<(62-tableBits), ln2Q62)
		table[i] = oneQ62
		for term, n := t, uint64(2); term > 0; term, n = mulQ62(term, t)/n, n+1 {
			table[i] += term
		}
	}
	return table
}()

// scaleExp2 returns n times 2^x for a q57 x, rounded down, and at most 2^62.
func scaleExp2(n uint64, x int64) uint64 {
	shift := x >> 57
	hi, lo := bits.Mul64(n, exp2Fraction(uint64(x&(oneQ57-1))<<5))
	// The product is a q62; shift it right by 62-shift.
	right := 62 - shift
	switch {
	case right >= 128:
		return 0
	case right >= 64:
		return min(hi>>(right-64), oneQ62)
	case right < 0 || hi>>right != 0:
		return oneQ62
	default:
		return min(hi<<(64-right)|lo>>right, oneQ62)
	}
}
