package sim

// The cells of a quantile table, by the probability v of the nearer tail. A tail of (0, 1/2] is cut into octaves
// [2^-k-1, 2^-k], each of cellsPerOctave equal cells: a relative resolution that is the same for p50 and for p99.9999.
const (
	octaves        = 32
	cellsPerOctave = 32
	tailCells      = octaves * cellsPerOctave
	subBits        = 5 // log2 cellsPerOctave
)

// nodeTail returns the tail probability at node i of [0, tailCells], times 2^63: ascending, 2^62 (one half) at the end.
func nodeTail(i int) uint64 {
	octave, sub := i/cellsPerOctave, uint64(i%cellsPerOctave)
	return (cellsPerOctave + sub) << (62 - octaves + octave - subBits)
}

// normalNodes holds, for each node, the z with Q(z) = the node's tail, times 2^57: the standard normal distribution,
// on which log-normal tables are built.
var normalNodes = buildNormalNodes()

// buildNormalNodes integrates the density inwards from z = 8 (Simpson's rule) and notes where the integral reaches
// each node.
func buildNormalNodes() *[tailCells + 1]int64 {
	const (
		stepBits = 7    // panels of 2^-7
		start    = 8    // Q(8) = 6e-16, far beyond the last node, 2^-33
		q8       = 2869 // Q(8) times 2^62
	)
	var nodes [tailCells + 1]int64
	tail := uint64(q8) << 1 // of z, times 2^63
	node := 0
	outer := density(start << 57)
	for panel := start<<stepBits - 1; panel >= 0; panel-- {
		z := int64(panel) << (57 - stepBits)
		middle, inner := density(z+1<<(56-stepBits)), density(z)
		// A sixth of the panel's width times the sum, which is a q62, so that a third of it counts 2^-63.
		area := (outer + 4*middle + inner) / 3 >> stepBits
		for node <= tailCells && nodeTail(node) <= tail+area {
			// Within a panel the integral is taken as linear.
			part := divQ62((tail+area-nodeTail(node))>>2, area>>2) // of the panel, from its inner end
			nodes[node] = z + int64(part>>(5+stepBits))
			node++
		}
		tail, outer = tail+area, inner
	}
	for ; node <= tailCells; node++ {
		nodes[node] = 0 // the median, which rounding may miss by a hair
	}
	return &nodes
}

// density returns the standard normal density at a q57 z in [0, 8], as a q62.
func density(z int64) uint64 {
	const inverseRootTwoPi = 1839796536686825613 // 1/sqrt(2 pi) times 2^62, rounded
	square := mulQ62(uint64(z), uint64(z))       // z^2 times 2^52
	// 2^-(z^2/2 log2 e): the exponent as a q57.
	exponent := mulQ62(square, log2eQ62) << 4 // times 2^52, halved, to 2^57
	return scaleExp2(inverseRootTwoPi, -int64(exponent))
}
