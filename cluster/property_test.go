package cluster

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/recovery"
)

// wrong runs a configuration and says what the checks find, "" if nothing.
func wrong(cfg Config) (o *Outcome, what string) {
	_, o, err := playOut(cfg)
	if err != nil {
		return nil, err.Error()
	}
	for _, f := range append(o.Checks, o.Monitors...) {
		if f.Name == "linearizable" && cfg.Shop.Transactions == checkout.Saga {
			continue // not promised
		}
		if f.Verdict == check.Violated || f.Verdict == check.Undecided {
			what += fmt.Sprintf("%s %v: %s\n", f.Name, f.Verdict, f.Detail)
		}
	}
	return o, what
}

var promising = []protocol{clonos, global, late, depth1, depth0}

// TestRecovers: whatever happens to a shop, and however much at a time, a
// protocol that promises to recover does: every check holds. -rapid.checks=N
// looks at more than a hundred of each.
func TestRecovers(t *testing.T) {
	protocols := promising
	if testing.Short() {
		protocols = protocols[:2]
	}
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) { recovers(t, trials(1, 5, p)) })
	}
	t.Run("clonos, long bursts", func(t *testing.T) { recovers(t, trials(5, 14, clonos)) })
}

func recovers(t *testing.T, gen *rapid.Generator[trial]) {
	rapid.Check(t, func(t *rapid.T) {
		if _, what := wrong(gen.Draw(t, "trial").config()); what != "" {
			t.Fatal(what)
		}
	})
}

// TestFoundBefore: what trials have found once stays found, or mended.
func TestFoundBefore(t *testing.T) {
	for what, tr := range map[string]trial{
		"a source that was paused and replaced wakes, takes a snapshot that is part of no checkpoint, and is shut down": {
			protocol: late, seed: 1, standbys: -1, notice: -1,
			blows: []blow{{wait: 116, task: 1, length: 1}, {wait: 131, task: 1, length: 1}, {wait: 156, kind: 4, other: 8, length: 665}}},
		"a paused task that was given up depends on what was lost, and is no survivor": {
			protocol: late, seed: 2, standbys: -1, gap: 13, buffer: 10, contended: true, saga: true,
			blows: []blow{{wait: 285, length: 1}, {length: 1}, {wait: 57, kind: 4, task: 8, length: 412}, {task: 2, other: 8, length: 31}}},
	} {
		if _, text := wrong(tr.config()); text != "" {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// TestTrialsTest: the trials of TestRecovers do not test nothing.
func TestTrialsTest(t *testing.T) {
	if testing.Short() {
		t.Skip("a fixed sample of trials, of which a short one says nothing")
	}
	seen := map[string]int{}
	gen := trials(1, 6, promising...)
	for i := range 60 {
		cfg := gen.Example(i).config()
		r, o := play(t, cfg)
		if o.Vacuous == "" {
			seen["runs in which all faults struck and something was replayed"]++
		}
		if slices.ContainsFunc(o.Recoveries, func(r Recovery) bool { return r.Determinants > 0 }) {
			seen["runs that followed determinants"]++
		}
		if slices.ContainsFunc(o.Recoveries, func(r Recovery) bool { return r.TasksRolledBack > 0 }) {
			seen["runs with a rollback"]++
		}
		for _, p := range r.procs {
			if p.inc > 3 {
				seen["tasks that were replaced three times"]++
			}
		}
		for _, f := range r.faults.list {
			if f.struck {
				seen["struck: "+[...]string{"crash", "pause", "slow", "cut"}[f.Kind]]++
			}
		}
	}
	t.Log(seen)
	for what, least := range map[string]int{
		"runs in which all faults struck and something was replayed": 20, "runs that followed determinants": 10, "runs with a rollback": 10,
		"tasks that were replaced three times": 1, "struck: crash": 60, "struck: pause": 5, "struck: slow": 1, "struck: cut": 5,
	} {
		if seen[what] < least {
			t.Errorf("%s: %d, want at least %d", what, seen[what], least)
		}
	}
}

// TestTrialsCatch: the same trials find protocols with a part left out. The
// number is how many of them may pass unnoticed first.
func TestTrialsCatch(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundreds of runs")
	}
	for _, c := range []struct {
		name  string
		spoil func(p *recovery.Policy)
		most  int
	}{
		{"no order", func(p *recovery.Policy) { p.Broken.Without[dataflow.Order] = true }, 20},
		{"first answer only", func(p *recovery.Policy) { p.Broken.FirstAnswerOnly = true }, 20},
		{"no re-logging", func(p *recovery.Policy) { p.Broken.NoRelog = true }, 20},
		{"no fence", func(p *recovery.Policy) { p.Broken.NoFence = true }, 600},
		{"downstreams only", func(p *recovery.Policy) { p.Broken.DownstreamsOnly = true }, 60},
		{"orphans go on", func(p *recovery.Policy) { *p = recovery.Clonos(1); p.Orphans, p.Credits = true, 10 }, 60},
	} {
		gen := trials(1, 6, clonos)
		tried := 0
		for ; tried < c.most; tried++ {
			cfg := gen.Example(tried).config()
			if _, what := wrong(cfg); what != "" {
				t.Fatalf("trial %d, whole: %s", tried, what)
			}
			if c.spoil(&cfg.Policy); cfg.Policy.Depth == 1 {
				cfg.Replies = Transactional
			}
			if _, what := wrong(cfg); what != "" {
				break
			}
		}
		t.Logf("%s: found by trial %d", c.name, tried)
		if tried == c.most {
			t.Errorf("%s: %d trials find nothing", c.name, tried)
		}
	}
}
