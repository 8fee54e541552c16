package scenarios

import (
	"reflect"
	"strings"
	"testing"

	"simrun/check"
)

// A scenario that says nothing of its swarm has the budget of an empty map.
func TestDefaultBudget(t *testing.T) {
	empty, err := Parse("empty", []byte("{simrun: 1, name: q, swarm: {}}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	none := load(t, "crash-small", "clonos")
	if !reflect.DeepEqual(none.Budget(), empty.Budget()) || !reflect.DeepEqual(none.Budget(), *empty.Swarm) {
		t.Errorf("%+v, and of an empty map %+v", none.Budget(), empty.Budget())
	}
	if _, err := Parse("wrong", []byte("{simrun: 1, name: q, swarm: {kinds: [crush], fault: 3}}"), nil); err == nil || !strings.Contains(err.Error(), "crash") {
		t.Errorf("%v", err)
	}
}

// Asked for safety alone a run that stands still meets it, and its books are not
// read; asked for more it does not. What is wrong stays wrong.
func TestSafe(t *testing.T) {
	stuck := load(t, "crash-small", "clonos")
	stuck.Time.Drain = stuck.Time.Horizon
	stuck.Faults = []Fault{{At: stuck.Time.Horizon / 3, Pause: &Target{Kind: Broker}, For: stuck.Time.Horizon * 100}}
	verdicts := func(word string) map[string]check.Verdict {
		stuck.Expect.Clonos = Expected{Word: word}
		found := map[string]check.Verdict{}
		for _, f := range run(t, stuck, Options{}).Checks {
			found[f.Name] = f.Verdict
		}
		return found
	}
	safe, pass := verdicts("safe"), verdicts("pass")
	if safe["progress"] != check.Violated || pass["progress"] != check.Violated {
		t.Fatalf("the run goes on: %v", safe)
	}
	for _, name := range books {
		if safe[name] != check.Skipped {
			t.Errorf("%s: %v", name, safe[name])
		}
	}
	if safe["linearizable"] != check.Ok {
		t.Errorf("linearizable: %v", safe["linearizable"])
	}
	one := []check.Finding{{Name: "exactly_once", Verdict: check.Violated}}
	stuck.Expect.Clonos = Expected{Word: "safe"}
	if stuck.standing(one, true); one[0].Verdict != check.Violated {
		t.Error("the books of a run that came to rest are not read")
	}
}

func TestSwarmExpectation(t *testing.T) {
	s := load(t, "crash-small", "clonos")
	for _, beyond := range []bool{false, true} {
		s.Swarm = &Swarm{Beyond: beyond}
		want := map[string]string{"clonos": "pass", "redo": "fail"}
		if beyond {
			want["clonos"] = "safe"
		}
		for protocol, word := range want {
			if got, _ := s.SwarmExpectation(protocol); got != word {
				t.Errorf("beyond %v: %s is to %s, want %s", beyond, protocol, got, word)
			}
		}
	}
}

// What is drawn into has nothing of what is about the base, or about all of its swarm.
func TestDrawnLeavesOut(t *testing.T) {
	base := load(t, "crash-small", "clonos")
	base.Swarm, base.Check.Reached, base.variant = &Swarm{Faults: 1}, make([]Goal, 1), "x"
	c := base.Drawn("drawn", "about it")
	if c.Swarm != nil || c.Check.Reached != nil || c.Faults != nil || c.variant != "" || c.Name != "drawn" || c.About != "about it" {
		t.Errorf("%+v", c)
	}
	if base.Swarm == nil || base.Check.Reached == nil || len(base.Faults) == 0 {
		t.Error("the base has changed")
	}
}
