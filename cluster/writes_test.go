package cluster

import (
	"slices"
	"testing"

	"simrun/recovery"
	"simrun/sim"
)

// A write that gets lost is made again, so that every checkpoint completes and
// every reply leaves, whoever recovers and whosever write it was.
func TestLostWritesAreMadeAgain(t *testing.T) {
	for _, p := range []protocol{global, clonos, late, depth1} {
		for _, faults := range [][]Fault{
			{lose(900*ms, 200*ms, "stock/0")}, {lose(900*ms, 200*ms, "machine/9")}, {lose(900*ms, 300*ms, "manager")},
			{lose(900*ms, 200*ms, "order/1"), lose(900*ms, 350*ms, "manager"), lose(900*ms, 300*ms, "payment/0")},
			{delay(900*ms, 200*ms, "egress/0", 900*ms)}, {delay(900*ms, 200*ms, "manager", 300*ms)},
		} {
			r, o := play(t, p.with(faults...))
			if names, text := complaints(o); len(names) > 0 || o.Vacuous != "" {
				t.Errorf("%s, %s: %v %s\n%s", p.name, faults[0].Text, names, o.Vacuous, text)
			}
			if w := o.Writes; w.Lost+w.Late == 0 || w.Again < w.Lost {
				t.Errorf("%s, %s: %+v", p.name, faults[0].Text, w)
			}
			if c := r.manager.Checkpoint(); c < 2 || r.manager.Pending() > c+1 {
				t.Errorf("%s, %s: checkpoint %d is complete, %d pending", p.name, faults[0].Text, c, r.manager.Pending())
			}
		}
	}
}

// Negative control: a writer that does not write again keeps the checkpoint
// pending for ever. Where replies wait for checkpoints clients notice; where
// they do not, logs grow and a recovery goes back further and further.
func TestNobodyWritesAgain(t *testing.T) {
	for _, writer := range []string{"stock/0", "manager"} {
		for _, p := range []protocol{global, late, clonos} {
			cfg := p.with(lose(900*ms, 200*ms, writer))
			cfg.StoreRetry = 0
			r, o := play(t, cfg)
			if names, _ := complaints(o); slices.Contains(names, "progress") != (cfg.Replies == Transactional) {
				t.Errorf("%s, %s: %v", p.name, writer, names)
			}
			if r.manager.Checkpoint() != 1 || r.manager.Pending() != 2 {
				t.Errorf("%s, %s: checkpoint %d, pending %d", p.name, writer, r.manager.Checkpoint(), r.manager.Pending())
			}
		}
	}
}

// A failure helps a checkpoint whose part was lost: the part of a new
// incarnation is written anew, by the task that dies alone or by all.
func TestAFailureBringsALostWriteBack(t *testing.T) {
	for _, p := range []protocol{global, clonos, late} {
		cfg := p.with(lose(900*ms, 200*ms, "stock/0"), crash(1200*ms, "stock/0"))
		cfg.StoreRetry = 0
		mustPass(t, p.name, cfg)
	}
}

// A loss strikes if something was lost: no write begins in this span.
func TestALossThatLosesNothing(t *testing.T) {
	cfg := clonos.with(lose(600*ms, 300*ms, "stock/0"), lose(900*ms, 300*ms, "stock/0"), delay(600*ms, 300*ms, "manager", ms))
	if _, o := play(t, cfg); !slices.Equal(o.Unstruck, []int{0, 2}) || o.Vacuous == "" {
		t.Errorf("unstruck %v, vacuous %q", o.Unstruck, o.Vacuous)
	}
}

// A late write is durable though its writer has died meanwhile, and is the part
// of a dead incarnation: a later recovery reads that of the living one.
func TestALateWriteOutlivesItsWriter(t *testing.T) {
	seen := 0
	for _, p := range []protocol{global, clonos} {
		cfg := p.with(delay(900*ms, 200*ms, "stock/0", 190*ms), crash(1100*ms, "stock/0"), crash(1450*ms, "stock/0", "order/0"))
		cfg.Standbys = 0 // all that comes back reads the store
		stock := taskID("stock/0")
		watchRun(t, cfg, func(r *Run) {
			for i := range r.store.parts[stock] {
				if part := &r.store.parts[stock][i]; part.inc < r.manager.Incarnation(stock) && part.epoch > r.manager.Checkpoint() {
					seen++
				}
			}
		})
	}
	if seen == 0 {
		t.Error("no part of a dead incarnation arrived")
	}
}

// watchRun looks at a run after each event, in which nothing may be wrong.
func watchRun(t *testing.T, cfg Config, look func(*Run)) {
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for !r.ended {
		e, _ := r.kernel.Next()
		r.handle(e)
		look(r)
	}
	o, err := r.Outcome()
	if err != nil {
		t.Fatal(err)
	}
	if names, text := complaints(o); len(names) > 0 || o.Vacuous != "" {
		t.Errorf("%v %s\n%s", names, o.Vacuous, text)
	}
}

// Nobody sets a clock where no write can be lost: a run is the same, event by
// event, however long writers would wait.
func TestNobodyWaitsWhereNothingIsLost(t *testing.T) {
	var digests [][32]byte
	for _, retry := range []sim.Time{0, us, sim.Second} {
		cfg := clonos.with(crash(1200*ms, "order/0"), pause(900*ms, 300*ms, "store"), after(recovery.VerbRunning, "", 1, crash(0, "stock/1")))
		cfg.StoreRetry = retry
		_, o := play(t, cfg)
		digests = append(digests, o.Digest)
	}
	if digests[0] != digests[1] || digests[1] != digests[2] {
		t.Errorf("digests %x", digests)
	}
}
