package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	for _, unit := range []string{"[", "{a: ", "- ", "? ", "&a ", "!!x ", "a:\n", "\"", "*a ", "[a, ", "{", "a: b\n", "- a\n", "# c\n", "--- \n", "a: {b: c}\n", "x: [1,2,3]\n","|\n ", " "} {
		for _, n := range []int{1000, 10000, 100000} {
			d := strings.Repeat(unit, n/len(unit))
			t0 := time.Now()
			_, err := Parse("x", []byte(d), nil)
			if e := time.Since(t0); e > 50*time.Millisecond {
				fmt.Printf("%q %d %v %.80q\n", unit, n, e, err)
			}
			if time.Since(t0) > 3*time.Second { break }
		}
	}
	var nested strings.Builder
	for i := range 1000 { nested.WriteString(strings.Repeat(" ", i) + "a:\n") }
	t0 := time.Now()
	_, err := Parse("x", []byte(nested.String()), nil)
	fmt.Println(nested.Len(), time.Since(t0), len(err.Error()))
}
