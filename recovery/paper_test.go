package recovery

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/causallog"
	"simrun/dataflow"
)

// TestPaper puts the claims of the Clonos paper (Silvestre, Fragkoulis,
// Spinellis, Katsifodimos, SIGMOD 2021) on consistency to the test, in its own
// setting: a job without cycles, recovered as published. Each subtest is named
// after the section and what it says. It plays random runs in which that holds,
// and some in which the mechanism is left out and it does not. Where a claim
// does not hold as it stands, the subtest has the counterexample.
//
// What has no section is said in several places. What needs machines, standbys
// and clients is in cluster/paper_test.go.
func TestPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousands of runs: fewer say nothing")
	}
	for _, c := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"3: what happens between two nondeterministic events follows from them: the same determinants, the same bytes", sameDeterminants},
		{"4.2: a random number costs one determinant a checkpoint, the seed", oneSeed},
		{"4.2: time is repeated; without a cached clock it costs one determinant a reading", clockRepeated},
		{"4.3: determinants travel with the data and are logged before it has an effect", logBeforeEffect},
		{"4.3: what is sent again or over another path is recognized by its offset", offsets},
		{"4.4, 5.2: what was in flight is sent again, what was received is not: no record is lost or doubled", inFlight},
		{"5.2: what a receiver has is known from BufferBuilt", countedBuilt},
		{"5: neighbours that fail together are recovered: requests are passed on", neighboursAsk},
		{"5.3: with a sharing depth of D no failure leaves an orphan", depthD},
		{"5.3: a sharing depth of k tolerates k consecutive failures", depthK},
		{"5.3: failures that hold all of Log(e) and all of Depend(e) are recovered without e", withoutDeterminant},
		{"5.3: an orphan makes everything roll back", orphansRollBack},
		{"5.3: any failures at all, with a sharing depth of D (does not hold as published: they may follow one another)", oneAfterAnother},
		{"with a sharing depth of 0 records are processed at least once", atLeastOnce},
		{"logs are truncated when a checkpoint is complete", truncation},
	} {
		t.Run(c.name, c.test)
	}
}

// holds plays examples, none of which may go wrong, and gives what they tested.
func holds(t *testing.T, gen *rapid.Generator[scenario], p Policy, n int) (all seen, watch Monitors) {
	t.Helper()
	for i := range bounded(n) {
		w := play(p, gen.Example(i))
		if what := w.wrong(); what != "" {
			t.Fatalf("example %d: %s", i, what)
		}
		all.add(w.seen)
		all.orphans += w.seen.orphans
		for i := range Invariants {
			watch.Looked[i] += w.watch.Looked[i]
		}
	}
	return all, watch
}

// fails finds an example that goes wrong; monitors that would notice the
// omission itself are left out.
func fails(t *testing.T, what string, gen *rapid.Generator[scenario], p Policy, blind ...Invariant) {
	t.Helper()
	if i := firstWrong(gen, p, bugBound, blind...); i >= 0 {
		t.Logf("%s: example %d: %s", what, i, play(p, gen.Example(i), blind...).wrong())
		return
	}
	t.Errorf("%s: no run of %d goes wrong", what, bugBound)
}

func full() Policy { return published(causallog.FullSharing, 0) }

func broken(p Policy, set func(b *Broken)) Policy {
	set(&p.Broken)
	return p
}

// looked says that a monitor had something to look at.
func looked(t *testing.T, watch *Monitors, n int64, all ...Invariant) {
	t.Helper()
	for _, i := range all {
		if watch.Looked[i] < n {
			t.Errorf("%v looked %d times", i, watch.Looked[i])
		}
	}
}

func sameDeterminants(t *testing.T) {
	gen := lines(1, 1)
	all, watch := holds(t, gen, full(), 150)
	looked(t, &watch, 300, INV04, INV05)
	if all.followed < 300 {
		t.Errorf("%d determinants were followed", all.followed)
	}
	for _, kind := range []dataflow.Kind{dataflow.Order, dataflow.Timestamp, dataflow.RNG, dataflow.Serializable, dataflow.TimerTrigger,
		dataflow.SourceCheckpoint, dataflow.BufferBuilt} {
		fails(t, "without "+kind.String(), gen, broken(full(), func(b *Broken) { b.Without[kind] = true }))
	}
}

// quiet plays a run in which nothing fails, with one checkpoint before its
// records and none behind, so that the logs of the epoch are whole.
func quiet(p Policy, s scenario) *world {
	p.Credits = s.credits
	w := newWorld(p, s.setting)
	w.manager.Tick()
	for step := 0; ; step++ {
		all := w.actions(nil, step)
		switch {
		case len(all) > 0:
			w.do(all[step*13%len(all)])
		case w.armed():
			w.now += 100
		case len(w.fed[0]) == 0:
			w.fed = s.inputs
		default:
			return w
		}
	}
}

// determinants counts those of a kind in the present epoch of a task's log.
func (n *node) determinants(kind dataflow.Kind) (count int) {
	data := n.agent.store.Bytes(n.agent.layout.Main(n.id), n.task.Epoch())
	for _, word := range strings.Split(showLog(data), ", ") {
		if word == kind.String() {
			count++
		}
	}
	return count
}

func oneSeed(t *testing.T) {
	gen, draws := lines(1, 1), 0
	for i := range bounded(60) {
		w := quiet(full(), gen.Example(i))
		for _, n := range w.nodes {
			if got := n.determinants(dataflow.RNG); got != 1 {
				t.Fatalf("example %d: %s has logged %d seeds in epoch %d", i, n.name(), got, n.task.Epoch())
			}
		}
		draws += w.words("ticket")
	}
	if draws < 100 {
		t.Errorf("%d random numbers were drawn", draws)
	}
	fails(t, "another seed", gen, broken(full(), func(b *Broken) { b.Without[dataflow.RNG] = true }))
	fails(t, "the seed before the clock", gen, broken(full(), func(b *Broken) { b.Task.SeedFirst = true }))
}

// words counts how often a word is in the replies.
func (w *world) words(word string) (count int) {
	for _, r := range w.broker.took {
		count += strings.Count(r.text, word)
	}
	return count
}

// The paper caches the clock and logs it once a tick: cluster/paper_test.go. Here
// each reading is a determinant: more bytes, and nothing more that could be wrong.
func clockRepeated(t *testing.T) {
	gen := lines(1, 1)
	for i := range bounded(60) {
		w := quiet(full(), gen.Example(i))
		logged := -len(w.nodes) // each has read it when the epoch began
		for _, n := range w.nodes {
			logged += n.determinants(dataflow.Timestamp)
		}
		if readings := w.words(" at ") + w.words("@"); logged != readings {
			t.Fatalf("example %d: %d readings, %d in the logs", i, readings, logged)
		}
	}
	fails(t, "replay reads its own clock", gen, broken(full(), func(b *Broken) { b.Task.ReplayClock = true }))
}

func logBeforeEffect(t *testing.T) {
	gen := lines(1, 1)
	_, watch := holds(t, gen, full(), 100)
	looked(t, &watch, 1000, INV01, INV02)
	fails(t, "merged after the effect", gen, broken(full(), func(b *Broken) { b.MergeLate = true }))
	fails(t, "merged after the effect, and nobody watches that", gen, broken(full(), func(b *Broken) { b.MergeLate = true }), INV01, INV02, INV05)
	fails(t, "barriers carry none", gen, broken(full(), func(b *Broken) { b.BarrierWithoutDelta = true }))
}

func offsets(t *testing.T) {
	gen := lines(1, 1)
	_, watch := holds(t, gen, full(), 60)
	looked(t, &watch, 1000, INV05)
	fails(t, "appended wherever it belongs", gen, broken(full(), func(b *Broken) { b.NoOffsets = true }))
}
