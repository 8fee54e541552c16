package swarm_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"simrun/scenarios"
	"simrun/swarm"
)

// witness is a test that fails without failing the one that it is part of.
type witness struct {
	testing.TB
	failed bool
	said   strings.Builder
}

func (w *witness) Helper()             {}
func (w *witness) Logf(string, ...any) {}
func (w *witness) Log(...any)          {}
func (w *witness) Failed() bool        { return w.failed }
func (w *witness) Fail()               { w.failed = true }
func (w *witness) FailNow()            { w.failed = true; runtime.Goexit() }
func (w *witness) Errorf(format string, args ...any) {
	w.failed = true
	fmt.Fprintf(&w.said, format+"\n", args...)
}
func (w *witness) Fatalf(format string, args ...any) { w.Errorf(format, args...); w.FailNow() }
func (w *witness) Error(args ...any)                 { w.Errorf("%s", fmt.Sprint(args...)) }
func (w *witness) Fatal(args ...any)                 { w.Fatalf("%s", fmt.Sprint(args...)) }

// checked runs Check as a test that may fail does, and gives what it says.
func checked(t *testing.T, base *scenarios.Scenario, holds swarm.Property) (failed bool, said string) {
	w := &witness{TB: t}
	over := make(chan bool)
	go func() {
		defer close(over)
		swarm.Check(w, base, holds)
	}()
	<-over
	return w.failed, w.said.String()
}

func set(t *testing.T, name, value string) {
	t.Helper()
	before := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set(name, before) })
}

func base(t *testing.T, protocol string, more ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load("crash-small", nil)
	if err == nil {
		s, err = s.With(append(more, "recovery.protocol="+protocol)...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Negative control of the example: where nothing is replayed money is lost. The
// scenario that shows it is small, stands in a file, fails again from the file,
// and holds where the protocol recovers.
func TestMoneyIsLostWithoutReplay(t *testing.T) {
	t.Chdir(t.TempDir())
	set(t, "rapid.nofailfile", "true")
	set(t, "rapid.seed", "1")
	set(t, "rapid.checks", "500")                                          // a fifth if -short
	from := base(t, "none", "swarm={keep: [network, detector, recovery]}") // fewer choices to shrink
	var first *scenarios.Scenario
	failed, said := checked(t, from, func(s *scenarios.Scenario, r scenarios.Result) error {
		err := noMoneyIsLost(s, r)
		if err != nil && first == nil {
			first = s
		}
		return err
	})
	if !failed {
		t.Fatal("nothing was found")
	}
	path := swarm.Kept(t.Name())
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, path) || !regexp.MustCompile(`(?m)^  simrun run \S+\.yaml`).MatchString(said) {
		t.Errorf("the message does not say what to do:\n%s", said)
	}
	s, err := scenarios.Parse(path, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if size(s) >= size(first) || len(s.Faults) != 1 || s.Workload.Operations > 3 {
		t.Errorf("found was\n%s\nand that is no larger than\n%s, or that is not small", first.Expand(), text)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	checked(t, from, noMoneyIsLost)
	if again, err := os.ReadFile(path); err != nil || string(again) != string(text) {
		t.Errorf("the same draws leave\n%s\nthe second time (%v), and left\n%s", again, err, text)
	}
	if failed, said := checked(t, from, noMoneyIsLost); !failed || !strings.Contains(said, "still does not hold of "+path) {
		t.Errorf("the file is not tried first: %s", said)
	}
	r, err := scenarios.Run(s)
	if err != nil || noMoneyIsLost(s, r) == nil {
		t.Errorf("the file does not fail again: %v", err)
	}
	s.Recovery.Protocol = "clonos"
	if r, err = scenarios.Run(s); err != nil || noMoneyIsLost(s, r) != nil {
		t.Errorf("clonos: %v %v", err, noMoneyIsLost(s, r))
	}
}

// size is how much there is to read in a scenario.
func size(s *scenarios.Scenario) int {
	return 20*len(s.Faults) + len(s.Tasks()) + int(s.Workload.Operations)
}
