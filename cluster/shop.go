package cluster

import (
	"fmt"

	"simrun/check"
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/sim"
)

// shop is the job checkout: the shop's tasks, its customers, its payment provider.
type shop struct {
	run      *Run
	cfg      *checkout.Config
	provider provider
	history  check.History // entry n is operation n
	places   places        // of operations
	found    *checkout.Audit
	cut      shopCut

	items    *sim.Zipf // nil: uniform
	users    *sim.Zipf
	captured []uint64 // per operation: the authorisation that its reply named

	lines   []check.Line     // scratch from here on
	asked   checkout.Request // made again for each attempt
	encoded []byte
	reply   checkout.Reply
}

func newShop(r *Run) *shop {
	w, cfg := &r.cfg.Workload, &r.cfg.Shop
	s := &shop{run: r, cfg: cfg, provider: newProvider(r), places: newPlaces(w.Operations), captured: make([]uint64, w.Operations)}
	if w.ItemsZipf > 0 {
		s.items = sim.NewZipf(int(cfg.Items), w.ItemsZipf)
	}
	if w.UsersZipf > 0 {
		s.users = sim.NewZipf(int(cfg.Users), w.UsersZipf)
	}
	h := &s.history
	for range cfg.Items {
		h.Stock = append(h.Stock, cfg.Stock)
	}
	for range cfg.Users {
		h.Credit = append(h.Credit, cfg.Credit)
	}
	h.Price = cfg.Price
	expected := min(w.Operations, 1<<20)
	h.Ops = make([]check.Op, 0, expected)
	h.Lines = make([]check.Line, 0, 2*expected)
	h.After = make([]check.Seen, 0, 4*expected)
	return s
}

func (s *shop) operator(operator, index int) dataflow.Operator {
	return checkout.New(s.cfg, operator, index)
}

func (s *shop) ask(p *process, key uint64)       { s.provider.ask(p, key) }
func (s *shop) answered(p *process, slot uint32) { s.provider.answered(p, slot) }

// partition: an order task has every Orders-th operation, so a source is chosen
// by the operation's number among those: each sends to all order tasks.
func (s *shop) partition(n uint32) int { return int(n) / s.cfg.Orders % s.cfg.Ingresses }

func (s *shop) request(n uint32) []byte {
	op := &s.history.Ops[n]
	s.asked = checkout.Request{Op: n, Kind: checkout.Kind(op.Kind), User: op.User, Item: op.Item, Amount: op.Amount, Order: uint32(op.Order),
		Lines: s.asked.Lines[:0]}
	for _, line := range s.history.LinesOf(op) {
		s.asked.Lines = append(s.asked.Lines, checkout.Line{Item: line.Item, Quantity: line.Quantity})
	}
	s.encoded = checkout.AppendRequest(s.encoded[:0], &s.asked)
	return s.encoded
}

func (s *shop) operation(reply []byte) (uint32, error) {
	err := checkout.DecodeReply(reply, &s.reply)
	return s.reply.Op, err
}

// leaves captures a payment with the reply that tells of it: outputs alone have
// lasting effects.
func (s *shop) leaves(reply []byte) (uint32, error) {
	n, err := s.operation(reply)
	if err == nil && s.reply.Kind == checkout.Checkout && s.reply.Outcome == checkout.Paid {
		s.provider.model.Capture(n, s.reply.Authorisation)
	}
	return n, err
}

func (s *shop) told(n uint32, reply []byte) (paid bool) {
	if _, err := s.operation(reply); err != nil {
		panic(fmt.Sprintf("a visible reply to operation %d cannot be read: %v", n, err))
	}
	op := &s.history.Ops[n]
	op.Return = int64(s.run.kernel.Now())
	op.Outcome = check.Outcome(s.reply.Outcome)
	op.Status = check.Status(s.reply.Status)
	op.Value = s.reply.Value
	op.PaidAt, op.Receipt = s.reply.PaidAt, s.reply.Receipt
	s.captured[n] = s.reply.Authorisation
	op.AfterFrom = int32(len(s.history.After))
	for _, seen := range s.reply.After {
		key := check.ItemKey(seen.Number)
		if seen.User {
			key = check.UserKey(seen.Number)
		}
		s.history.After = append(s.history.After, check.Seen{Key: key, Value: seen.Value, Version: seen.Version})
	}
	op.AfterTo = int32(len(s.history.After))
	return op.Outcome == check.Paid
}

func (s *shop) describe(edge string, record []byte) string { return checkout.Describe(edge, record) }

func (s *shop) about(edge string, record []byte) (uint32, bool) {
	return checkout.Operation(edge, record)
}
