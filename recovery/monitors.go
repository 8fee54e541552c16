package recovery

import "fmt"

// Invariant is one of the protocol monitors. Their numbers are those of the
// catalogue in docs/specification.md.
type Invariant uint8

const (
	INV01 Invariant = iota // no orphans: what a state depends on is held where the state is
	INV02                  // log before effect
	INV03                  // nothing is dropped that a recovery may ask for
	INV04                  // replay equals the run it repeats
	INV05                  // one version of each log; a regenerated log is equal byte for byte
	INV06                  // a channel has no gap, no duplicate, no reordering
	INV07                  // a completed checkpoint is a consistent cut
	INV08                  // complete means durable
	INV09                  // all tasks restore the same checkpoint, the newest
	INV10                  // nothing of a dead incarnation has an effect
	INV13                  // a reply is released after its checkpoint completed, once
	INV14                  // client checks hold: exactly once, replies kept
	INV18                  // timers: the armed ones are restored, and fire where they fired
	INV20                  // progress after the last fault
	INV21                  // a reply leaves with what it depends on
	INV24                  // a survivor that depends on what nobody holds is rolled back
	INV25                  // determinants spread no further than needed
	INV26                  // each completed checkpoint has the state of the operations that it covers
	INV27                  // tasks that did not fail are never rolled back
	Invariants
)

var invariantNames = [Invariants]string{"INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-06", "INV-07", "INV-08", "INV-09",
	"INV-10", "INV-13", "INV-14", "INV-18", "INV-20", "INV-21", "INV-24", "INV-25", "INV-26", "INV-27"}

// String is the monitor's name in findings.
func (i Invariant) String() string { return invariantNames[i] }

// invariantRules say what each monitor holds a protocol to, as docs/invariants.md does.
var invariantRules = [Invariants]string{
	INV01: "whatever a state depends on of another task's log, it holds",
	INV02: "a buffer's BufferBuilt is held before the buffer has an effect; a delta leaves no gap",
	INV03: "nothing is dropped that a recovery may ask for",
	INV04: "a replay follows its log; what it builds equals what living receivers have, and as many of it",
	INV05: "two copies of a log agree; a log is repeated byte for byte",
	INV06: "a channel has no gap, no duplicate, no reordering, barriers included",
	INV07: "a completed checkpoint is a consistent cut",
	INV08: "complete means that every part is durable, and of the present incarnation",
	INV09: "whoever is restored gets its part of the newest complete checkpoint",
	INV10: "nothing of a replaced incarnation has an effect",
	INV13: "replies are released after their checkpoint is complete, each epoch once and in order",
	INV14: "clients are answered exactly once, and never two ways",
	INV18: "armed timers are restored, and fire where they fired",
	INV20: "after the last fault nothing is stuck",
	INV21: "a reply leaves with everything that it depends on",
	INV24: "no survivor depends on what nobody holds",
	INV25: "a log goes to those alone who can depend on it within the sharing depth, and not beyond its checkpoint",
	INV26: "the state in a completed checkpoint is that of the operations applied: stock, money and counters add up, each checkout is whole",
	INV27: "a task that did not fail is not restarted",
}

// Rule says what the monitor holds a protocol to.
func (i Invariant) Rule() string { return invariantRules[i] }

// InvariantNamed finds a monitor by its name.
func InvariantNamed(name string) (Invariant, bool) {
	for i, n := range invariantNames {
		if n == name {
			return Invariant(i), true
		}
	}
	return 0, false
}

// Monitors count what they looked at and keep the first thing that was wrong.
type Monitors struct {
	Looked [Invariants]int64
	Broke  [Invariants]int64
	First  [Invariants]string
	Now    func() string                  // when, for the text; nil: nothing
	Broken func(i Invariant, what string) // told of the first violation of each, without the time; nil: nobody

	Reached Reached // situations

	completed int32 // newest completed checkpoint whose record is durable
}

// Look counts one thing looked at.
func (m *Monitors) Look(i Invariant) { m.Looked[i]++ }

// LookMany counts n things.
func (m *Monitors) LookMany(i Invariant, n int64) { m.Looked[i] += n }

// Break notes a violation.
func (m *Monitors) Break(i Invariant, what string) {
	m.Looked[i]++
	m.Broke[i]++
	if m.First[i] == "" {
		if m.Broken != nil {
			m.Broken(i, what)
		}
		if m.Now != nil {
			what = m.Now() + ": " + what
		}
		m.First[i] = what
	}
}

// Completed notes that a checkpoint is complete and its record durable.
func (m *Monitors) Completed(n int32) { m.completed = n }

// Newest is the newest completed checkpoint.
func (m *Monitors) Newest() int32 { return m.completed }

// Truncated checks that a task forgets only what a completed checkpoint covers.
func (m *Monitors) Truncated(task string, n int32) {
	m.Look(INV03)
	if n > m.completed {
		m.Break(INV03, fmt.Sprintf("%s drops epochs before %d, and the newest complete checkpoint is %d", task, n, m.completed))
	}
}
