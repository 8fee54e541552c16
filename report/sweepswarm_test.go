package report

import (
	"bytes"
	"strings"
	"testing"

	"simrun/check"
)

func drawnRow(number uint64, outcome, why string) SweepRow {
	r := SweepRow{Protocol: "clonos", Seed: 1, Kind: KindDrawn, Number: number, Outcome: outcome}
	if why != "" {
		r.Checks = []check.Finding{{Name: "harness", Verdict: check.Undecided, Detail: why}}
	}
	return r
}

// Random scenarios that tested less than they were to, or stood still, are
// counted apart, with why; they decide nothing.
func TestSwarmTable(t *testing.T) {
	s := &Sweep{Scenario: "q", Crashes: CrashesSwarm, Groups: []SweepGroup{{Protocol: "clonos", Expected: "safe", Runs: 7}}}
	s.Rows = []SweepRow{drawnRow(6, OutcomeStill, ""), drawnRow(1, OutcomeOk, ""), drawnRow(2, OutcomeMissed, "no replay"), drawnRow(3, OutcomeMissed, "no ack"),
		drawnRow(4, OutcomeMissed, "no replay"), drawnRow(5, OutcomeVacuous, "no operation was answered")}
	s.SortRows()
	var text, lines bytes.Buffer
	if err := SweepTable(&text, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PASS q clonos runs=6 (expected safe)", "random scenarios", "did not strike", "vacuous", "stood still", "clonos did not strike: no replay (2), no ack (1)",
		"clonos vacuous: no operation was answered (1)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if exit := s.Exit(&s.Groups[0], s.Tally(&s.Groups[0])); exit != 0 {
		t.Errorf("exit %d", exit)
	}
	lines.Write(RowsHeader())
	for i := range s.Rows {
		lines.Write(s.Rows[i].Line())
	}
	back, _, err := ReadRows(lines.Bytes())
	if err != nil || len(back) != 6 || back[3].Number != 4 || back[3].Outcome != OutcomeMissed || !strings.Contains(back[3].Place(), "number 4") {
		t.Errorf("read back: %+v %v", back, err)
	}
	s.Rows[0].Outcome, s.Rows[0].Violated = OutcomeViolated, "INV-06"
	if exit := s.Exit(&s.Groups[0], s.Tally(&s.Groups[0])); exit != 1 || !s.Groups[0].Unexpected(&s.Rows[0]) {
		t.Errorf("a violation: exit %d", exit)
	}
	for i := range s.Rows {
		s.Rows[i] = drawnRow(uint64(i+1), OutcomeMissed, "no ack")
	}
	s.Groups[0].Runs = 6
	if exit := s.Exit(&s.Groups[0], s.Tally(&s.Groups[0])); exit != 3 {
		t.Errorf("if nothing struck anywhere: exit %d", exit)
	}
	figure := SweepFigures(s)[0]
	if !strings.Contains(figure.Caption, "random scenarios") {
		t.Error(figure.Caption)
	}
}

// Safe is met by what stands still, and by nothing that is wrong.
func TestSafeRuns(t *testing.T) {
	run := Run{Expected: "safe", Verdict: Fail, Checks: []check.Finding{{Name: "progress", Verdict: check.Violated}, {Name: "INV-20", Verdict: check.Violated}}}
	if run.Exit() != 0 {
		t.Error("a run that stands still is not safe")
	}
	run.Checks = append(run.Checks, check.Finding{Name: "INV-06", Verdict: check.Violated})
	if run.Exit() != 1 {
		t.Error("a run that is wrong is safe")
	}
	if (Run{Expected: "safe", Verdict: Pass}).Exit() != 0 || (Run{Expected: "safe", Verdict: Undecided}).Exit() != 3 {
		t.Error("safe is not pass where the run comes to its end")
	}
}
