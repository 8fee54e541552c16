package recovery

import (
	"fmt"
	"testing"

	"simrun/causallog"
)

func TestZZ(t *testing.T) {
	gen := scenariosOf(1, 3)
	for inv := range Invariants {
		line := ""
		var blind []Invariant
		for j := range Invariants {
			if j != inv {
				blind = append(blind, j)
			}
		}
		_ = blind
		for _, f := range pitfalls {
			p := Clonos(causallog.FullSharing)
			f.set(&p.Broken)
			n := 0
			for i := range 200 {
				w := play(p, gen.Example(i))
				if w.watch.Broke[inv] > 0 {
					n++
				}
			}
			if n > 0 {
				line += fmt.Sprintf(" %s:%d", f.name, n)
			}
		}
		fmt.Println(inv, line)
	}
}
