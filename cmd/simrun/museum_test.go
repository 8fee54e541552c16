package main

import (
	"io"
	"testing"
	"time"

	"simrun/hunt"
	"simrun/museum"
	"simrun/report"
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
