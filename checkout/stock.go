package checkout

import "simrun/dataflow"

// stock is a task of the stock service.
type stock struct{ service }

func newStock(cfg *Config, index int) *stock {
	s := &stock{}
	s.init(cfg, index, cfg.Stocks, cfg.Items, cfg.Stock)
	return s
}

// Record implements dataflow.Operator.
func (s *stock) Record(ctx dataflow.Context, _, from int, record []byte) {
	if !s.readable(record) {
		return
	}
	m := &s.in
	saga := s.cfg.Transactions == Saga
	switch {
	case saga && m.verb == lock:
		s.reserve(ctx, m, from)
	case saga && m.verb == abort:
		for _, p := range m.parts {
			s.change(p.key, p.amount)
		}
		s.count(m.op, -1)
	case saga && (m.verb == add || m.verb == read):
		s.single(ctx, m.verb, m.op, m.parts[0], from)
	case m.verb == lock || m.verb == add || m.verb == read:
		s.work = append(s.work, s.locks.claim(m, from))
	case m.verb == commit:
		s.apply(ctx, m, from)
		s.release(m.op, m.parts)
	case m.verb == abort:
		s.release(m.op, m.parts)
	}
	s.goOn(ctx)
}

// reserve takes stock at once, all lines or none.
func (s *stock) reserve(ctx dataflow.Context, m *message, from int) {
	for _, p := range m.parts {
		if s.value[s.slot(p.key)] < p.amount {
			s.tellShort(ctx, m.op, p.key, from)
			return
		}
	}
	s.begin(granted, m.op)
	for _, p := range m.parts {
		s.change(p.key, -p.amount)
		s.tell(p.key)
	}
	s.count(m.op, 1)
	s.send(ctx, from)
}

// apply takes the stock of a checkout that was decided.
func (s *stock) apply(ctx dataflow.Context, m *message, from int) {
	s.begin(applied, m.op)
	for _, p := range m.parts {
		s.change(p.key, -p.amount)
		s.tell(p.key)
	}
	s.count(m.op, 1)
	s.send(ctx, from)
}

// goOn serves claims that may have all their keys now.
func (s *stock) goOn(ctx dataflow.Context) {
	for len(s.work) > 0 {
		i := s.work[0]
		s.work = append(s.work[:0], s.work[1:]...)
		if !s.locks.take(i, s.parallel) {
			continue
		}
		c := &s.locks.claims[i]
		op, from := c.op-1, int(c.from)
		if c.verb == lock {
			s.check(ctx, op, c, from)
		} else {
			s.single(ctx, c.verb, op, c.parts[0], from)
			s.release(op, c.parts)
		}
		s.locks.done(i)
	}
}

// check answers a checkout that holds all its locks here. A shortage is its
// place in the order of decisions: it holds those of earlier tasks too.
func (s *stock) check(ctx dataflow.Context, op uint32, c *claim, from int) {
	for _, p := range c.parts {
		if s.value[s.slot(p.key)] < p.amount {
			s.tellShort(ctx, op, p.key, from)
			s.release(op, c.parts)
			return
		}
	}
	s.begin(granted, op)
	s.send(ctx, from)
}

func (s *stock) tellShort(ctx dataflow.Context, op uint32, key int32, from int) {
	ctx.Place(op)
	s.begin(short, op)
	s.tell(key)
	s.send(ctx, from)
}

// Timer implements dataflow.Operator.
func (*stock) Timer(dataflow.Context, uint64) {}

// Answer implements dataflow.Operator.
func (*stock) Answer(dataflow.Context, uint64, []byte) {}

// Snapshot implements dataflow.Operator.
func (s *stock) Snapshot(dst []byte) []byte {
	w := writer{dst}
	s.snapshot(&w)
	return w.dst
}

// Restore implements dataflow.Operator.
func (s *stock) Restore(src []byte) error { return s.restore(&reader{src: src}) }
