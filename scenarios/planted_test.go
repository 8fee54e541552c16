package scenarios

import (
	"slices"
	"strings"
	"testing"

	"simrun/museum"
)

// A planted bug is told, and breaks a run that passes without it. Every name of the
// museum can be written; another cannot.
func TestPlanted(t *testing.T) {
	whole, err := Load("crash-small", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := run(t, whole, Options{}); verdict(r) != "pass" {
		t.Fatalf("without a bug: %s", complaints(r))
	}
	spoilt, err := whole.With("planted=[no-deduplication]")
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, spoilt, Options{})
	if verdict(r) != "fail" || !slices.ContainsFunc(r.Notes, func(note string) bool { return strings.HasPrefix(note, "planted bug no-deduplication: ") }) {
		t.Errorf("%s, notes %q", verdict(r), r.Notes)
	}
	if _, err := whole.With("planted=[" + strings.Join(museum.Names(), ", ") + "]"); err != nil {
		t.Error(err)
	}
	if _, err := whole.With("planted=[no-fense]"); err == nil || !strings.Contains(err.Error(), "no-fence") {
		t.Errorf("a name that is none: %v", err)
	}
}

// Bugs that random scenarios do not find have a schedule here that shows them, or
// one in docs/mistakes.md.
func TestHiddenBugsAreCaught(t *testing.T) {
	for _, b := range museum.Bugs() {
		file := "testdata/museum/" + b.Name + ".yaml"
		if b.Hidden == "" || !strings.Contains(b.Hidden, file) {
			continue
		}
		s, err := Load(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := run(t, s, Options{}); !slices.Equal(s.Planted, []string{b.Name}) || verdict(r) != "fail" || r.Vacuous != "" || len(r.Unstruck) > 0 {
			t.Errorf("%s: %s, %s", file, verdict(r), complaints(r))
		}
		if s.Planted = nil; verdict(run(t, s, Options{})) != "pass" {
			t.Errorf("%s fails without the bug", file)
		}
	}
}
