package cluster

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"simrun/check"
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/recovery"
)

// judgeAgain judges the newest completed checkpoint once more, after spoil has
// changed the part of a task, and gives what INV-26 says of it.
func judgeAgain(t *testing.T, r *Run, task dataflow.TaskID, spoil func(part []byte) []byte) string {
	t.Helper()
	epoch := r.watch.Newest()
	p := r.store.find(task, epoch)
	if epoch == 0 || p == nil {
		t.Fatalf("no part of %s in checkpoint %d", r.graph.TaskName(task), epoch)
	}
	was := p.bytes
	p.bytes = spoil(slices.Clone(was))
	looked, broke := r.watch.Looked[recovery.INV26], r.watch.Broke[recovery.INV26]
	r.watch.First[recovery.INV26] = ""
	r.store.committed(epoch)
	p.bytes = was
	switch said := r.watch.First[recovery.INV26]; {
	case r.watch.Broke[recovery.INV26] > broke:
		r.watch.Broke[recovery.INV26] = broke
		return said
	case r.watch.Looked[recovery.INV26] == looked:
		t.Errorf("nothing was looked at in checkpoint %d", epoch)
	}
	return ""
}

// A checkpoint is judged by the bytes of its parts: a part that cannot be read, or
// says something else, or is that of a task that has forgotten all, is wrong.
func TestCutsAreReadFromParts(t *testing.T) {
	saga := counter(clonos)
	saga.Shop.Transactions = checkout.Saga
	for _, c := range []struct {
		name string
		cfg  Config
	}{{"2pc", counter(clonos)}, {"saga", saga}, {"global", counter(global)}, {"pipeline", piped(clonos).cfg()}} {
		r, _ := play(t, c.cfg)
		if said := r.watch.First[recovery.INV26]; said != "" {
			t.Fatalf("%s: %s", c.name, said)
		}
		stateful := dataflow.TaskID(0)
		for ; r.graph.OperatorOf(stateful) != len(r.graph.Operators)-3; stateful++ { // payment, or the last stage
		}
		source := dataflow.TaskID(0)
		same := func(part []byte) []byte { return part }
		for range 2 {
			if wrong := judgeAgain(t, r, stateful, same); wrong != "" {
				t.Errorf("%s, as it was: %s", c.name, wrong)
			}
		}
		if wrong := judgeAgain(t, r, stateful, func(part []byte) []byte { return part[:20] }); !strings.Contains(wrong, "cut off") {
			t.Errorf("%s, a part of 20 bytes: %q", c.name, wrong)
		}
		if wrong := judgeAgain(t, r, stateful, func(part []byte) []byte {
			return changeState(t, r, stateful, part, func(state []byte) []byte { return state[:3] })
		}); !strings.Contains(wrong, "cut off or wrong") {
			t.Errorf("%s, a state of 3 bytes: %q", c.name, wrong)
		}
		more := func(state []byte) []byte { state[4]++; return state } // the first number, behind their count
		if wrong := judgeAgain(t, r, stateful, func(part []byte) []byte { return changeState(t, r, stateful, part, more) }); !strings.Contains(wrong, "should be") {
			t.Errorf("%s, one more: %q", c.name, wrong)
		}
		for _, task := range []dataflow.TaskID{source, stateful} {
			fresh := func(part []byte) []byte { // as at the start of the job
				if task == source {
					binary.LittleEndian.PutUint64(part[4:], 0)
					return part
				}
				return changeState(t, r, task, part, func([]byte) []byte {
					return r.job.operator(r.graph.OperatorOf(task), r.graph.IndexOf(task)).Snapshot(nil)
				})
			}
			if wrong := judgeAgain(t, r, task, fresh); wrong == "" {
				t.Errorf("%s: nothing is wrong where %s has forgotten everything", c.name, r.graph.TaskName(task))
			}
		}
	}
}

// changeState changes what the operator wrote into a part.
func changeState(t *testing.T, r *Run, task dataflow.TaskID, part []byte, change func(state []byte) []byte) []byte {
	t.Helper()
	p, err := r.graph.ReadPart(task, part)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(part, p.State)
	state := change(slices.Clone(p.State))
	changed := binary.LittleEndian.AppendUint64(slices.Clone(part[:at-8]), uint64(len(state)))
	return append(changed, state...)
}

// An order task that has gone back is not taken for what it was in the checkpoint
// that was read before.
func TestCutsKeepNothingOfTheOneBefore(t *testing.T) {
	r, _ := play(t, counter(clonos))
	order := r.graph.Task(checkout.Order, 0)
	same := func(part []byte) []byte { return part }
	if wrong := judgeAgain(t, r, order, same); wrong != "" {
		t.Fatal(wrong)
	}
	fresh := func(part []byte) []byte {
		return changeState(t, r, order, part, func([]byte) []byte { return checkout.New(r.job.(*shop).cfg, checkout.Order, 0).Snapshot(nil) })
	}
	if wrong := judgeAgain(t, r, order, fresh); !strings.Contains(wrong, "of which nothing is known") {
		t.Errorf("an order task that knows nothing: %q", wrong)
	}
}

// What a checkpoint says of an operation is what its client is told later.
func TestCutsTellHowFarOperationsHaveCome(t *testing.T) {
	r, _ := play(t, counter(clonos))
	cut, seen := &r.job.(*shop).cut, map[check.CutStatus]int{}
	for i := range r.job.(*shop).history.Ops {
		op := &r.job.(*shop).history.Ops[i]
		status := cut.Status(int32(i))
		seen[status]++
		paid := op.Kind == check.Checkout && op.Outcome == check.Paid
		if status == check.EndedPaid && !paid || status == check.Ended && paid {
			t.Errorf("operation %d has come to %d, and its client is told %v", i, status, op.Outcome)
		}
	}
	for _, status := range []check.CutStatus{check.NotBegun, check.Ended, check.EndedPaid} {
		if seen[status] == 0 {
			t.Errorf("no operation has come to %d: %v", status, seen)
		}
	}
}

// A saga that is under way has taken from some and not yet from others, in some
// checkpoint: what is wrong under 2pc.
func TestSagasMayBeTornInACheckpoint(t *testing.T) {
	torn := 0
	for seed := range uint64(20) {
		cfg := counter(clonos)
		cfg.Seed, cfg.Shop.Transactions = seed+1, checkout.Saga
		r, _ := play(t, cfg)
		if r.watch.Broke[recovery.INV26] > 0 {
			t.Errorf("seed %d: %s", seed+1, r.watch.First[recovery.INV26])
		}
		r.job.(*shop).cut.judge.Torn = false
		if wrong := judgeAgain(t, r, 0, func(part []byte) []byte { return part }); strings.Contains(wrong, "is torn") {
			torn++
		}
	}
	if torn == 0 {
		t.Error("no saga was torn in any of the last checkpoints: what they may be was not tested")
	}
}
