package swarm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/scenarios"
	"simrun/shrink"
)

// Property says what is wrong with a run of a scenario; nil: nothing. The same
// run has to give the same answer.
type Property = shrink.Property

// Kept is where Check keeps the smallest scenario that a property does not hold
// of, by the name of the test. Check tries it first, as long as it is there.
func Kept(test string) string {
	return filepath.Join("testdata", "swarm", strings.NewReplacer("/", "-", "\\", "-").Replace(test)+".yaml")
}

// Check fails the test if it finds a scenario of the swarm of a base of which a
// property does not hold, and keeps a smallest such scenario (Kept), which it
// shrinks from the one that was found. How many it tries is a flag of rapid:
// -rapid.checks=1000; -rapid.nofailfile keeps rapid from writing a file of its own
// besides.
func Check(t rapid.TB, base *scenarios.Scenario, holds Property) {
	t.Helper()
	path := Kept(t.Name())
	if s := known(t, path); s != nil {
		if err := try(s, holds); err != nil {
			t.Fatalf("the property still does not hold of %s: %v\n%s", path, err, commands(t, path))
		}
	}
	var found *scenarios.Scenario
	var why error
	defer func() {
		if found == nil {
			return
		}
		text := smallest(t, found, holds, &why)
		if err := keep(path, text); err != nil {
			t.Errorf("the scenario cannot be kept: %v\n%s", err, text)
			return
		}
		t.Errorf("the property does not hold: %v\nThe smallest scenario found is kept in %s:\n%s\n%s", why, path, text, commands(t, path))
	}()
	rapid.Check(t, func(t *rapid.T) {
		s := Scenarios(base).Draw(t, "scenario")
		if found != nil && !reflect.DeepEqual(s, found) {
			t.Skip("package shrink does better than rapid, which knows nothing of scenarios")
		}
		if found == nil {
			if why = try(s, holds); why == nil {
				return
			}
			found = s
		}
		t.Fatalf("the property does not hold")
	})
}

// known is the scenario that was kept, if there is one.
func known(t rapid.TB, path string) *scenarios.Scenario {
	t.Helper()
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	s, err := scenarios.Parse(path, text, nil)
	if err != nil {
		t.Fatalf("%v\nIf the format has changed, delete the file.", err)
	}
	return s
}

// try runs a scenario and puts the property to it. That one of the two breaks is
// a failure, too.
func try(s *scenarios.Scenario, holds Property) (err error) {
	defer broken(&err)
	r, err := scenarios.Run(s)
	if err != nil {
		return err
	}
	return holds(s, r)
}

// broken makes an error of a panic.
func broken(err *error) {
	if what := recover(); what != nil {
		*err = fmt.Errorf("panic: %v\n%s", what, debug.Stack())
	}
}

// smallest is the file of a smallest scenario of which the property does not hold:
// shrunk, or as it is if that breaks.
func smallest(t rapid.TB, s *scenarios.Scenario, holds Property, why *error) []byte {
	safe := func(s *scenarios.Scenario, r scenarios.Result) (err error) {
		defer broken(&err)
		return holds(s, r)
	}
	r, err := shrink.Shrink(context.Background(), s, shrink.Options{Holds: safe, Runs: shrinkRuns})
	if err != nil {
		return s.Expand()
	}
	*why = errors.New(r.Detail())
	return r.File("go test -run ^" + t.Name() + "$")
}

// shrinkRuns bounds how many runs a smaller scenario is looked for: seconds.
const shrinkRuns = 4000

func keep(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func commands(t rapid.TB, path string) string {
	name, _, _ := strings.Cut(t.Name(), "/")
	return fmt.Sprintf("  simrun run %s                     # what the judges say\n  simrun trace %s --around crash    # what happened\n  go test -run '^%s$' .             # tries it first, until the file is deleted", path, path, name)
}

// Judged is the property that the judges find nothing wrong: no check is
// violated, but where the scenario asks for no more than safety that the run
// comes to an end.
func Judged(s *scenarios.Scenario, r scenarios.Result) error {
	word, _ := s.Expectation(s.Recovery.Protocol)
	for _, f := range r.Checks {
		if f.Verdict == check.Violated && !(word == "safe" && scenarios.Liveness(f.Name)) {
			return fmt.Errorf("%s: %s", f.Name, f.Detail)
		}
	}
	return nil
}
