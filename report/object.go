package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"simrun/check"
	"simrun/cluster"
	"simrun/sim"
)

// runObject is a run in the output of --json and in findings.json. Its keys are a promise to other programs.
type runObject struct {
	Scenario       string           `json:"scenario"`
	Protocol       string           `json:"protocol"`
	Seed           uint64           `json:"seed"`
	Verdict        Verdict          `json:"verdict"`
	Expected       string           `json:"expected"`
	ExpectedChecks []string         `json:"expected_checks,omitempty"`
	Digest         string           `json:"digest"`
	Dir            string           `json:"dir"` // in findings.json ".": the folder that holds the file
	Checks         []findingObject  `json:"checks"`
	Telling        *tellingObject   `json:"telling,omitempty"`
	Notes          []string         `json:"notes,omitempty"`
	Marks          []markObject     `json:"marks,omitempty"`
	StruckUS       []int64          `json:"struck_us,omitempty"` // when the fault struck, for each row of recovery.csv
	Protection     protectionObject `json:"protection"`
	Reached        map[string]int64 `json:"reached,omitempty"` // situations, and how often
}

type findingObject struct {
	Name     string `json:"name"`
	Verdict  string `json:"verdict"`
	LookedAt int64  `json:"looked_at"`
	Detail   string `json:"detail"`
}

type markObject struct {
	Name   string `json:"name"`
	FromUS int64  `json:"from_us"`
	ToUS   int64  `json:"to_us"`
}

type protectionObject struct {
	DataBytes        int64 `json:"data_bytes"`
	DeterminantBytes int64 `json:"determinant_bytes"`
	HeaderBytes      int64 `json:"header_bytes"`
	CheckpointBytes  int64 `json:"checkpoint_bytes"`
	StandbyBytes     int64 `json:"standby_bytes"`
	InFlightPeak     int64 `json:"in_flight_bytes_max"`
	LogPeak          int64 `json:"log_bytes_max"`
	PoolPeak         int64 `json:"in_flight_memory_bytes_max,omitempty"`
	SpilledBytes     int64 `json:"spilled_bytes,omitempty"`
	ReadBackBytes    int64 `json:"read_back_bytes,omitempty"`
	HeldUS           int64 `json:"held_us,omitempty"`
}

// inputObject is run.json: what ran.
type inputObject struct {
	Version   int      `json:"simrun_run"`
	Scenario  string   `json:"scenario"`
	Protocol  string   `json:"protocol"`
	Seed      uint64   `json:"seed"`
	Replies   string   `json:"replies"`
	Command   string   `json:"command"`
	WarmupUS  int64    `json:"warmup_us"`
	HorizonUS int64    `json:"horizon_us"`
	Tasks     int      `json:"tasks"`
	Unused    []string `json:"keys_that_did_not_apply"`
	Expanded  []string `json:"expanded"` // the lines of a scenario file
}

const inputVersion = 1

// JSON writes what --json prints: one object, on one line.
func JSON(w io.Writer, exit int, runs []Run) error {
	objects := make([]runObject, 0, len(runs))
	for _, run := range runs {
		object := run.object()
		object.Dir = run.Dir
		objects = append(objects, object)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Exit int         `json:"exit"`
		Runs []runObject `json:"runs"`
	}{exit, objects})
}

func (r Run) object() runObject {
	r = r.rounded()
	o := runObject{
		Scenario: r.Scenario, Protocol: r.Protocol, Seed: r.Seed, Verdict: r.Verdict, Expected: r.Expected,
		ExpectedChecks: r.ExpectedChecks, Digest: r.Digest, Dir: ".", Checks: []findingObject{}, Notes: r.Notes,
		Protection: protectionObject(r.Protection),
	}
	for _, f := range r.Checks {
		o.Checks = append(o.Checks, findingObject{f.Name, f.Verdict.String(), f.LookedAt, f.Detail})
	}
	o.Telling = tellingOf(r.Telling)
	for _, m := range r.Marks {
		o.Marks = append(o.Marks, markObject{m.Name, int64(m.From / sim.Microsecond), int64(m.To / sim.Microsecond)})
	}
	o.Reached = r.Reached
	for _, v := range r.Recoveries {
		o.StruckUS = append(o.StruckUS, int64(v.At/sim.Microsecond))
	}
	return o
}

func (r Run) findingsJSON(w io.Writer) error { return indented(w, r.object()) }

func (r Run) runJSON(w io.Writer) error {
	o := inputObject{
		Version: inputVersion, Scenario: r.Scenario, Protocol: r.Protocol, Seed: r.Seed, Replies: r.Replies,
		Command: r.Command, WarmupUS: int64(roundTime(r.Warmup) / sim.Microsecond),
		HorizonUS: int64(roundTime(r.Horizon) / sim.Microsecond), Tasks: r.Tasks,
		Unused: append([]string{}, r.Unused...), Expanded: []string{},
	}
	if r.Expanded != "" {
		o.Expanded = strings.Split(strings.TrimSuffix(r.Expanded, "\n"), "\n")
	}
	return indented(w, o)
}

func indented(w io.Writer, object any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(object)
}

// readRunJSON and readFindingsJSON fill in what the two files hold.
func (r *Run) readRunJSON(content []byte) error {
	var o inputObject
	if err := decode(content, &o); err != nil {
		return err
	}
	if o.Version != inputVersion {
		return fmt.Errorf("1: simrun_run is %d, this simrun reads %d", o.Version, inputVersion)
	}
	r.Replies, r.Command, r.Tasks = o.Replies, o.Command, o.Tasks
	r.Warmup, r.Horizon = sim.Time(o.WarmupUS)*sim.Microsecond, sim.Time(o.HorizonUS)*sim.Microsecond
	r.Unused = append([]string(nil), o.Unused...)
	if len(o.Expanded) > 0 {
		r.Expanded = strings.Join(o.Expanded, "\n") + "\n"
	}
	return nil
}

// readFindingsJSON also returns when the fault struck, for each row of recovery.csv.
func (r *Run) readFindingsJSON(content []byte) (struck []sim.Time, err error) {
	var o runObject
	if err := decode(content, &o); err != nil {
		return nil, err
	}
	if o.Verdict != Pass && o.Verdict != Fail && o.Verdict != Undecided {
		return nil, fmt.Errorf("%d: verdict %q is none of PASS, FAIL and UNDECIDED", lineOf(content, `"verdict"`), o.Verdict)
	}
	r.Scenario, r.Protocol, r.Seed, r.Verdict, r.Digest = o.Scenario, o.Protocol, o.Seed, o.Verdict, o.Digest
	r.Expected, r.ExpectedChecks, r.Notes = o.Expected, o.ExpectedChecks, o.Notes
	r.Protection = cluster.Protection(o.Protection)
	r.Telling = o.Telling.telling()
	r.Reached = o.Reached
	for _, f := range o.Checks {
		verdict, known := verdictNamed(f.Verdict)
		if !known {
			return nil, fmt.Errorf("%d: verdict %q of check %s is none of skipped, ok, undecided and violated",
				lineOf(content, `"`+f.Verdict+`"`), f.Verdict, f.Name)
		}
		r.Checks = append(r.Checks, check.Finding{Name: f.Name, Verdict: verdict, LookedAt: f.LookedAt, Detail: f.Detail})
	}
	for _, m := range o.Marks {
		r.Marks = append(r.Marks, cluster.Mark{Name: m.Name, From: sim.Time(m.FromUS) * sim.Microsecond, To: sim.Time(m.ToUS) * sim.Microsecond})
	}
	for _, us := range o.StruckUS {
		struck = append(struck, sim.Time(us)*sim.Microsecond)
	}
	return struck, nil
}

func verdictNamed(word string) (check.Verdict, bool) {
	for v := check.Skipped; v <= check.Violated; v++ {
		if v.String() == word {
			return v, true
		}
	}
	return 0, false
}

// decode reports the line of what it cannot read. Keys that it does not know are left alone: later versions add some.
func decode(content []byte, object any) error {
	err := json.Unmarshal(content, object)
	if err == nil {
		return nil
	}
	line := 1
	switch e := err.(type) {
	case *json.SyntaxError:
		line += bytes.Count(content[:min(int(e.Offset), len(content))], []byte{'\n'})
	case *json.UnmarshalTypeError:
		line += bytes.Count(content[:min(int(e.Offset), len(content))], []byte{'\n'})
	}
	return fmt.Errorf("%d: %s", line, strings.TrimPrefix(err.Error(), "json: "))
}

func lineOf(content []byte, text string) int {
	before, _, _ := bytes.Cut(content, []byte(text))
	return 1 + bytes.Count(before, []byte{'\n'})
}
