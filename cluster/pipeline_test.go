package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"simrun/check"
	"simrun/dataflow"
	"simrun/pipeline"
	"simrun/recovery"
	"simrun/sim"
)

var stages = []string{"ingress", "count1", "count2", "egress"}

// piped is a protocol on a pipeline of two stages and two tasks an operator, with what
// the small shop has else.
func piped(p protocol) protocol {
	return protocol{p.name, func() Config {
		cfg := p.cfg()
		cfg.Pipeline = &pipeline.Config{Stages: 2, Keys: 40, Ingresses: 2, Counts: 2, Egresses: 2, Window: int64(20 * ms)}
		cfg.Costs.Record = cfg.Costs.Record[:len(stages)]
		return cfg
	}}
}

// stageTask finds a task of the pipeline by its name.
func stageTask(name string) Target {
	word := strings.Split(name, "/")
	return Target{TargetTask, 2*slices.Index(stages, word[0]) + int(word[1][0]-'0')}
}

func crashStages(at sim.Time, names ...string) Fault {
	f := Fault{Text: "crash " + strings.Join(names, ", "), At: at, Kind: Crash, Task: -1}
	for _, name := range names {
		f.Targets = append(f.Targets, stageTask(name))
	}
	return f
}

var sets = [][]string{{"count1/0"}, {"count2/1"}, {"ingress/0"}, {"egress/0"}, {"count1/0", "count2/0"}, {"count1/0", "count1/1"},
	{"ingress/1", "count1/0", "count2/1", "egress/0"}, {"ingress/0", "ingress/1", "count1/0", "count1/1", "count2/0", "count2/1", "egress/0", "egress/1"}}

// Who promises to recover does, on a graph without a cycle as well: any set of
// tasks, at any time in an epoch.
func TestPipelineRecovers(t *testing.T) {
	for _, p := range promising {
		for i := range bounded(16) {
			cfg := piped(p).with(crashStages(1010*ms+sim.Time(i)*29*ms, sets[i%len(sets)]...))
			cfg.Seed = uint64(i + 1)
			mustPass(t, fmt.Sprintf("%s, %s, seed %d", p.name, cfg.Faults[0].Text, cfg.Seed), cfg)
		}
	}
}

// None and redo exist in order to fail.
func TestPipelineCatchesNoneAndRedo(t *testing.T) {
	for _, task := range []string{"count1/0", "count2/1"} {
		for _, p := range []protocol{none, redo} {
			fails(t, p.name+", "+task, piped(p).with(crashStages(1300*ms, task)))
		}
	}
}

// What judges are given of a pipeline: every counter that an operation passed
// is an item, every check that is promised has looked at something.
func TestPipelineIsJudged(t *testing.T) {
	cfg := piped(clonos).with(crashStages(1300*ms, "count1/0"))
	cfg.Workload.Retry, cfg.Workload.RetryMax = 30*ms, 5
	r, o := play(t, cfg)
	operations := r.clients.issued
	h := o.Evidence.History
	if operations < 500 || len(h.Ops) != 4*operations || len(o.Evidence.Witness) != 4*operations || len(o.Evidence.Replies) == 0 {
		t.Errorf("%d operations, %d in the history, %d decided, %d told again", operations, len(h.Ops), len(o.Evidence.Witness), len(o.Evidence.Replies))
	}
	looked := map[string]int64{"harness": int64(4 * operations), "linearizable": int64(4 * operations), "progress": int64(4 * operations),
		"exactly_once": 84, "conservation_stock": 84, "replies_kept": int64(len(o.Evidence.Replies))}
	for _, f := range o.Checks {
		want, promised := looked[f.Name]
		if verdict := map[bool]check.Verdict{true: check.Ok, false: check.Skipped}[promised]; f.Verdict != verdict || f.LookedAt != want {
			t.Errorf("%s: %v of %d, want %v of %d: %s", f.Name, f.Verdict, f.LookedAt, verdict, want, f.Detail)
		}
	}
	if w := check.JudgeWitness(h, o.Evidence.Witness); w.Verdict != check.Ok {
		t.Errorf("the order in which stages counted: %s", w.Detail)
	}
	if v := check.JudgeVersions(h); v.Verdict != check.Ok {
		t.Errorf("versions alone: %s", v.Detail)
	}
}

// Each kind of determinant that a pipeline makes is needed: the protocol passes,
// and is caught as soon as that kind alone is not logged.
func TestEachKindOfDeterminantIsNeededByAPipeline(t *testing.T) {
	crashed := func(tasks ...string) []Config {
		return schedules(2, 1200*ms, 70*ms, func(at sim.Time) Config { return piped(clonos).with(crashStages(at, tasks...)) })
	}
	for _, c := range []struct {
		kind    dataflow.Kind
		configs []Config
		by      []string
	}{
		{dataflow.Order, crashed("count1/0"), []string{"exactly_once", "INV-04"}},
		{dataflow.Timestamp, countedTwice(), []string{"replies_kept", "INV-04"}},
		{dataflow.RNG, countedTwice(), []string{"replies_kept", "INV-04"}},
		{dataflow.TimerTrigger, countedTwice(), []string{"replies_kept", "INV-04"}},
		{dataflow.SourceCheckpoint, []Config{piped(clonos).with(afterSnapshot("ingress/0"))}, []string{"INV-07"}},
		{dataflow.BufferBuilt, crashed("count1/0"), []string{"progress", "INV-04"}},
	} {
		t.Run(c.kind.String(), func(t *testing.T) {
			mustNotice(t, c.configs, func(cfg *Config) { cfg.Policy.Broken.Without[c.kind] = true }, c.by...)
		})
	}
}

// countedTwice: clients ask again before an answer can be there, and their second requests wait in front
// of a paused source while a task of the last stage dies, which has answered the first.
func countedTwice() []Config {
	return schedules(bounded(2), 1200*ms, 70*ms, func(at sim.Time) Config {
		cfg := piped(clonos).cfg()
		cfg.Workload.Retry, cfg.Workload.RetryMax, cfg.Workload.Gap = 4*ms, 12, sim.Exponential(int64(500*us))
		cfg.Faults = []Fault{pause(at-15*ms, 40*ms, "ingress/0"), pause(at-15*ms, 40*ms, "ingress/1"), crashStages(at, "count2/0")}
		return cfg
	})
}

// afterSnapshot: a task dies just when it has begun the second checkpoint.
func afterSnapshot(task string) Fault {
	f := crashStages(-1, task)
	f.Verb, f.Count, f.Task = recovery.VerbSnapshot, 2, dataflow.TaskID(stageTask(task).Index)
	return f
}

// onPipeline makes of a trial of the shop one of the pipeline, which has fewer
// tasks: faults strike those that it has.
func (tr trial) onPipeline() Config {
	tr.protocol = piped(tr.protocol)
	tr.contended, tr.saga = false, false
	cfg := tr.config()
	tasks := 2 * len(stages)
	machines := (tasks + cfg.Slots - 1) / cfg.Slots
	for i := range cfg.Faults {
		f := &cfg.Faults[i]
		for j := range f.Targets {
			switch to := &f.Targets[j]; to.Kind {
			case TargetTask, TargetStandby:
				to.Index %= tasks
			case TargetMachine:
				to.Index %= machines
			}
		}
	}
	return cfg
}

// TestPipelineTrials: whatever happens to a pipeline, as in TestRecovers.
func TestPipelineTrials(t *testing.T) {
	for _, p := range promising[:bounded(len(promising))] {
		t.Run(p.name, func(t *testing.T) {
			gen := trials(1, 5, p)
			rapid.Check(t, func(t *rapid.T) {
				if _, what := wrong(gen.Draw(t, "trial").onPipeline()); what != "" {
					t.Fatal(what)
				}
			})
		})
	}
	gen, found := trials(1, 6, clonos), false
	for i := 0; i < 20 && !found; i++ {
		cfg := gen.Example(i).onPipeline()
		cfg.Policy.Broken.Without[dataflow.Order] = true
		_, what := wrong(cfg)
		found = what != ""
	}
	if !found {
		t.Error("20 trials do not miss the order of buffers")
	}
}

// TestPipelineFoundBefore: what trials have found once stays mended.
func TestPipelineFoundBefore(t *testing.T) {
	for what, tr := range map[string]trial{
		"everything is rolled back to a checkpoint that the broker has not heard is complete, then a sink dies: what the broker had received before was taken for its present": {
			protocol: depth1, seed: 1, standbys: 1, buffer: -6,
			blows: []blow{{wait: 208, more: []int{2}, length: 1}, {wait: 169, length: 1}, {wait: 283, length: 1}, {wait: 147, task: 7, length: 1}}},
	} {
		if _, text := wrong(tr.onPipeline()); text != "" {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// TestPipelineDigests keeps the digests of a few small runs, as TestDigests.
func TestPipelineDigests(t *testing.T) {
	datadriven.RunTest(t, "testdata/digests-pipeline", func(t *testing.T, d *datadriven.TestData) string {
		var said strings.Builder
		for _, p := range []protocol{none, redo, global, clonos, late, depth1, depth0} {
			cfg := piped(p).with()
			cfg.Horizon = 700 * ms
			for _, a := range d.CmdArgs {
				cfg.Faults = append(cfg.Faults, crashStages(600*ms, a.Vals...))
			}
			_, o := play(t, cfg)
			fmt.Fprintf(&said, "%-21s  %5d events  %x\n", p.name, o.Events, o.Digest[:8])
		}
		return said.String()
	})
}

// In steady state at most one event of a pipeline in a thousand allocates.
func TestPipelineSteadyStateDoesNotAllocate(t *testing.T) {
	if testing.Short() {
		t.Skip("counts in a run of some seconds")
	}
	cfg := piped(clonos).cfg()
	cfg.Horizon, cfg.Workload.Operations, cfg.Pipeline.Keys = 9*sim.Second, 100_000, 10_000
	allocated, events := allocations(t, cfg)
	if t.Logf("%d allocations in %d events", allocated, events); events < 50_000 || 1000*allocated > events {
		t.Errorf("%d allocations in %d events", allocated, events)
	}
}
