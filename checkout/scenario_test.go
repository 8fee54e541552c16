package checkout

import (
	"bytes"
	"fmt"

	"pgregory.net/rapid"
	"simrun/dataflow"
)

// scenario is a whole run, drawn before it begins: the shop, what is asked in
// which order, what the provider does, and which of the things that may happen
// next does.
type scenario struct {
	Config
	Requests []Request // by operation
	Feeds    []uint32  // operations in the order of their requests; later ones of one operation are retries
	Provider []byte    // per operation: what becomes of its authorisation
	Schedule []byte    // choices, over and over again
}

// What the provider does.
const (
	approves byte = iota
	declines
	late // it approves after payment gave up
	manners
)

func drawScenario(transactions Transactions) *rapid.Generator[scenario] {
	return rapid.Custom(func(t *rapid.T) scenario {
		few := rapid.IntRange(1, 3)
		s := scenario{Config: Config{
			Transactions: transactions, Items: rapid.Int32Range(1, 5).Draw(t, "items"), Users: rapid.Int32Range(1, 3).Draw(t, "users"),
			Stock: rapid.Int64Range(0, 6).Draw(t, "stock"), Credit: rapid.Int64Range(0, 40).Draw(t, "credit"),
			Ingresses: few.Draw(t, "ingresses"), Orders: few.Draw(t, "orders"), Stocks: few.Draw(t, "stocks"),
			Payments: few.Draw(t, "payments"), Egresses: few.Draw(t, "egresses"),
			Window: rapid.IntRange(1, 6).Draw(t, "window"), GiveUp: 50,
		}}
		for range s.Items {
			s.Price = append(s.Price, rapid.Int64Range(0, 5).Draw(t, "price"))
		}
		n := rapid.IntRange(1, 30).Draw(t, "operations")
		for op := range n {
			s.Requests = append(s.Requests, drawRequest(t, &s.Config, uint32(op), n))
			s.Feeds = append(s.Feeds, uint32(op))
		}
		for range rapid.IntRange(0, 5).Draw(t, "retries") {
			s.Feeds = append(s.Feeds, uint32(rapid.IntRange(0, n-1).Draw(t, "retry of")))
		}
		s.Feeds = rapid.Permutation(s.Feeds).Draw(t, "feeds")
		s.Provider = rapid.SliceOfN(rapid.ByteRange(0, manners-1), n, n).Draw(t, "provider")
		s.Schedule = rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "schedule")
		return s
	})
}

func drawRequest(t *rapid.T, cfg *Config, op uint32, n int) Request {
	kinds := []Kind{Checkout, Checkout, Checkout, Checkout, AddStock, AddCredit, ReadStock, ReadCredit, FindOrder}
	r := Request{Op: op, Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	item, user, amount := rapid.Int32Range(0, cfg.Items-1), rapid.Int32Range(0, cfg.Users-1), rapid.Int64Range(1, 3)
	switch r.Kind {
	case Checkout:
		r.User = user.Draw(t, "user")
		for range rapid.IntRange(1, 4).Draw(t, "lines") {
			r.Lines = append(r.Lines, Line{item.Draw(t, "item"), amount.Draw(t, "quantity")})
		}
	case AddStock, ReadStock:
		r.User, r.Item, r.Amount = -1, item.Draw(t, "item"), amount.Draw(t, "amount")
	case AddCredit, ReadCredit:
		r.User, r.Item, r.Amount = user.Draw(t, "user"), -1, amount.Draw(t, "amount")
	case FindOrder:
		r.Order = uint32(rapid.IntRange(0, n).Draw(t, "order"))
	}
	return r
}

// history is what clients saw of a played scenario, and the witness.
type history struct {
	Call, Return []int64 // per operation: events; Return 0 if it has none
	Replies      []Reply
	Places       []uint32
	Audit        Audit
}

// play runs a scenario to its end. Between two events, hook may do something.
func (s *scenario) play(t fataler, hook func(event int, w *world)) (*world, *history) {
	w := newWorld(t, &s.Config)
	h := &history{Call: make([]int64, len(s.Requests))}
	fed, event := 0, 0
	for ; ; event++ {
		if hook != nil {
			hook(event, w)
		}
		var can []func()
		if fed < len(s.Feeds) {
			can = append(can, func() {
				r := &s.Requests[s.Feeds[fed]]
				w.feed(fed%s.Ingresses, r)
				if h.Call[r.Op] == 0 {
					h.Call[r.Op] = w.now
				}
				fed++
			})
		}
		can = append(can, s.enabled(w)...)
		if len(can) == 0 {
			break
		}
		can[s.choice(event, len(can))]()
	}
	for c := range w.channels {
		if n := len(w.channels[c]); n > 0 {
			t.Fatalf("after %d events nothing can happen, but %s holds %d records", event, w.graph.ChannelName(dataflow.ChannelID(c)), n)
		}
	}
	h.Places = w.places
	var err error
	if h.Audit, err = w.audit(); err == nil {
		err = h.hear(w, len(s.Requests))
	}
	if err != nil {
		t.Fatal(err)
	}
	return w, h
}

// enabled is what can happen in the dataflow and at the provider.
func (s *scenario) enabled(w *world) (can []func()) {
	for c := range w.channels {
		if id := dataflow.ChannelID(c); w.open(id) {
			can = append(can, func() { w.deliver(id) })
		}
	}
	armed := map[uint64]bool{}
	for i := range w.timers {
		armed[w.timers[i].key] = true
		if s.Provider[uint32(w.timers[i].key)] == late {
			can = append(can, func() { w.ring(i) })
		}
	}
	for i := range w.calls {
		key := w.calls[i].key
		if manner := s.Provider[uint32(key)]; manner != late || !armed[key] {
			can = append(can, func() { w.answer(i, manner != declines, 1000+uint64(uint32(key))) })
		}
	}
	return can
}

func (s *scenario) choice(event, n int) int {
	round := event / len(s.Schedule)
	return (int(s.Schedule[event%len(s.Schedule)]) + 7*round) % n
}

// hear sorts replies by operation: all replies to one must be the same bytes.
func (h *history) hear(w *world, n int) error {
	h.Return, h.Replies = make([]int64, n), make([]Reply, n)
	first := make([][]byte, n)
	for _, r := range w.replies {
		var reply Reply
		if err := DecodeReply(r.record, &reply); err != nil {
			return err
		}
		if int(reply.Op) >= n {
			return fmt.Errorf("a reply to operation %d, which nobody asked for", reply.Op)
		}
		if first[reply.Op] == nil {
			first[reply.Op], h.Return[reply.Op], h.Replies[reply.Op] = r.record, r.at, reply
		} else if !bytes.Equal(first[reply.Op], r.record) {
			return fmt.Errorf("a retry was told %q, the first request %q", DescribeReply(r.record), DescribeReply(first[reply.Op]))
		}
	}
	for op := range first {
		if first[op] == nil {
			return fmt.Errorf("operation %d was never answered", op)
		}
	}
	return nil
}
