package report

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"simrun/cluster"
	"simrun/sim"
)

// TestLook writes every figure to $SIMRUN_LOOK, for people to look at.
func TestLook(t *testing.T) {
	dir := os.Getenv("SIMRUN_LOOK")
	if dir == "" {
		t.Skip("SIMRUN_LOOK names no folder")
	}
	for name, runs := range drawnSamples() {
		for _, figure := range figuresOf(t, runs) {
			if err := Place(filepath.Join(dir, name), figure.Files()...); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func figuresOf(t testing.TB, runs []Run) []Figure {
	if len(runs) == 1 {
		return Figures(runs[0])
	}
	figures, err := Comparison(runs)
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

// drawnSamples are runs of every shape that figures must hold.
func drawnSamples() map[string][]Run {
	healthy := sampleRun("clonos")
	healthy.Scenario, healthy.Recoveries, healthy.Marks = "quiet", nil, nil
	healthy.Windows = append([]cluster.Window(nil), healthy.Windows[:295]...)
	healthy.Latency = nil
	for _, p := range sampleRun("clonos").Latency {
		if p.Span == "before" {
			p.Span = "all"
			healthy.Latency = append(healthy.Latency, p)
		}
	}

	empty := Run{Scenario: "empty", Protocol: "none", Verdict: Undecided, Expected: "pass"}

	one := sampleRun("clonos")
	one.Windows, one.Latency = one.Windows[300:301], one.Latency[:1]

	silent := sampleRun("global") // nothing is ever answered, and it never catches up
	silent.Recoveries[0].CaughtUp = false
	for i := range silent.Windows {
		w := &silent.Windows[i]
		if w.Start >= 30*sim.Second {
			w.Answered, w.Paid, w.LatencyP50, w.LatencyP99, w.LatencyMax = 0, 0, 0, 0, 0
		}
	}

	zero := sampleRun("clonos")
	for i := range zero.Windows {
		zero.Windows[i].LatencyP50, zero.Windows[i].LatencyP99, zero.Windows[i].LatencyMax = 0, 0, 0
	}
	for i := range zero.Latency {
		zero.Latency[i].Latency = 0
	}

	many := sampleRun("clonos")
	many.Recoveries, many.Marks = nil, nil
	for i := range 14 {
		r := sampleRun("clonos").Recoveries[0]
		r.Fault, r.Task, r.At = i, fmt.Sprintf("reservation-compensator-of-warehouse/%d", i%9), sim.Time(20+2*i)*sim.Second
		r.CatchUp += sim.Time(i%5) * 310 * ms
		r.Total += sim.Time(i%5) * 310 * ms
		r.CaughtUp = i != 11
		many.Recoveries = append(many.Recoveries, r)
		many.Marks = append(many.Marks, cluster.Mark{Name: "crash " + r.Task, From: r.At, To: r.At})
	}
	many.Marks = append(many.Marks, cluster.Mark{Name: "pause stock/2", From: 52 * sim.Second, To: 55 * sim.Second})

	unexpected := sampleRun("redo")
	unexpected.Expected, unexpected.ExpectedChecks = "fail", []string{"replies_kept", "progress"}
	unexpected.Notes = []string{"100 of 1,000 orders paid, stock 0, total credit 900"}

	undecided := sampleRun("clonos")
	undecided.Verdict, undecided.Checks = Undecided, sampleChecks(Undecided)

	seeds := sampleRuns()
	for i := range seeds {
		seeds[i].Seed = uint64(i + 1)
	}
	eight := append(sampleRuns(), seeds...)
	eight[3].Verdict = Undecided
	eight[5].Recoveries[0].CaughtUp = false
	eight[6].Recoveries = nil
	return map[string][]Run{
		"clonos": {sampleRun("clonos")}, "global": {sampleRun("global")}, "none": {sampleRun("none")}, "all": sampleRuns(),
		"healthy": {healthy}, "empty": {empty}, "one": {one}, "silent": {silent}, "zero": {zero}, "many": {many}, "unexpected": {unexpected}, "undecided": {undecided},
		"pair": {sampleRun("clonos"), silent}, "eight": eight, "empties": {empty, empty}, "manies": {many, sampleRun("global")},
	}
}

func sampleReferences() []Reference {
	wrong := sampleRun("redo")
	wrong.Expected = "pass"
	return []Reference{
		{Claim: "A stock task that dies is brought back alone", Run: sampleRun("clonos")},
		{Claim: "Rolling back everything takes longer | all tasks", Run: sampleRun("global"), Command: "simrun run crash-stock --protocols all"},
		{Claim: "E1", Run: wrong},
	}
}

// TestLookAtPages writes report.html of every single run to $SIMRUN_LOOK.
func TestLookAtPages(t *testing.T) {
	dir := os.Getenv("SIMRUN_LOOK")
	if dir == "" {
		t.Skip("SIMRUN_LOOK names no folder")
	}
	for name, runs := range drawnSamples() {
		if err := Place(filepath.Join(dir, name), File{"report.html", func(w io.Writer) error { return Page(w, runs[0]) }}); err != nil {
			t.Fatal(err)
		}
	}
}
