package shrink

import (
	"strings"
	"testing"

	"simrun/scenarios"
)

// Of each pair the first is smaller, whatever else is larger.
func TestWeight(t *testing.T) {
	for _, c := range [][2]string{
		{"planted=[no-rng] faults=[{at: 100ms, crash: order/0}, {at: 200ms, crash: order/0}]", "planted=[no-rng, no-order] faults=[]"},
		{"faults=[{at: 100ms, crash: [order/0, order/1]}]", "faults=[{at: 100ms, crash: order/0}, {at: 100ms, pause: order/1, for: 1s}]"},
		{"faults=[{at: 100ms, crash: order/0}] workload.operations=900", "faults=[{at: 100ms, crash: [order/0, order/1]}] workload.operations=5"},
		{"faults=[{at: 100ms, crash: order/0}] workload.operations=900", "faults=[{at: 100ms, crash: machine/0}] workload.operations=5"},
		{"faults=[{at: 100ms, crash: order/0}] workload.operations=900", "faults=[{at: 100ms, pause: order/0, for: 1ms}] workload.operations=5"},
		{"workload.operations=5 parallelism=3", "workload.operations=6 parallelism=1"},
		{"faults=[{at: 100ms, skew: {target: order/0, by: -1ms}, for: 1s}]", "faults=[{at: 100ms, skew: {target: order/0, by: -9ms}, for: 1s}]"},
		{"faults=[{at: 100ms, delay: {writes_of: order/0, by: 1ms}, for: 1s}]", "faults=[{at: 100ms, delay: {writes_of: order/0, by: 9ms}, for: 1s}]"},
	} {
		var s [2]*scenarios.Scenario
		for i, sets := range c {
			sets = strings.ReplaceAll(sets, "] workload", "]; workload")
			sets = strings.ReplaceAll(sets, "] faults", "]; faults")
			sets = strings.ReplaceAll(sets, " parallelism", "; parallelism")
			s[i] = loaded(t, "crash-small", strings.Split(sets, "; ")...)
		}
		if a, b := weight(s[0]), weight(s[1]); !smaller(a, b) || smaller(b, a) {
			t.Errorf("%s: %v\n%s: %v", c[0], a, c[1], b)
		}
	}
}

// What is struck stays the same where it can, and is spread over what is left otherwise.
func TestAim(t *testing.T) {
	s := loaded(t, "crash-small", "parallelism=4", "faults=[{at: 100ms, crash: [order/3, order/1]}, {after: {task: stock/3, events: 5}, crash: egress/2}]")
	narrow(s, 2)
	if got := s.Faults[0].String() + " " + s.Faults[1].String(); got != "{at: 100ms, crash: order/1} {after: {task: stock/1, events: 5}, crash: egress/0}" {
		t.Error(got)
	}
}

// What a fault is needed for is told of each target of a crash, and of a search that did not end.
func TestNeeded(t *testing.T) {
	simulate := fake(func(s *scenarios.Scenario) Class {
		if len(s.Faults) > 0 && len(s.Faults[0].Crash) == 2 {
			return Class{Check: "exactly_once"}
		}
		return Class{}
	})
	run := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		r, err := simulate(s, o)
		if len(s.Faults) == 0 || len(s.Faults[0].Crash) == 1 {
			r.Vacuous = "nobody died"
		}
		return r, err
	}
	from := loaded(t, "crash-small", "faults=[{at: 100ms, crash: [order/0, stock/1]}, {at: 200ms, crash: egress/0}]")
	r := shrunk(t, from, Options{Simulate: run, Runs: 1})
	var got []string
	for _, n := range r.Needed {
		got = append(got, n.Fault+": "+n.Without)
	}
	want := `{at: 100ms, crash: [order/0, stock/1]}: the run tests nothing: nobody died
order/0: the run tests nothing: nobody died
stock/1: the run tests nothing: nobody died
{at: 200ms, crash: egress/0}: the run still fails: exactly_once`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s", text)
	}
}
