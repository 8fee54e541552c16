package cluster

import (
	"slices"
	"strings"
	"testing"

	"simrun/check"
)

// found is a run in which a planted mistake is caught.
type found struct {
	Runs   int      `json:"runs"` // how many were looked at, this one included
	Run    sweepRun `json:"run"`
	Checks []string `json:"checks"` // all that are violated
}

// finding is what a search for a mistake has come to.
type finding struct {
	ID    string `json:"id"`
	First *found `json:"first,omitempty"` // the first run that any check condemns
	Judge *found `json:"judge,omitempty"` // the first that a judge condemns: clients or books show it
	Runs  int    `json:"runs"`            // looked at in all
}

// caught gives the checks that a run violates, judges first, but for what
// repeats them.
func caught(t testing.TB, cfg Config) []string {
	_, o, err := playOut(cfg)
	if err != nil {
		return []string{"internal error: " + strings.SplitN(err.Error(), "\n", 2)[0]}
	}
	names, _ := complaints(o)
	return slices.DeleteFunc(names, func(name string) bool { return name == check.Repeats })
}

func (m *mistake) config(t testing.TB, run sweepRun, planted bool) Config {
	cfg := run.config(t)
	if m.base != nil {
		m.base(&cfg)
	}
	if planted {
		m.spoil(&cfg)
	}
	return cfg
}

// search goes through a sweep until a judge catches the mistake, or to its
// end. The same run has to pass without the mistake.
func (s *sweep) search(t testing.TB, m *mistake) finding {
	f := finding{ID: m.id}
	for i := range s.runs() {
		run := s.at(i)
		f.Runs++
		names := caught(t, m.config(t, run, true))
		if len(names) == 0 {
			continue
		}
		judged := slices.ContainsFunc(names, check.Judges)
		if f.First != nil && !judged {
			continue
		}
		if whole := caught(t, m.config(t, run, false)); len(whole) > 0 {
			t.Errorf("%v: without the mistake %v find something", run, whole)
			continue
		}
		run, names = shrink(t, m, run, names, judged)
		one := &found{Runs: f.Runs, Run: run, Checks: names}
		if f.First == nil {
			f.First = one
		}
		if judged {
			f.Judge = one
			break
		}
	}
	return f
}

// shrink leaves out what a run does not need to be caught in the same way.
func shrink(t testing.TB, m *mistake, run sweepRun, names []string, judged bool) (sweepRun, []string) {
	for i := 0; i < len(run.Strikes); {
		less := sweepRun{run.Shop, run.Seed, slices.Delete(slices.Clone(run.Strikes), i, i+1)}
		got := caught(t, m.config(t, less, true))
		if len(got) == 0 || judged && !slices.ContainsFunc(got, check.Judges) || len(caught(t, m.config(t, less, false))) > 0 {
			i++
			continue
		}
		run, names = less, got
	}
	return run, names
}
