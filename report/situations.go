package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"simrun/scenarios"
)

// reachedRows gives the situations that a run came to, and how often, as the rows of a table.
func reachedRows(reached map[string]int64) (rows [][]string) {
	for _, s := range scenarios.Situations() {
		if n := reached[s.Name]; n > 0 {
			rows = append(rows, []string{s.Name, number(n), s.Text})
		}
	}
	return rows
}

// printReached prints the situations that a run came to.
func printReached(p *printer, run Run) {
	t := &table{}
	t.add("  situations", "times")
	for _, row := range reachedRows(run.Reached) {
		t.add("  "+row[0], row[1])
	}
	p.line("")
	t.print(p)
}

// SweepSituation is one that the rows of a sweep tell of.
type SweepSituation struct{ Name, Text string }

// Reached writes the situations that a run came to as a row keeps them: hexadecimal digits, each of four situations, the
// first of them its lowest bit. What a digit stands for, the sweep's list of situations tells.
func (s *Sweep) Reached(counts map[string]int64) string {
	digits := make([]byte, (len(s.Situations)+3)/4)
	for i, one := range s.Situations {
		if counts[one.Name] > 0 {
			digits[i/4] |= 1 << (i % 4)
		}
	}
	for i, d := range digits {
		digits[i] = hexDigits[d]
	}
	return strings.TrimRight(string(digits), "0")
}

const hexDigits = "0123456789abcdef"

// reaches says whether the run came to a situation.
func (r *SweepRow) reaches(i int) bool {
	return i/4 < len(r.Reached) && strings.IndexByte(hexDigits, r.Reached[i/4])>>(i%4)&1 == 1
}

func (r *SweepRow) readReached() error {
	if strings.Trim(r.Reached, hexDigits) != "" {
		return errors.New("reached is " + fmt.Sprintf("%q", r.Reached) + ", which is not hexadecimal")
	}
	return nil
}

// coverage is how many runs came to each situation, by group.
type coverage struct {
	runs [][]int // [group][situation]
}

func (s *Sweep) coverage() coverage {
	var c coverage
	for i := range s.Groups {
		counts := make([]int, len(s.Situations))
		rows := s.of(&s.Groups[i])
		for j := range rows {
			for k := range counts {
				if rows[j].reaches(k) {
					counts[k]++
				}
			}
		}
		c.runs = append(c.runs, counts)
	}
	return c
}

// why says why the runs of a group cannot come to a situation; empty: they can. What was reached can be.
func (c *coverage) why(s *Sweep, group, situation int) string {
	if why := s.Groups[group].Unreachable; situation < len(why) && c.runs[group][situation] == 0 {
		return why[situation]
	}
	return ""
}

// never lists the situations that no run of any group came to, though some could.
func (c *coverage) never(s *Sweep) (list []int) {
	for k := range s.Situations {
		could, did := false, false
		for g := range s.Groups {
			could, did = could || c.why(s, g, k) == "", did || c.runs[g][k] > 0
		}
		if could && !did {
			list = append(list, k)
		}
	}
	return list
}

// printSituations prints how many of the situations that each group can come to it came to, and which nobody did.
func (s *Sweep) printSituations(p *printer) {
	if len(s.Situations) == 0 || len(s.Rows) == 0 {
		return
	}
	c := s.coverage()
	never := c.never(s)
	p.line("")
	for g := range s.Groups {
		reached, possible := 0, 0
		var others []string
		for k := range s.Situations {
			switch {
			case c.why(s, g, k) != "":
				continue
			case c.runs[g][k] > 0:
				reached++
			case !slices.Contains(never, k):
				others = append(others, s.Situations[k].Name)
			}
			possible++
		}
		p.line("  %s: situations reached %d of %d", s.Groups[g].name(), reached, possible)
		if len(others) > 0 {
			p.wrapped("    reached by others alone: ", strings.Join(others, ", "))
		}
	}
	if len(never) > 0 {
		p.line("  never reached:")
	}
	for _, k := range never {
		p.line("    %-20s %s", s.Situations[k].Name, s.Situations[k].Text)
	}
}

// unmet are the situations that some run of a group has to come to and none has.
func (s *Sweep) unmet(g *SweepGroup, rows []SweepRow) (names []string) {
	for _, goal := range g.Goals {
		k := slices.IndexFunc(s.Situations, func(one SweepSituation) bool { return one.Name == goal })
		if !slices.ContainsFunc(rows, func(r SweepRow) bool { return r.reaches(k) }) {
			names = append(names, goal)
		}
	}
	return names
}

// situationObject is a situation in the output of sweep --json.
type situationObject struct {
	Name   string           `json:"name"`
	Text   string           `json:"text"`
	Runs   int              `json:"runs"` // that came to it
	Groups []reachingObject `json:"groups"`
}

type reachingObject struct {
	Protocol string `json:"protocol"`
	Values   string `json:"values,omitempty"`
	Runs     int    `json:"runs"`
	WhyNot   string `json:"cannot,omitempty"` // why no run of the group can come to it
}

func (s *Sweep) situationObjects() []situationObject {
	c, list := s.coverage(), []situationObject{}
	for k, one := range s.Situations {
		o := situationObject{Name: one.Name, Text: one.Text}
		for g := range s.Groups {
			o.Runs += c.runs[g][k]
			o.Groups = append(o.Groups, reachingObject{s.Groups[g].Protocol, s.Groups[g].Values, c.runs[g][k], c.why(s, g, k)})
		}
		list = append(list, o)
	}
	return list
}
