package check

import "strings"

// Verdict is what a check says: there is no fourth value, and no check
// answers Ok for what it could not decide.
type Verdict uint8

const (
	Skipped   Verdict = iota // the protocol does not promise it, or the scenario switched it off
	Ok                       // looked at, and it holds
	Undecided                // a step budget ran out, or the run was vacuous
	Violated                 // it does not hold
)

// String gives the word used in JSON and on the terminal.
func (v Verdict) String() string {
	return [...]string{"skipped", "ok", "undecided", "violated"}[v]
}

// Finding is the answer of one named check. Detail says in plain words which
// operation went wrong and how; it is empty for Ok and Skipped.
type Finding struct {
	Name     string // "linearizable", "exactly_once", ..., "INV-01"
	Verdict  Verdict
	LookedAt int64 // how many things it judged: operations, deliveries, replies
	Detail   string
	About    *About // what a violation accuses; nil: nothing by name
}

// Judges says whether a check sees only what clients were told and what the
// books hold at the end. All others are monitors, which look inside.
func Judges(name string) bool { return !strings.HasPrefix(name, "INV-") }

// Repeats is the monitor that says nothing of its own: what judges find in
// clients' answers, once more.
const Repeats = "INV-14"
