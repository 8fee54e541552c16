package shrink

import (
	"context"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestShrunk: whole results. Its commands are
//
//	shrink SCENARIO [KEY=VALUE]...
//
// and what each gives is the file (go test ./shrink -rewrite after an intended
// change of how runs go, or of how scenarios are shrunk).
func TestShrunk(t *testing.T) {
	datadriven.RunTest(t, "testdata/shrunk", func(t *testing.T, d *datadriven.TestData) string {
		words := strings.Fields(d.Input)
		r, err := Shrink(context.Background(), loaded(t, words[0], words[1:]...), Options{})
		if err != nil {
			return err.Error()
		}
		return string(r.File("simrun shrink " + d.Input))
	})
}
