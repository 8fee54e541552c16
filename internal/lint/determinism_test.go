package lint

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// simulated are the packages whose code runs within a simulation.
var simulated = []string{"sim", "dataflow", "netmodel", "causallog", "checkout", "pipeline", "recovery", "cluster"}

// floatsAllowed are files of the simulated world that may use floating point, with the reason.
var floatsAllowed = map[string]string{}

func TestSimulatedWorld(t *testing.T) {
	readTree(t)
	var patterns []string
	for _, name := range simulated {
		patterns = append(patterns, "./"+name+"/...")
	}
	packages, err := list(moduleRoot, true, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(moduleRoot)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	checked := 0
	c := newChecker(packages)
	for _, p := range packages {
		if p.DepOnly && !slices.Contains(simulated, house(p.ImportPath)) || p.Standard || len(p.GoFiles) == 0 {
			continue
		}
		checked++
		t.Run(p.ImportPath, func(t *testing.T) {
			s, err := c.check(p.ImportPath, p.Dir, p.GoFiles)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range s.findings() {
				name, err := filepath.Rel(root, f.position.Filename)
				if err != nil {
					t.Fatal(err)
				}
				f.position.Filename = filepath.ToSlash(name)
				if floatsAllowed[f.position.Filename] != "" && strings.Contains(f.message, bannedFloat) {
					used[f.position.Filename] = true
					continue
				}
				t.Error(f)
			}
		})
	}
	if checked == 0 {
		t.Error("no package was checked")
	}
	for name := range floatsAllowed {
		if !used[name] {
			t.Errorf("%s uses no floating point any more: take it off the list", name)
		}
	}
}

// The negative controls: every file of testdata breaks one rule, where a comment says so and nowhere else.
func TestDeterminismControls(t *testing.T) {
	packages, err := list(moduleRoot, true, "cmp", "crypto/rand", "hash/maphash", "maps", "math", "math/rand", "math/rand/v2",
		"slices", "sort", "sync", "sync/atomic", "time")
	if err != nil {
		t.Fatal(err)
	}
	c := newChecker(packages)
	seen := map[string]bool{}
	for _, path := range controls(t, "determinism") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s, err := c.check("control", filepath.Dir(path), []string{filepath.Base(path)})
			if err != nil {
				t.Fatal(err)
			}
			found := map[int][]string{}
			for _, f := range s.findings() {
				found[f.position.Line] = append(found[f.position.Line], f.message)
				_, message, _ := strings.Cut(f.message, ": ")
				seen[message] = true
			}
			compare(t, wanted(t, path), found)
		})
	}
	for _, message := range []string{bannedMapRange, bannedKeys, bannedGo, bannedSelect, bannedChannel, bannedClock,
		bannedRandom, bannedSync, bannedUnsafe, bannedMaphash, bannedFloat, bannedSort} {
		if !seen[message] {
			t.Errorf("no control breaks the rule %q", message)
		}
	}
}
