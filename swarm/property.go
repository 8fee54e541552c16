package swarm

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/scenarios"
)

// Property says what is wrong with a run of a scenario; nil: nothing. The same
// run has to give the same answer.
type Property func(s *scenarios.Scenario, r scenarios.Result) error

// Kept is where Check keeps the smallest scenario that a property does not hold
// of, by the name of the test. Check tries it first, as long as it is there.
func Kept(test string) string {
	return filepath.Join("testdata", "swarm", strings.NewReplacer("/", "-", "\\", "-").Replace(test)+".yaml")
}

// Check fails the test if it finds a scenario of the swarm of a base of which a
// property does not hold, and keeps the smallest such scenario that it finds
// (Kept). How many it tries, and for how long it looks for a smaller one, are
// flags of rapid: -rapid.checks=1000, -rapid.shrinktime=1m; -rapid.nofailfile
// keeps rapid from writing a file of its own besides.
func Check(t rapid.TB, base *scenarios.Scenario, holds Property) {
	t.Helper()
	path := Kept(t.Name())
	if s := known(t, path); s != nil {
		if err := try(s, holds); err != nil {
			t.Fatalf("the property still does not hold of %s: %v\n%s", path, err, commands(t, path))
		}
	}
	var worst *scenarios.Scenario // the last that failed is the smallest
	var why error
	defer func() {
		if worst == nil {
			return
		}
		if err := keep(path, worst); err != nil {
			t.Errorf("the scenario cannot be kept: %v\n%s", err, worst.Expand())
			return
		}
		t.Errorf("the property does not hold: %v\nThe smallest scenario found, %#v, is kept in %s\n%s", why, worst, path, commands(t, path))
	}()
	rapid.Check(t, func(t *rapid.T) {
		s := Scenarios(base).Draw(t, "scenario")
		if err := try(s, holds); err != nil {
			worst, why = s, err
			t.Fatalf("the property does not hold") // always the same words: rapid shrinks no failure that changes
		}
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
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
		}
	}()
	r, err := scenarios.Run(s)
	if err != nil {
		return err
	}
	return holds(s, r)
}

func keep(path string, s *scenarios.Scenario) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, s.Expand(), 0o644)
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
