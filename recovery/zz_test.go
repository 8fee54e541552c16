package recovery

import (
	"fmt"
	"testing"
)

func TestZZ(t *testing.T) {
	var all []Invariant
	for i := range Invariants {
		all = append(all, i)
	}
	gen := scenariosOf(1, 3)
	dbg = true
	w := play(None(), gen.Example(27), all...)
	fmt.Println(w.faults)
	fmt.Println(w.manager.Pending(), w.manager.Recovering(), gen.Example(27).slow, gen.Example(27).crashes, gen.Example(27).ticks)
}
