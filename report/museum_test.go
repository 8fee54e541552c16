package report

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"simrun/hunt"
	"simrun/museum"
)

// A bug caught by a judge, one by monitors alone, one that survived, one that
// does no harm, one that fails without the bug.
func someTrophies(t *testing.T) *Museum {
	find := func(name string) museum.Bug {
		b, ok := museum.Find(name)
		if !ok {
			t.Fatal(name)
		}
		return b
	}
	return &Museum{Catches: 20, Runs: 10_000, Command: "simrun sweep --museum", Trophies: []hunt.Trophy{
		{Bug: find("no-fence"), Runs: 4000, Catches: 20, Caught: []int{17}, Judged: 11, Checks: []hunt.Count{{Name: "INV-06", Times: 20}, {Name: "exactly_once", Times: 11}},
			Shrunk: "simrun: 1", Faults: 2, Checkouts: 9, Class: "INV-06"},
		{Bug: find("own-log-only"), Runs: 20, Catches: 20, Caught: []int{1}, Checks: []hunt.Count{{Name: "INV-21", Times: 20}}},
		{Bug: find("count-built"), Runs: 10_000, Probes: 200, Changed: 13},
		{Bug: find("no-kill"), Runs: 10_000, Probes: 200, Changed: 40},
		{Bug: find("forget-calls"), Runs: 10_000, Probes: 200, Wrong: []int{71}},
	}}
}

func TestMuseumTable(t *testing.T) {
	m := someTrophies(t)
	var b bytes.Buffer
	if err := m.writeTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"5 planted bugs: 2 caught, 1 survived, 1 harmless, 1 never triggered",
		"| caught | INV-06 | 200 | 130 to 309 | 55 % | [2 faults, 9 checkouts](shrunk/no-fence.yaml) |",
		"| caught | INV-21 | 1.0 | 1.0 to 1.2 | 0 % |  |",
		"- **count-built**: nobody knows why. It made 13 of 200 runs different.",
		"- **forget-calls**: 1 of 10000, [71]",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "- **no-fence**") || strings.Contains(b.String(), "- **own-log-only**") {
		t.Errorf("what was caught is among what was not:\n%s", b.String())
	}
}

// Rows say which run caught a bug first, and how many runs it takes.
func TestMuseumRows(t *testing.T) {
	m := someTrophies(t)
	m.Trophies[0].Caught = []int{17, 40}
	var rows, seconds bytes.Buffer
	if err := m.writeRows(&rows); err != nil {
		t.Fatal(err)
	}
	if want := ",caught,4000,20,11,0,17,200.000,"; !strings.Contains(rows.String(), want) {
		t.Errorf("no %q in\n%s", want, rows.String())
	}
	perRun := []time.Duration{200 * time.Millisecond, 70 * time.Second, time.Millisecond, time.Millisecond, time.Millisecond}
	if err := m.Seconds(&seconds, perRun); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| no-fence | 200.0 | 40.00 | 25.94 to 61.75 |", "| own-log-only | 70000.0 | 70.00 |", "| count-built | 1.0 | ∞ | ", "\n1 of 4 that do harm are caught within 60 s"} {
		if !strings.Contains(seconds.String(), want) {
			t.Errorf("no %q in\n%s", want, seconds.String())
		}
	}
	for runs, want := range map[float64]string{1: "1.0", 9.94: "9.9", 9.96: "10", 99.4: "99", 1234.4: "1,234"} {
		if got := runsText(runs); got != want {
			t.Errorf("%g runs are written %s, want %s", runs, got, want)
		}
	}
}

// The figure is the same every time, and differs where a hunt does.
func TestMuseumFigure(t *testing.T) {
	one, two := someTrophies(t), someTrophies(t)
	two.Trophies[0].Runs = 400
	draw := func(m *Museum) map[string]string { return drawn(t, []Figure{museumFigure(m)}) }
	if d := differences(draw(one), draw(one)); len(d) > 0 {
		t.Errorf("drawn twice, %v differ", d)
	}
	if d := differences(draw(one), draw(two)); len(d) != 3 {
		t.Errorf("of another hunt only %v differ", d)
	}
	three := someTrophies(t)
	three.Trophies[0].Judged = 0
	if d := differences(draw(one), draw(three)); len(d) != 3 {
		t.Errorf("of a bug that monitors alone see only %v differ", d)
	}
	for _, f := range museumFigure(one).Files() {
		var b bytes.Buffer
		f.Write(&b)
		if text := b.String(); strings.HasSuffix(f.Name, ".svg") && strings.Index(text, "own-log-only") > strings.Index(text, "no-fence") {
			t.Error("what takes longer is not drawn behind what is caught at once")
		}
	}
	if dir := os.Getenv("MUSEUM_LOOK"); dir != "" {
		for _, f := range museumFigure(one).Files() {
			var b bytes.Buffer
			f.Write(&b)
			os.WriteFile(dir+"/"+f.Name, b.Bytes(), 0o644)
		}
	}
}
