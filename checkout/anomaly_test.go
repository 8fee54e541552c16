package checkout

import (
	"slices"
	"testing"
)

// One unit of i0. 0 reserves it and will be declined; 1 asks for it meanwhile
// and then reads it. Both kinds of transaction get the same inputs.
func contend(t *testing.T, transactions Transactions) (*scenario, *history) {
	s := &scenario{
		Config: Config{Transactions: transactions, Items: 1, Users: 2, Stock: 1, Credit: 9, Price: []int64{1},
			Ingresses: 1, Orders: 1, Stocks: 1, Payments: 1, Egresses: 1, Window: 8, GiveUp: 50},
		Requests: []Request{
			{Op: 0, User: 0, Lines: []Line{{0, 1}}},
			{Op: 1, User: 1, Lines: []Line{{0, 1}}},
			{Op: 2, Kind: ReadStock, Item: 0},
		},
	}
	w := newWorld(t, &s.Config)
	h := &history{Call: make([]int64, 3)}
	for op := range s.Requests {
		w.feed(0, &s.Requests[op])
		h.Call[op] = w.now
		w.run(nil)
		if op == 1 { // 0 is declined now; what waited for it goes on, and is declined too
			for len(w.calls) > 0 {
				w.answer(0, false, 0)
				w.run(nil)
			}
		}
	}
	if err := h.hear(w, 3); err != nil {
		t.Fatal(err)
	}
	h.Places = w.places
	var err error
	if h.Audit, err = w.audit(); err != nil {
		t.Fatal(err)
	}
	return s, h
}

// explicable says whether any order at all that respects real time explains
// the values that clients were told: versions and witness do not count.
func (s *scenario) explicable(h *history) bool {
	var try func(m *shop, left []uint32) bool
	try = func(m *shop, left []uint32) bool {
		for i, op := range left {
			early := true // nobody else who is left returned before op began
			for _, other := range left {
				early = early && (other == op || h.Return[other] > h.Call[op])
			}
			if !early {
				continue
			}
			next := newShop(&s.Config)
			next.value, next.version, next.status = clone(m.value), clone(m.version), clone(m.status)
			reply := h.Replies[op]
			reply.After = nil
			if next.explains(&s.Requests[op], &reply, h.Replies[op].After) && try(next, slices.Delete(slices.Clone(left), i, i+1)) {
				return true
			}
		}
		return len(left) == 0
	}
	var all []uint32
	for op := range s.Requests {
		all = append(all, uint32(op))
	}
	return try(newShop(&s.Config), all)
}

// explains applies a step whose reply tells values that are right, whatever
// the versions.
func (m *shop) explains(r *Request, reply *Reply, after []Seen) bool {
	version := m.version
	if r.Kind == Checkout && reply.Outcome == Paid || r.Kind == AddStock || r.Kind == AddCredit {
		version = nil // raised by the step itself: found by a trial
	}
	for _, seen := range after {
		if version != nil {
			seen.Version = version[key{seen.User, seen.Number}]
		} else {
			seen.Version = m.version[key{seen.User, seen.Number}] + 1
		}
		reply.After = append(reply.After, seen)
	}
	return m.apply(r, reply) == nil
}

func TestSagaShowsReservationsToOthers(t *testing.T) {
	s, h := contend(t, Saga)
	if h.Replies[0].Outcome != Declined || h.Replies[1].Outcome != OutOfStock || h.Replies[2].Value != 1 {
		t.Fatalf("told %+v", h.Replies)
	}
	if err := s.conserves(h); err != nil {
		t.Error(err)
	}
	if s.explicable(h) {
		t.Error("some order explains that the only unit was out of stock, though it was never sold")
	}

	s, h = contend(t, TwoPhaseCommit)
	if h.Replies[0].Outcome != Declined || h.Replies[1].Outcome != Declined || h.Replies[2].Value != 1 {
		t.Fatalf("told %+v", h.Replies)
	}
	if !s.explicable(h) {
		t.Error("no order explains what 2pc told")
	}
	if err := s.linearizable(h); err != nil {
		t.Error(err)
	}
}
