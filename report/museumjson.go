package report

import (
	"encoding/json"
	"io"
)

type museumJSON struct {
	Exit    int       `json:"exit"`
	Command string    `json:"command"`
	Catches int       `json:"catches"` // that end a hunt
	Runs    int       `json:"runs"`    // that end a hunt
	Dir     string    `json:"dir"`
	Bugs    []bugJSON `json:"bugs"`
}

// bugJSON is what came of one hunt.
type bugJSON struct {
	Bug       string         `json:"bug"`
	Outcome   string         `json:"outcome"`
	Runs      int            `json:"runs"`
	Catches   int            `json:"catches"`
	Judged    int            `json:"judged"`
	Checks    map[string]int `json:"checks"` // catches that violate each
	Class     string         `json:"class,omitempty"`
	Faults    int            `json:"faults"`    // of the smallest
	Checkouts int            `json:"checkouts"` // of the smallest
}

// MuseumJSON prints what came of the hunts, whose tables lie in dir, as one object.
func MuseumJSON(w io.Writer, exit int, dir string, m *Museum) error {
	out := museumJSON{Exit: exit, Command: m.Command, Catches: m.Catches, Runs: m.Runs, Dir: dir, Bugs: []bugJSON{}}
	for i := range m.Trophies {
		t := &m.Trophies[i]
		one := bugJSON{Bug: t.Bug.Name, Outcome: t.Outcome(), Runs: t.Runs, Catches: t.Catches, Judged: t.Judged, Checks: map[string]int{},
			Class: t.Class, Faults: t.Faults, Checkouts: t.Checkouts}
		for _, c := range t.Checks {
			one.Checks[c.Name] = c.Times
		}
		out.Bugs = append(out.Bugs, one)
	}
	return json.NewEncoder(w).Encode(out)
}
