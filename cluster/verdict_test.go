package cluster

import (
	"fmt"
	"slices"
	"testing"

	"simrun/check"
)

// play runs a configuration to its end.
func play(t testing.TB, cfg Config) (*Run, *Outcome) {
	t.Helper()
	r, o, err := playOut(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r, o
}

func playOut(cfg Config) (*Run, *Outcome, error) {
	r, err := New(cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := r.Loop(); err != nil {
		if e, ok := err.(*Internal); ok {
			err = fmt.Errorf("%w\n%s", e, e.Stack)
		}
		return nil, nil, err
	}
	o, err := r.Outcome()
	return r, o, err
}

// complaints gives the checks that a run violates or leaves undecided, and
// what they say.
func complaints(o *Outcome) (names []string, text string) {
	for _, f := range append(o.Checks, o.Monitors...) {
		if f.Verdict == check.Violated || f.Verdict == check.Undecided {
			names = append(names, f.Name)
			text += fmt.Sprintf("  %s %v: %s\n", f.Name, f.Verdict, f.Detail)
		}
	}
	return names, text
}

// mustHold runs a configuration of which nothing may be wrong.
func mustHold(t testing.TB, what string, cfg Config) *Outcome {
	t.Helper()
	_, o := play(t, cfg)
	if names, text := complaints(o); len(names) > 0 {
		t.Errorf("%s: %v\n%s", what, names, text)
	}
	return o
}

// mustPass is mustHold of a run that has to test something.
func mustPass(t testing.TB, what string, cfg Config) *Outcome {
	t.Helper()
	o := mustHold(t, what, cfg)
	if o.Vacuous != "" {
		t.Errorf("%s tests nothing: %s", what, o.Vacuous)
	}
	return o
}

// noticed runs each configuration as it is, when it has to pass, and broken,
// and gives the checks that noticed in any of the broken runs, sorted.
func noticed(t testing.TB, configs []Config, spoil func(*Config)) []string {
	t.Helper()
	var all []string
	for i, cfg := range configs {
		if i == 0 || !testing.Short() {
			mustPass(t, fmt.Sprintf("schedule %d, whole", i), cfg)
		}
		spoil(&cfg)
		_, o := play(t, cfg)
		names, _ := complaints(o)
		all = append(all, names...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// mustNotice says that the checks named notice what was broken.
func mustNotice(t testing.TB, configs []Config, spoil func(*Config), by ...string) {
	t.Helper()
	got := noticed(t, configs, spoil)
	t.Logf("noticed by %v", got)
	for _, name := range by {
		if !slices.Contains(got, name) {
			t.Errorf("%s does not notice; %v do", name, got)
		}
	}
}
