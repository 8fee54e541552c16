package cluster

import (
	"testing"

	"simrun/causallog"
	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// Who waited when time was up stays open: that a client would have given up
// while the dataflow comes to rest is no excuse.
func TestWhatIsOpenWhenTimeIsUpStaysOpen(t *testing.T) {
	cfg := contended(small(recovery.Clonos(causallog.FullSharing), Determinants))
	cfg.Shop.Stock, cfg.Shop.Credit = 100_000, 10_000_000
	cfg.BufferTimeout, cfg.Drain = 20*ms, 2*sim.Second
	cfg.Workload.Retry, cfg.Workload.RetryMax = 3*sim.Second, 0
	_, o := play(t, cfg)
	open := map[int32]bool{}
	for _, op := range o.Evidence.Open {
		open[op] = true
	}
	late := 0
	for i := range o.Evidence.History.Ops {
		op := &o.Evidence.History.Ops[i]
		if op.Outcome != check.Unknown || sim.Time(op.Call)+cfg.Workload.Retry <= cfg.Horizon+cfg.Drain {
			continue
		}
		if late++; !open[int32(i)] {
			t.Fatalf("operation %d, called at %d ns, is not open", i, op.Call)
		}
	}
	if late == 0 || o.End < cfg.Horizon+cfg.Drain+cfg.Workload.Retry/2 {
		t.Errorf("%d operations waited, the run ended at %s", late, seconds(o.End))
	}
}

// A system that has lost operations is not back to normal because their
// answers are not due yet.
func TestCaughtUpIsConfirmed(t *testing.T) {
	cfg := small(recovery.None(), Immediate)
	cfg.Workload.Gap = sim.Exponential(int64(ms))
	cfg.BufferTimeout = 5 * ms // answers take some 50 ms
	cfg.Faults = []Fault{crash(700*ms, "stock/0")}
	_, o := play(t, cfg)
	if len(o.Evidence.Open) == 0 || len(o.Recoveries) != 1 || o.Recoveries[0].CaughtUp {
		t.Errorf("%d operations open, recoveries %+v", len(o.Evidence.Open), o.Recoveries)
	}
	cfg.Policy, cfg.Replies = recovery.Clonos(causallog.FullSharing), Determinants
	cfg.Policy.Credits = 10
	if _, o := play(t, cfg); len(o.Recoveries) != 1 || !o.Recoveries[0].CaughtUp {
		t.Errorf("clonos: recoveries %+v", o.Recoveries)
	}
}

// The replay of redo has no end of its own; it lasts at least as long as the
// records that it repeats take.
func TestTheReplayOfRedoIsMeasured(t *testing.T) {
	cfg := small(recovery.Redo(), Immediate)
	cfg.Faults = []Fault{crash(900*ms, "order/0")}
	_, o := play(t, cfg)
	if len(o.Recoveries) != 1 || o.Recoveries[0].RecordsReplayed < 100 {
		t.Fatalf("recoveries %+v", o.Recoveries)
	}
	if v := o.Recoveries[0]; v.Replay < sim.Time(v.RecordsReplayed)*10*us*9/10 {
		t.Errorf("%d records were replayed in %d ns", v.RecordsReplayed, v.Replay)
	}
}

// What had caught up and is behind again a window later had not.
func TestConfirm(t *testing.T) {
	r, _ := play(t, small(recovery.None(), Immediate))
	for undelivered, caught := range map[int64]bool{100 + 100/6 + backlogNoise: true, 100 + 100/6 + backlogNoise + 1: false} {
		w := &row{limit: 100, back: r.kernel.Now() - windowLength}
		r.anatomy.rows, r.anatomy.ended = []*row{w}, 0
		r.broker.undelivered = undelivered
		if r.anatomy.confirm(false); w.caught != caught || w.ended != caught || (w.back != 0) != caught {
			t.Errorf("%d operations wait, of a normal 100: %+v", undelivered, *w)
		}
	}
	w := &row{limit: 100, back: r.kernel.Now() - windowLength + 1}
	r.anatomy.rows, r.anatomy.ended, r.broker.undelivered = []*row{w}, 0, 0
	if r.anatomy.confirm(false); w.caught {
		t.Error("confirmed before a window has passed")
	}
	if r.anatomy.confirm(true); !w.caught || w.marks[phaseCatchUp] != w.back {
		t.Errorf("not confirmed at the end of the run: %+v", *w)
	}
}

// redo has repeated its input when it has taken as much as the dead one had.
func TestRepeated(t *testing.T) {
	r, _ := play(t, small(recovery.Redo(), Immediate))
	p := r.current[taskID("stock/0")]
	for i := range p.task.Inputs() {
		p.before = append(p.before, p.task.Received(i))
	}
	w := &row{p: p}
	if !w.repeated() {
		t.Error("as much as before is not enough")
	}
	if p.before[1]++; w.repeated() {
		t.Error("a record less than before is enough")
	}
}
