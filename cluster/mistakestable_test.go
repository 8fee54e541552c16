package cluster

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"simrun/check"
)

var (
	mistakesFull = flag.Bool("mistakes.full", false, "search for planted mistakes anew, which takes some twenty minutes; with -rewrite keep what is found")
	mistakesOnly = flag.String("mistakes.only", "", "with -mistakes.full, search for these alone: 4a,c19")
)

const (
	mistakesFile  = "testdata/mistakes.json"
	mistakesTable = "../docs/mistakes.md"
)

func rewriting() bool { return flag.Lookup("rewrite").Value.String() == "true" }

// TestMistakes: every likely mistake is caught. By default the runs that a
// search has found, which testdata keeps, are run again: each must be caught by
// the same checks, and pass without the mistake. docs/mistakes.md is what has
// been found.
func TestMistakes(t *testing.T) {
	all := append(slices.Clone(clonosMistakes), cyclicMistakes...)
	kept := keptFindings(t)
	var findings []finding
	if *mistakesFull {
		findings = searchAll(t, all, kept)
		if !rewriting() && !t.Failed() && !slices.EqualFunc(kept, findings, finding.equal) {
			t.Errorf("the search finds other runs than %s keeps; -mistakes.full -rewrite takes them", mistakesFile)
		}
	} else {
		findings = checkAll(t, all, kept)
	}
	table := describeMistakes(findings)
	if rewriting() {
		text, err := json.MarshalIndent(findings, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		write(t, mistakesFile, append(text, '\n'))
		write(t, mistakesTable, []byte(table))
		return
	}
	if text, err := os.ReadFile(mistakesTable); err != nil || string(text) != table {
		t.Errorf("%s does not say what %s keeps (%v); -rewrite writes it", mistakesTable, mistakesFile, err)
	}
}

func (f finding) equal(g finding) bool {
	a, _ := json.Marshal(f)
	b, _ := json.Marshal(g)
	return bytes.Equal(a, b)
}

func write(t testing.TB, path string, text []byte) {
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func keptFindings(t testing.TB) (kept []finding) {
	text, err := os.ReadFile(mistakesFile)
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil && !(*mistakesFull && rewriting()) {
		t.Fatalf("%v: -mistakes.full -rewrite makes it anew", err)
	}
	return kept
}

// searchAll looks for every mistake, or for those that are asked for.
func searchAll(t *testing.T, all []mistake, kept []finding) (findings []finding) {
	s := newSweep(t)
	for i := range all {
		m := &all[i]
		if m.impossible() {
			continue
		}
		if *mistakesOnly != "" && !slices.Contains(strings.Split(*mistakesOnly, ","), m.id) {
			if i := slices.IndexFunc(kept, func(f finding) bool { return f.ID == m.id }); i >= 0 {
				findings = append(findings, kept[i])
			}
			continue
		}
		f := s.search(t, m)
		t.Logf("%s: %d runs; first %+v, judge %+v", m.id, f.Runs, f.First, f.Judge)
		switch {
		case m.safe && f.First != nil:
			t.Errorf("%s is said to do no harm: %v find %v", m.id, f.First.Checks, f.First.Run)
		case !m.safe && f.First == nil:
			t.Errorf("%s, %s: nothing finds it in %d runs", m.id, m.text, f.Runs)
		}
		findings = append(findings, f)
	}
	return findings
}

// checkAll runs again what was found. A mistake that does no harm must do none
// where its neighbour in the list was caught.
func checkAll(t *testing.T, all []mistake, kept []finding) []finding {
	byID := map[string]*finding{}
	for i := range kept {
		byID[kept[i].ID] = &kept[i]
	}
	var before *found
	for i := range all {
		m := &all[i]
		f := byID[m.id]
		switch {
		case m.impossible():
			continue
		case f == nil || f.First == nil && !m.safe:
			t.Errorf("%s, %s: no run is kept in which it is caught; -mistakes.full -rewrite searches", m.id, m.text)
			continue
		case m.safe:
			if names := caught(t, m.config(t, before.Run, true)); len(names) > 0 {
				t.Errorf("%s is said to do no harm, and %v find something: %v", m.id, names, before.Run)
			}
			continue
		}
		before = f.First
		if testing.Short() && i%4 > 0 {
			continue
		}
		again(t, m, f.First, false)
		if f.Judge != nil && !f.Judge.Run.equal(f.First.Run) {
			again(t, m, f.Judge, true)
		} else if f.Judge != nil {
			f.Judge.Checks = f.First.Checks
		}
	}
	return kept
}

func (s sweepRun) equal(o sweepRun) bool {
	return s.Shop == o.Shop && s.Seed == o.Seed && slices.Equal(s.Strikes, o.Strikes)
}

// again runs what was found once more, with the mistake and without.
func again(t *testing.T, m *mistake, f *found, judged bool) {
	names := caught(t, m.config(t, f.Run, true))
	switch {
	case len(names) == 0 || judged && !slices.ContainsFunc(names, check.Judges):
		t.Errorf("%s, %s: %v find %s, and %v did; -mistakes.full -rewrite searches anew", m.id, m.text, names, f.Run, f.Checks)
	case rewriting():
		f.Checks = names
	case !slices.Equal(names, f.Checks):
		t.Errorf("%s, %s: %v find %s, and %v did; -rewrite takes that", m.id, m.text, names, f.Run, f.Checks)
	}
	if names := caught(t, m.config(t, f.Run, false)); len(names) > 0 {
		t.Errorf("%v find something wrong without a mistake: %s, %s, seed %d", names, f.Run, sweepShops[f.Run.Shop].name, f.Run.Seed)
	}
}

func describeMistakes(findings []finding) string {
	byID := map[string]finding{}
	for _, f := range findings {
		byID[f.ID] = f
	}
	var b strings.Builder
	b.WriteString(`# Likely mistakes, and what catches them

Generated by ` + "`go test ./cluster -run TestMistakes -mistakes.full -rewrite -timeout 60m`" + `; ` + "`go test`" + ` checks it.

Each mistake is planted alone, by a switch (` + "`museum`: bugs of `recovery.Broken` and `dataflow.Broken`" + `). Then one small shop after the other is run
(` + "`cluster/sweep_test.go`" + `: about 200 operations, few items, little stock and credit, checkpoints every 90 ms; clients who wait, clients who ask again
soon, replies that wait for a checkpoint; four seeds each), until a check finds something. All runs are the same for every mistake, and each passes
without the mistake:

| runs | what fails |
|---|---|
`)
	from := 1
	for _, stage := range sweepStages {
		fmt.Fprintf(&b, "| %d to %d | %s |\n", from, from+stage.runs-1, stage.name)
		from += stage.runs
	}
	b.WriteString(`
A *monitor* (INV) looks inside the system. A *judge* sees only what clients were told and what the books hold at the end. "Run" is the number of the
run, counted from 1, in which a mistake was caught first by anything, and by a judge; "failures" is what that run needs, when everything is left out
that it does not need. Where judges catch a mistake at once, the monitors that do are left out.

`)
	section := func(title string, list []mistake) {
		fmt.Fprintf(&b, "## %s\n\n| | mistake | switch | caught first by | run | failures | first judges | run | failures |\n|---|---|---|---|---|---|---|---|---|\n", title)
		for i := range list {
			m := &list[i]
			f := byID[m.id]
			if m.impossible() {
				fmt.Fprintf(&b, "| %s | %s | cannot be made | | | | | | |\n", m.id, m.text)
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", m.id, m.text, m.place(), f.First.row(f.Runs), f.Judge.row(f.Runs))
		}
		b.WriteString("\n")
	}
	section("Of causal recovery", clonosMistakes)
	section("Of recovery on a graph with cycles", cyclicMistakes)
	b.WriteString("## Notes\n\n")
	for _, list := range [][]mistake{clonosMistakes, cyclicMistakes} {
		for _, m := range list {
			if m.why != "" {
				fmt.Fprintf(&b, "- **%s** %s\n", m.id, m.why)
			}
		}
	}
	return b.String()
}

// row is three columns: checks, run, failures.
func (f *found) row(runs int) string {
	if f == nil {
		return fmt.Sprintf("nothing | of %d | ", runs)
	}
	names := slices.Clone(f.Checks)
	if slices.ContainsFunc(names, check.Judges) {
		names = slices.DeleteFunc(names, func(name string) bool { return !check.Judges(name) })
	}
	return fmt.Sprintf("%s | %d | %s", strings.Join(names, ", "), f.Runs, failures(f.Run.Strikes))
}

// failures says what fails in a run.
func failures(strikes []strike) string {
	var words []string
	crashes := 0
	flush := func() {
		if crashes > 0 {
			words = append(words, fmt.Sprint(crashes))
		}
		crashes = 0
	}
	for _, s := range strikes {
		switch s.Kind {
		case "crash":
			crashes++
			continue
		case "crash all", "crash all but":
			flush()
			words = append(words, map[string]string{"crash all": "all", "crash all but": "all but one"}[s.Kind])
		case "cut off", "pause":
			flush()
			words = append(words, map[bool]string{true: "a pause", false: "a false suspicion"}[s.Kind == "pause" && s.For < 40_000])
		case "cut":
			flush()
			words = append(words, "a cut")
		}
	}
	flush()
	if len(words) == 0 {
		return "0"
	}
	return strings.Join(words, ", ")
}
