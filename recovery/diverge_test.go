package recovery

import (
	"bytes"
	"testing"

	"simrun/dataflow"
)

// TestGuardDiverges: a determinant of another kind than the task asks for is
// reported once. Then the task is free, and what nobody repeated is dropped.
func TestGuardDiverges(t *testing.T) {
	first := newGuarded(clonos, nil)
	first.StartEpoch(0)
	first.record(dataflow.Timestamp, dataflow.RNG, dataflow.Order)
	first.Cut(0, 10)
	g := first.again(t)
	g.StartEpoch(0)
	g.follow(t, dataflow.Timestamp)
	if _, ok := g.Replayed(dataflow.Order); ok {
		t.Error("Order is replayed where the log has RNG")
	}
	g.expect(t, INV04, 1, "order/0: replay asks for a determinant of kind Order and the log of epoch 0 has RNG")
	if g.Replaying() || g.Peek().Kind != dataflow.NoKind || g.Later() {
		t.Error("the log is still followed")
	}
	if _, ok := g.NextCut(0); ok {
		t.Error("cuts are still followed")
	}
	if _, ok := g.Replayed(dataflow.RNG); ok {
		t.Error("a log that was given up is replayed")
	}
	g.record(dataflow.Order, dataflow.Order)
	g.Cut(0, 11)
	g.StartEpoch(1)
	g.expect(t, INV04, 1, "")
	want := newGuarded(clonos, nil)
	want.StartEpoch(0)
	want.record(dataflow.Timestamp, dataflow.Order, dataflow.Order)
	want.Cut(0, 11)
	if a, b := want.store.AppendAnswer(nil, 0), g.store.AppendAnswer(nil, 0); !bytes.Equal(a, b) {
		t.Errorf("the log is %x, want %x", b, a)
	}
}

// TestGuardComparesBytes: what is decided otherwise than the log has it is
// another version of the log.
func TestGuardComparesBytes(t *testing.T) {
	first := newGuarded(clonos, nil)
	first.StartEpoch(0)
	first.record(dataflow.Timestamp)
	first.Cut(0, 10)
	first.Cut(1, 10)
	for name, decide := range map[string]func(g guarded){
		"a cut":         func(g guarded) { g.Cut(0, 9) },
		"a determinant": func(g guarded) { g.record(dataflow.RNG) },
	} {
		g := first.again(t)
		g.StartEpoch(0)
		decide(g)
		g.expect(t, INV05, 1, "order/0 repeats its log otherwise: two versions of the log order/0")
		if g.Replaying() {
			t.Errorf("%s: the log is still followed", name)
		}
	}
	g := first.again(t)
	g.StartEpoch(0)
	g.Cut(0, 10)
	g.follow(t, dataflow.Timestamp)
	g.Cut(1, 10)
	g.expect(t, INV05, 0, "")
}

// TestGuardEpochs: what is left of an epoch that ends, and what is asked for
// beyond an epoch's end, are divergences.
func TestGuardEpochs(t *testing.T) {
	first := newGuarded(clonos, nil)
	first.StartEpoch(0)
	first.record(dataflow.Timestamp, dataflow.Order)
	first.StartEpoch(1)
	first.record(dataflow.Timestamp)

	g := first.again(t)
	g.StartEpoch(0)
	g.follow(t, dataflow.Timestamp)
	g.StartEpoch(1)
	g.expect(t, INV04, 1, "order/0: replay ends epoch 0 with 2 bytes of its log not repeated")

	cut := newGuarded(clonos, nil)
	cut.StartEpoch(0)
	cut.Cut(0, 10)
	cut.Cut(1, 10)
	cut.Cut(1, 20)
	cut.StartEpoch(1)
	cut.record(dataflow.Timestamp)
	g = cut.again(t)
	g.StartEpoch(0)
	g.Cut(0, 10)
	g.Cut(1, 10)
	g.StartEpoch(1)
	g.expect(t, INV04, 1, "order/0: replay ends epoch 0 with 5 bytes of the log of cuts of output 1 not repeated")

	g = first.again(t)
	g.StartEpoch(0)
	g.follow(t, dataflow.Timestamp, dataflow.Order)
	if !g.Replaying() || !g.Later() || g.Peek().Kind != dataflow.NoKind {
		t.Error("epoch 0 has ended, and epoch 1 is not to come")
	}
	if _, ok := g.Replayed(dataflow.Order); ok {
		t.Error("Order is replayed beyond the end of the epoch")
	}
	g.expect(t, INV04, 1, "replay asks for a determinant of kind Order, and epoch 0 of the log has no more")

	g = first.again(t)
	g.StartEpoch(0)
	g.follow(t, dataflow.Timestamp, dataflow.Order)
	g.StartEpoch(1)
	g.follow(t, dataflow.Timestamp)
	if g.Replaying() {
		t.Error("the log has ended, and is followed")
	}
	if _, ok := g.Replayed(dataflow.Order); ok {
		t.Error("Order is replayed where the log has ended")
	}
	g.expect(t, INV04, 0, "")
	if got := g.agent.Determinants(); got != 3 {
		t.Errorf("%d determinants were followed, of 3", got)
	}
}
