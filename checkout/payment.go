package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// payment is a task of the payment service. While it holds a user's lock (or
// reservation) it asks the provider; a timer gives up on an answer that does
// not come.
type payment struct {
	service
	asked []question // slots; free where op is 0
	spare []int32
}

// question is a checkout whose authorisation is asked for.
type question struct {
	op    uint32 // operation + 1
	from  int32
	timer uint64
	part  part // the user and the total
}

func newPayment(cfg *Config, index int) *payment {
	p := &payment{}
	p.init(cfg, index, cfg.Payments, cfg.Users, cfg.Credit)
	return p
}

// Record implements dataflow.Operator.
func (s *payment) Record(ctx dataflow.Context, _, from int, record []byte) {
	if !s.readable(record) {
		return
	}
	m := &s.in
	p := m.parts[0]
	saga := s.cfg.Transactions == Saga
	switch {
	case saga && m.verb == lock:
		s.charge(ctx, m.op, p, from)
	case saga && (m.verb == add || m.verb == read):
		s.single(ctx, m.verb, m.op, p, from)
	case m.verb == lock || m.verb == add || m.verb == read:
		s.work = append(s.work, s.locks.claim(m, from))
	case m.verb == commit:
		s.change(p.key, -p.amount)
		s.count(m.op, 1)
		s.begin(applied, m.op)
		s.tell(p.key)
		s.send(ctx, from)
		s.release(m.op, m.parts)
	case m.verb == abort:
		s.release(m.op, m.parts)
	}
	s.goOn(ctx)
}

func (s *payment) goOn(ctx dataflow.Context) {
	for len(s.work) > 0 {
		i := s.work[0]
		s.work = append(s.work[:0], s.work[1:]...)
		if !s.locks.take(i, s.parallel) {
			continue
		}
		c := &s.locks.claims[i]
		op, from := c.op-1, int(c.from)
		if c.verb != lock {
			s.single(ctx, c.verb, op, c.parts[0], from)
			s.release(op, c.parts)
		} else if !s.charge(ctx, op, c.parts[0], from) {
			s.release(op, c.parts)
		}
		s.locks.done(i)
	}
}

// charge looks at the credit and asks the provider. A checkout that comes here
// holds all its locks: this is its place in the order of decisions. It gives
// false where the credit is short.
func (s *payment) charge(ctx dataflow.Context, op uint32, p part, from int) bool {
	ctx.Place(op)
	if s.value[s.slot(p.key)] < p.amount {
		s.begin(short, op)
		s.tell(p.key)
		s.send(ctx, from)
		return false
	}
	if s.cfg.Transactions == Saga {
		s.change(p.key, -p.amount)
		s.count(op, 1)
	}
	var i int32
	if n := len(s.spare); n > 0 {
		i = s.spare[n-1]
		s.spare = s.spare[:n-1]
	} else {
		s.asked = append(s.asked, question{})
		i = int32(len(s.asked) - 1)
	}
	key := uint64(i)<<32 | uint64(op)
	s.asked[i] = question{op: op + 1, from: int32(from), part: p, timer: ctx.SetTimer(s.cfg.GiveUp, key)}
	s.encoded = appendMessage(s.encoded[:0], &message{verb: lock, op: op})
	ctx.Call(key, s.encoded)
	return true
}

// question finds what a key asks; nil if it was answered or given up.
func (s *payment) question(key uint64) *question {
	i, op := key>>32, uint32(key)
	if i >= uint64(len(s.asked)) || s.asked[i].op != op+1 {
		return nil
	}
	return &s.asked[i]
}

// Answer implements dataflow.Operator: the provider's.
func (s *payment) Answer(ctx dataflow.Context, key uint64, answer []byte) {
	q := s.question(key)
	if q == nil {
		return
	}
	ctx.CancelTimer(q.timer)
	approved, authorisation := DecodeAnswer(answer)
	s.answered(ctx, key, q, approved, authorisation)
}

// Timer implements dataflow.Operator: no answer came in time.
func (s *payment) Timer(ctx dataflow.Context, key uint64) {
	if q := s.question(key); q != nil {
		s.answered(ctx, key, q, false, 0)
	}
}

func (s *payment) answered(ctx dataflow.Context, key uint64, q *question, approved bool, authorisation uint64) {
	op, p, from := q.op-1, q.part, int(q.from)
	*q = question{}
	s.spare = append(s.spare, int32(key>>32))
	saga := s.cfg.Transactions == Saga
	if approved {
		s.begin(granted, op)
		s.out.authorisation = authorisation
		if saga {
			s.tell(p.key)
		}
		s.send(ctx, from)
		return
	}
	if saga {
		s.change(p.key, p.amount)
		s.count(op, -1)
	}
	s.begin(refused, op)
	s.send(ctx, from)
	if !saga {
		if i := s.locks.release(s.slot(p.key), op); i >= 0 {
			s.work = append(s.work, i)
		}
		s.goOn(ctx)
	}
}

// Snapshot implements dataflow.Operator.
func (s *payment) Snapshot(dst []byte) []byte {
	w := writer{dst}
	s.snapshot(&w)
	w.count(len(s.asked))
	for i := range s.asked {
		q := &s.asked[i]
		w.uint32(q.op)
		w.uint32(uint32(q.from))
		w.uint64(q.timer)
		w.uint32(uint32(q.part.key))
		w.uint64(uint64(q.part.amount))
	}
	w.count(len(s.spare))
	for _, i := range s.spare {
		w.uint32(uint32(i))
	}
	return w.dst
}

// Restore implements dataflow.Operator.
func (s *payment) Restore(src []byte) error {
	r := &reader{src: src}
	if err := s.restore(r); err != nil {
		return err
	}
	s.asked, s.spare = nil, nil
	for range r.count(28) {
		q := question{op: r.uint32(), from: int32(r.uint32()), timer: r.uint64()}
		q.part.key, q.part.amount = int32(r.uint32()), int64(r.uint64())
		if q.op != 0 && (q.part.key < 0 || s.slot(q.part.key) >= len(s.value) || q.from < 0 || int(q.from) >= s.cfg.Orders) {
			r.failed = true
		}
		s.asked = append(s.asked, q)
	}
	for range r.count(4) {
		i := int32(r.uint32())
		if i < 0 || int(i) >= len(s.asked) {
			r.failed = true
		}
		s.spare = append(s.spare, i)
	}
	if r.failed {
		return fmt.Errorf("a snapshot of payment is cut off or wrong")
	}
	return nil
}
