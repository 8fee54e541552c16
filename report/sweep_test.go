package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/sim"
)

// sampleSweep is a sweep of every shape of row.
func sampleSweep(crashes string, runs int) *Sweep {
	s := &Sweep{Scenario: "sample", Crashes: crashes, Ties: "rule", Command: "simrun sweep sample", Tasks: []string{"order/0", "stock/0", "stock/1"}, Horizon: 2 * sim.Second}
	for _, protocol := range []string{"none", "clonos"} {
		s.Groups = append(s.Groups, SweepGroup{Protocol: protocol, Expected: map[string]string{"none": "fail", "clonos": "pass"}[protocol], Runs: runs, Expanded: "simrun: 1\n"})
		for i := range runs {
			s.Rows = append(s.Rows, sampleRow(protocol, crashes, i, runs))
		}
	}
	s.SortRows()
	return s
}

func sampleRow(protocol, crashes string, i, of int) SweepRow {
	r := SweepRow{Protocol: protocol, Seed: 1, Kind: "run", Outcome: OutcomeOk, Digest: strings.Repeat("ab", 32)}
	r.Recoveries, r.Recovered, r.Recovery, r.RolledBack = 1, true, sim.Time(5+i%40)*sim.Millisecond, int64(i%3)
	if crashes == "" {
		r.Seed = uint64(i + 1)
	} else {
		task := []string{"order/0", "stock/0", "stock/1"}[i%3]
		r.Kind = "event"
		r.First = SweepCrash{Kind: "event", Task: task, Of: task, Event: int64(i + 1), At: sim.Time(i) * 2 * sim.Second / sim.Time(of) / 1000 * 1000, Struck: true}
	}
	if crashes == CrashesPairs {
		r.Second = SweepCrash{Kind: "verb", Task: "stock/0", Of: r.First.Task, Verb: "recovering", Count: int64(i + 1), At: r.First.At + sim.Millisecond, Struck: true}
		if i%11 == 0 {
			r.Outcome, r.Second.Struck, r.Second.At = OutcomeMissed, false, 0
		}
	}
	if protocol == "none" && i%4 < 2 {
		r.Outcome, r.Violated, r.Recovered, r.Recovery = OutcomeViolated, "linearizable exactly_once", false, 0
		r.Checks = []check.Finding{{Name: "linearizable", Verdict: check.Violated, LookedAt: 7, Detail: `o17 was told "paid", and, well`}}
	}
	return r
}

// What is read back is what was written, for any row.
func TestRowsReadBack(t *testing.T) {
	text := rapid.SampledFrom([]string{"", "order/0", "checkpoint.every=1s", `a,"b"`, "x y", "{a: 1}"})
	rapid.Check(t, func(t *rapid.T) {
		crash := func(label string) SweepCrash {
			c := SweepCrash{Task: text.Draw(t, label), Of: text.Draw(t, label), Event: rapid.Int64Min(0).Draw(t, label), Verb: text.Draw(t, label),
				Count: rapid.Int64Min(0).Draw(t, label), Struck: rapid.Bool().Draw(t, label)}
			if c.Struck {
				c.At = sim.Time(rapid.Int64Range(0, 1e12).Draw(t, label)) * sim.Microsecond
			}
			return c
		}
		r := SweepRow{Protocol: text.Draw(t, "protocol"), Seed: rapid.Uint64().Draw(t, "seed"), Values: text.Draw(t, "values"),
			Kind: rapid.SampledFrom([]string{"run", "quiet", "event", "verb"}).Draw(t, "kind"), First: crash("first"), Second: crash("second"),
			Outcome: rapid.SampledFrom(outcomes[:]).Draw(t, "outcome"), Violated: text.Draw(t, "violated"), RolledBack: rapid.Int64().Draw(t, "rolled"), Digest: text.Draw(t, "digest"),
			Reached: rapid.StringMatching("([0-9a-f]{0,30}[1-9a-f])?").Draw(t, "reached")}
		r.Second.Kind = rapid.SampledFrom([]string{"", "with", "event", "verb"}).Draw(t, "second")
		if r.Crashed() {
			r.First.Kind = r.Kind
		}
		if r.Recovered = rapid.Bool().Draw(t, "recovered"); r.Recovered {
			r.Recovery = sim.Time(rapid.Int64Range(0, 1e12).Draw(t, "recovery")) * sim.Microsecond
		}
		for range rapid.IntRange(0, 2).Draw(t, "checks") {
			r.Checks = append(r.Checks, check.Finding{Name: "progress", Verdict: check.Violated, LookedAt: 3, Detail: text.Draw(t, "detail")})
		}
		line := r.Line()
		rows, whole, err := ReadRows(append(append(RowsHeader(), line...), line[:len(line)/2]...))
		if err != nil || len(rows) != 1 || !reflect.DeepEqual(rows[0], r) || rows[0].Key() != r.Key() {
			t.Fatalf("%+v\nbecame %+v, %v", r, rows, err)
		}
		if whole != len(RowsHeader())+len(line) {
			t.Fatalf("%d bytes are whole", whole)
		}
	})
}

func FuzzReadRows(f *testing.F) {
	row := sampleRow("none", CrashesPairs, 1, 3)
	f.Add(append(RowsHeader(), row.Line()...))
	f.Add([]byte("this,that\n1,2\n"))
	f.Add([]byte("torn"))
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, whole, err := ReadRows(content)
		if whole > len(content) || err != nil && rows != nil {
			t.Fatalf("%d rows, %d whole, %v", len(rows), whole, err)
		}
	})
}

func TestRowsThatCannotBeRead(t *testing.T) {
	line := func(old, new string) []byte {
		row := sampleRow("none", CrashesPairs, 1, 3)
		return append(RowsHeader(), bytes.Replace(row.Line(), []byte(old), []byte(new), 1)...)
	}
	for want, content := range map[string][]byte{
		"1: no column protocol among this": []byte("this\n"),
		`2: verdict "fine" is none that`:   line(",violated,", ",fine,"),
		`2: seed is "x"`:                   line("none,1,", "none,x,"),
		"2: checks":                        line("[{", "{{"),
		`2: verdict "so-so" of check`:      line(`""violated""`, `""so-so""`),
	} {
		if _, _, err := ReadRows(content); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// The contract's table of verdicts and expectations, for many runs: to be expected to fail takes one failing run.
func TestSweepExits(t *testing.T) {
	const bad, other, unsure, missed, broken = "bad", "other", "unsure", "missed", "broken"
	for _, c := range []struct {
		expected string
		checks   string
		runs     string
		missing  int
		verdict  Verdict
		exit     int
	}{
		{"pass", "", "ok ok", 0, Pass, 0},
		{"pass", "", "ok bad", 0, Fail, 1},
		{"pass", "", "ok unsure", 0, Undecided, 3},
		{"pass", "", "bad unsure", 0, Fail, 1},
		{"pass", "", "ok missed", 0, Pass, 0},
		{"pass", "", "missed missed", 0, Undecided, 3},
		{"pass", "", "ok broken", 0, Undecided, 5},
		{"pass", "", "ok", 3, Pass, 0},
		{"pass", "", "", 0, Undecided, 3},
		{"fail", "", "ok bad ok", 0, Fail, 0},
		{"fail", "", "bad unsure", 0, Fail, 0},
		{"fail", "", "ok ok", 0, Pass, 1},
		{"fail", "", "ok ok", 1, Pass, 3},
		{"fail", "", "ok unsure", 0, Undecided, 3},
		{"fail", "", "bad broken", 0, Fail, 5},
		{"fail", "progress", "other ok", 0, Fail, 1},
		{"fail", "progress", "other ok bad", 0, Fail, 0},
		{"any", "", "bad unsure", 0, Fail, 0},
		{"any", "", "broken", 0, Undecided, 5},
	} {
		g := SweepGroup{Protocol: "p", Expected: c.expected, ExpectedChecks: strings.Fields(c.checks)}
		s := &Sweep{Crashes: CrashesPairs}
		for _, word := range strings.Fields(c.runs) {
			r := SweepRow{Protocol: "p", Kind: "event", Outcome: OutcomeOk}
			switch word {
			case bad:
				r.Outcome, r.Violated = OutcomeViolated, "harness progress"
			case other:
				r.Outcome, r.Violated = OutcomeViolated, "linearizable"
			case unsure:
				r.Outcome = OutcomeUndecided
			case missed:
				r.Outcome = OutcomeMissed
			case broken:
				r.Outcome = OutcomeInternal
			}
			s.Rows = append(s.Rows, r)
		}
		g.Runs = len(s.Rows) + c.missing
		s.Groups = []SweepGroup{g}
		tally := s.Tally(&g)
		if verdict, exit := s.Verdict(tally), s.Exit(&g, tally); verdict != c.verdict || exit != c.exit || s.Missing() != c.missing {
			t.Errorf("expected %s %s, %q and %d missing: %s, exit %d; want %s, exit %d", c.expected, c.checks, c.runs, c.missing, verdict, exit, c.verdict, c.exit)
		}
	}
}

func linesOf(rows []SweepRow) func(io.Writer) error {
	return func(w io.Writer) error {
		content := RowsHeader()
		for i := range rows {
			content = append(content, rows[i].Line()...)
		}
		_, err := w.Write(content)
		return err
	}
}

// What is kept apart is what went against expectation.
func TestUnexpectedRuns(t *testing.T) {
	row := func(outcome, violated string) *SweepRow { return &SweepRow{Outcome: outcome, Violated: violated} }
	for _, c := range []struct {
		g    SweepGroup
		r    *SweepRow
		want bool
	}{
		{SweepGroup{Expected: "pass"}, row(OutcomeViolated, "progress"), true},
		{SweepGroup{Expected: "pass"}, row(OutcomeOk, ""), false},
		{SweepGroup{Expected: "fail"}, row(OutcomeViolated, "progress"), false},
		{SweepGroup{Expected: "fail", ExpectedChecks: []string{"linearizable"}}, row(OutcomeViolated, "progress"), true},
		{SweepGroup{Expected: "any"}, row(OutcomeViolated, "progress"), false},
		{SweepGroup{Expected: "any"}, row(OutcomeInternal, ""), true},
	} {
		if got := c.g.Unexpected(c.r); got != c.want {
			t.Errorf("%+v, %s %s: %v", c.g, c.r.Outcome, c.r.Violated, got)
		}
	}
}

func TestQuantilesOfRecoveries(t *testing.T) {
	tally := Tally{times: []sim.Time{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	for share, want := range map[int]sim.Time{1: 1, 50: 5, 51: 6, 99: 10, 100: 10} {
		if got, _ := tally.quantile(share); got != want {
			t.Errorf("p%d is %d, want %d", share, got, want)
		}
	}
}

func TestGroupsHaveShortNames(t *testing.T) {
	g := SweepGroup{Protocol: "clonos", Values: "checkout.items={count: 5, stock: 0.5} faults[0].at=1s seed=3 recovery.sharing_depth=full"}
	if want := "clonos items={count: 5, stock: 0.5} at=1s seed=3 sharing_depth=full"; g.name() != want {
		t.Errorf("%s, want %s", g.name(), want)
	}
}

func TestSweepTable(t *testing.T) {
	var b bytes.Buffer
	if err := SweepTable(&b, sampleSweep(CrashesPairs, 40)); err != nil {
		t.Fatal(err)
	}
	want := `FAIL sample none runs=40 (expected fail)
PASS sample clonos runs=40 (expected pass)

  two crashes a run  runs  ok  violated  undecided  did not strike  recovery p50      p99      max
  none                 40  18        20          0               2       24.0 ms  44.0 ms  44.0 ms
  clonos               40  36         0          0               4       24.0 ms  44.0 ms  44.0 ms
  none violates exactly_once (20), linearizable (20)

  The manager, the broker and the store do not crash or lose data in any run.
`
	if b.String() != want {
		t.Errorf("the table is\n%s\nwant\n%s", &b, want)
	}
}

// A folder that was loaded draws and tells what the sweep did.
func TestSweepsLoad(t *testing.T) {
	for _, crashes := range []string{"", CrashesEverywhere, CrashesPairs} {
		s, dir := sampleSweep(crashes, 30), filepath.Join(t.TempDir(), "[1]*")
		half := len(s.Rows) / 2
		files := []File{{SweepFile, s.JSONFile}}
		for i, rows := range [][]SweepRow{s.Rows[half:], s.Rows[:half+3]} { // some rows are there twice
			files = append(files, File{fmt.Sprintf("rows-%d-of-2.csv", i+1), linesOf(rows)})
		}
		if err := Place(dir, files...); err != nil {
			t.Fatal(err)
		}
		loaded, err := LoadSweep(dir)
		if err != nil || !reflect.DeepEqual(loaded, s) {
			t.Fatalf("%s: %v\n%+v\n%+v", crashes, err, loaded, s)
		}
		if drawn := differences(drawn(t, SweepFigures(s)), drawn(t, SweepFigures(loaded))); drawn != nil {
			t.Errorf("%v differ", drawn)
		}
	}
	if _, err := LoadSweep(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("an empty folder: %v", err)
	}
	dir := t.TempDir()
	for content, want := range map[string]string{"{": "make the folder again", `{"simrun_sweep":9}`: "simrun_sweep is 9"} {
		os.WriteFile(filepath.Join(dir, SweepFile), []byte(content), 0o644)
		if _, err := LoadSweep(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

// A violation is seen in the map however many runs hold around it.
func TestOneViolationIsSeen(t *testing.T) {
	s := sampleSweep(CrashesEverywhere, 9000)
	for i := range s.Rows {
		s.Rows[i].Outcome = OutcomeOk
	}
	svg := func() string {
		var b bytes.Buffer
		if err := SweepFigures(s)[0].SVG(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	const ink = "#D55E00"
	if strings.Contains(svg(), ink) {
		t.Fatal("nothing is violated")
	}
	s.Rows[12_345].Outcome = OutcomeViolated
	if text := svg(); strings.Count(text, ink) != 2 || len(text) > 2<<20 {
		t.Errorf("%d marks and keys, %d bytes", strings.Count(text, ink), len(text))
	}
}

func TestEmptySweepsAreDrawn(t *testing.T) {
	for _, crashes := range []string{"", CrashesEverywhere, CrashesPairs} {
		drawn(t, SweepFigures(sampleSweep(crashes, 0)))
		drawn(t, SweepFigures(sampleSweep(crashes, 1)))
	}
}

// Texts of maps are whole and apart, for few and for many tasks, protocols and values.
func TestTextsOfMapsAreWholeAndApart(t *testing.T) {
	for _, crashes := range []string{"", CrashesEverywhere, CrashesPairs} {
		for _, tasks := range []int{3, 20} {
			s := sampleSweep(crashes, 400)
			for i := len(s.Tasks); i < tasks; i++ {
				s.Tasks = append(s.Tasks, fmt.Sprintf("payment/%d", i))
			}
			for i := range 3 {
				s.Groups = append(s.Groups, SweepGroup{Protocol: "global", Values: fmt.Sprintf("checkpoint.every=%ds costs.record=10us", i), Expected: "any"})
			}
			s.Rows[5].Outcome, s.Rows[6].Outcome = OutcomeInternal, OutcomeUndecided
			for _, wrong := range misplaced(SweepFigures(s)[0]) {
				t.Errorf("%q crashes, %d tasks: %s", crashes, tasks, wrong)
			}
		}
	}
}
