package cluster

import (
	"strings"
	"testing"

	"simrun/causallog"
	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// The environment does not repeat itself: a recovered task draws other random
// numbers and costs, reads another clock on another machine, meets other
// latencies and is answered otherwise.
func TestIncarnationsMeetAnotherWorld(t *testing.T) {
	cfg := small(recovery.Clonos(causallog.FullSharing), Determinants)
	for i := range cfg.Costs.Record {
		cfg.Costs.Record[i] = sim.Uniform(int64(8*us), int64(12*us))
	}
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	task := taskID("stock/0")
	first, second := r.newProcess(task, 1, 4), r.newProcess(task, 2, 14)
	if a, b := first.Entropy(), second.Entropy(); a == b {
		t.Errorf("both incarnations draw %x", a)
	}
	same := true
	for range 8 {
		same = same && first.record.Draw(&first.costs) == second.record.Draw(&second.costs)
	}
	if same {
		t.Error("both incarnations' records cost the same")
	}
	if a, b := first.Clock(), second.Clock(); a == b {
		t.Errorf("both machines' clocks show %d", a)
	}
	c := r.graph.Inputs(task)[0]
	arrivals := func(receiver uint32) (at [8]sim.Time) {
		r.wire.connect(c, 1, receiver)
		for i := range at {
			at[i] = r.wire.link(c, 1, receiver).Deliver(0)
		}
		return at
	}
	if arrivals(1) == arrivals(2) {
		t.Error("both connections have the same latencies")
	}
	_, _, a := r.job.(*shop).provider.model.Authorise(0, 0)
	if _, _, b := r.job.(*shop).provider.model.Authorise(0, 0); a == b {
		t.Errorf("the provider answers %d twice", a)
	}
}

// A dead process holds nothing that anybody could use.
func TestTheDeadHoldNothing(t *testing.T) {
	r, err := New(small(recovery.Clonos(causallog.FullSharing), Determinants))
	if err != nil {
		t.Fatal(err)
	}
	p := r.current[taskID("order/1")]
	r.kill(p)
	if !p.dead || p.task != nil || p.agent != nil || r.process(p.id, p.inc) != nil {
		t.Errorf("dead %v, task %v, agent %v", p.dead, p.task, p.agent)
	}
}

// A recovery that replays, after a death with input that no checkpoint covers,
// and yet repeated nothing, has tested nothing.
func TestARecoveryWithoutReplayIsVacuous(t *testing.T) {
	r, o := play(t, small(recovery.Clonos(causallog.FullSharing), Determinants))
	if o.Vacuous != "" {
		t.Fatalf("a run without faults is vacuous: %s", o.Vacuous)
	}
	r.anatomy.heldLost = true
	r.restarts = append(r.restarts, &restart{view: &recovery.View{}, p: &process{ran: true}})
	if why := r.vacuous(); !strings.Contains(why, "nothing was replayed") {
		t.Errorf("vacuous says %q", why)
	}
}

// Cuts lie between machines: the standby of a task that is cut off takes over
// while the old incarnation still lives, and is not cut off.
func TestACutDoesNotReachTheStandby(t *testing.T) {
	cfg := small(recovery.Clonos(causallog.FullSharing), Determinants)
	cfg.Heartbeat, cfg.Timeout = 50*ms, 200*ms
	f := cut(600*ms, 3*sim.Second, "order/0", "manager")
	f.Both = true
	cfg.Faults = []Fault{f}
	o := mustHold(t, "a cut", cfg)
	if len(o.Recoveries) != 1 || o.Recoveries[0].Activate > 10*ms {
		t.Errorf("recoveries %+v", o.Recoveries)
	}
	cfg.Slots = 10 // the machine of all tasks: the new incarnation is on another
	cfg.Faults[0].Targets[0] = Target{TargetMachine, 0}
	mustHold(t, "a cut of the machine of all tasks", cfg)
}

// A system that is too slow for its load is late; it has not lost anything.
func TestOverloadIsNoLoss(t *testing.T) {
	for _, policy := range []Config{small(recovery.Clonos(causallog.FullSharing), Determinants), small(recovery.Global(), Transactional)} {
		cfg := contended(policy)
		cfg.Shop.Stock, cfg.Shop.Credit = 100_000, 10_000_000
		cfg.BufferTimeout, cfg.Drain = 20*ms, 2*sim.Second
		_, o := play(t, cfg)
		names, text := complaints(o)
		if len(o.Evidence.Open) == 0 {
			t.Fatal("the load is not too high")
		}
		for _, name := range names {
			if name != "progress" && name != "INV-20" {
				t.Errorf("%s: %s is violated: %s", cfg.Policy.Name, name, text)
			}
		}
	}
}

// Each of the checks that need an audit has one when a broken run is stuck.
func TestAStuckRunIsAudited(t *testing.T) {
	cfg := small(recovery.None(), Immediate)
	cfg.Faults = []Fault{crash(700*ms, "stock/0")}
	_, o := play(t, cfg)
	if o.Audit == nil || len(o.Evidence.Open) == 0 {
		t.Fatalf("audit %v, %d operations open", o.Audit, len(o.Evidence.Open))
	}
	if f := check.ConservationStock(o.Evidence); f.Verdict != check.Violated {
		t.Errorf("conservation_stock is %v", f.Verdict)
	}
}
