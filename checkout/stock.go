package checkout

import (
	"fmt"

	"simrun/dataflow"
)

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
	if m := &s.in; s.cfg.Transactions == Saga {
		s.saga(ctx, m, from)
	} else {
		s.locked(ctx, m, from)
	}
}

// saga serves at once, whoever else is at it.
func (s *stock) saga(ctx dataflow.Context, m *message, from int) {
	switch m.verb {
	case lock:
		if key, enough := s.suffices(m.parts); enough {
			s.effect(ctx, granted, m, from)
		} else {
			s.lacks(ctx, m.op, key, from)
		}
	case abort:
		s.tally[Compensated]++
		for _, p := range m.parts {
			s.change(p.key, p.amount)
		}
		s.count(m.op, -1)
	case add, read:
		s.single(ctx, m.verb, m.op, m.parts[0], from)
	}
}

// locked serves whoever has the locks (2pc).
func (s *stock) locked(ctx dataflow.Context, m *message, from int) {
	switch m.verb {
	case lock, add, read:
		if s.servesAtOnce(ctx, m, from) {
			return
		}
		s.work = append(s.work, s.locks.claim(m, from))
	case commit:
		s.effect(ctx, applied, m, from)
		s.release(m.op, m.parts)
	case abort:
		s.tally[Aborted]++
		s.release(m.op, m.parts)
	}
	for i, c := s.nextClaim(); c != nil; i, c = s.nextClaim() {
		s.serve(ctx, c)
		s.locks.done(i)
	}
}

// serve answers a claim that has its keys. A checkout keeps them until it is
// decided, unless one is short.
func (s *stock) serve(ctx dataflow.Context, c *claim) {
	op, from := c.op-1, int(c.from)
	if c.verb != lock {
		s.single(ctx, c.verb, op, c.parts[0], from)
		s.release(op, c.parts)
	} else if key, enough := s.suffices(c.parts); enough {
		s.begin(granted, op)
		s.send(ctx, from)
	} else {
		s.lacks(ctx, op, key, from)
		if !s.cfg.Broken.KeepLocks {
			s.release(op, c.parts)
		}
	}
}

// suffices says whether there is enough of all keys, else of which there is not.
func (s *stock) suffices(parts []part) (lacking int32, enough bool) {
	for _, p := range parts {
		if s.value[s.slot(p.key)] < p.amount {
			return p.key, false
		}
	}
	return 0, true
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

// Restore implements dataflow.Operator. After an error the state is spoilt.
func (s *stock) Restore(src []byte) error {
	r := readerOf(src)
	if err := s.restore(r); err != nil {
		return fmt.Errorf("a snapshot of stock: %w", err)
	}
	if !r.Done() {
		return fmt.Errorf("a snapshot of stock has %d bytes too many", len(r.Src))
	}
	return nil
}
