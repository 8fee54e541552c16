package checkout

import (
	"encoding/binary"
	"slices"
	"testing"

	"simrun/dataflow"
)

// busy is a scenario with every kind and every outcome, made by hand.
func busy(transactions Transactions) *scenario {
	s := &scenario{Config: Config{
		Transactions: transactions, Items: 4, Users: 3, Stock: 5, Credit: 10, Price: []int64{1, 2, 3, 4},
		Ingresses: 2, Orders: 2, Stocks: 2, Payments: 2, Egresses: 2, Window: 4, GiveUp: 50,
	}}
	for op := range uint32(40) {
		r := Request{Op: op, User: int32(op % 3), Item: int32(op % 4), Amount: 1 + int64(op%3)}
		switch op % 8 {
		case 3:
			r.Kind = AddStock + Kind(op/8%2)
		case 5:
			r.Kind = ReadStock + Kind(op/8%2)
		case 7:
			r.Kind, r.Order = FindOrder, op-3
		default:
			r.Lines = []Line{{int32(op % 4), 1}, {int32(op / 4 % 4), 1 + int64(op%2)}, {int32(op % 4), 1}}
		}
		s.Requests = append(s.Requests, r)
		s.Feeds = append(s.Feeds, op)
		s.Provider = append(s.Provider, []byte{approves, approves, declines, approves, late}[op%5])
	}
	s.Feeds = append(s.Feeds, 0, 7, 7, 12)
	s.Schedule = []byte{0, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6}
	return s
}

// find gives the first operation that was answered so.
func (h *history) find(t *testing.T, s *scenario, kind Kind, outcome Outcome) *Reply {
	for op := range h.Replies {
		if s.Requests[op].Kind == kind && h.Replies[op].Outcome == outcome {
			return &h.Replies[op]
		}
	}
	t.Fatalf("no %v was answered %v", kind, outcome)
	return nil
}

// The judges of these tests accept a history and reject it when any one thing
// in it is changed.
func TestJudgesRejectWhatIsWrong(t *testing.T) {
	s := busy(TwoPhaseCommit)
	wrong := []struct {
		name   string
		change func(h *history)
	}{
		{"a place missing", func(h *history) { h.Places = h.Places[1:] }},
		{"a place twice", func(h *history) { h.Places = append(h.Places, h.Places[0]) }},
		{"places reversed", func(h *history) { slices.Reverse(h.Places) }},
		{"an operation before its time", func(h *history) { h.Return[h.Places[len(h.Places)-1]] = 1 }},
		{"a version of paid", func(h *history) { h.find(t, s, Checkout, Paid).After[0].Version++ }},
		{"a value of paid", func(h *history) { h.find(t, s, Checkout, Paid).After[0].Value++ }},
		{"a key of paid missing", func(h *history) { r := h.find(t, s, Checkout, Paid); r.After = r.After[1:] }},
		{"no receipt", func(h *history) { h.find(t, s, Checkout, Paid).Receipt = 0 }},
		{"another authorisation", func(h *history) { h.find(t, s, Checkout, Paid).Authorisation++ }},
		{"a value of a shortage", func(h *history) { h.find(t, s, Checkout, OutOfStock).After[0].Value++ }},
		{"a version of a shortage", func(h *history) { h.find(t, s, Checkout, OutOfStock).After[0].Version++ }},
		{"a value of short credit", func(h *history) { h.find(t, s, Checkout, InsufficientCredit).After[0].Value-- }},
		{"declined told as paid", func(h *history) { h.find(t, s, Checkout, Declined).Outcome = Paid }},
		{"paid told as declined", func(h *history) { h.find(t, s, Checkout, Paid).Outcome = Declined }},
		{"paid told as short", func(h *history) { h.find(t, s, Checkout, Paid).Outcome = OutOfStock }},
		{"a value read", func(h *history) { h.find(t, s, ReadStock, OutcomeOK).Value++ }},
		{"a version read", func(h *history) { h.find(t, s, ReadCredit, OutcomeOK).After[0].Version-- }},
		{"a value after an add", func(h *history) { h.find(t, s, AddStock, OutcomeOK).After[0].Value++ }},
		{"a status found", func(h *history) { r := h.find(t, s, FindOrder, OutcomeOK); r.Status = (r.Status + 1) % statuses }},
		{"a version at the end", func(h *history) { h.Audit.StockVersion[0]++ }},
	}
	for _, c := range wrong {
		_, h := s.play(t, nil)
		if err := s.linearizable(h); err != nil {
			t.Fatal(err)
		}
		c.change(h)
		if err := s.linearizable(h); err == nil {
			t.Errorf("%s was not noticed", c.name)
		}
	}
	_, h := s.play(t, nil)
	adder := h.find(t, s, AddStock, OutcomeOK)
	twin := *adder
	if h.Replies = append(h.Replies, twin); h.ownEffects() == nil {
		t.Error("a version told by two operations was not noticed")
	}
	for name, change := range map[string]func(a *Audit){
		"stock":  func(a *Audit) { a.Stock[1]-- },
		"credit": func(a *Audit) { a.Credit[1]++ },
		"status": func(a *Audit) { a.Orders[0] = (a.Orders[0] + 1) % statuses },
		"times":  func(a *Audit) { a.Applied[0]++ },
		"locks":  func(a *Audit) { a.LocksHeld++ },
		"open":   func(a *Audit) { a.OpenOperations++ },
	} {
		_, h := s.play(t, nil)
		if err := s.conserves(h); err != nil {
			t.Fatal(err)
		}
		change(&h.Audit)
		if err := s.conserves(h); err == nil {
			t.Errorf("a wrong %s in the audit was not noticed", name)
		}
	}
}

// A dataflow that repeats or loses one record is seen in the audit: the
// services do not hide it.
func TestBrokenDeliveryShows(t *testing.T) {
	tests := []struct {
		name  string
		edge  [2]int
		verb  verb
		lose  bool
		times int32 // what the audit counts for the order
	}{
		{"a commit to stock repeated", [2]int{Order, Stock}, commit, false, 2},
		{"a commit to payment repeated", [2]int{Order, Payment}, commit, false, 2},
		{"a commit to stock lost", [2]int{Order, Stock}, commit, true, 0},
		{"a commit to payment lost", [2]int{Order, Payment}, commit, true, 0},
		{"an add repeated", [2]int{Order, Stock}, add, false, 0},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			s := busy(TwoPhaseCommit)
			struck := int64(-1)
			w := newWorld(t, &s.Config)
			strike := func() {
				for id := range w.channels {
					ch := &w.graph.Channels[id]
					q := w.channels[id]
					if struck >= 0 || len(q) == 0 || w.graph.Edges[ch.Edge] != (dataflow.EdgeSpec{From: c.edge[0], To: c.edge[1]}) || verb(q[0][0]) != c.verb {
						continue
					}
					struck = int64(binary.LittleEndian.Uint32(q[0][1:]))
					if w.channels[id] = q[1:]; !c.lose {
						w.channels[id] = append([][]byte{slices.Clone(q[0]), slices.Clone(q[0])}, q[1:]...)
					}
				}
			}
			for i, op := range s.Feeds[:40] {
				w.feed(i%s.Ingresses, &s.Requests[op])
			}
			for can := s.enabled(w); len(can) > 0; can = s.enabled(w) {
				can[0]()
				strike()
			}
			if struck < 0 {
				t.Fatal("the fault never struck")
			}
			audit, err := w.audit()
			if err != nil {
				t.Fatal(err)
			}
			h := &history{Audit: audit}
			if err := h.hear(w, len(s.Requests)); err == nil && s.conserves(h) == nil {
				t.Error("nobody noticed")
			}
			if c.verb == commit && audit.Applied[struck] != c.times && !(c.lose && audit.OpenOperations > 0) {
				t.Errorf("order %d was applied %d times, not %d", struck, audit.Applied[struck], c.times)
			}
		})
	}
}

// An order counts as applied once only if each service that its reply names
// applied it.
func TestAppliedNeedsAllServices(t *testing.T) {
	s := busy(TwoPhaseCommit)
	w, h := s.play(t, nil)
	paid := h.find(t, s, Checkout, Paid)
	for _, seen := range paid.After {
		tasks := w.operators[Stock]
		if seen.User {
			tasks = w.operators[Payment]
		}
		var counts []int8
		switch op := tasks[int(seen.Number)%len(tasks)].(type) {
		case *stock:
			counts = op.counts
		case *payment:
			counts = op.counts
		}
		for _, c := range []struct{ here, applied int32 }{{0, 0}, {1, 1}, {2, 2}} {
			counts[paid.Op] = int8(c.here)
			audit, err := w.audit()
			if err != nil || audit.Applied[paid.Op] != c.applied {
				t.Errorf("applied %d times for %+v: the audit says %d, %v", c.here, seen, audit.Applied[paid.Op], err)
			}
		}
		counts[paid.Op] = 1
	}
	if _, err := AuditOf(&s.Config, w.operators[:Egress]); err == nil {
		t.Error("an audit of four operators")
	}
	w.operators[Stock], w.operators[Payment] = w.operators[Payment], w.operators[Stock]
	if _, err := w.audit(); err == nil {
		t.Error("an audit of payment as stock")
	}
	w.operators[Stock] = w.operators[Stock][:1]
	if _, err := w.audit(); err == nil {
		t.Error("an audit of half the stock")
	}
}

// The comparison of runs notices a new incarnation that was not restored.
func TestForgottenStateShows(t *testing.T) {
	for _, transactions := range []Transactions{TwoPhaseCommit, Saga} {
		s := busy(transactions)
		uncut, _ := s.play(t, nil)
		forget := func(op dataflow.Operator, snapshot []byte) error {
			if _, ok := op.(*stock); ok {
				return nil
			}
			return op.Restore(snapshot)
		}
		last := 0
		s.play(t, func(event int, _ *world) { last = event })
		cut, _ := s.play(t, func(event int, w *world) {
			if event == last {
				if err := w.replace(forget); err != nil {
					t.Fatal(err)
				}
			}
		})
		if differ(uncut, cut) == "" {
			t.Error("a stock service that forgot everything was not noticed")
		}
	}
}
