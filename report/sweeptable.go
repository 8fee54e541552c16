package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"simrun/sim"
)

// SweepVerdicts prints a line per group: its verdict, and what was expected.
func SweepVerdicts(w io.Writer, s *Sweep) error {
	p := newPrinter(w)
	s.verdicts(p)
	return p.end()
}

func (s *Sweep) verdicts(p *printer) {
	for i := range s.Groups {
		g := &s.Groups[i]
		t := s.Tally(g)
		values := ""
		if g.Values != "" {
			values = " " + g.Values
		}
		p.line("%s %s %s%s runs=%d (expected %s)", s.Verdict(t), s.Scenario, g.Protocol, values, t.Runs, g.Expected)
	}
}

// SweepTable prints the verdicts, then how many runs of each group came to what and how long recoveries took, then what was
// violated. It depends on the rows alone.
func SweepTable(w io.Writer, s *Sweep) error {
	p := newPrinter(w)
	s.verdicts(p)
	p.line("")
	tallies := make([]Tally, len(s.Groups))
	for i := range s.Groups {
		tallies[i] = s.Tally(&s.Groups[i])
	}
	s.countTable(tallies).print(p)
	for i := range s.Groups {
		if len(tallies[i].Checks) > 0 {
			p.wrapped("  "+s.Groups[i].name()+" violates ", checksText(tallies[i].Checks))
		}
	}
	s.reasons(p)
	for i := range s.Groups {
		g := &s.Groups[i]
		if t := tallies[i]; g.Expected == "fail" && s.Exit(g, t) == 1 {
			p.line("  %s was expected to %s in one run at least.", g.name(), expectedText(Run{Expected: g.Expected, ExpectedChecks: g.ExpectedChecks}))
		}
	}
	for i := range s.Groups {
		if t := tallies[i]; len(t.Unmet) > 0 && t.Missing == 0 {
			p.line("  %s has to come to %s in one run at least: as it is, it shows nothing.", s.Groups[i].name(), strings.Join(t.Unmet, ", "))
		}
	}
	s.printSituations(p)
	p.line("")
	p.line("  %s", assumption)
	return p.end()
}

// name is the protocol and the values, with the last words of their keys.
func (g *SweepGroup) name() string { return strings.TrimSpace(g.Protocol + " " + g.shortValues()) }

func (g *SweepGroup) shortValues() string { return keyStem.ReplaceAllString(g.Values, "$1$2") }

var keyStem = regexp.MustCompile(`(^| )(?:[A-Za-z0-9_\[\]-]+\.)+([A-Za-z0-9_\[\]-]+=)`)

// countTable leaves out columns that are zero everywhere, but for the main ones.
func (s *Sweep) countTable(tallies []Tally) *table {
	type tallied struct {
		head string
		of   func(*Tally) int
		keep bool
	}
	columns := []tallied{
		{"runs", func(t *Tally) int { return t.Runs }, true},
		{"ok", func(t *Tally) int { return t.Ok }, true},
		{"violated", func(t *Tally) int { return t.Violated }, true},
		{"undecided", func(t *Tally) int { return t.Undecided }, true},
		{"did not strike", func(t *Tally) int { return t.Missed }, s.Crashes == CrashesPairs || s.Crashes == CrashesSwarm},
		{"vacuous", func(t *Tally) int { return t.Vacuous }, s.Crashes == CrashesSwarm},
		{"stood still", func(t *Tally) int { return t.Still }, false},
		{"internal", func(t *Tally) int { return t.Internal }, false},
		{"missing", func(t *Tally) int { return t.Missing }, false},
	}
	columns = slices.DeleteFunc(columns, func(c tallied) bool {
		return !c.keep && !slices.ContainsFunc(tallies, func(t Tally) bool { return c.of(&t) > 0 })
	})
	t := &table{}
	head := []string{"  " + s.about()}
	for _, c := range columns {
		head = append(head, c.head)
	}
	t.add(append(head, "recovery p50", "p99", "max")...)
	for i := range s.Groups {
		cells := []string{"  " + shortened(s.Groups[i].name(), 44)}
		for _, c := range columns {
			cells = append(cells, number(int64(c.of(&tallies[i]))))
		}
		for _, share := range [...]int{50, 99, 100} {
			cells = append(cells, timeText(tallies[i].quantile(share)))
		}
		t.add(cells...)
	}
	return t
}

func timeText(t sim.Time, found bool) string {
	if !found {
		return nothing
	}
	return duration(t)
}

// What sweeps choose crashes of.
const (
	CrashesEverywhere = "everywhere"
	CrashesPairs      = "pairs"
	CrashesSwarm      = "swarm" // no crashes but random scenarios
)

func (s *Sweep) about() string {
	switch s.Crashes {
	case CrashesEverywhere:
		return "one crash a run"
	case CrashesPairs:
		return "two crashes a run"
	case CrashesSwarm:
		return "random scenarios"
	}
	return "the scenario's faults"
}

func checksText(counts []Count) string {
	sorted := slices.Clone(counts)
	slices.SortFunc(sorted, func(a, b Count) int {
		if a.Runs != b.Runs {
			return b.Runs - a.Runs
		}
		return strings.Compare(a.Name, b.Name)
	})
	var parts []string
	for _, c := range sorted {
		parts = append(parts, fmt.Sprintf("%s (%s)", c.Name, number(int64(c.Runs))))
	}
	return strings.Join(parts, ", ")
}

// Missing is how many runs of all groups there are no rows of.
func (s *Sweep) Missing() (missing int) {
	for i := range s.Groups {
		missing += s.Tally(&s.Groups[i]).Missing
	}
	return missing
}
