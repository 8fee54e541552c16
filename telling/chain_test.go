package telling

import (
	"strings"
	"testing"

	"simrun/check"
	"simrun/cluster"
	"simrun/scenarios"
	"simrun/sim"
)

// lines makes a story of words, a second and a half apart: what the first operation
// comes to (asked, decided, told), a fault, and what monitors see.
func lines(words string) (list []cluster.Line) {
	for i, word := range strings.Fields(words) {
		l := cluster.Line{At: sim.Time(i+1) * 3 * sim.Second / 2, Order: -1, Text: word}
		monitor, saw := strings.CutPrefix(word, "saw:")
		switch {
		case saw:
			l.Violated = monitor
		case strings.HasPrefix(word, "fault"):
			l.Fault = true
		default:
			l.Order, l.Act = 7, map[string]cluster.Act{"asked": cluster.Asked, "decided": cluster.Decided, "told": cluster.Told}[strings.TrimRight(word, "012")]
		}
		list = append(list, l)
	}
	return list
}

// The fault that a violation is put down to, and the decision that is shown, are those
// of the accused operation.
func TestFaultOfAViolation(t *testing.T) {
	for _, c := range []struct{ check, rule, story, fault, decision string }{
		{"INV-04", "", "fault0 saw:INV-02 fault1 saw:INV-04 fault2", "fault1", ""}, // as this monitor saw it, not another one
		{"INV-04", "", "saw:INV-04 fault0", "fault0", ""},
		{"exactly_once", "paid_but_lost", "fault0 asked decided told fault1 fault2", "fault1", "decided"}, // what was told was lost by what struck then
		{"exactly_once", "effect_twice", "fault0 asked decided told fault1", "fault0", "decided"},
		{"exactly_once", "effect_twice", "asked decided0 told fault0 fault1 decided1 fault2", "fault1", "decided0"},  // decided once more, after it
		{"exactly_once", "paid_but_lost", "fault0 asked decided0 told decided1 fault1", "fault1", "decided0"},        // once more, but no fault between
		{"linearizable", "paid_but_lost", "fault0 asked fault1 decided0 decided1 told fault2", "fault1", "decided1"}, // the last before it was told
		{"progress", "", "fault0 asked decided fault1 fault2", "fault1", "decided"},                                  // what struck while it waited
		{"progress", "", "fault0 asked decided0 decided1", "fault0", "decided1"},
		{"progress", "", "asked decided", "", "decided"},
	} {
		s := &selection{c: &matter{finding: &check.Finding{Name: c.check, About: &check.About{Rule: c.rule}}}, heard: lines(c.story)}
		word := func(i int) string {
			if i < 0 {
				return ""
			}
			return s.heard[i].Text
		}
		decision := ""
		if c.decision != "" {
			s.c.operations = []int64{7}
			decision = word(s.decision(0))
		}
		if fault := word(s.fault()); fault != c.fault || decision != c.decision {
			t.Errorf("%s/%s, %s: put down to %q, decided by %q; want %q, %q", c.check, c.rule, c.story, fault, decision, c.fault, c.decision)
		}
	}
}

// Of the faults before the one that did it a chain shows those that struck within a second;
// and that no fault had struck is said only where some story is told.
func TestChainOfFaults(t *testing.T) {
	heard := lines("fault0 fault1 fault2 saw:INV-04")
	heard[1].At = heard[2].At - sim.Second
	for _, c := range []struct {
		heard    []cluster.Line
		want     string
		innocent bool
	}{
		{heard, "fault1 fault2 saw:INV-04", false},
		{lines("saw:INV-04"), "saw:INV-04", true},
		{nil, "", false},
	} {
		m := &matter{finding: &check.Finding{Name: "INV-04"}, result: &scenarios.Result{Marks: []cluster.Mark{{}}}}
		var got []string
		for _, e := range m.chain(c.heard) {
			got = append(got, e.Text)
		}
		if text := strings.Join(got, " "); text != c.want || m.innocent != c.innocent {
			t.Errorf("%q, innocent: %v; want %q, %v", text, m.innocent, c.want, c.innocent)
		}
	}
	m := &matter{finding: &check.Finding{Name: "INV-04"}, result: &scenarios.Result{}}
	if m.chain(lines("saw:INV-04")); m.innocent {
		t.Error("a run without faults is told that no fault had struck by then")
	}
}
