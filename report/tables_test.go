package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cockroachdb/datadriven"
)

// TestTables prints the samples as a terminal shows them. Run with -rewrite to accept what is printed.
func TestTables(t *testing.T) {
	samples := drawnSamples()
	datadriven.RunTest(t, "testdata/tables", func(t *testing.T, d *datadriven.TestData) string {
		var name string
		d.ScanArgs(t, "of", &name)
		runs, found := samples[name]
		if !found {
			d.Fatalf(t, "no sample %s", name)
		}
		var out strings.Builder
		var err error
		switch d.Cmd {
		case "summary":
			err = Summary(&out, runs[0])
		case "compare":
			err = Compare(&out, runs)
		case "json":
			err = JSON(&out, runs[0].Exit(), runs)
		case "readme":
			err = Readme(&out, "simrun claims --reference", sampleReferences(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		if d.Cmd == "summary" || d.Cmd == "compare" {
			for _, line := range strings.Split(out.String(), "\n") {
				if utf8.RuneCountInString(line) > textWidth {
					t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
				}
			}
		}
		return out.String()
	})
}
