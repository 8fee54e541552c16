package scenarios

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// Whatever the file and the flags are, Parse gives a scenario that expands to
// itself, or lines that say what is wrong.
func FuzzParse(f *testing.F) {
	for _, b := range Builtins() {
		data, _ := BuiltinYAML(b.Name)
		f.Add(data, "time.horizon", "10s")
	}
	f.Add(Sample(), "faults[0].at", "1s")
	f.Add([]byte(everyDefault), "workload.arrivals.closed.clients", "8")
	f.Add([]byte("{simrun: 1, name: q, a: &a [*a, *b], <<: {x: 1}, ? {y: 1} : z, network: {latency: {lognormal: {p50: 1, p99: [}}}}"), "faults[0]", "{at: 1s}")
	f.Add([]byte("simrun: 1\nname: !!str q\n---\n- 1\n"), "expect.fail", "[progress]")
	f.Fuzz(func(t *testing.T, data []byte, key, text string) {
		for _, overrides := range [][]Override{nil, {{key, text}}} {
			s, err := Parse("fuzz", data, overrides)
			if err != nil {
				var bad *BadInput
				if !errors.As(err, &bad) || len(bad.Lines) == 0 || len(bad.Lines) > linesListed+1 {
					t.Fatalf("error %T with %q", err, err)
				}
				for _, line := range bad.Lines {
					if strings.ContainsAny(line, "\n\r") || !strings.HasPrefix(line, "fuzz:") && !strings.HasPrefix(line, "--set ") {
						t.Fatalf("line %q", line)
					}
				}
				continue
			}
			expanded := s.Expand()
			back, err := Parse("expanded", expanded, nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, expanded)
			}
			if !bytes.Equal(back.Expand(), expanded) {
				t.Fatalf("%s\nexpands to\n%s", expanded, back.Expand())
			}
		}
	})
}
