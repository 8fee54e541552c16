package checkout

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"
)

// Snapshots of a busy shop: cut off anywhere, or too long, they are refused;
// with any one byte wrong they are refused or mean another state that works.
func TestWrongSnapshots(t *testing.T) {
	for i, transactions := range []Transactions{TwoPhaseCommit, Saga} {
		s := busy(transactions)
		refused, taken := 0, 0
		s.play(t, func(event int, w *world) {
			if event != 90 {
				return
			}
			for operator := range w.operators {
				snapshot := w.operators[operator][1].Snapshot(nil)
				for n := range snapshot {
					if New(&s.Config, operator, 1).Restore(snapshot[:n]) == nil {
						t.Errorf("%d of %d bytes are enough for operator %d", n, len(snapshot), operator)
					}
				}
				if New(&s.Config, operator, 1).Restore(append(snapshot, 0)) == nil {
					t.Errorf("operator %d takes one byte too many", operator)
				}
				for n := range snapshot {
					for _, flip := range []byte{1, 2, 0x80, 0xff} {
						wrong := bytes.Clone(snapshot)
						wrong[n] ^= flip
						if worksWith(t, i, operator, wrong) {
							taken++
						} else {
							refused++
						}
					}
				}
			}
		})
		if refused == 0 || taken == 0 {
			t.Errorf("%d wrong snapshots refused, %d taken", refused, taken)
		}
	}
}

// worksWith says whether a snapshot is taken; then all sorts of inputs follow.
func worksWith(t *testing.T, transactions, operator int, snapshot []byte) bool {
	s := busy([]Transactions{TwoPhaseCommit, Saga}[transactions])
	w := newWorld(t, &s.Config)
	task := w.operators[operator][1]
	if task.Restore(snapshot) != nil {
		return false
	}
	if again := task.Snapshot(nil); !bytes.Equal(again, snapshot) {
		t.Fatalf("operator %d takes %x and gives back %x", operator, snapshot, again)
	}
	prod(w, operator, []byte{3, 130, 14, 15, 92, 65, 199, 225, 193, 9, 200, 131, 240, 4, 1, 0, 10, 19, 28, 37, 5, 8})
	return true
}

// A count that promises much takes no more memory than the bytes that follow
// could fill.
func TestHugeCounts(t *testing.T) {
	s := busy(TwoPhaseCommit)
	w, _ := s.play(t, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for operator := range w.operators {
		snapshot := w.operators[operator][1].Snapshot(nil)
		for n := range len(snapshot) - 3 {
			wrong := bytes.Clone(snapshot)
			binary.LittleEndian.PutUint32(wrong[n:], 1<<31)
			if err := New(&s.Config, operator, 1).Restore(wrong); err == nil && n == 0 {
				t.Errorf("operator %d takes %d things", operator, 1<<31)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<28 {
		t.Errorf("%d bytes allocated", used)
	}
}

// A task does not restore another shop's snapshot.
func TestForeignSnapshots(t *testing.T) {
	s := busy(TwoPhaseCommit)
	w, _ := s.play(t, nil)
	for operator := Ingress; operator <= Egress; operator++ {
		larger := s.Config
		larger.Items, larger.Users, larger.Price = 8, 8, make([]int64, 8)
		snapshot := w.operators[operator][1].Snapshot(nil)
		if err := New(&larger, operator, 1).Restore(snapshot); err == nil && (operator == Stock || operator == Payment) {
			t.Errorf("operator %d of a larger shop takes it", operator)
		}
		if err := New(&s.Config, (operator+1)%5, 1).Restore(snapshot); err == nil && len(snapshot) > 0 {
			t.Errorf("operator %d takes the snapshot of the one before", (operator+1)%5)
		}
	}
}
