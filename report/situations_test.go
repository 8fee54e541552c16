package report

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reaching is a sweep whose runs came to situations a to e.
func reaching(groups ...[]string) *Sweep {
	s := &Sweep{Scenario: "sample", Ties: "rule", Command: "simrun sweep sample"}
	for _, name := range strings.Fields("a b c d e") {
		s.Situations = append(s.Situations, SweepSituation{name, "what " + name + " is"})
	}
	for i, runs := range groups {
		g := SweepGroup{Protocol: []string{"none", "clonos"}[i], Expected: "pass", Runs: len(runs), Expanded: "simrun: 1\n", Unreachable: make([]string, 5)}
		for seed, came := range runs {
			counts := map[string]int64{}
			for _, name := range strings.Fields(came) {
				counts[name]++
			}
			s.Rows = append(s.Rows, SweepRow{Protocol: g.Protocol, Seed: uint64(seed), Kind: "run", Outcome: OutcomeOk, Reached: s.Reached(counts)})
		}
		s.Groups = append(s.Groups, g)
	}
	return s
}

// A row keeps what a run came to, however many situations there are.
func TestRowsKeepWhatWasReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, counts := &Sweep{}, map[string]int64{}
		came := rapid.SliceOfN(rapid.Bool(), 0, 130).Draw(t, "came")
		for i, yes := range came {
			name := fmt.Sprint("s", i)
			s.Situations = append(s.Situations, SweepSituation{Name: name})
			if yes {
				counts[name] = int64(i + 1)
			}
		}
		r := SweepRow{Reached: s.Reached(counts)}
		for i, yes := range came {
			if r.reaches(i) != yes {
				t.Fatalf("%q: situation %d is %v", r.Reached, i, !yes)
			}
		}
		if r.reaches(len(came)+4) || strings.HasSuffix(r.Reached, "0") || r.readReached() != nil {
			t.Fatalf("%q", r.Reached)
		}
	})
	if r := (SweepRow{Reached: "12g"}); r.readReached() == nil {
		t.Error("12g is taken for hexadecimal")
	}
}

// The table ends with what no run came to. Who cannot come to something is not asked
// for it, unless a run did.
func TestNeverReached(t *testing.T) {
	s := reaching([]string{"a", "a b"}, []string{"a c"})
	s.Groups[0].Unreachable[2], s.Groups[0].Unreachable[3], s.Groups[0].Unreachable[0] = "no", "no", "wrongly"
	s.Groups[0].Unreachable[4], s.Groups[1].Unreachable[4] = "no", "no"
	var b bytes.Buffer
	if err := SweepTable(&b, s); err != nil {
		t.Fatal(err)
	}
	want := `
  none: situations reached 2 of 2
  clonos: situations reached 2 of 4
    reached by others alone: b
  never reached:
    d                    what d is

`
	if !strings.Contains(b.String(), want) {
		t.Errorf("the table is\n%s\nwithout\n%s", &b, want)
	}
	b.Reset()
	if err := SweepJSON(&b, 0, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{"name":"a","text":"what a is","runs":3,"groups":[{"protocol":"none","runs":2},{"protocol":"clonos","runs":1}]}`,
		`{"name":"d","text":"what d is","runs":0,"groups":[{"protocol":"none","runs":0,"cannot":"no"},{"protocol":"clonos","runs":0}]}`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in %s", want, &b)
		}
	}
}

// One run of a group has to come to each of its goals; while runs are missing, one
// still may.
func TestGoalsOfGroups(t *testing.T) {
	for _, c := range []struct {
		goals   string
		missing int
		verdict Verdict
		exit    int
	}{{"", 0, Pass, 0}, {"a b", 0, Pass, 0}, {"a c", 0, Undecided, 3}, {"a c", 1, Pass, 0}} {
		s := reaching([]string{"a", "b", ""})
		s.Groups[0].Goals = strings.Fields(c.goals)
		s.Groups[0].Runs += c.missing
		g := &s.Groups[0]
		tally := s.Tally(g)
		if verdict, exit := s.Verdict(tally), s.Exit(g, tally); verdict != c.verdict || exit != c.exit {
			t.Errorf("goals %q, %d missing: %s, exit %d; want %s, exit %d", c.goals, c.missing, verdict, exit, c.verdict, c.exit)
		}
		var b bytes.Buffer
		SweepTable(&b, s)
		if told := strings.Contains(b.String(), "none has to come to c in one run at least"); told != (c.verdict == Undecided) {
			t.Errorf("goals %q: the table is\n%s", c.goals, &b)
		}
	}
}

// Shards are put together, and a folder tells what the sweep did.
func TestReachedIsLoaded(t *testing.T) {
	s, dir := reaching([]string{"a", "a b", "c"}, []string{"d", "e"}), filepath.Join(t.TempDir(), "sweep")
	s.Groups[0].Unreachable[3], s.Groups[1].Goals = "no", []string{"d"}
	err := Place(dir, File{SweepFile, s.JSONFile}, File{"rows-1-of-2.csv", linesOf(s.Rows[:2])}, File{"rows-2-of-2.csv", linesOf(s.Rows[2:])})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadSweep(dir)
	if err != nil || !reflect.DeepEqual(loaded, s) {
		t.Fatalf("%v\n%+v\n%+v", err, loaded, s)
	}
}

// Rows that do not say what was reached are not taken for runs that reached nothing.
func TestOlderRowsAreRefused(t *testing.T) {
	header := strings.Replace(string(RowsHeader()), ",reached", "", 1)
	if _, _, err := ReadRows([]byte(header)); err == nil || !strings.Contains(err.Error(), "no column reached") {
		t.Errorf("%v", err)
	}
}

// A run's situations are in its findings and on its page.
func TestReachedOfARun(t *testing.T) {
	run := Run{Scenario: "sample", Protocol: "clonos", Verdict: Pass, Expected: "pass", Reached: map[string]int64{"crash-replaying": 1234, "crash-sink": 1}}
	var page, text bytes.Buffer
	if err := Page(&page, run); err != nil {
		t.Fatal(err)
	}
	if err := Reached(&text, run); err != nil {
		t.Fatal(err)
	}
	if want := `<td>crash-replaying</td><td>1,234</td><td class="detail">a task dies again in the middle of its replay</td>`; !strings.Contains(page.String(), want) {
		t.Errorf("the page has no %s", want)
	}
	if want := "  situations       times\n  crash-sink           1\n  crash-replaying  1,234\n"; !strings.HasSuffix(text.String(), want) {
		t.Errorf("the text is\n%s\nwithout\n%s", &text, want)
	}
	var json bytes.Buffer
	if err := run.findingsJSON(&json); err != nil {
		t.Fatal(err)
	}
	var loaded Run
	if _, err := loaded.readFindingsJSON(json.Bytes()); err != nil || !reflect.DeepEqual(loaded.Reached, run.Reached) {
		t.Errorf("%v: %v", err, loaded.Reached)
	}
}
