package scenarios

import (
	"fmt"

	"simrun/cluster"
	"simrun/dataflow"
	"simrun/rewind"
)

// trunk is the run without faults, which runs with chosen crashes are the same as
// until the first of them strikes. It goes that far once; each of those branches
// off, goes to its end, and is taken back. What a branch comes to is what its
// scenario comes to that is run from the start, to the last byte of its digest.
type trunk struct {
	sweep     *Sweep
	o         Options
	graph     *dataflow.Graph
	run       *cluster.Run
	workspace *cluster.Workspace

	mark   *rewind.Memory // of the run after so many events
	marked uint64
	again  uint64 // events that branches may go through again before another mark is cheaper
}

// While a mark of so many bytes is taken, a run dispatches an event.
const markBytesPerEvent = 128

// branchEventsMost is how late a run may branch off: what a mark has to hold grows
// with the run.
const branchEventsMost = 1_000_000

// newTrunk begins the run that a point and others of its variant and seed branch
// off.
func (s *Sweep) newTrunk(p *Point, o Options) (t *trunk, err error) {
	defer Recovered(&err)
	o.branches = true
	quiet := s.Scenario(&Point{Variant: p.Variant, Seed: p.Seed, Quiet: true})
	cfg, err := quiet.config(&o)
	if err != nil {
		return nil, err
	}
	t = &trunk{sweep: s, o: o, workspace: workspaces.Get().(*cluster.Workspace)}
	cfg.Workspace = t.workspace
	if t.graph, err = cfg.Graph(); err == nil {
		t.run, err = cluster.New(cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", quiet.Name, err)
	}
	t.take(0)
	return t, nil
}

// close ends the trunk, whose memory serves the next run. It is taken back before:
// a branch may have broken off in the middle of an event.
func (t *trunk) close() {
	t.mark.Restore()
	t.run.Close()
	workspaces.Put(t.workspace)
}

// branches says whether a point is known to leave the run without faults at one
// of its events, and not too late.
func (p *Point) branches() bool {
	return p.First != nil && p.First.step > 0 && p.First.step <= branchEventsMost
}

// branch runs a point that leaves the trunk no earlier than those before it. The
// result is good until the next branch.
func (t *trunk) branch(p *Point) (result Result, err error) {
	defer Recovered(&err)
	s := t.sweep.Scenario(p)
	if err := t.reach(p.First.step - 1); err != nil {
		return Result{}, runError(err, &t.o)
	}
	t.run.Aim(s.faults(t.graph))
	if err := t.run.Loop(); err != nil {
		return Result{}, runError(err, &t.o)
	}
	return s.result(t.run)
}

// reach takes the run to where a branch leaves it. What lies between the mark and
// there is gone through again for each, until that has taken as long as another
// mark does.
func (t *trunk) reach(step uint64) error {
	t.mark.Restore()
	if err := t.run.LoopTo(step); err != nil {
		return err
	}
	if step-t.marked <= t.again {
		t.again -= step - t.marked
		return nil
	}
	t.take(step)
	return nil
}

// take makes the mark that the run is taken back to from now on.
func (t *trunk) take(step uint64) {
	t.mark, t.marked = rewind.Take(t.run), step
	_, bytes := t.mark.Size()
	t.again = uint64(bytes) / markBytesPerEvent
}
