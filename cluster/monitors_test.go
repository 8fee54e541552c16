package cluster

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"simrun/causallog"
	"simrun/recovery"
)

// A monitor is promised by whom docs/specification.md says, and skipped under all
// others.
func TestMonitorsArePromisedAsSpecified(t *testing.T) {
	page, err := os.ReadFile("../docs/specification.md")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (INV-\d\d) \|.*\| ([^|]*) \|$`).FindAllStringSubmatch(string(page), -1) {
		words[row[1]] = row[2]
	}
	full, one := recovery.Clonos(causallog.FullSharing), recovery.Clonos(1)
	for _, c := range []struct {
		name    string
		policy  recovery.Policy
		replies Replies
		is      string // the words of the page that hold
	}{
		{"none", recovery.None(), Immediate, "all"},
		{"redo", recovery.Redo(), Immediate, "all redo"},
		{"global", recovery.Global(), Transactional, "all global transactional"},
		{"clonos", full, Determinants, "all clonos full determinants"},
		{"clonos, transactional", full, Transactional, "all clonos full transactional"},
		{"clonos, depth 1", one, Transactional, "all clonos transactional"},
	} {
		cfg := small(c.policy, c.replies)
		r, err := New(cfg)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		holds := func(word string) bool { return strings.Contains(" "+c.is+" ", " "+word+" ") }
		for i := range recovery.Invariants {
			text := words[i.String()]
			var want bool
			switch {
			case text == "all":
				want = true
			case text == "clonos, full sharing":
				want = holds("full")
			case text == "clonos, any depth":
				want = holds("clonos")
			case strings.HasSuffix(text, " replies"):
				want = holds(strings.TrimSuffix(text, " replies"))
			case text == "":
				t.Errorf("the page has no row of %v", i)
			default:
				for _, word := range strings.Split(text, ", ") {
					want = want || holds(word)
				}
			}
			if got := r.promised(i); got != want {
				t.Errorf("%s: %v is promised %v; the page says %q", c.name, i, got, text)
			}
		}
	}
}
