package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// A run that has to come to a situation and does not tests nothing; what the
// protocol never comes to is not asked of it; of a run that is one of many nothing is.
func TestReached(t *testing.T) {
	for _, c := range []struct {
		protocol, reached string
		swept             bool
		vacuous           string
	}{
		{"clonos", "[replay-order, standby-used]", false, ""},
		{"clonos", "[replay-order, crash-replaying]", false, "it never came to crash-replaying: a task dies again in the middle of its replay"},
		{"clonos", "[crash-replaying]", true, ""},
		{"clonos", "[rollback]", false, ""},
		{"global", "[replay-order]", false, ""},
		{"global", "[rollback, process-moved]", false, "it never came to process-moved: a task comes back on another machine, for its own is down"},
	} {
		s, err := Parse("small", []byte(smallRun), []Override{{"recovery.protocol", c.protocol}, {"check.reached", c.reached}})
		if err != nil {
			t.Fatal(err)
		}
		r := run(t, s, Options{Swept: c.swept})
		if want := map[bool]string{true: "pass", false: "undecided"}[c.vacuous == ""]; r.Vacuous != c.vacuous || verdict(r) != want {
			t.Errorf("%s %s: %s, vacuous %q, want %q", c.protocol, c.reached, verdict(r), r.Vacuous, c.vacuous)
		}
	}
}

func TestReachedIsAWordOfTheList(t *testing.T) {
	_, err := Parse("small", []byte(smallRun), []Override{{"check.reached", "[replay-oder]"}})
	if err == nil || !strings.Contains(err.Error(), "not replay-oder; did you mean replay-order?") || len(err.Error()) > 200 {
		t.Errorf("%v", err)
	}
}

// What a result counts has the names of the list; what a sweep's runs can come to
// depends on the crashes that it chooses.
func TestSituationsOfResults(t *testing.T) {
	s := small(t, "clonos")
	r := run(t, s, Options{})
	counts, names := r.Situations(), goalNames()
	if counts["standby-used"] != 1 || counts["replay-order"] == 0 || counts["crash-sink"] != 0 || len(names) != len(Situations()) {
		t.Errorf("%v", counts)
	}
	for name := range counts {
		if !slices.Contains(names, name) {
			t.Errorf("no situation %s", name)
		}
	}
	sink := slices.Index(names, "crash-sink")
	for choice, want := range map[Choice]string{{}: "no sink dies", {Everywhere: true}: "", {Pairs: true}: ""} {
		reasons, err := s.Unreachable(choice)
		if err != nil || reasons[sink] != want || len(reasons) != len(names) {
			t.Errorf("%+v: %q, %v", choice, reasons[sink], err)
		}
	}
}
