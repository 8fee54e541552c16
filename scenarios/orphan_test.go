package scenarios

import (
	"strings"
	"testing"

	"simrun/check"
)

// With sharing depth 1 a failure can orphan a survivor. The rule of the paper
// falls back to a rollback and is never wrong; what the released code does is
// caught; with full sharing nobody is orphaned, and the run says that it tested
// nothing.
func TestOrphan(t *testing.T) {
	r := run(t, load(t, "orphan", "clonos"), Options{})
	rolledBack := 0
	for _, recovery := range r.Recoveries {
		rolledBack += recovery.TasksRolledBack
	}
	if verdict(r) != "pass" || rolledBack == 0 {
		t.Errorf("rollback: %s, %d tasks rolled back\n%s", verdict(r), rolledBack, complaints(r))
	}
	r = run(t, load(t, "orphan", "clonos", "recovery.orphans=continue"), Options{})
	caught := map[string]bool{}
	for _, f := range r.Checks {
		caught[f.Name] = f.Verdict == check.Violated
	}
	if !caught["INV-24"] || verdict(r) != "fail" {
		t.Errorf("continue: %s, %v", verdict(r), caught)
	}
	r = run(t, load(t, "orphan", "clonos", "recovery.sharing_depth=full"), Options{})
	if verdict(r) != "undecided" || !strings.Contains(r.Vacuous, "no failure left an orphan") {
		t.Errorf("full sharing: %s, vacuous %q\n%s", verdict(r), r.Vacuous, complaints(r))
	}
}
