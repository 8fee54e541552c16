package cluster

import (
	"testing"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// A loss or a delay is about the writes of its writers in its span, and delays add up.
func TestFaultsOfWrites(t *testing.T) {
	const s = 100 * ms
	order, stock := taskID("order/0"), taskID("stock/0")
	for _, c := range []struct {
		faults []Fault
		writer dataflow.TaskID
		lost   bool
		late   sim.Time
	}{
		{[]Fault{lose(0, s, "order/0")}, order, true, 0},
		{[]Fault{lose(0, s, "order/0")}, stock, false, 0},
		{[]Fault{lose(-s, s, "order/0")}, order, false, 0}, // it is over
		{[]Fault{lose(-s+1, s, "order/0")}, order, true, 0},
		{[]Fault{lose(1, s, "order/0")}, order, false, 0},
		{[]Fault{lose(0, s, "machine/1")}, order, true, 0},
		{[]Fault{lose(0, s, "machine/2")}, order, false, 0},
		{[]Fault{lose(0, s, "machine/1")}, recovery.ManagerID, false, 0}, // the manager runs there, but writes for itself
		{[]Fault{lose(0, s, "manager")}, recovery.ManagerID, true, 0},
		{[]Fault{delay(0, s, "order/0", 3*ms), delay(0, s, "order/0", 5*ms), delay(0, s, "stock/0", ms)}, order, false, 8 * ms},
	} {
		r, err := New(clonos.with(c.faults...))
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.faults.list {
			r.faults.list[i].over, r.faults.list[i].at = true, c.faults[i].At
		}
		lost, late := r.faults.writes(c.writer, 1)
		if lost != c.lost || late != c.late {
			t.Errorf("%s at %d, of %d: lost %v, %d late", c.faults[0].Text, c.faults[0].At, c.writer, lost, late)
		}
	}
}

// Who is paused writes nothing again while it lasts; and nothing comes to be durable that
// is cut off from the store.
func TestPausedWritersWait(t *testing.T) {
	for writer, from := range map[string]sim.Time{"manager": 1080 * ms, "stock/0": 1060 * ms} {
		cfg := clonos.with(lose(900*ms, 150*ms, writer), pause(from, 60*ms, writer))
		cfg.StoreRetry = 70 * ms
		var before int64
		watchRun(t, cfg, func(r *Run) {
			now := r.kernel.Now()
			if now <= from {
				before = r.store.writes.Again
			}
			if now > from && now < from+60*ms && r.store.writes.Again != before {
				t.Fatalf("%s writes again at %d, though it is paused", writer, now)
			}
		})
		if r, o := play(t, cfg); o.Writes.Again == before || o.Writes.Lost == 0 {
			t.Errorf("%s: %+v, checkpoint %d", writer, o.Writes, r.manager.Checkpoint())
		}
	}
	if _, o := play(t, clonos.with(delay(900*ms, 200*ms, "stock/0", 20*ms))); o.Writes.Late == 0 || o.Writes.Again != 0 {
		t.Errorf("nothing was written again, but %+v", o.Writes)
	}
	cut := cut(990*ms, 60*ms, "stock/0", "store")
	stock, durable := taskID("stock/0"), -1
	watchRun(t, clonos.with(cut), func(r *Run) {
		now := r.kernel.Now()
		if now < 991*ms {
			durable = len(r.store.parts[stock])
		}
		if now > 991*ms && now < 1050*ms && len(r.store.parts[stock]) != durable {
			t.Fatalf("at %d a part is durable of a task that is cut off", now)
		}
	})
}

// A clock is off by what strikes its process and its machine, up to the end of either.
func TestSkewsAddUp(t *testing.T) {
	r, err := New(clonos.with())
	if err != nil {
		t.Fatal(err)
	}
	p := r.current[taskID("order/0")]
	p.skew, r.machines[p.machine].skew = skew{by: int64(3 * ms), until: 10 * ms}, skew{by: -int64(ms), until: 20 * ms}
	if got := p.skewed(); got != int64(2*ms) {
		t.Errorf("it is off by %d", got)
	}
	s := skew{by: 7, until: 10 * ms}
	if s.at(10*ms-1) != 7 || s.at(10*ms) != 0 {
		t.Error("a clock is set right at the end of its fault, not before and not after")
	}
}
