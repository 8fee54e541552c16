package cluster

import (
	"reflect"
	"testing"

	"simrun/sim"
)

// visitors are runs that leave a workspace in as different states as runs can:
// other jobs, sizes, protocols, ties, frames under way at the end, replies that
// never came.
func visitors() []Config {
	var list []Config
	for _, p := range []protocol{clonos, global, none, depth1} {
		cfg := p.cfg()
		cfg.Workload.Operations = 100
		cfg.CheckpointEvery = 100 * ms
		cfg.Faults = []Fault{crash(150*ms, "stock/0")}
		list = append(list, cfg)
	}
	wide := large(clonos.cfg().Policy, Determinants, 1)
	wide.Workload.Operations, wide.CheckpointEvery = 500, 20*ms
	shuffled := contended(clonos.cfg())
	shuffled.Workload.Operations, shuffled.Ties = 100, sim.TiesShuffled
	short := clonos.cfg()
	short.Horizon, short.Drain, short.CheckpointEvery = 50*ms, 0, 20*ms
	short.Faults = []Fault{crash(45*ms, "order/0"), crash(46*ms, "order/1")}
	return append(list, wide, shuffled, short)
}

func visit(t *testing.T, cfg Config, w *Workspace) *Outcome {
	t.Helper()
	cfg.Workspace = w
	r, o, err := playOut(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	return o
}

// Whatever ran before in a workspace, a run comes to the same in all that it
// gives: each after each, and the earlier outcomes stay as they were.
func TestAWorkspaceShowsNothingOfTheRunBefore(t *testing.T) {
	list := visitors()
	var fresh []*Outcome
	for _, cfg := range list {
		fresh = append(fresh, visit(t, cfg, nil))
	}
	w := new(Workspace)
	for before := range list {
		for after := range list {
			first := visit(t, list[before], w)
			second := visit(t, list[after], w)
			if !reflect.DeepEqual(second, fresh[after]) {
				t.Fatalf("run %d comes to something else after run %d: digest %x, alone %x", after, before, second.Digest, fresh[after].Digest)
			}
			if !reflect.DeepEqual(first, fresh[before]) {
				t.Fatalf("run %d has changed what run %d came to", after, before)
			}
		}
	}
}

// The control: a workspace in which the numbers of frames go on changes a run.
func TestAWorkspaceThatIsNotResetShows(t *testing.T) {
	cfg := visitors()[0]
	w := new(Workspace)
	want := visit(t, cfg, w)
	if used := cap(w.frames.items); used == 0 {
		t.Fatal("the workspace kept no frames")
	}
	_, _ = w.frames.new()
	if got := visit(t, cfg, w); got.Digest == want.Digest {
		t.Error("a frame with a number of the run before goes unnoticed")
	}
}

// A run that was not closed has taken the memory along.
func TestAWorkspaceIsEmptyWhileARunHasIt(t *testing.T) {
	cfg := visitors()[0]
	w := new(Workspace)
	want := visit(t, cfg, w)
	cfg.Workspace = w
	if _, err := New(cfg); err != nil {
		t.Fatal(err)
	}
	if got := visit(t, cfg, w); !reflect.DeepEqual(got, want) {
		t.Error("a run that follows one that was given up comes to something else")
	}
}

// What a workspace is for.
func TestAWorkspaceSavesMemory(t *testing.T) {
	cfg := visitors()[0]
	alone := testing.AllocsPerRun(5, func() { visit(t, cfg, nil) })
	w := new(Workspace)
	reused := testing.AllocsPerRun(5, func() { visit(t, cfg, w) })
	if reused > alone*9/10 {
		t.Errorf("a run allocates %v times in a used workspace, %v times alone", reused, alone)
	}
}
