package report

import (
	"io"
	"slices"

	"simrun/cluster"
	"simrun/sim"
)

// Compare prints one table of several runs, a column each: what --protocols all ends with. Runs that do not fit beside
// each other follow below.
func Compare(w io.Writer, runs []Run) error {
	if len(runs) == 0 {
		return nil
	}
	runs = mapped(runs, Run.rounded)
	labels := names(runs)
	p := newPrinter(w)
	for from := 0; from < len(runs); {
		if from > 0 {
			p.line("")
		}
		to := len(runs)
		t := compareTable(runs[from:to], labels[from:to], title(runs))
		for _, width := t.widths(); width > textWidth && to-from > 1; _, width = t.widths() {
			to--
			t = compareTable(runs[from:to], labels[from:to], title(runs))
		}
		t.print(p)
		from = to
	}
	return p.end()
}

// nothing stands where a run has nothing to tell; a row of nothing else is left out.
const nothing = "-"

func compareTable(runs []Run, labels []string, title string) *table {
	t := &table{}
	row := func(head string, cell func(Run) string) {
		cells, says := []string{head}, false
		for _, run := range runs {
			text := cell(run)
			cells, says = append(cells, text), says || text != nothing
		}
		if says {
			t.add(cells...)
		}
	}
	cells := []string{shortened(title, 28)}
	for _, label := range labels {
		cells = append(cells, shortened(label, 40))
	}
	t.add(cells...)
	row("verdict", func(r Run) string { return string(r.Verdict) })
	row("as expected", func(r Run) string { return map[bool]string{true: "yes", false: "no"}[r.Exit() == 0] })
	row("replies", func(r Run) string { return r.Replies })
	row("recoveries", func(r Run) string { return number(int64(len(r.Recoveries))) })
	worst := func(cell func(cluster.Recovery) string) func(Run) string {
		return func(r Run) string {
			if v, found := slowest(r.Recoveries); found {
				return cell(v)
			}
			return nothing
		}
	}
	if slices.ContainsFunc(runs, func(r Run) bool { return len(r.Recoveries) > 0 }) {
		t.add("time to recover, the slowest")
	}
	for _, phase := range phases {
		row("  "+phase.name, worst(func(v cluster.Recovery) string { return phaseText(v, phase) }))
	}
	row("  total", worst(func(v cluster.Recovery) string {
		if !v.CaughtUp {
			return "never"
		}
		return duration(v.Total)
	}))
	row("  tasks rolled back", worst(func(v cluster.Recovery) string { return number(int64(v.TasksRolledBack)) }))
	compareLatency(row, runs)
	t.add("bytes of protection")
	for _, part := range [...]struct {
		name string
		of   func(cluster.Protection) int64
	}{
		{"  determinants", func(c cluster.Protection) int64 { return c.DeterminantBytes }},
		{"  headers", func(c cluster.Protection) int64 { return c.HeaderBytes }},
		{"  checkpoints", func(c cluster.Protection) int64 { return c.CheckpointBytes }},
		{"  standbys", func(c cluster.Protection) int64 { return c.StandbyBytes }},
		{"  sum", protectionBytes},
	} {
		row(part.name, func(r Run) string { return size(part.of(r.Protection)) })
	}
	row("  per byte of data", func(r Run) string {
		if text := percent(protectionBytes(r.Protection), r.Protection.DataBytes); text != "" {
			return text
		}
		return nothing
	})
	return t
}

// compareLatency adds two rows for each span that any of the runs has replies in.
func compareLatency(row func(string, func(Run) string), runs []Run) {
	for _, span := range [...]string{"before", "during", "after", "all"} {
		present := func(r Run) bool { return slices.Contains(spansOf(r.Latency), span) }
		if !slices.ContainsFunc(runs, present) {
			continue
		}
		for _, share := range [...]struct {
			name string
			per  int64
		}{{"p50", 50_000}, {"p99", 99_000}} {
			row("latency "+spanText(span)+", "+share.name, func(r Run) string {
				if latency, _, found := quantile(r.Latency, span, share.per); found {
					return duration(sim.Time(latency))
				}
				return nothing
			})
		}
	}
}
