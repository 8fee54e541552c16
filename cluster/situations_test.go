package cluster

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"simrun/checkout"
	"simrun/recovery"
	"simrun/sim"
)

// visiting is a run that shows how situations are come to.
type visiting struct {
	what    string
	cfg     Config
	reaches string // names, with blanks between
	never   string // as well; a name that ends in * stands for all that begin so. They are the negative controls
}

func (p protocol) changed(change func(c *Config), faults ...Fault) Config {
	cfg := p.with(faults...)
	cfg.Heartbeat, cfg.Timeout = 100*ms, 400*ms
	if change != nil {
		change(&cfg)
	}
	return cfg
}

// cutFine has records straddle buffers.
func cutFine(c *Config) { c.BufferBytes = 40 }

// crampedShop has few keys, of which users run out of credit before stock is short.
func crampedShop(c *Config) {
	*c = contended(*c)
	c.Shop.Stock, c.Shop.Credit, c.Shop.Window = 100_000, 900, 2
}

// impatient: the provider is slow, payment gives it up, clients ask again and
// give up.
func impatient(c *Config) {
	c.ProviderLatency, c.Shop.GiveUp = sim.LogNormal(int64(5*ms), int64(100*ms)), int64(20*ms)
	c.Workload.Retry, c.Workload.RetryMax = 9*ms, 2
}

func visits() []visiting {
	list := slices.Concat(visitsQuiet(), visitsOfCrashes(), visitsOfTwo(), visitsOfMachines(), visitsOfSilence(), visitsOfOtherProtocols(), visitsOfMemory())
	return list
}

// What happens where nothing fails; and all that does not.
func visitsQuiet() []visiting {
	const failures = "crash-* standby-used standby-none noticed-* suspected zombie-* frame-to-dead recovery-two rollback* orphan-* gather-* holder-* " +
		"determinant-lost log-empty replay-* regenerated-* sent-again call-again duplicate-dropped request-* input-first attach-waits checkpoint-*"
	return []visiting{
		{"nothing fails", clonos.changed(nil), "lock-waits transaction-aborted payment-declined find-waits feedback-recorded",
			failures + " reply-* saga-compensated window-* credit-short spilled *-exhausted cut-* store-paused client-* epoch-empty"},
		{"replies wait for checkpoints", late.changed(nil), "reply-withheld reply-released", failures + " reply-withdrawn"},
		{"a cramped shop", clonos.changed(crampedShop), "credit-short window-full", failures + " stock-short"},
		{"scarce items in a saga", clonos.changed(func(c *Config) { *c = contended(*c); c.Shop.Transactions = checkout.Saga }),
			"saga-compensated stock-short", "lock-waits transaction-aborted"},
		{"an impatient payment, impatient clients", clonos.changed(impatient),
			"payment-timeout answer-too-late client-retry client-gives-up client-told-again retry-from-books retry-underway", failures},
		{"few credits and small buffers", clonos.changed(func(c *Config) { cutFine(c); c.Policy.Credits, c.CheckpointEvery = 1, 50*ms }),
			"record-straddles snapshot-half-record credit-out credit-holds", failures},
		{"a pipeline", piped(clonos).changed(nil), "window-over", failures + " lock-waits find-waits feedback-recorded"},
		{"hardly any operations", clonos.changed(func(c *Config) { c.Workload.Gap = sim.Constant(int64(sim.Second)) }), "epoch-empty", failures},
		{"no memory for determinants", clonos.changed(func(c *Config) { c.Policy.Logs.Pool = 4 << 10 }), "logs-exhausted", failures + " pool-exhausted"},
	}
}

// One crash, at the moments of a checkpoint and of a task's work.
func visitsOfCrashes() []visiting {
	at := func(verb recovery.Verb, of string, count int, victims ...string) Fault {
		return after(verb, of, count, crash(0, victims...))
	}
	slowStore := func(c *Config) { c.StoreLatency = sim.Constant(int64(100 * ms)) }
	return []visiting{
		{"a stock task dies in the middle of an epoch", clonos.changed(nil, crash(1300*ms, "stock/0")),
			"standby-used noticed-broken frame-to-dead replay-order replay-clock replay-random replay-cut replay-choice replay-waits regenerated-skipped sent-again",
			"rollback* orphan-* gather-* crash-source crash-sink crash-first-epoch crash-again crash-machine crash-adjacent crash-path crash-all noticed-silence recovery-two " +
				"standby-none standby-crashed zombie-* request-* duplicate-dropped replay-mid-record replay-tick replay-trigger"},
		{"a payment task dies that waits for answers", clonos.changed(impatient, crash(1300*ms, "payment/0")),
			"crash-calling crash-timer replay-answer replay-timer call-again", "crash-aligning"},
		{"before any checkpoint", clonos.changed(nil, crash(300*ms, "order/0")), "crash-first-epoch", "crash-pending"},
		{"a source dies when it has begun a checkpoint", clonos.changed(nil, at(recovery.VerbSnapshot, "ingress/0", 2, "ingress/0")),
			"crash-source crash-pending crash-uploading trigger-again replay-trigger replay-snapshot checkpoint-survives", "crash-sink checkpoint-abandoned crash-completing"},
		{"a task dies at the first of its barriers", clonos.changed(nil, at(recovery.VerbBarrier, "order/0", 7, "order/0")), "crash-aligning", "crash-recording"},
		{"a task dies before its barrier is back", clonos.changed(nil, at(recovery.VerbSnapshot, "order/0", 2, "order/0")), "crash-recording", "crash-aligning"},
		{"a task dies that has acknowledged", clonos.changed(slowStore, at(recovery.VerbAck, "ingress/0", 2, "ingress/0")), "crash-acked", "crash-uploading"},
		{"a task dies while the completion record is written", clonos.changed(slowStore, crash(1150*ms, "stock/0")), "crash-completing completion-void", "crash-uploading"},
		{"a task dies before standbys have the checkpoint", clonos.changed(slowStore, at(recovery.VerbComplete, "", 2, "stock/0")), "crash-truncating standby-loading", "crash-completing"},
		{"a sink dies, of whose replies the broker has not said that it has them", late.changed(nil, pause(990*ms, 200*ms, "broker"), at(recovery.VerbDurable, "egress/0", 1, "egress/0")),
			"crash-sink crash-unsettled cut-message", "crash-source"},
		{"a sink dies, of whose log the broker alone knows", clonos.changed(nil, crash(1300*ms, "egress/0")), "crash-sink holder-broker", "crash-acked holder-one"},
		{"records straddle buffers", clonos.changed(cutFine, crash(1300*ms, "order/0")), "record-straddles replay-mid-record crash-half-record", "pool-exhausted"},
		{"a task dies that waits for credit", clonos.changed(func(c *Config) { cutFine(c); c.Policy.Credits = 1 }, pause(1290*ms, 30*ms, "stock/0"), crash(1310*ms, "order/0")), "crash-starved", ""},
		{"the clock is cached", clonos.changed(func(c *Config) { c.Policy.Tick = int64(5 * ms) }, crash(1300*ms, "order/0")), "replay-tick", "replay-timer"},
		{"a snapshot among feedback buffers is repeated", clonos.changed(slowStore, crash(1100*ms, "order/0")), "replay-epoch-end replay-snapshot", ""},
		{"a sink dies, of whose log nobody knows", clonos.changed(func(c *Config) { c.Replies = Immediate }, crash(1300*ms, "egress/0")), "log-empty determinant-lost", "replay-* holder-*"},
		{"answers that came before any record are repeated", clonos.changed(func(c *Config) { c.ProviderLatency = sim.Constant(int64(21 * ms)) }, crash(1300*ms, "payment/0")),
			"regenerated-before", ""},
	}
}

// Two deaths, at once or one in the recovery of the other.
func visitsOfTwo() []visiting {
	twice := func(verb recovery.Verb, of, then string) []Fault {
		return []Fault{crash(1300*ms, of), after(verb, of, 1, crash(0, then))}
	}
	all := []string{"ingress/0", "ingress/1", "order/0", "order/1", "stock/0", "stock/1", "payment/0", "payment/1", "egress/0", "egress/1"}
	return []visiting{
		{"again, before its state is there", clonos.changed(nil, twice(recovery.VerbActivate, "stock/0", "stock/0")...), "crash-restoring standby-none", "crash-gathering"},
		{"again, while it collects", clonos.changed(nil, twice(recovery.VerbRestore, "stock/0", "stock/0")...), "crash-gathering", "crash-replaying gather-again"},
		{"again, in its replay", clonos.changed(nil, twice(recovery.VerbReplay, "stock/0", "stock/0")...), "crash-replaying recovery-two", "crash-gathering crash-bystander"},
		{"again, much later", clonos.changed(nil, crash(700*ms, "stock/0"), crash(1300*ms, "stock/0")), "crash-again", "recovery-two crash-replaying crash-unnoticed crash-first-epoch"},
		{"another one unnoticed", clonos.changed(nil, crash(1300*ms, "stock/0"), crash(1305*ms, "stock/1")), "crash-unnoticed recovery-two", "crash-adjacent crash-again"},
		{"another one beside a gather", clonos.changed(nil, twice(recovery.VerbRestore, "stock/0", "order/0")...),
			"crash-bystander crash-answering gather-again gather-empty", "crash-gathering"},
		{"another one in a replay", clonos.changed(nil, twice(recovery.VerbReplay, "stock/0", "order/0")...), "gather-replaying", "crash-answering gather-empty"},
		{"two gathers one after the other", clonos.changed(func(c *Config) { c.Seed = 2 }, crash(1300*ms, "stock/0"), crash(1300*ms+300*us, "order/0")), "gather-early gather-stale", ""},
		{"neighbours at once", clonos.changed(nil, crash(1300*ms, "order/0", "stock/0")), "crash-adjacent", "crash-path crash-machine"},
		{"strangers at once", clonos.changed(nil, crash(1300*ms, "stock/0", "payment/0")), "recovery-two", "crash-adjacent"},
		{"a path at once", clonos.changed(nil, crash(1300*ms, "ingress/0", "order/0", "egress/0")), "crash-path", "crash-all"},
		{"all at once", clonos.changed(nil, crash(1300*ms, all...)), "crash-all crash-path", "holder-one crash-bystander"},
		{"all but one at once", clonos.changed(nil, crash(1300*ms, all[1:]...)), "crash-path", "crash-all"},
		{"an orphan, and a rollback", depth1.changed(nil, crash(1300*ms, "ingress/0", "order/0")), "rollback-fallback orphan-averted reply-withdrawn holder-one", "orphan-continued rollback replay-*"},
		{"an orphan, and none", depth1.changed(func(c *Config) { c.Policy.Orphans = true }, crash(1300*ms, "ingress/0", "order/0")), "orphan-continued", "orphan-averted rollback*"},
	}
}

// Standbys and machines.
func visitsOfMachines() []visiting {
	alone := func(c *Config) { c.Standbys = 0 }
	pairs := func(c *Config) { c.Standbys, c.Slots = 0, 2 }
	machines := []string{"machine/0", "machine/1", "machine/2", "machine/3", "machine/4"}
	return []visiting{
		{"no standbys", clonos.changed(alone, crash(1300*ms, "stock/0")), "standby-none", "standby-used process-moved"},
		{"a waiting standby dies", clonos.changed(nil, crash(1300*ms, "stock/0/standby")), "standby-crashed", "crash-* standby-lost"},
		{"a standby dies, to which a state is on its way", clonos.changed(nil, after(recovery.VerbComplete, "", 2, crash(0, "stock/0/standby"))), "standby-cut-off", "crash-*"},
		{"a standby dies that is to take over", clonos.changed(nil, crash(1300*ms, "stock/0"), after(recovery.VerbDetect, "stock/0", 1, crash(0, "stock/0/standby"))),
			"standby-used standby-lost", "standby-crashed"},
		{"standbys are replaced, and sent differences", kept(clonos, Standby{Incremental: true, Replace: 50 * ms}, crash(700*ms, "stock/0")),
			"standby-replaced standby-difference", "standby-none"},
		{"a machine of two tasks dies", clonos.changed(pairs, crash(1300*ms, "machine/2")), "crash-machine process-moved", "process-lost no-machine"},
		{"the machine of a new process dies", clonos.changed(alone, crash(1300*ms, "stock/0"), crash(1400*ms, "machine/4")), "process-lost", "crash-machine"},
		{"all machines die", clonos.changed(pairs, crash(1300*ms, machines...)), "crash-all no-machine", "standby-used"},
	}
}

// What is noticed late, or is not so.
func visitsOfSilence() []visiting {
	return []visiting{
		{"deaths are noticed by silence", clonos.changed(func(c *Config) { c.Disconnect = -1 }, crash(700*ms, "stock/0")), "noticed-silence", "noticed-broken suspected"},
		{"the manager is paused", clonos.changed(nil, pause(1290*ms, 200*ms, "manager"), crash(1300*ms, "stock/0")), "noticed-late", "noticed-silence"},
		{"a pause is taken for a death", clonos.changed(nil, pause(700*ms, 900*ms, "stock/0")), "suspected zombie-killed", "zombie-part crash-* noticed-*"},
		{"a task is cut off, goes on and ends its part of a checkpoint", clonos.changed(func(c *Config) { c.StoreLatency = sim.Constant(int64(120 * ms)) }, both(cut(650*ms, 900*ms, "order/0", "manager"))),
			"suspected zombie-killed zombie-frame zombie-ack zombie-part cut-heartbeat cut-message", "noticed-* crash-*"},
		{"the store is paused", clonos.changed(nil, pause(1010*ms, 300*ms, "store")), "store-paused", "crash-*"},
	}
}

func both(f Fault) Fault {
	f.Both = true
	return f
}

// Protocols that go other ways.
func visitsOfOtherProtocols() []visiting {
	neighbours := crashStages(900*ms, "count1/0", "count2/0", "count2/1")
	return []visiting{
		{"redo", redo.changed(nil, crash(1300*ms, "stock/0")), "duplicate-dropped sent-again", "replay-* gather-* holder-* rollback* regenerated-*"},
		{"none", none.changed(nil, crash(1300*ms, "stock/0")), "standby-used", "sent-again duplicate-dropped replay-* gather-* rollback*"},
		{"global", global.changed(nil, after(recovery.VerbSnapshot, "order/0", 2, crash(0, "order/0"))), "rollback checkpoint-abandoned reply-withdrawn",
			"rollback-fallback sent-again replay-* gather-* duplicate-dropped checkpoint-survives"},
		{"published", asPublished(neighbours), "request-passed request-early input-first attach-waits replay-timer", "gather-* rollback* request-again"},
		{"published, one after the other", asPublished(crashStages(900*ms, "count1/0"), after(recovery.VerbRestore, "", 1, crashStages(0, "count2/0"))), "request-again", "gather-*"},
		{"published, in a checkpoint", asPublished(after(recovery.VerbSnapshot, "", 9, crashStages(0, "count1/0")), after(recovery.VerbRunning, "", 1, crashStages(0, "count2/0"))), "checkpoint-ignored replay-ignore", "checkpoint-abandoned"},
	}
}

// Memory that runs out, and disks.
func visitsOfMemory() []visiting {
	spilling := func(faults ...Fault) Config {
		cfg := remembering(clonos, recovery.Memory{Pool: 2 << 10, Spill: recovery.SpillEvery, Prefetch: 2}, faults...)
		cfg.Disk.Latency = sim.Constant(int64(60 * ms))
		return cfg
	}
	return []visiting{
		{"a small pool and a slow disk", spilling(crash(1300*ms, "stock/0")), "pool-exhausted spilled read-back", "logs-exhausted read-void"},
		{"a receiver dies again while its input is read", spilling(crash(1300*ms, "stock/0"), after(recovery.VerbReplay, "stock/0", 1, crash(0, "stock/0"))), "read-void", "logs-exhausted"},
	}
}

// reachedBy gives the names of what a run came to.
func reachedBy(o *Outcome) (names []string) {
	for i, n := range o.Reached {
		if n > 0 {
			names = append(names, situations[i].Name)
		}
	}
	return names
}

// Every situation is come to by a run here, so that none is in the list that
// nobody can reach; each of these runs keeps away from what is not its, and from all
// that its configuration is said never to come to.
func TestEverySituationIsReached(t *testing.T) {
	reached := map[string]bool{}
	for _, v := range visits() {
		_, o := play(t, v.cfg)
		names := reachedBy(o)
		for _, want := range strings.Fields(v.reaches) {
			if reached[want] = true; !slices.Contains(names, want) {
				t.Errorf("%s: %s is not reached; it reached %s", v.what, want, strings.Join(names, " "))
			}
		}
		for _, never := range strings.Fields(v.never) {
			stem, all := strings.CutSuffix(never, "*")
			for _, name := range names {
				if name == never || all && strings.HasPrefix(name, stem) {
					t.Errorf("%s: it reached %s", v.what, name)
				}
			}
		}
		for i := range situations {
			if why, _ := v.cfg.Unreachable(recovery.Situation(i), 0); why != "" && o.Reached[i] > 0 {
				t.Errorf("%s: it reached %s, though %s", v.what, situations[i].Name, why)
			}
		}
	}
	for i := range situations {
		if s := &situations[i]; !reached[s.Name] {
			t.Errorf("no run reaches %s", s.Name)
		}
	}
}

// No run comes to what its configuration is said to keep it from, whatever it is;
// and what a run comes to is a function of its configuration.
func TestWhatIsUnreachableIsNotReached(t *testing.T) {
	look := func(what string, cfg Config) *Outcome {
		_, o := play(t, cfg)
		for i := range situations {
			if why, _ := cfg.Unreachable(recovery.Situation(i), 0); why != "" && o.Reached[i] > 0 {
				t.Errorf("it reached %s, though %s: %s", situations[i].Name, why, what)
			}
		}
		return o
	}
	for _, p := range []protocol{none, redo, global, clonos, depth1, depth0} {
		for i := range bounded(8) {
			tr := trials(0, 6, p).Example(i)
			cfg := tr.config()
			if i%2 == 1 {
				cfg = drawMeans.Example(i).config(cfg)
			}
			o := look(tr.String(), cfg)
			if _, again := play(t, cfg); i == 0 && again.Reached != o.Reached {
				t.Errorf("two runs reach something else: %s", tr)
			}
		}
	}
	for i := range bounded(60) {
		look("burst "+strconv.Itoa(i), burst(uint64(i+1), burstKind(i%3)))
	}
}

// A goal that is not reached makes the run vacuous, one that is does not.
func TestGoals(t *testing.T) {
	cfg := clonos.with(crash(1300*ms, "stock/0"))
	for goal, want := range map[recovery.Situation]string{recovery.ReplayOrder: "", recovery.CrashReplaying: "it never came to crash-replaying: a task dies again in the middle of its replay"} {
		cfg.Goals = []recovery.Situation{recovery.SentAgain, goal}
		if _, o := play(t, cfg); o.Vacuous != want {
			t.Errorf("%s: vacuous: %q, want %q", situations[goal].Name, o.Vacuous, want)
		}
	}
}

// What a sweep chooses stands in place of a scenario's own faults.
func TestUnreachableOfSweeps(t *testing.T) {
	cfg := clonos.with(crash(0, "machine/1"))
	for _, c := range []struct {
		s      recovery.Situation
		chosen int
		why    string
	}{
		{recovery.CrashSource, 0, ""}, {recovery.CrashSource, 1, ""}, {recovery.ProcessMoved, 0, ""}, {recovery.ProcessMoved, 1, "no machine dies"},
		{recovery.CrashSink, 0, "no sink dies"}, {recovery.CrashSink, 1, ""}, {recovery.CrashReplaying, 1, "there are no two failures"},
		{recovery.CrashReplaying, 2, ""}, {recovery.CrashAdjacent, 2, ""}, {recovery.CrashPath, 2, "no tasks from a source to a sink die at once"},
		{recovery.RollbackAll, 1, "only global rolls everything back at each failure"}, {recovery.EpochEmpty, 1, ""},
	} {
		why, ofProtocol := cfg.Unreachable(c.s, c.chosen)
		if why != c.why || ofProtocol != (c.s == recovery.RollbackAll) {
			t.Errorf("%s, %d chosen: %q (of the protocol: %v), want %q", situations[c.s].Name, c.chosen, why, ofProtocol, c.why)
		}
	}
}
