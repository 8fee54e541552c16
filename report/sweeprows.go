package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"simrun/check"
	"simrun/sim"
)

// sweepColumns are the columns of rows-I-of-N.csv. The first ones tell a run from all others.
var sweepColumns = newSweepColumns()

const sweepKeyColumns = 16

type sweepColumn = column[SweepRow]

func newSweepColumns() []sweepColumn {
	columns := []sweepColumn{
		{name: "protocol", text: func(r *SweepRow) *string { return &r.Protocol }},
		{name: "seed", uint: func(r *SweepRow) *uint64 { return &r.Seed }},
		{name: "values", text: func(r *SweepRow) *string { return &r.Values }},
		{name: "kind", text: func(r *SweepRow) *string { return &r.Kind }},
		{name: "number", uint: func(r *SweepRow) *uint64 { return &r.Number }, none: func(r *SweepRow) bool { return r.Number == 0 }},
	}
	first := func(r *SweepRow) *SweepCrash { return &r.First }
	second := func(r *SweepRow) *SweepCrash { return &r.Second }
	columns = append(columns, crashColumns("", first)...)
	columns = append(columns, sweepColumn{name: "second_kind", text: func(r *SweepRow) *string { return &r.Second.Kind }})
	columns = append(columns, crashColumns("second_", second)...)
	return append(columns, instantColumn("at_us", first), instantColumn("second_at_us", second),
		sweepColumn{name: "verdict", text: func(r *SweepRow) *string { return &r.Outcome }},
		sweepColumn{name: "violated", text: func(r *SweepRow) *string { return &r.Violated }},
		sweepColumn{name: "recoveries", int: func(r *SweepRow) *int64 { return &r.Recoveries }},
		sweepColumn{name: "recovery_total_us", time: func(r *SweepRow) *sim.Time { return &r.Recovery },
			none: func(r *SweepRow) bool { return !r.Recovered }, some: func(r *SweepRow) { r.Recovered = true }},
		sweepColumn{name: "tasks_rolled_back", int: func(r *SweepRow) *int64 { return &r.RolledBack }},
		sweepColumn{name: "digest", text: func(r *SweepRow) *string { return &r.Digest }},
		sweepColumn{name: "reached", text: func(r *SweepRow) *string { return &r.Reached }},
	)
}

// crashColumns say whom a crash killed, and at which event or telling of a verb.
func crashColumns(prefix string, of func(*SweepRow) *SweepCrash) []sweepColumn {
	return []sweepColumn{
		{name: prefix + "task", text: func(r *SweepRow) *string { return &of(r).Task }},
		{name: prefix + "of", text: func(r *SweepRow) *string { return &of(r).Of }},
		{name: prefix + "event", int: func(r *SweepRow) *int64 { return &of(r).Event }, none: func(r *SweepRow) bool { return of(r).Event == 0 }},
		{name: prefix + "verb", text: func(r *SweepRow) *string { return &of(r).Verb }},
		{name: prefix + "count", int: func(r *SweepRow) *int64 { return &of(r).Count }, none: func(r *SweepRow) bool { return of(r).Count == 0 }},
	}
}

// instantColumn is when a crash struck, empty if there was none or it did not.
func instantColumn(name string, of func(*SweepRow) *SweepCrash) sweepColumn {
	return sweepColumn{name: name, time: func(r *SweepRow) *sim.Time { return &of(r).At },
		none: func(r *SweepRow) bool { return !of(r).Struck }, some: func(r *SweepRow) { of(r).Struck = true }}
}

// findings is the last column: a JSON array of the checks.
const findingsColumn = "checks"

// RowsHeader is the first line of a file of rows.
func RowsHeader() []byte {
	cells := []string{}
	for _, c := range sweepColumns {
		cells = append(cells, c.name)
	}
	return csvLine(append(cells, findingsColumn))
}

// Line is the row as one line of a file.
func (r *SweepRow) Line() []byte {
	cells := make([]string, 0, len(sweepColumns)+1)
	for _, c := range sweepColumns {
		cells = append(cells, c.print(r))
	}
	findings := ""
	if len(r.Checks) > 0 {
		objects := []findingObject{}
		for _, f := range r.Checks {
			objects = append(objects, findingObject{f.Name, f.Verdict.String(), f.LookedAt, f.Detail})
		}
		encoded, err := json.Marshal(objects)
		if err != nil {
			panic(fmt.Sprintf("report: findings of a run: %v", err)) // texts and numbers can always be written
		}
		findings = string(encoded)
	}
	return csvLine(append(cells, findings))
}

func csvLine(cells []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(cells)
	w.Flush() // a buffer takes everything
	return b.Bytes()
}

// ReadRows reads a file of rows back. A last line that is torn, because the process that wrote it was killed, is left out:
// whole is the length of what was read. An error begins with the line.
func ReadRows(content []byte) (rows []SweepRow, whole int, err error) {
	whole = bytes.LastIndexByte(content, '\n') + 1
	content = content[:whole]
	if whole == 0 {
		return nil, 0, nil
	}
	type loaded struct {
		SweepRow
		findings string
	}
	columns := []column[loaded]{}
	for _, c := range sweepColumns {
		columns = append(columns, wrapped(c, func(l *loaded) *SweepRow { return &l.SweepRow }))
	}
	columns = append(columns, column[loaded]{name: findingsColumn, text: func(l *loaded) *string { return &l.findings }})
	list, err := readCSV(content, columns)
	if err != nil {
		return nil, 0, err
	}
	for i := range list {
		r := &list[i].SweepRow
		if err := r.readFindings(list[i].findings); err != nil {
			return nil, 0, fmt.Errorf("%d: %w", i+2, err)
		}
		if err := r.readReached(); err != nil {
			return nil, 0, fmt.Errorf("%d: %w", i+2, err)
		}
		if !known(r.Outcome) {
			return nil, 0, fmt.Errorf("%d: verdict %q is none that a run can have", i+2, r.Outcome)
		}
		if r.Crashed() {
			r.First.Kind = r.Kind
		}
		rows = append(rows, *r)
	}
	return rows, whole, nil
}

// wrapped is the column of a row that is part of another.
func wrapped[T, U any](c column[T], in func(*U) *T) column[U] {
	w := column[U]{name: c.name}
	if c.text != nil {
		w.text = func(u *U) *string { return c.text(in(u)) }
	}
	if c.int != nil {
		w.int = func(u *U) *int64 { return c.int(in(u)) }
	}
	if c.uint != nil {
		w.uint = func(u *U) *uint64 { return c.uint(in(u)) }
	}
	if c.time != nil {
		w.time = func(u *U) *sim.Time { return c.time(in(u)) }
	}
	if c.none != nil {
		w.none = func(u *U) bool { return c.none(in(u)) }
	}
	if c.some != nil {
		w.some = func(u *U) { c.some(in(u)) }
	}
	return w
}

func known(outcome string) bool {
	for _, o := range outcomes {
		if o == outcome {
			return true
		}
	}
	return false
}

func (r *SweepRow) readFindings(text string) error {
	if text == "" {
		return nil
	}
	var objects []findingObject
	if err := json.Unmarshal([]byte(text), &objects); err != nil {
		return errors.New(findingsColumn + " " + strconv.Quote(text) + " is no JSON array of checks")
	}
	for _, o := range objects {
		verdict, known := verdictNamed(o.Verdict)
		if !known {
			return fmt.Errorf("verdict %q of check %s is none of skipped, ok, undecided and violated", o.Verdict, o.Name)
		}
		r.Checks = append(r.Checks, check.Finding{Name: o.Name, Verdict: verdict, LookedAt: o.LookedAt, Detail: o.Detail})
	}
	return nil
}
