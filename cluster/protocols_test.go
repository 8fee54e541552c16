package cluster

import (
	"slices"
	"strings"
	"testing"

	"simrun/causallog"
	"simrun/check"
	"simrun/checkout"
	"simrun/recovery"
	"simrun/sim"
)

// with gives a protocol's configuration with faults.
func (p protocol) with(faults ...Fault) Config {
	cfg := p.cfg()
	cfg.Faults = faults
	return cfg
}

var services = []string{"ingress/0", "order/0", "stock/0", "payment/0", "egress/0"}

// Where nothing fails nothing goes wrong, whoever guards.
func TestQuiet(t *testing.T) {
	for _, p := range []protocol{none, redo, global, clonos, late, depth1, depth0} {
		if o := mustPass(t, p.name, p.with()); len(o.Recoveries) > 0 {
			t.Errorf("%s recovers from nothing: %+v", p.name, o.Recoveries)
		}
	}
}

// A crash of one task of any operator.
func TestOneCrash(t *testing.T) {
	for _, p := range []protocol{global, clonos, late, depth1, depth0} {
		for _, task := range services {
			o := mustPass(t, p.name+", "+task, p.with(crash(1300*ms, task)))
			rolledBack, caughtUp := 0, true
			for _, r := range o.Recoveries {
				rolledBack += r.TasksRolledBack
				caughtUp = caughtUp && r.CaughtUp
			}
			want := 0
			if p.name == global.name || p.name == depth0.name { // at depth 0 nobody else knows what one task has decided
				want = o.Tasks - 1
			}
			if len(o.Recoveries) == 0 || !caughtUp || rolledBack != want {
				t.Errorf("%s, %s: %d tasks rolled back, want %d: %+v", p.name, task, rolledBack, want, o.Recoveries)
			}
		}
	}
}

// fails says that at least one check condemns a run, and which.
func fails(t *testing.T, what string, cfg Config) []string {
	t.Helper()
	_, o := play(t, cfg)
	names, _ := complaints(o)
	t.Logf("%s: %v", what, names)
	if len(names) == 0 {
		t.Errorf("%s: nothing is found wrong", what)
	}
	return names
}

// None and redo exist in order to fail.
func TestNoneAndRedoFail(t *testing.T) {
	for _, task := range services {
		cfg := none.with(crash(1300*ms, task))
		cfg.Workload.Retry, cfg.Workload.RetryMax = sim.Time(60*sim.Second), 0 // nobody asks again: what is lost stays lost
		fails(t, "none, "+task, cfg)
	}
	for _, task := range []string{"order/0", "stock/0", "payment/0"} {
		fails(t, "redo, "+task, redo.with(crash(1300*ms, task)))
	}
}

// Redo absorbs the crash of a source: it is deterministic, but for its place
// in the others' order, which nobody has seen yet or everybody keeps.
func TestRedoAbsorbsACrashOfIngress(t *testing.T) {
	for _, cfg := range schedules(bounded(4), 1100*ms, 60*ms, func(at sim.Time) Config { return redo.with(crash(at, "ingress/0")) }) {
		cfg.Workload.RetryMax = 0
		mustPass(t, "redo, ingress/0", cfg)
	}
}

// A rollback under replies that have left contradicts them: nobody can take
// them back. The same shop is safe when replies wait for their checkpoint.
func TestGlobalWithImmediateRepliesContradictsItself(t *testing.T) {
	cfg := contended(global.with(crash(1300*ms, "stock/0")))
	mustPass(t, "transactional", cfg)
	cfg.Replies = Immediate
	if names := fails(t, "immediate", cfg); !slices.Contains(names, "replies_kept") && !slices.Contains(names, "linearizable") && !slices.Contains(names, "exactly_once") {
		t.Errorf("clients do not notice, only %v", names)
	}
}

// Beyond the depth of sharing a failed set can orphan a survivor. Rolling back
// passes, going on all the same is caught.
func TestOrphansAreCaught(t *testing.T) {
	pairs := [][]string{{"order/0", "stock/0"}, {"stock/0", "order/1"}, {"payment/0", "order/0"}, {"order/1", "egress/0"}}
	caught := map[string]int{}
	rolledBack := 0
	for i := range bounded(24) {
		cfg := depth1.with(crash(1100*ms+sim.Time(i)*7*ms, pairs[i%len(pairs)]...))
		cfg.Seed = uint64(i + 1)
		o := mustPass(t, "rollback", cfg)
		for _, r := range o.Recoveries {
			rolledBack += r.TasksRolledBack
		}
		cfg.Policy.Orphans = true
		_, o = play(t, cfg)
		names, _ := complaints(o)
		for _, name := range names {
			caught[name]++
		}
	}
	t.Logf("caught by %v", caught)
	if caught["INV-24"] == 0 {
		t.Errorf("no survivor was orphaned: %v", caught)
	}
	if rolledBack == 0 {
		t.Error("nothing was rolled back")
	}
}

// Sharing that reaches everybody rolls nobody back: the same sets, full.
func TestFullSharingRollsNobodyBack(t *testing.T) {
	for _, depth := range []int{2, causallog.FullSharing} {
		cfg := small(recovery.Clonos(depth), Determinants)
		cfg.Faults = []Fault{crash(1200*ms, "order/0", "stock/0", "order/1", "egress/1")}
		for _, r := range mustPass(t, "full sharing", cfg).Recoveries {
			if r.TasksRolledBack > 0 {
				t.Errorf("depth %d: %+v", depth, r)
			}
		}
	}
}

// Isolation is not given by recovery: sagas conserve stock and money, and show
// reservations to others; two-phase commit does not.
func TestSagasAreNotLinearizable(t *testing.T) {
	notLinearizable := 0
	for seed := range bounded(8) {
		cfg := contended(clonos.with(crash(1000*ms, "stock/0")))
		cfg.Seed = uint64(seed + 1)
		cfg.Workload.Clients, cfg.Workload.Think, cfg.Workload.Operations = 8, sim.Exponential(int64(2*ms)), 400
		cfg.Shop.Stock, cfg.Shop.Credit = 60, 3000
		cfg.Workload.MixPPM = [4]int64{600_000, 50_000, 50_000, 300_000}
		mustPass(t, "2pc", cfg)
		cfg.Shop.Transactions = checkout.Saga
		_, o := play(t, cfg)
		for _, f := range append(o.Checks, o.Monitors...) {
			if f.Name == "linearizable" {
				if f.Verdict == check.Violated {
					notLinearizable++
				}
			} else if f.Verdict == check.Violated {
				t.Errorf("saga, seed %d: %s: %s", cfg.Seed, f.Name, f.Detail)
			}
		}
	}
	if notLinearizable == 0 {
		t.Error("no saga was seen not to be linearizable")
	}
}

// A run that tested nothing says so.
func TestVacuousRuns(t *testing.T) {
	for what, cfg := range map[string]Config{
		"never struck":                          clonos.with(after(recovery.VerbRollback, "", 1, crash(0, "stock/0"))),
		"never struck, for its target was dead": none.with(crash(500*ms, "stock/0"), crash(500*ms, "stock/0")),
	} {
		if _, o := play(t, cfg); !strings.Contains(o.Vacuous, what[:12]) {
			t.Errorf("%s: %q", what, o.Vacuous)
		}
	}
	cfg := clonos.with()
	cfg.Workload.Operations = 0
	if _, o := play(t, cfg); o.Vacuous != "no operation was answered" {
		t.Errorf("nothing asked: %q", o.Vacuous)
	}
}
