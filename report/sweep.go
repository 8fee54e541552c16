package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"simrun/check"
	"simrun/sim"
)

// Sweep is many runs of one scenario: what was to run, and the rows that there are of it.
type Sweep struct {
	Scenario string
	Crashes  string // which moments tasks were crashed at: everywhere, pairs; swarm: random scenarios; empty: the scenario's own faults
	Ties     string // rule, shuffle
	Command  string // what makes the sweep again, to paste; without --out
	Tasks    []string
	Horizon  sim.Time
	Groups   []SweepGroup
	Rows     []SweepRow // in the order of SortRows

	Situations []SweepSituation // that rows tell of, by their place in SweepRow.Reached
}

// SweepGroup is a protocol and a set of values: what an expectation is about.
type SweepGroup struct {
	Protocol       string
	Values         string // checkpoint.every=1s; empty: the sweep changes no key
	Expected       string // pass, safe, fail or any
	ExpectedChecks []string
	Runs           int    // that the sweep has of it
	Expanded       string // the scenario, without the crashes that the sweep chooses

	Unreachable []string // per situation: why no run of the group comes to it; empty: one can
	Goals       []string // situations to which one run at least has to come
}

// SweepCrash is a crash in place of the scenario's faults: who died, and when.
type SweepCrash struct {
	Kind   string // event, verb; of a second one also with: at the same instant
	Task   string // that died
	Of     string // whose event or verb it was: a task or manager
	Event  int64  // it died before this one; 0: a verb
	Verb   string
	Count  int64 // which telling of the verb
	At     sim.Time
	Struck bool // false: it did not, and At means nothing
}

// Outcomes of a run of a sweep. The contract's verdicts, and some more.
const (
	OutcomeOk        = "ok"
	OutcomeViolated  = "violated"
	OutcomeUndecided = "undecided"
	OutcomeMissed    = "did not strike" // the second crash, or a fault that was drawn; everything held
	OutcomeVacuous   = "vacuous"        // a random scenario that tested nothing in another way; everything held
	OutcomeStill     = "stood still"    // which was all that it did, and no more was promised
	OutcomeInternal  = "internal"       // simrun broke
)

var outcomes = [...]string{OutcomeOk, OutcomeViolated, OutcomeUndecided, OutcomeMissed, OutcomeVacuous, OutcomeStill, OutcomeInternal}

// SweepRow is one run.
type SweepRow struct {
	Protocol   string
	Seed       uint64
	Values     string
	Kind       string // run: the scenario as it is; quiet: without faults; drawn: a random one; else the kind of the first crash
	Number     uint64 // of a random scenario; else 0
	First      SweepCrash
	Second     SweepCrash // its kind is empty: there was one crash, or none
	Outcome    string
	Violated   string // the checks, with blanks between
	Recoveries int64
	Recovery   sim.Time // the slowest that ended
	Recovered  bool     // false: none did
	RolledBack int64    // tasks, over all recoveries
	Reached    string   // situations that the run came to: Sweep.Reached
	Digest     string
	Checks     []check.Finding // of a run that the sweep has chosen those alone that do not hold
	Dir        string          // of the results; not saved
}

// Crashed says whether a crash was chosen for the run.
func (r *SweepRow) Crashed() bool { return r.Kind == "event" || r.Kind == "verb" }

// Drawn says whether the run is of a random scenario.
func (r *SweepRow) Drawn() bool { return r.Kind == KindDrawn }

// KindDrawn is the kind of rows of random scenarios.
const KindDrawn = "drawn"

// tested says whether everything that was to strike did.
func (r *SweepRow) tested() bool {
	return (r.Crashed() || r.Drawn()) && r.Outcome != OutcomeMissed && r.Outcome != OutcomeVacuous
}

// Key tells a run from all others of its sweep.
func (r *SweepRow) Key() string {
	var b strings.Builder
	for _, c := range sweepColumns[:sweepKeyColumns] {
		b.WriteString(c.print(r))
		b.WriteByte(0)
	}
	return b.String()
}

// String is the crash in words; empty if there is none.
func (c *SweepCrash) String() string {
	own, of := c.Of == c.Task, c.Of
	if of == "manager" {
		of = "the manager"
	}
	switch {
	case c.Kind == "":
		return ""
	case c.Kind == "with":
		return c.Task + " with it"
	case c.Event > 0 && own:
		return fmt.Sprintf("%s before its event %d", c.Task, c.Event)
	case c.Event > 0:
		return fmt.Sprintf("%s before event %d of %s", c.Task, c.Event, of)
	case own:
		return fmt.Sprintf("%s at its %s %d", c.Task, c.Verb, c.Count)
	}
	return fmt.Sprintf("%s at %s %d of %s", c.Task, c.Verb, c.Count, of)
}

// Place names a run among those of its group: its seed, and its crashes.
func (r *SweepRow) Place() string {
	text := fmt.Sprintf("seed %d", r.Seed)
	switch r.Kind {
	case "quiet":
		text += ", no crash"
	case KindDrawn:
		text += fmt.Sprintf(", number %d", r.Number)
	}
	for _, c := range []*SweepCrash{&r.First, &r.Second} {
		if c.Kind != "" {
			text += ", " + c.String()
		}
	}
	return text
}

// SortRows puts rows into the one order that does not depend on who ran them when: by group, seed and time.
func (s *Sweep) SortRows() {
	groups := map[string]int{}
	for i, g := range s.Groups {
		groups[g.Protocol+"\x00"+g.Values] = i
	}
	group := func(r *SweepRow) int { return groups[r.Protocol+"\x00"+r.Values] }
	slices.SortFunc(s.Rows, func(a, b SweepRow) int {
		return cmp.Or(cmp.Compare(group(&a), group(&b)), cmp.Compare(a.Seed, b.Seed), cmp.Compare(rank(&a), rank(&b)), cmp.Compare(a.Number, b.Number),
			compareCrash(&a.First, &b.First), compareCrash(&a.Second, &b.Second))
	})
}

// rank puts the run without faults before those with crashes.
func rank(r *SweepRow) int {
	if r.Kind == "quiet" {
		return 0
	}
	return 1
}

func compareCrash(a, b *SweepCrash) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Of, b.Of),
		cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.Count, b.Count), cmp.Compare(a.Kind, b.Kind))
}

// of gives the rows of a group.
func (s *Sweep) of(g *SweepGroup) []SweepRow {
	mine := func(r SweepRow) bool { return r.Protocol == g.Protocol && r.Values == g.Values }
	from := slices.IndexFunc(s.Rows, mine)
	if from < 0 {
		return nil
	}
	to := from
	for to < len(s.Rows) && mine(s.Rows[to]) {
		to++
	}
	return s.Rows[from:to]
}

// Unexpected says whether a run violated what it was expected to keep, or broke: what a failure folder is for.
func (g *SweepGroup) Unexpected(r *SweepRow) bool {
	switch {
	case r.Outcome == OutcomeInternal:
		return true
	case r.Outcome != OutcomeViolated || g.Expected == "any":
		return false
	}
	return g.Expected == "pass" || g.Expected == "safe" || !g.wanted(r)
}

// wanted says whether a run failed as a group has to that is expected to fail.
func (g *SweepGroup) wanted(r *SweepRow) bool {
	if r.Outcome != OutcomeViolated || len(g.ExpectedChecks) == 0 {
		return r.Outcome == OutcomeViolated
	}
	return slices.ContainsFunc(strings.Fields(r.Violated), func(name string) bool { return slices.Contains(g.ExpectedChecks, name) })
}
