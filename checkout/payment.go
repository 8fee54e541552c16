package checkout

import "simrun/dataflow"

// payment is a task of the payment service. While a checkout holds its user's
// lock (or reservation) the provider is asked for an authorisation; a timer
// gives up on an answer that does not come.
type payment struct {
	service
	asked []question // slots; free where op is 0
	spare []int32    // exactly the free slots of asked
}

// question is a checkout whose authorisation is asked for. Call and timer have
// the same key: slot << 32 | operation.
type question struct {
	op    uint32 // operation + 1
	from  int32  // order task that asked
	timer uint64 // handle of the timer that gives up
	part  part   // the user and the total
	seen  part   // of a saga: the user's credit after the reservation
}

func newPayment(cfg *Config, index int) *payment {
	s := &payment{}
	s.init(cfg, index, cfg.Payments, cfg.Users, cfg.Credit)
	return s
}

// Record implements dataflow.Operator.
func (s *payment) Record(ctx dataflow.Context, _, from int, record []byte) {
	if !s.readable(record) {
		return
	}
	if m := &s.in; s.cfg.Transactions == Saga {
		switch m.verb {
		case lock:
			s.charge(ctx, m.op, m.parts[0], from)
		case add, read:
			s.single(ctx, m.verb, m.op, m.parts[0], from)
		}
	} else {
		s.locked(ctx, m, from)
	}
}

// locked serves whoever has the lock (2pc).
func (s *payment) locked(ctx dataflow.Context, m *message, from int) {
	switch m.verb {
	case lock, add, read:
		s.work = append(s.work, s.locks.claim(m, from))
	case commit:
		s.effect(ctx, applied, m, from)
		s.release(m.op, m.parts)
	case abort:
		s.release(m.op, m.parts)
	}
	s.goOn(ctx)
}

func (s *payment) goOn(ctx dataflow.Context) {
	for i, c := s.nextClaim(); c != nil; i, c = s.nextClaim() {
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
	if s.value[s.slot(p.key)] < p.amount {
		s.lacks(ctx, op, p.key, from)
		return false
	}
	ctx.Place(op)
	var seen part
	if s.cfg.Transactions == Saga {
		s.change(p.key, -p.amount)
		s.count(op, 1)
		seen = s.seen(p.key)
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
	s.asked[i] = question{op: op + 1, from: int32(from), part: p, seen: seen, timer: ctx.SetTimer(s.cfg.GiveUp, key)}
	s.begin(lock, op)
	s.encoded = appendMessage(s.encoded[:0], &s.out)
	ctx.Call(key, s.encoded)
	return true
}

// OrderOf is the order that a call to the provider is about.
func OrderOf(key uint64) uint32 { return uint32(key) }

// question finds what a key asks; nil if it was answered or given up.
func (s *payment) question(key uint64) *question {
	i, op := key>>32, uint32(key)
	if i >= uint64(len(s.asked)) || s.asked[i].op != op+1 && !(s.cfg.Broken.LateAnswer && s.asked[i].op != 0) {
		return nil
	}
	return &s.asked[i]
}

// Answer implements dataflow.Operator: the provider's. One that comes after
// payment gave up has no question any more.
func (s *payment) Answer(ctx dataflow.Context, key uint64, answer []byte) {
	q := s.question(key)
	if q == nil {
		s.tally[AnswerTooLate]++
		return
	}
	ctx.CancelTimer(q.timer)
	approved, authorisation := DecodeAnswer(answer)
	if !approved {
		s.tally[DeclinedSeen]++
	}
	s.answered(ctx, key, q, approved, authorisation)
}

// Timer implements dataflow.Operator: no answer came in time.
func (s *payment) Timer(ctx dataflow.Context, key uint64) {
	if q := s.question(key); q != nil {
		s.tally[GivenUp]++
		s.answered(ctx, key, q, s.cfg.Broken.GiveUpCharges, 0)
	}
}

// answered tells the order task. A lock is kept for the decision if the
// provider approved, and freed if not; a reservation is taken back.
func (s *payment) answered(ctx dataflow.Context, key uint64, q *question, approved bool, authorisation uint64) {
	op, p, seen, from := q.op-1, q.part, q.seen, int(q.from)
	*q = question{}
	s.spare = append(s.spare, int32(key>>32))
	saga := s.cfg.Transactions == Saga
	switch {
	case approved:
		s.begin(granted, op)
		s.out.authorisation = authorisation
		if saga {
			s.out.parts = append(s.out.parts, seen)
		}
		s.send(ctx, from)
		return
	case saga:
		s.tally[Compensated]++
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
