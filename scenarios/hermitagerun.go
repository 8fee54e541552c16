package scenarios

import (
	"context"
	"fmt"
	"slices"

	"simrun/check"
)

// HermitageCell is what one column makes of one row.
type HermitageCell struct {
	Row      HermitageRow
	Column   HermitageColumn
	Expected CellKind
	Kind     CellKind
	Words    string   // how the anomaly shows, or why it cannot arise; empty if it is prevented
	Checks   []string // that are violated
	Digest   string   // of the event sequence
	Protocol string
	Seed     uint64
	Sets     []Override // what to set for the row's scenario, but for the protocol

	scenario *Scenario // that ran
}

// Scenario is the name of the cell's file.
func (c *HermitageCell) Scenario() string { return HermitagePrefix + c.Row.Name }

// AsExpected says whether the cell came to what the matrix says.
func (c *HermitageCell) AsExpected() bool { return c.Kind == c.Expected }

// PlayHermitage runs the whole matrix, so many cells at a time: the cells of a
// row, from left to right, and the rows from above.
func PlayHermitage(ctx context.Context, run Runner, workers int) ([][]HermitageCell, error) {
	rows, columns := HermitageRows(), len(HermitageColumns)
	cells, failed := make([][]HermitageCell, len(rows)), make([]error, len(rows)*columns)
	for i := range cells {
		cells[i] = make([]HermitageCell, columns)
	}
	Each(ctx, workers, len(failed), func(n int) {
		cells[n/columns][n%columns], failed[n] = RunHermitageCell(run, &rows[n/columns], n%columns, Options{Context: ctx, Lean: true})
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// hermitageSets is what a column sets, in a row.
func hermitageSets(row *HermitageRow, column int) []Override {
	list := slices.Clone(HermitageColumns[column].Sets)
	if column == plantedColumn {
		list = append(list, row.With...)
		list = append(list, Override{"planted", "[" + row.Planted + "]"})
	}
	return list
}

// RunHermitageCell runs one cell.
func RunHermitageCell(run Runner, row *HermitageRow, column int, o Options) (HermitageCell, error) {
	c := HermitageCell{Row: *row, Column: HermitageColumns[column], Expected: CellKind(row.Cells[column])}
	s, err := Load(c.Scenario(), hermitageSets(row, column))
	if err != nil {
		return c, err
	}
	c.Protocol, c.Seed, c.scenario = s.Recovery.Protocol, s.Seed, s
	for _, set := range hermitageSets(row, column) {
		if set.Key != "recovery.protocol" {
			c.Sets = append(c.Sets, set)
		}
	}
	r, err := run(s, o)
	if err != nil {
		return c, err
	}
	c.Digest = r.Digest
	c.judge(&r)
	return c, nil
}

// judge says what a run makes of the cell. Where a monitor alone could
// name the anomaly, and the protocol does not promise that there is none, it is
// not applicable.
func (c *HermitageCell) judge(r *Result) {
	undecided, seen, monitored := "", false, false
	for _, f := range r.Checks {
		switch {
		case f.Verdict == check.Violated:
			c.Checks = append(c.Checks, f.Name)
			seen = seen || check.Judges(f.Name)
			if f.Name == c.Row.Monitor {
				c.Words = f.Detail
			}
		case f.Verdict == check.Undecided:
			undecided = f.Name + ": " + f.Detail
		}
		monitored = monitored || f.Name == c.Row.Monitor && f.Verdict != check.Skipped
	}
	words := ""
	if a := check.FindAnomaly(c.Row.Anomaly); a != nil && r.Evidence != nil {
		words = a.Shown(r.Evidence)
	}
	switch {
	case words != "":
		c.Kind, c.Words = CellShown, words
	case c.Words != "" && seen:
		c.Kind = CellShown
	case c.Words != "":
		c.Kind = CellUnseen
	case c.Row.Anomaly == "" && !monitored:
		c.Kind, c.Words = CellNotApplicable, c.Row.reason(r.Protocol)
	case len(c.Checks) > 0:
		c.Kind, c.Words = CellOther, r.first()
	case undecided != "":
		c.Kind, c.Words = CellUndecided, undecided
	default:
		c.Kind = CellPrevented
	}
}

// first is the detail of the first check that is violated.
func (r *Result) first() string {
	for _, f := range r.Checks {
		if f.Verdict == check.Violated {
			return fmt.Sprintf("%s: %s", f.Name, f.Detail)
		}
	}
	return ""
}
