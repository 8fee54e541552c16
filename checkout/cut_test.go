package checkout

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// cutOf reads a cut from the snapshots of all tasks.
func (w *world) cutOf(cut *Cut) error {
	cut.Begin()
	for op, tasks := range w.operators {
		for i, task := range tasks {
			if err := cut.Read(op, i, task.Snapshot(nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

// differs says where a cut is not what the tasks themselves have.
func (w *world) differs(cut *Cut, operations int) error {
	a, err := w.audit()
	if err != nil {
		return err
	}
	for n := range w.cfg.Items {
		if value, version := cut.Stock(n); value != a.Stock[n] || version != a.StockVersion[n] {
			return fmt.Errorf("item %d has %d, version %d, not %d, version %d", n, value, version, a.Stock[n], a.StockVersion[n])
		}
	}
	for n := range w.cfg.Users {
		if value, version := cut.Credit(n); value != a.Credit[n] || version != a.CreditVersion[n] {
			return fmt.Errorf("user %d has %d, version %d, not %d, version %d", n, value, version, a.Credit[n], a.CreditVersion[n])
		}
	}
	for op := range int32(operations) {
		if got, want := cut.Status(op), w.statusOf(op); got != want {
			return fmt.Errorf("operation %d has come to %d, not %d", op, got, want)
		}
		for n := range w.cfg.Items {
			if got, want := cut.AppliedToStock(op, n), timesOf(&w.operators[Stock][int(n)%w.cfg.Stocks].(*stock).service, op); got != want {
				return fmt.Errorf("operation %d was applied %d times to item %d, not %d", op, got, n, want)
			}
		}
		for n := range w.cfg.Users {
			if got, want := cut.AppliedToCredit(op, n), timesOf(&w.operators[Payment][int(n)%w.cfg.Payments].(*payment).service, op); got != want {
				return fmt.Errorf("operation %d was applied %d times to user %d, not %d", op, got, n, want)
			}
		}
	}
	return nil
}

// statusOf asks the order task itself.
func (w *world) statusOf(op int32) CutStatus {
	o := w.operators[Order][int(op)%w.cfg.Orders].(*order)
	i := int(op) / w.cfg.Orders
	switch {
	case i >= len(o.table) || o.table[i].state == unknown:
		return NotBegun
	case o.table[i].state == underway:
		return Begun
	case o.status(&o.table[i]) == StatusPaid:
		return EndedPaid
	}
	return Ended
}

func timesOf(s *service, op int32) int {
	if int(op) < len(s.counts) {
		return int(s.counts[op])
	}
	return 0
}

// A cut says what the tasks have, after every event, and keeps nothing of the one
// before.
func TestCutIsWhatTasksHave(t *testing.T) {
	seen := map[CutStatus]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(rapid.SampledFrom([]Transactions{TwoPhaseCommit, Saga}).Draw(t, "transactions")).Draw(t, "scenario")
		cut := NewCut(&s.Config)
		look := func(w *world) {
			if err := w.cutOf(cut); err != nil {
				t.Fatal(err)
			}
			if err := w.differs(cut, len(s.Requests)+1); err != nil {
				t.Fatal(err)
			}
			for op := range s.Requests {
				seen[cut.Status(int32(op))]++
			}
		}
		w, _ := s.play(t, func(_ int, w *world) { look(w) })
		look(w)
		if err := newWorld(t, &s.Config).cutOf(cut); err != nil || cut.Status(0) != NotBegun {
			t.Fatalf("after another cut operation 0 of an empty one has come to %d: %v", cut.Status(0), err)
		}
	})
	for status := range EndedPaid + 1 {
		if seen[status] == 0 {
			t.Errorf("no operation had status %d", status)
		}
	}
}

// A part that ends before what is read of it does is an error, never a panic or a
// state.
func TestCutOffParts(t *testing.T) {
	s := busy(TwoPhaseCommit)
	w, _ := s.play(t, nil)
	cut := NewCut(&s.Config)
	table := w.operators[Order][0].(*order)
	read := map[int]int{Order: 4 + 4 + len(table.replies)} // what ends with the last byte that is read
	for i := range table.table {
		read[Order] += []int{unknown: 1, underway: 1 + 4, answered: 1 + 8 + 2}[table.table[i].state]
	}
	for op, service := range map[int]*service{Stock: &w.operators[Stock][0].(*stock).service, Payment: &w.operators[Payment][0].(*payment).service} {
		read[op] = 3*4 + 2*8*len(service.value) + len(service.counts)
	}
	for op, bytes := range read {
		part := w.operators[op][0].Snapshot(nil)
		for n := range len(part) + 1 {
			if err := cut.Read(op, 0, part[:n:n]); (err == nil) != (n >= bytes) {
				t.Errorf("operator %d, %d bytes of %d, %d of which are read: %v", op, n, len(part), bytes, err)
			}
		}
	}
}

// A part that tells of fewer keys, or of replies that are not there, is wrong.
func TestWrongParts(t *testing.T) {
	cfg := &busy(TwoPhaseCommit).Config
	cut := NewCut(cfg)
	keys := (int(cfg.Items)+cfg.Stocks-1)/cfg.Stocks - 1 // one too few for the first task
	few := writer{}
	few.int64s(make([]int64, keys))
	few.int64s(make([]int64, keys))
	few.count(0)
	if err := cut.Read(Stock, 0, few.dst); err == nil {
		t.Errorf("a part of %d keys is read for %d", keys, keys+1)
	}
	reply := AppendReply(nil, &Reply{Outcome: Paid})
	for _, c := range []struct {
		at     uint64
		length int
		right  bool
	}{{0, len(reply), true}, {1, len(reply), false}, {0, len(reply) + 1, false}, {0, replyHeader - 1, false}, {1 << 63, len(reply), false}, {uint64(len(reply)), 0, false}, {uint64(len(reply)) + 1, len(reply), false}} {
		w := writer{}
		w.count(1)
		w.byte(byte(answered))
		w.uint64(c.at)
		w.uint16(uint16(c.length))
		w.bytes(reply)
		cut.Begin()
		if err := cut.Read(Order, 0, w.dst); (err == nil) != c.right || c.right && cut.Status(0) != EndedPaid {
			t.Errorf("a reply of %d bytes at %d, of %d: %v, status %d", c.length, c.at, len(reply), err, cut.Status(0))
		}
	}
}

// FuzzCut: whatever the bytes, reading them is an error or a cut that can be asked.
func FuzzCut(f *testing.F) {
	s := busy(TwoPhaseCommit)
	w, _ := s.play(f, nil)
	for op := Order; op <= Payment; op++ {
		f.Add(uint8(op), w.operators[op][1].Snapshot(nil))
	}
	f.Fuzz(func(t *testing.T, operator uint8, src []byte) {
		cut := NewCut(&s.Config)
		_ = cut.Read(int(operator)%(Egress+1), 1, src)
		for op := range int32(40) {
			cut.Status(op)
			cut.AppliedToStock(op, 1)
			cut.AppliedToCredit(op, 1)
		}
	})
}
