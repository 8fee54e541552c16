package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"simrun/cluster"
	"simrun/sim"
)

// A column of a CSV file: its name, how a row is printed there and read back. A cell is a text, an integer or a time in
// integer microseconds; a time that does not exist is an empty cell.
type column[T any] struct {
	name string
	text func(*T) *string
	int  func(*T) *int64
	uint func(*T) *uint64
	time func(*T) *sim.Time
	none func(*T) bool // nil: never. Whether there is nothing to print in this row
	some func(*T)      // called when a cell that might have been empty is not

}

func (c column[T]) print(row *T) string {
	switch {
	case c.none != nil && c.none(row):
		return ""
	case c.text != nil:
		return *c.text(row)
	case c.int != nil:
		return strconv.FormatInt(*c.int(row), 10)
	case c.uint != nil:
		return strconv.FormatUint(*c.uint(row), 10)
	}
	return strconv.FormatInt(int64(*c.time(row)/sim.Microsecond), 10)
}

// read is the inverse of print.
func (c column[T]) read(row *T, cell string) error {
	if c.text != nil {
		*c.text(row) = cell
		return nil
	}
	if c.none != nil && cell == "" {
		return nil
	}
	if c.some != nil {
		c.some(row)
	}
	if c.uint != nil {
		value, err := strconv.ParseUint(cell, 10, 64)
		if err != nil {
			return err.(*strconv.NumError).Err
		}
		*c.uint(row) = value
		return nil
	}
	value, err := strconv.ParseInt(cell, 10, 64)
	if err != nil {
		return err.(*strconv.NumError).Err
	}
	if c.int != nil {
		*c.int(row) = value
		return nil
	}
	*c.time(row) = sim.Time(value) * sim.Microsecond
	return nil
}

func writeCSV[T any](w io.Writer, columns []column[T], rows []T) error {
	writer := csv.NewWriter(w)
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.name
	}
	if err := writer.Write(cells); err != nil {
		return err
	}
	for r := range rows {
		for i, c := range columns {
			cells[i] = c.print(&rows[r])
		}
		if err := writer.Write(cells); err != nil {
			return err
		}
	}
	writer.Flush()
	return writer.Error()
}

// recoveryRow is a recovery whose fault is counted in the width that columns have.
type recoveryRow struct {
	cluster.Recovery
	fault, rolledBack int64
}

var recoveryColumns = newRecoveryColumns()

func newRecoveryColumns() []column[recoveryRow] {
	columns := []column[recoveryRow]{
		{name: "fault", int: func(r *recoveryRow) *int64 { return &r.fault }},
		{name: "task", text: func(r *recoveryRow) *string { return &r.Task }},
		{name: "protocol", text: func(r *recoveryRow) *string { return &r.Protocol }},
	}
	never := func(r *recoveryRow) bool { return !r.CaughtUp }
	for _, p := range phases {
		c := column[recoveryRow]{name: p.column, time: func(r *recoveryRow) *sim.Time { return p.of(&r.Recovery) }}
		if p.name == phaseCatchUp {
			c.none = never
		}
		columns = append(columns, c)
	}
	caughtUp := func(r *recoveryRow) { r.CaughtUp = true }
	return append(columns,
		column[recoveryRow]{name: "total_us", time: func(r *recoveryRow) *sim.Time { return &r.Total }, none: never, some: caughtUp},
		column[recoveryRow]{name: "records_replayed", int: func(r *recoveryRow) *int64 { return &r.RecordsReplayed }},
		column[recoveryRow]{name: "determinants", int: func(r *recoveryRow) *int64 { return &r.Determinants }},
		column[recoveryRow]{name: "bytes_fetched", int: func(r *recoveryRow) *int64 { return &r.BytesFetched }},
		column[recoveryRow]{name: "tasks_rolled_back", int: func(r *recoveryRow) *int64 { return &r.rolledBack }},
	)
}

var windowColumns = []column[cluster.Window]{
	{name: "t_us", time: func(w *cluster.Window) *sim.Time { return &w.Start }},
	{name: "offered", int: func(w *cluster.Window) *int64 { return &w.Offered }},
	{name: "answered", int: func(w *cluster.Window) *int64 { return &w.Answered }},
	{name: "paid", int: func(w *cluster.Window) *int64 { return &w.Paid }},
	{name: "backlog", int: func(w *cluster.Window) *int64 { return &w.Backlog }},
	{name: "latency_p50_us", time: func(w *cluster.Window) *sim.Time { return (*sim.Time)(&w.LatencyP50) }},
	{name: "latency_p99_us", time: func(w *cluster.Window) *sim.Time { return (*sim.Time)(&w.LatencyP99) }},
	{name: "latency_max_us", time: func(w *cluster.Window) *sim.Time { return (*sim.Time)(&w.LatencyMax) }},
	{name: "data_bytes", int: func(w *cluster.Window) *int64 { return &w.DataBytes }},
	{name: "determinant_bytes", int: func(w *cluster.Window) *int64 { return &w.DeterminantBytes }},
	{name: "header_bytes", int: func(w *cluster.Window) *int64 { return &w.HeaderBytes }},
}

var latencyColumns = []column[cluster.LatencyPoint]{
	{name: "span", text: func(p *cluster.LatencyPoint) *string { return &p.Span }},
	{name: "share_per_100000", int: func(p *cluster.LatencyPoint) *int64 { return &p.Share }},
	{name: "latency_us", time: func(p *cluster.LatencyPoint) *sim.Time { return (*sim.Time)(&p.Latency) }},
	{name: "replies", int: func(p *cluster.LatencyPoint) *int64 { return &p.Count }},
}

var overheadColumns = []column[cluster.TaskOverhead]{
	{name: "task", text: func(o *cluster.TaskOverhead) *string { return &o.Task }},
	{name: "own_log_bytes", int: func(o *cluster.TaskOverhead) *int64 { return &o.LoggedBytes }},
	{name: "replica_bytes_max", int: func(o *cluster.TaskOverhead) *int64 { return &o.ReplicasPeak }},
	{name: "delta_bytes_first", int: func(o *cluster.TaskOverhead) *int64 { return &o.NewBytes }},
	{name: "delta_bytes_duplicate", int: func(o *cluster.TaskOverhead) *int64 { return &o.AgainBytes }},
	{name: "delta_bytes_late", int: func(o *cluster.TaskOverhead) *int64 { return &o.LateBytes }},
	{name: "sent_bytes", int: func(o *cluster.TaskOverhead) *int64 { return &o.SentBytes }},
	{name: "header_bytes", int: func(o *cluster.TaskOverhead) *int64 { return &o.HeaderBytes }},
	{name: "header_varint_bytes", int: func(o *cluster.TaskOverhead) *int64 { return &o.VarintBytes }},
	{name: "header_flat_bytes", int: func(o *cluster.TaskOverhead) *int64 { return &o.FlatBytes }},
	{name: "header_hierarchical_bytes", int: func(o *cluster.TaskOverhead) *int64 { return &o.HierarchicalBytes }},
}

var kindColumns = []column[cluster.KindOverhead]{
	{name: "kind", text: func(k *cluster.KindOverhead) *string { return &k.Kind }},
	{name: "count", int: func(k *cluster.KindOverhead) *int64 { return &k.Count }},
	{name: "logged_bytes", int: func(k *cluster.KindOverhead) *int64 { return &k.LoggedBytes }},
	{name: "wire_bytes", int: func(k *cluster.KindOverhead) *int64 { return &k.WireBytes }},
}

func (r Run) overheadCSV(w io.Writer) error { return writeCSV(w, overheadColumns, r.Overhead) }

func (r Run) kindsCSV(w io.Writer) error { return writeCSV(w, kindColumns, r.Kinds) }

func (r Run) recoveryCSV(w io.Writer) error {
	rows := r.rounded().Recoveries
	wide := make([]recoveryRow, 0, len(rows))
	for _, v := range rows {
		wide = append(wide, recoveryRow{v, int64(v.Fault), int64(v.TasksRolledBack)})
	}
	return writeCSV(w, recoveryColumns, wide)
}

func (r Run) timelineCSV(w io.Writer) error { return writeCSV(w, windowColumns, r.rounded().Windows) }

func (r Run) latencyCSV(w io.Writer) error { return writeCSV(w, latencyColumns, r.rounded().Latency) }
