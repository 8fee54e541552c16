package scenarios

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// unharmful are quirks of which no scenario is known in which they do harm.
var unharmful = []string{"B10", "B17"}

// TestQuirks: a file for each quirk of the released code: with it a check that
// the file names is violated, and without it nothing is. docs/quirks.md lists them.
func TestQuirks(t *testing.T) {
	page, err := os.ReadFile("../docs/quirks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range recovery.QuirkNames {
		if !strings.Contains(string(page), "| "+name+" |") {
			t.Errorf("docs/quirks.md says nothing about %s", name)
		}
		if slices.Contains(unharmful, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "quirks", name+".yaml")
			s, err := Load(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.Recovery.Quirks, []string{name}) {
				t.Fatalf("it is about %v", s.Recovery.Quirks)
			}
			r := run(t, s, Options{})
			word, named := s.Expectation("clonos")
			violated := slices.ContainsFunc(r.Checks, func(f check.Finding) bool {
				return f.Verdict == check.Violated && slices.Contains(named, f.Name)
			})
			if word != "fail" || len(named) == 0 || !violated {
				t.Errorf("with it: expected %s of %v; %s\n%s", word, named, verdict(r), complaints(r))
			}
			s, err = Load(path, []Override{{"recovery.quirks", "[]"}})
			if err != nil {
				t.Fatal(err)
			}
			if r = run(t, s, Options{}); verdict(r) != "pass" {
				t.Errorf("without it: %s; vacuous: %q\n%s", verdict(r), r.Vacuous, complaints(r))
			}
		})
	}
}

// A quirk that can do no harm here is run all the same.
func TestUnharmfulQuirks(t *testing.T) {
	for _, name := range unharmful {
		for number := range uint64(20) {
			s, err := Burst(number, 2, "published")
			if err != nil {
				t.Fatal(err)
			}
			s.Recovery.Quirks = []string{name}
			if name == "B10" {
				s.Time.Tick = 5 * sim.Millisecond
			}
			if r := run(t, s, Options{}); verdict(r) == "fail" {
				t.Errorf("%s does harm in burst %d: give it a file in testdata/quirks\n%s", name, number, complaints(r))
			}
		}
	}
}

// What a checkpoint leads to that should not have completed is a finding, and
// simrun does not break of it: another standby is sent a part that is not there,
// a new process reads one that was displaced.
func TestEarlyCompletionEndsInFindings(t *testing.T) {
	for _, set := range []Override{{"cluster.standbys", "2"}, {"cluster.start", "60ms"}} {
		for seed := range 20 {
			s, err := Load(filepath.Join("testdata", "quirks", "B7.yaml"), []Override{set, {"seed", strconv.Itoa(seed)}})
			if err != nil {
				t.Fatal(err)
			}
			run(t, s, Options{})
		}
	}
}

// The back-off of variant published is a number of checkpoint intervals and a
// time, which is rounded up to whole intervals.
func TestBackoff(t *testing.T) {
	for backoff, want := range map[string]int{
		"{multiplier: 3, base: 10s}": 28, "{multiplier: 0, base: 0s}": 0, "{multiplier: 2, base: 0s}": 2, "{multiplier: 0, base: 401ms}": 2,
	} {
		s, err := Load("pipeline-small", []Override{{"recovery.variant", "published"}, {"checkpoint.every", "400ms"}, {"checkpoint.backoff", backoff}})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.policy().Backoff; got != want {
			t.Errorf("%s of 400ms is a back-off of %d intervals, want %d", backoff, got, want)
		}
	}
}
