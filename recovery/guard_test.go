package recovery

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/causallog"
	"simrun/dataflow"
)

// guarded is a guard of order/0 over a store, and what its monitors say.
type guarded struct {
	*Guard
	watch *Monitors
}

// newGuarded puts a guard on a store. A nil store is an empty one.
func newGuarded(p Policy, store *causallog.Store) guarded {
	w := newWorld(p, setting{ingresses: 1, orders: 1, stocks: 1, bufferBytes: 100, batch: 1})
	n := w.newNode(w.graph.Task(order, 0), 2, 0)
	if store == nil {
		store = causallog.NewStore(w.layout, n.id, 0)
	}
	g := guarded{n.agent.guard, &w.watch}
	g.install(store, 0)
	*g.watch = Monitors{}
	return g
}

// again gives a guard to a new incarnation, which has gathered all that this
// one has logged.
func (g guarded) again(t interface {
	Helper()
	Fatal(args ...any)
}) guarded {
	t.Helper()
	gather := causallog.NewGather(g.agent.layout, 0)
	if err := gather.Add(g.store.AppendAnswer(nil, 0)); err != nil {
		t.Fatal(err)
	}
	return newGuarded(*g.agent.policy, gather.Install(g.agent.id))
}

func (g guarded) record(kinds ...dataflow.Kind) {
	for _, k := range kinds {
		g.Record(&dataflow.Determinant{Kind: k, Value: int64(100 + k), Channel: uint8(k), Key: uint64(k)})
	}
}

// follow repeats kinds as a task does that asks for them.
func (g guarded) follow(t *testing.T, kinds ...dataflow.Kind) {
	t.Helper()
	for _, k := range kinds {
		if d, ok := g.Replayed(k); !ok || d.Kind != k {
			t.Fatalf("%v is not replayed", k)
		}
	}
}

// expect compares what was found to be broken, and in which words.
func (g guarded) expect(t *testing.T, i Invariant, times int64, words string) {
	t.Helper()
	total := int64(0)
	for j := range Invariants {
		total += g.watch.Broke[j]
	}
	if g.watch.Broke[i] != times || total != times || !strings.Contains(g.watch.First[i], words) {
		t.Errorf("%v broke %d times of %d in all, first %q; want %d, %q", i, g.watch.Broke[i], total, g.watch.First[i], times, words)
	}
}

var clonos = Clonos(causallog.FullSharing)

// TestGuardRepeats: whatever was decided, a second incarnation that decides as
// the log says writes the same bytes, finds the end of the log where it is, and
// goes on.
func TestGuardRepeats(t *testing.T) {
	kinds := []dataflow.Kind{dataflow.Order, dataflow.Timestamp, dataflow.RNG, dataflow.Serializable, dataflow.TimerTrigger, dataflow.EpochEnd}
	type step struct {
		kind  dataflow.Kind // BufferBuilt: a cut; NoKind: the next epoch
		value int
	}
	steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		all := append([]dataflow.Kind{dataflow.BufferBuilt, dataflow.BufferBuilt, dataflow.NoKind}, kinds...)
		return step{rapid.SampledFrom(all).Draw(t, "kind"), rapid.IntRange(0, 200).Draw(t, "value")}
	}), 0, 30)
	rapid.Check(t, func(t *rapid.T) {
		script := steps.Draw(t, "steps")
		first := newGuarded(clonos, nil)
		first.StartEpoch(0)
		logged := 0 // steps before it are not the end of the log
		for i, s := range script {
			switch s.kind {
			case dataflow.NoKind:
				first.StartEpoch(first.epoch + 1)
				continue
			case dataflow.BufferBuilt:
				first.Cut(s.value%2, s.value)
			default:
				first.Record(&dataflow.Determinant{Kind: s.kind, Channel: uint8(s.value), Value: int64(s.value), Key: uint64(s.value), Answer: make([]byte, s.value%9)})
			}
			logged = i + 1
		}
		g := first.again(t)
		g.StartEpoch(0)
		for i, s := range script {
			if g.Replaying() != (i < logged) {
				t.Fatalf("step %d of %d: replaying %v", i, logged, g.Replaying())
			}
			switch s.kind {
			case dataflow.NoKind:
				g.StartEpoch(g.epoch + 1)
			case dataflow.BufferBuilt:
				size, ok := g.NextCut(s.value % 2)
				if !ok || size != s.value {
					t.Fatalf("the next cut is %d, %v, want %d", size, ok, s.value)
				}
				g.Cut(s.value%2, size)
			default:
				if d, ok := g.Replayed(s.kind); !ok || d.Kind != s.kind {
					t.Fatalf("%v is not replayed", s.kind)
				}
			}
		}
		if g.Replaying() || g.Peek().Kind != dataflow.NoKind || g.Later() {
			t.Fatal("the log does not end")
		}
		if a, b := first.store.AppendAnswer(nil, 0), g.store.AppendAnswer(nil, 0); !bytes.Equal(a, b) {
			t.Fatalf("repeated as %x, and was %x", b, a)
		}
		if g.mark != first.mark {
			t.Fatalf("the log is repeated up to %v, and was written up to %v", g.mark, first.mark)
		}
		g.record(dataflow.Order)
		first.record(dataflow.Order)
		if g.store.Len(g.main, g.epoch) != first.store.Len(g.main, g.epoch) {
			t.Fatal("what comes behind the log is not appended")
		}
		for i := range Invariants {
			if g.watch.Broke[i] > 0 {
				t.Fatal(g.watch.First[i])
			}
		}
	})
}

// TestGuardCuts: cuts are followed per output and epoch, and hold the replay up
// when the main log has ended.
func TestGuardCuts(t *testing.T) {
	first := newGuarded(clonos, nil)
	first.StartEpoch(0)
	first.Cut(0, 10)
	first.Cut(0, 8)
	first.StartEpoch(1)
	first.Cut(1, 20)
	if got := first.agent.Recorded(); got != 3 {
		t.Errorf("%d determinants were recorded, of 3", got)
	}
	if got := first.agent.Recorded(); got != 0 {
		t.Errorf("%d determinants were recorded since", got)
	}

	g := first.again(t)
	g.StartEpoch(0)
	next := func(output, want int) {
		t.Helper()
		if size, ok := g.NextCut(output); ok != (want > 0) || size != want {
			t.Errorf("the next cut of output %d is %d, %v, want %d", output, size, ok, want)
		}
	}
	next(0, 10)
	next(1, 0)
	g.Cut(0, 10)
	next(0, 8)
	g.Cut(0, 8)
	next(0, 0)
	g.StartEpoch(1)
	next(0, 0)
	next(1, 20)
	if !g.Replaying() {
		t.Error("the replay ends before the last cut")
	}
	g.Cut(1, 20)
	next(1, 0)
	if g.Replaying() {
		t.Error("the replay goes on behind the last cut")
	}
	g.expect(t, INV05, 0, "")
}

// TestGuardWithout: what is not logged is neither written nor looked for.
func TestGuardWithout(t *testing.T) {
	p := clonos
	p.Broken.Without[dataflow.Order] = true
	p.Broken.Without[dataflow.BufferBuilt] = true
	g := newGuarded(p, nil)
	g.StartEpoch(0)
	g.record(dataflow.Order)
	g.Cut(0, 10)
	if g.store.Size() > 0 || g.Logs(dataflow.Order) || !g.Logs(dataflow.Timestamp) {
		t.Errorf("%d bytes were logged", g.store.Size())
	}
	g.record(dataflow.Timestamp)
	again := g.again(t)
	again.StartEpoch(0)
	if _, ok := again.Replayed(dataflow.Order); ok || !again.Replaying() {
		t.Error("Order is looked for")
	}
	again.follow(t, dataflow.Timestamp)
	again.expect(t, INV04, 0, "")
}

// TestGuardTriggers: a trigger in the log can be of a later checkpoint only, and
// not of one that is absurdly far away.
func TestGuardTriggers(t *testing.T) {
	for key, follows := range map[uint64]bool{0: false, 1: true, 9: true, epochsAhead: true, epochsAhead + 1: false, 1 << 40: false} {
		first := newGuarded(clonos, nil)
		first.StartEpoch(0)
		first.Record(&dataflow.Determinant{Kind: dataflow.SourceCheckpoint, Key: key})
		g := first.again(t)
		g.StartEpoch(0)
		if got := g.Peek().Kind == dataflow.SourceCheckpoint; got != follows || g.Replaying() != follows {
			t.Errorf("a trigger of checkpoint %d is followed: %v, want %v", key, got, follows)
		}
		if !follows {
			g.expect(t, INV04, 1, "the log of epoch 0 has a trigger of checkpoint")
		}
	}
}
