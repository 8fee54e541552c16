package cluster

import (
	"testing"

	"simrun/recovery"
)

// A fault that waits for a verb counts only what is told after the fault before
// it: the telling that makes the first one strike is not one of them.
func TestVerbsCountAfterThePreviousFault(t *testing.T) {
	cfg := clonos.with()
	for _, victim := range []string{"stock/0", "stock/0"} {
		f := crash(-1, victim)
		f.Task, f.Verb, f.Count = taskID("stock/0"), recovery.VerbSnapshot, 1
		cfg.Faults = append(cfg.Faults, f)
	}
	r, o := play(t, cfg)
	first, second := r.faults.list[0], r.faults.list[1]
	if !first.struck || !second.struck || second.at <= first.at || len(o.Unstruck) > 0 {
		t.Errorf("struck %v at %d, then %v at %d; unstruck %v", first.struck, first.at, second.struck, second.at, o.Unstruck)
	}
}

// A fault whose moment never comes is told apart from those that struck.
func TestUnstruckFaults(t *testing.T) {
	cfg := clonos.with()
	f := crash(-1, "stock/0")
	f.Task, f.Events = taskID("stock/0"), 1_000_000_000
	cfg.Faults = []Fault{crash(cfg.Horizon/2, "order/0"), f}
	if _, o := play(t, cfg); len(o.Unstruck) != 1 || o.Unstruck[0] != 1 || o.Vacuous == "" {
		t.Errorf("unstruck %v, vacuous %q", o.Unstruck, o.Vacuous)
	}
}
