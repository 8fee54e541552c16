package telling

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"simrun/check"
	"simrun/scenarios"
)

// told runs the scenario of a command line and tells of one of its checks, or of the first that is violated:
//
//	tell SCENARIO [protocol=NAME] [check=NAME] [set=(KEY=VALUE, ...)]
func told(t *testing.T, d *datadriven.TestData) (*Telling, *scenarios.Scenario) {
	overrides := []scenarios.Override{}
	only := ""
	for _, arg := range d.CmdArgs[1:] {
		switch arg.Key {
		case "protocol":
			overrides = append(overrides, scenarios.Override{Key: "recovery.protocol", Value: arg.Vals[0]})
		case "check":
			only = arg.Vals[0]
		default:
			overrides = append(overrides, scenarios.Override{Key: arg.Key, Value: strings.Join(arg.Vals, ",")})
		}
	}
	s, err := scenarios.Load(d.CmdArgs[0].Key, overrides)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	r, err := scenarios.Run(s)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	if only != "" {
		r.Checks = slices.DeleteFunc(r.Checks, func(f check.Finding) bool { return f.Name != only })
	}
	return Of(s, &r, Options{}), s
}

// Each kind of failure is told in words that a person can follow, with the fault that it comes from.
func TestTellings(t *testing.T) {
	datadriven.RunTest(t, "testdata/tellings", func(t *testing.T, d *datadriven.TestData) string {
		failure, s := told(t, d)
		if failure == nil {
			return "nothing is violated\n"
		}
		again, _ := told(t, d)
		if a, b := fmt.Sprintf("%+v", failure), fmt.Sprintf("%+v", again); a != b {
			d.Fatalf(t, "told twice, it differs:\n%s\n%s", a, b)
		}
		holds(t, d, failure, s)
		return page(failure)
	})
}

// holds checks what every telling owes: the fault and the operation are in the chain, which is short and in order.
func holds(t *testing.T, d *datadriven.TestData, failure *Telling, s *scenarios.Scenario) {
	said := page(failure)
	if n := len(failure.Chain); n == 0 || n > eventsMost {
		t.Errorf("%s: the chain has %d events", d.Pos, n)
	}
	if len(s.Faults) > 0 && !strings.Contains(said, "FAULT") && !strings.Contains(said, "No fault had struck") {
		t.Errorf("%s: no fault in the chain", d.Pos)
	}
	if failure.Request != "" && !slices.ContainsFunc(failure.Chain, func(e Event) bool { return strings.HasPrefix(e.Where, "client ") }) {
		t.Errorf("%s: the operation is not in the chain", d.Pos)
	}
	if !slices.IsSortedFunc(failure.Chain, func(a, b Event) int { return int(a.At - b.At) }) {
		t.Errorf("%s: the chain is out of order", d.Pos)
	}
	if failure.Promise == "" || !strings.HasPrefix(failure.Class, failure.Check) || len(failure.Faults) != len(s.Faults) {
		t.Errorf("%s: promise %q, class %q, %d faults", d.Pos, failure.Promise, failure.Class, len(failure.Faults))
	}
}

func page(t *Telling) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", t.Class)
	if len(t.Others) > 0 {
		fmt.Fprintf(&b, "also %s\n", strings.Join(t.Others, ", "))
	}
	for _, s := range t.Sentences {
		fmt.Fprintf(&b, "%s\n", s)
	}
	fmt.Fprintf(&b, "must hold: %s\n", t.Promise)
	for _, e := range t.Chain {
		fmt.Fprintf(&b, "  %s  %-10s %s\n", Clock(e.At), e.Where, e.Text)
	}
	for _, f := range t.Faults {
		fmt.Fprintf(&b, "- %s\n", f)
	}
	if t.Request != "" {
		fmt.Fprintf(&b, "request %s\n", t.Request)
	}
	return b.String()
}
