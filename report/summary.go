package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"simrun/check"
	"simrun/cluster"
	"simrun/sim"
)

// Reached prints what Summary prints, and the situations that the run came to.
func Reached(w io.Writer, run Run) error {
	if err := Summary(w, run); err != nil {
		return err
	}
	p := newPrinter(w)
	printReached(p, run)
	return p.end()
}

// Summary prints what a person wants to know about one run: the verdict and which checks it rests on, the anatomy of each
// recovery, the latency that clients saw, what safety cost, and the command to repeat it.
func Summary(w io.Writer, run Run) error {
	dir := run.Dir
	run = run.rounded()
	p := newPrinter(w)
	p.line("%s %s %s seed=%d (expected %s)", run.Verdict, run.Scenario, run.Protocol, run.Seed, run.Expected)
	printChecks(p, run)
	printTelling(p, run.Telling)
	if run.Telling != nil && (len(run.Notes) > 0 || len(run.Windows) > 0) {
		p.line("")
	}
	for _, note := range run.Notes {
		p.wrapped("  ", note)
	}
	if called, answered, paid := operations(run); called > 0 {
		text := fmt.Sprintf("  clients  %s, %s answered", Plural(called, "operation"), number(answered))
		if run.sells() {
			text += ", " + Plural(paid, "checkout") + " paid"
		}
		p.line("%s", text)
	}
	printRecoveries(p, run)
	printLatency(p, run)
	printProtection(p, run.Protection)
	printOverhead(p, run)
	p.line("")
	p.line("  %s", assumption)
	if dir != "" {
		p.line("  results  %s", dir)
	}
	if run.Command != "" {
		p.line("  again    %s", run.Command)
		if trace, ok := traceCommand(run); ok && run.Verdict != Pass {
			p.line("  why      %s", trace)
		}
		if trace, ok := requestCommand(run); ok {
			p.line("  order    %s", trace)
		}
	}
	return p.end()
}

// assumption stands in every report.
const assumption = "The manager, the broker and the store do not crash or lose data in any run."

// operations counts what clients called, what they were answered and what of that was paid, over the whole run.
func operations(run Run) (called, answered, paid int64) {
	for _, w := range run.Windows {
		called, answered, paid = called+w.Offered, answered+w.Answered, paid+w.Paid
	}
	return called, answered, paid
}

// traceCommand tells the story around the crash of the same run.
func traceCommand(run Run) (string, bool) {
	rest, ok := strings.CutPrefix(run.Command, "simrun run ")
	if !ok {
		return "", false
	}
	if len(run.Recoveries) > 0 {
		rest += " --around crash"
	}
	return "simrun trace " + rest, true
}

// requestCommand tells the story of the operation that went wrong.
func requestCommand(run Run) (string, bool) {
	rest, ok := strings.CutPrefix(run.Command, "simrun run ")
	if !ok || run.Telling == nil || run.Telling.Request == "" {
		return "", false
	}
	return "simrun trace " + rest + " --request " + run.Telling.Request, true
}

func printChecks(p *printer, run Run) {
	var held []string
	skipped := 0
	for _, f := range run.Checks {
		switch f.Verdict {
		case check.Ok:
			held = append(held, fmt.Sprintf("%s (%s)", f.Name, number(f.LookedAt)))
		case check.Skipped:
			skipped++
		default:
			p.wrapped("  "+f.Verdict.String()+" ", f.Name+" ("+number(f.LookedAt)+" looked at): "+f.Detail)
		}
	}
	if len(held) > 0 {
		p.wrapped("  held     ", strings.Join(held, ", "))
	}
	if skipped > 0 {
		p.line("  skipped  %s", Plural(int64(skipped), "check"))
	}
	if run.Exit() == 1 {
		p.line("  This run was expected to %s.", expectedText(run))
	}
}

// expectedText is the expectation with the checks that it names: fail in replies_kept or progress.
func expectedText(run Run) string {
	if len(run.ExpectedChecks) == 0 {
		return run.Expected
	}
	return run.Expected + " in " + strings.Join(run.ExpectedChecks, " or ")
}

// summaryRecoveries bounds the rows of the table; the slowest are shown.
const summaryRecoveries = 12

func printRecoveries(p *printer, run Run) {
	if len(run.Recoveries) == 0 {
		return
	}
	shown := run.Recoveries
	if len(shown) > summaryRecoveries {
		shown = slices.Clone(shown)
		slices.SortStableFunc(shown, func(a, b cluster.Recovery) int {
			switch {
			case slower(a, b):
				return -1
			case slower(b, a):
				return 1
			}
			return 0
		})
		shown = shown[:summaryRecoveries]
	}
	p.line("")
	t := table{}
	head := []string{"  recovery of"}
	for _, phase := range phases {
		head = append(head, phase.name)
	}
	t.add(append(head, "total", "rolled back")...)
	for _, v := range shown {
		cells := []string{"  " + shortened(fmt.Sprintf("%s, %s", v.Task, instant(v.At)), 24)}
		for _, phase := range phases {
			cells = append(cells, phaseText(v, phase))
		}
		total := "never"
		if v.CaughtUp {
			total = duration(v.Total)
		}
		t.add(append(cells, total, number(int64(v.TasksRolledBack)))...)
	}
	t.print(p)
	if left := len(run.Recoveries) - len(shown); left > 0 {
		p.line("  and %s, faster than these, in recovery.csv", Plural(int64(left), "more recovery"))
	}
	var sum cluster.Recovery
	for _, v := range run.Recoveries {
		sum.RecordsReplayed += v.RecordsReplayed
		sum.Determinants += v.Determinants
		sum.BytesFetched += v.BytesFetched
	}
	p.line("  %s replayed, %s followed, %s of state and logs fetched",
		Plural(sum.RecordsReplayed, "record"), Plural(sum.Determinants, "determinant"), size(sum.BytesFetched))
}

func phaseText(v cluster.Recovery, phase phase) string {
	length := *phase.of(&v)
	switch {
	case phase.name == phaseCatchUp && !v.CaughtUp:
		return "never"
	case length == 0:
		return nothing
	}
	return duration(length)
}

func printLatency(p *printer, run Run) {
	spans := spansOf(run.Latency)
	if len(spans) == 0 {
		return
	}
	p.line("")
	t := table{}
	t.add("  latency", "p50", "p99", "p99.9", "max", "replies")
	for _, span := range spans {
		cells := []string{"  " + spanText(span)}
		var count int64
		for _, share := range [...]int64{50_000, 99_000, 99_900, 100_000} {
			latency, n, found := quantile(run.Latency, span, share)
			count = max(count, n)
			if found {
				cells = append(cells, duration(sim.Time(latency)))
			} else {
				cells = append(cells, nothing)
			}
		}
		t.add(append(cells, number(count))...)
	}
	t.print(p)
	p.line("  replies: %s", repliesText(run.Replies))
}

func spanText(span string) string {
	switch span {
	case "before":
		return "before the fault"
	case "during":
		return "during recovery"
	case "after":
		return "after it"
	}
	return "whole run"
}

// repliesText says when a reply leaves, without which no latency means anything.
func repliesText(setting string) string {
	switch setting {
	case "immediate":
		return "immediate, they leave at once"
	case "transactional":
		return "transactional, they leave when the next checkpoint completes"
	case "determinants":
		return "determinants, they leave at once and carry the determinants that they depend on"
	}
	return setting
}

func printProtection(p *printer, c cluster.Protection) {
	if protectionBytes(c) == 0 {
		return
	}
	p.line("")
	t := table{}
	t.add("  bytes of protection", "determinants", "headers", "checkpoints", "standbys", "sum", "of data")
	t.add("  in the run", size(c.DeterminantBytes), size(c.HeaderBytes), size(c.CheckpointBytes), size(c.StandbyBytes),
		size(protectionBytes(c)), size(c.DataBytes))
	if c.DataBytes > 0 {
		t.add("  per byte of data", percent(c.DeterminantBytes, c.DataBytes), percent(c.HeaderBytes, c.DataBytes),
			percent(c.CheckpointBytes, c.DataBytes), percent(c.StandbyBytes, c.DataBytes), percent(protectionBytes(c), c.DataBytes))
	}
	t.print(p)
	p.line("  memory at its peak: in-flight logs %s, causal logs %s", size(c.InFlightPeak), size(c.LogPeak))
	if text := memoryText(c); text != "" {
		p.line("  %s", text)
	}
}

// memoryText says what bounded memory did; nothing if it was not bounded.
func memoryText(c cluster.Protection) string {
	var parts []string
	if c.PoolPeak > 0 {
		parts = append(parts, "one task's in-flight log in memory at its peak: "+size(c.PoolPeak))
	}
	if c.SpilledBytes > 0 {
		parts = append(parts, size(c.SpilledBytes)+" spilled, "+size(c.ReadBackBytes)+" read back")
	}
	if c.HeldUS > 0 {
		parts = append(parts, "tasks left input for want of memory for "+duration(sim.Time(c.HeldUS)*sim.Microsecond)+" in all")
	}
	return strings.Join(parts, "; ")
}
