package main

import (
	"io"
	"testing"
	"time"

	"simrun/hunt"
	"simrun/museum"
	"simrun/report"
	"simrun/scenarios"
)

// A hunt fails if a bug that does harm is not caught and nobody has said why, or if one is
// caught that was said to do none.
func TestMuseumFails(t *testing.T) {
	for _, c := range []struct {
		trophy hunt.Trophy
		fails  bool
	}{
		{hunt.Trophy{Catches: 1, Runs: 9, Checks: []hunt.Count{{Name: "progress", Times: 1}}}, false},
		{hunt.Trophy{Runs: 9}, true},
		{hunt.Trophy{Runs: 9, Bug: museum.Bug{Harmless: "it is"}}, false},
		{hunt.Trophy{Runs: 9, Bug: museum.Bug{Hidden: "it is"}}, false},
		{hunt.Trophy{Catches: 1, Runs: 9, Checks: []hunt.Count{{Name: "progress", Times: 1}}, Bug: museum.Bug{Harmless: "it is"}}, true},
	} {
		s := &museumSweep{app: &app{stdout: io.Discard}, flags: &sweepFlags{}, dir: t.TempDir() + "/museum",
			result: report.Museum{Trophies: []hunt.Trophy{c.trophy}, Runs: 9, Catches: 1}, took: []time.Duration{time.Millisecond}}
		if err := s.end(); (err != nil) != c.fails {
			t.Errorf("%s: %v", c.trophy.Outcome(), err)
		}
	}
}

// What is kept of a hunt serves hunts alone that would come to the same.
func TestHuntsAreKeptApart(t *testing.T) {
	base, err := scenarios.Load(museumBase, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := base.With("workload.operations=59")
	if err != nil {
		t.Fatal(err)
	}
	f := museumFlags{catches: 20, tries: 1000}
	one := f.key("source", base)
	if again := (&museumFlags{catches: 20, tries: 1000, bugs: "no-order"}).key("source", base.Clone()); again != one {
		t.Errorf("the same hunt is kept in %s and in %s", one, again)
	}
	for name, key := range map[string]string{"another source": f.key("other", base), "another swarm": f.key("source", other),
		"more catches": (&museumFlags{catches: 21, tries: 1000}).key("source", base), "more tries": (&museumFlags{catches: 20, tries: 1001}).key("source", base)} {
		if key == one {
			t.Errorf("%s: kept in the same folder", name)
		}
	}
}
