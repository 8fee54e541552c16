package cluster

import (
	"slices"
	"testing"

	"simrun/causallog"
	"simrun/dataflow"
	"simrun/pipeline"
	"simrun/recovery"
	"simrun/sim"
)

// TestPaper: what the Clonos paper claims of the cached clock, of standbys and of
// output, in its own setting: a pipeline recovered as published. The rest is in
// recovery/paper_test.go.
func TestPaper(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"4.2: time costs one determinant a tick, however often it is read, and is repeated", cachedClock},
		{"a standby takes over with the newest complete checkpoint", standbyIsNewest},
		{"5.5: output that is committed with its checkpoint comes exactly once, whoever fails", outputOnce},
		{"5.5: output that is idempotent is not enough: what is repeated is another output", idempotentOutput},
		{"5.5: the price is latency in proportion to the checkpoint interval", outputWaits},
		{"5.5: with determinants in the output it need not wait (proposed there; ours has it)", outputAtOnce},
	} {
		t.Run(c.name, c.test)
	}
}

// asPublished is a pipeline of two stages under the published variant.
func asPublished(faults ...Fault) Config {
	p := recovery.Published(causallog.FullSharing)
	p.Backoff = 0
	cfg := small(p, Transactional)
	cfg.Pipeline = &pipeline.Config{Stages: 2, Keys: 20, Ingresses: 2, Counts: 2, Egresses: 2, Window: int64(20 * ms)}
	cfg.Costs.Record = slices.Repeat(cfg.Costs.Record[:1], 4)
	cfg.CheckpointEvery, cfg.StoreLatency = 200*ms, sim.LogNormal(int64(3*ms), int64(12*ms))
	cfg.Faults = faults
	return cfg
}

// eachOf gives a run in which a task of each operator dies at another instant.
func eachOf(first sim.Time) (list []Config) {
	for task := range dataflow.TaskID(8) {
		f := Fault{Text: "crash", At: first + sim.Time(task)*23*ms, Kind: Crash, Task: -1, Targets: []Target{{TargetTask, int(task)}}}
		list = append(list, asPublished(f))
	}
	return list
}

func cachedClock(t *testing.T) {
	ticking := func(faults ...Fault) Config {
		cfg := asPublished(faults...)
		cfg.Policy.Tick, cfg.Policy.Account = int64(5*ms), true
		return cfg
	}
	count := map[string]int64{}
	for _, k := range mustPass(t, "quiet", ticking()).Kinds {
		count[k.Kind] = k.Count
	}
	if count["Timestamp"] == 0 || count["Timestamp"] != count["RNG"] {
		t.Errorf("%d readings were logged in %d epochs", count["Timestamp"], count["RNG"])
	}
	for _, k := range mustPass(t, "quiet, each reading logged", asPublished()).Kinds {
		if k.Kind == "Timestamp" && k.Count < 2*count["Timestamp"] {
			t.Errorf("the clock was read %d times, and is logged %d times", k.Count, count["Timestamp"])
		}
	}
	for _, cfg := range eachOf(750 * ms) {
		count["repeated"] += mustPass(t, "ticking", ticking(cfg.Faults...)).Reached[recovery.ReplayTick]
	}
	if count["repeated"] < 50 {
		t.Errorf("%d ticks were repeated", count["repeated"])
	}
	mustNotice(t, []Config{ticking(allButSinks(1050 * ms))}, func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.TimerTrigger] = true }, "INV-04")
}

// allButSinks: what replies tell is known to those who took them.
func allButSinks(at sim.Time) Fault {
	f := allOfPipeline(at)
	f.Targets = f.Targets[:6]
	return f
}

func standbyIsNewest(t *testing.T) {
	restored := int64(0)
	for _, cfg := range eachOf(750 * ms) {
		r, o := play(t, cfg)
		if names, text := complaints(o); len(names) > 0 || o.Vacuous != "" {
			t.Fatalf("%v %s\n%s", names, o.Vacuous, text)
		}
		restored += r.watch.Looked[recovery.INV09]
		for _, v := range o.Recoveries {
			if v.Activate > 20*ms { // a start takes 200 ms
				t.Errorf("%s was activated in %s", v.Task, seconds(v.Activate))
			}
		}
	}
	if restored < 8 {
		t.Errorf("%d restores were looked at", restored)
	}
	spoil := func(cfg *Config) {
		cfg.Policy.Broken.TruncateUndelivered, cfg.Policy.Broken.StaleStandby = true, true
		cfg.Disconnect, cfg.StoreLatency = ms, sim.LogNormal(int64(20*ms), int64(80*ms))
		cfg.Faults[0].At, cfg.Faults[0].Verb, cfg.Faults[0].Count, cfg.Faults[0].Task = -1, recovery.VerbComplete, 2, -1
	}
	mustNotice(t, eachOf(750*ms), spoil, "INV-09")
}

func outputOnce(t *testing.T) {
	for _, cfg := range eachOf(750 * ms) {
		mustPass(t, "committed", cfg)
	}
	all := []Config{asPublished(allOfPipeline(900 * ms))}
	mustPass(t, "committed, and all tasks die", all[0])
	mustNotice(t, all, func(cfg *Config) { cfg.Replies = Immediate }, "linearizable")
}

// A client takes the first reply to an operation, and whatever else is told of it
// as a repetition. It is none.
func idempotentOutput(t *testing.T) {
	var list []Config
	for i := range sim.Time(3) {
		list = append(list, asPublished(allOfPipeline(900*ms+i*31*ms)))
	}
	mustNotice(t, list, func(cfg *Config) { cfg.Replies = Immediate }, "replies_kept")
}

func allOfPipeline(at sim.Time) Fault {
	f := Fault{Text: "crash all", At: at, Kind: Crash, Task: -1}
	for task := range 8 {
		f.Targets = append(f.Targets, Target{TargetTask, task})
	}
	return f
}

func outputWaits(t *testing.T) {
	var p50 []int64
	for _, every := range []sim.Time{200 * ms, 400 * ms, 800 * ms} {
		cfg := asPublished()
		cfg.CheckpointEvery, cfg.Horizon, cfg.Warmup = every, 3*sim.Second, 800*ms
		o := mustPass(t, "quiet", cfg)
		p50 = append(p50, latency(t, o, 50_000))
	}
	for i := range 2 {
		if ratio := p50[i+1] * 100 / p50[i]; ratio < 150 || ratio > 220 {
			t.Errorf("twice the interval, %d %% of the latency: %v", ratio, p50)
		}
	}
	cfg := asPublished()
	cfg.Replies, cfg.Horizon, cfg.Warmup = Immediate, 3*sim.Second, 800*ms
	if o := mustPass(t, "not committed", cfg); latency(t, o, 50_000) > p50[0]/4 {
		t.Errorf("output that does not wait takes %d ns, else %d", latency(t, o, 50_000), p50[0])
	}
}

func outputAtOnce(t *testing.T) {
	with := func(cfg Config) Config {
		p := recovery.Clonos(causallog.FullSharing)
		p.Credits = cfg.Policy.Credits
		cfg.Policy, cfg.Replies = p, Determinants
		return cfg
	}
	for _, cfg := range eachOf(750 * ms) {
		cfg = with(cfg)
		if o := mustPass(t, "with determinants", cfg); latency(t, o, 99_000) > int64(cfg.CheckpointEvery) {
			t.Errorf("99 of 100 replies within %d ns", latency(t, o, 99_000))
		}
	}
	all := []Config{with(asPublished(allOfPipeline(900 * ms)))}
	mustPass(t, "all tasks die", all[0])
	mustNotice(t, all, func(cfg *Config) { cfg.Replies = Immediate }, "INV-04", "linearizable")
	mustNotice(t, all, func(cfg *Config) { cfg.Policy.Broken.OwnLogOnly = true }, "INV-21", "linearizable")
}
