package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"simrun/sim"
)

// sweepObject is sweep.json: what was swept.
type sweepObject struct {
	Version   int           `json:"simrun_sweep"`
	Scenario  string        `json:"scenario"`
	Crashes   string        `json:"crashes,omitempty"`
	Ties      string        `json:"ties"`
	Command   string        `json:"command"`
	Tasks     []string      `json:"tasks"`
	HorizonUS int64         `json:"horizon_us"`
	Groups    []groupObject `json:"groups"`

	Situations []sweptSituation `json:"situations,omitempty"` // by their place in the column reached of rows
}

type sweptSituation struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type groupObject struct {
	Protocol       string   `json:"protocol"`
	Values         string   `json:"values,omitempty"`
	Expected       string   `json:"expected"`
	ExpectedChecks []string `json:"expected_checks,omitempty"`
	Runs           int      `json:"runs"`
	Expanded       []string `json:"expanded"` // the lines of a scenario file, without the crashes that the sweep chooses

	Unreachable map[string]string `json:"unreachable,omitempty"` // situations, and why no run of the group comes to them
	Goals       []string          `json:"goals,omitempty"`       // situations to which one run at least has to come
}

const sweepVersion = 1

// SweepFile is the file that makes a folder one of a sweep.
const SweepFile = "sweep.json"

// JSONFile writes sweep.json.
func (s *Sweep) JSONFile(w io.Writer) error {
	o := sweepObject{Version: sweepVersion, Scenario: s.Scenario, Crashes: s.Crashes, Ties: s.Ties, Command: s.Command, Tasks: s.Tasks,
		HorizonUS: int64(roundTime(s.Horizon) / sim.Microsecond), Groups: []groupObject{}}
	for _, g := range s.Groups {
		o.Groups = append(o.Groups, groupObject{g.Protocol, g.Values, g.Expected, g.ExpectedChecks, g.Runs,
			strings.Split(strings.TrimSuffix(g.Expanded, "\n"), "\n"), s.unreachable(&g), g.Goals})
	}
	for _, one := range s.Situations {
		o.Situations = append(o.Situations, sweptSituation(one))
	}
	return indented(w, o)
}

// LoadSweep reads a sweep's folder back, with the rows of all files that are there.
func LoadSweep(dir string) (*Sweep, error) {
	path := filepath.Join(dir, SweepFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file; a sweep's folder holds %s and files of rows: make it with simrun sweep", path, SweepFile)
	}
	if err != nil {
		return nil, err
	}
	var o sweepObject
	if err := decode(content, &o); err != nil {
		return nil, fmt.Errorf("%s:%w; make the folder again with simrun sweep", path, err)
	}
	if o.Version != sweepVersion {
		return nil, fmt.Errorf("%s:1: simrun_sweep is %d, this simrun reads %d; make the folder again with simrun sweep", path, o.Version, sweepVersion)
	}
	s := &Sweep{Scenario: o.Scenario, Crashes: o.Crashes, Ties: o.Ties, Command: o.Command, Tasks: o.Tasks, Horizon: sim.Time(o.HorizonUS) * sim.Microsecond}
	for _, one := range o.Situations {
		s.Situations = append(s.Situations, SweepSituation(one))
	}
	for _, g := range o.Groups {
		group := SweepGroup{Protocol: g.Protocol, Values: g.Values, Expected: g.Expected, ExpectedChecks: g.ExpectedChecks, Runs: g.Runs,
			Expanded: strings.Join(g.Expanded, "\n") + "\n", Goals: g.Goals}
		for _, one := range s.Situations {
			group.Unreachable = append(group.Unreachable, g.Unreachable[one.Name])
		}
		s.Groups = append(s.Groups, group)
	}
	return s, s.ReadRows(dir)
}

// RowsFiles are the files of rows in a sweep's folder, in the order of their names.
func RowsFiles(dir string) ([]string, error) {
	return filepath.Glob(filepath.Join(escaped(dir), "rows-*-of-*.csv"))
}

// escaped is a path in which Glob sees no pattern.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// ReadRows replaces the rows by those of all files in a folder, each run once. Rows of runs that the sweep does not have are
// left out.
func (s *Sweep) ReadRows(dir string) error {
	files, err := RowsFiles(dir)
	if err != nil {
		return err
	}
	s.Rows = nil
	seen := map[string]bool{}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rows, _, err := ReadRows(content)
		if err != nil {
			return fmt.Errorf("%s:%w; delete the file and run the sweep again", path, err)
		}
		for _, r := range rows {
			mine := func(g SweepGroup) bool { return g.Protocol == r.Protocol && g.Values == r.Values }
			if key := r.Key(); !seen[key] && slices.ContainsFunc(s.Groups, mine) {
				seen[key] = true
				s.Rows = append(s.Rows, r)
			}
		}
	}
	s.SortRows()
	return nil
}

// sweepRunObject is a run in the output of sweep --json. It has the keys of a run's object that mean something here.
type sweepRunObject struct {
	Scenario       string          `json:"scenario"`
	Protocol       string          `json:"protocol"`
	Seed           uint64          `json:"seed"`
	Values         string          `json:"values,omitempty"`
	Crash          string          `json:"crash,omitempty"`
	Second         string          `json:"second,omitempty"`
	Verdict        Verdict         `json:"verdict"`
	Outcome        string          `json:"outcome"`
	Expected       string          `json:"expected"`
	ExpectedChecks []string        `json:"expected_checks,omitempty"`
	Digest         string          `json:"digest"`
	Dir            string          `json:"dir"`
	Checks         []findingObject `json:"checks"`
}

// SweepJSON writes what sweep --json prints: one object, on one line.
func SweepJSON(w io.Writer, exit int, s *Sweep) error {
	objects := make([]sweepRunObject, 0, len(s.Rows))
	for i := range s.Groups {
		g := &s.Groups[i]
		rows := s.of(g)
		for j := range rows {
			r := &rows[j]
			o := sweepRunObject{Scenario: s.Scenario, Protocol: r.Protocol, Seed: r.Seed, Values: r.Values, Crash: r.First.String(), Second: r.Second.String(),
				Verdict: r.verdict(), Outcome: r.Outcome, Expected: g.Expected, ExpectedChecks: g.ExpectedChecks, Digest: r.Digest, Dir: r.Dir, Checks: []findingObject{}}
			for _, f := range r.Checks {
				o.Checks = append(o.Checks, findingObject{f.Name, f.Verdict.String(), f.LookedAt, f.Detail})
			}
			objects = append(objects, o)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Exit       int               `json:"exit"`
		Runs       []sweepRunObject  `json:"runs"`
		Situations []situationObject `json:"situations"`
	}{exit, objects, s.situationObjects()})
}

// unreachable tells of situations that no run of a group comes to.
func (s *Sweep) unreachable(g *SweepGroup) map[string]string {
	why := map[string]string{}
	for i, text := range g.Unreachable {
		if text != "" {
			why[s.Situations[i].Name] = text
		}
	}
	return why
}

func (r *SweepRow) verdict() Verdict {
	switch r.Outcome {
	case OutcomeOk:
		return Pass
	case OutcomeViolated:
		return Fail
	}
	return Undecided
}
