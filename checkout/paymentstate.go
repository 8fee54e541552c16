package checkout

import "fmt"

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
		w.uint64(uint64(q.seen.amount))
		w.uint64(uint64(q.seen.version))
	}
	w.int32s(s.spare)
	return w.dst
}

// Restore implements dataflow.Operator. After an error the state is spoilt.
func (s *payment) Restore(src []byte) error {
	r := readerOf(src)
	if err := s.restore(r); err != nil {
		return fmt.Errorf("a snapshot of payment: %w", err)
	}
	s.asked = nil
	for range r.Count(44) {
		q := question{op: r.Uint32(), from: int32(r.Uint32()), timer: r.Uint64()}
		q.part.key, q.part.amount = int32(r.Uint32()), int64(r.Uint64())
		if q.seen.amount, q.seen.version = int64(r.Uint64()), int64(r.Uint64()); s.cfg.Transactions == Saga {
			q.seen.key = q.part.key
		}
		if q.op != 0 && (q.op > OperationsMax || !s.lives(q.part.key) || q.from < 0 || int(q.from) >= s.cfg.Orders) {
			return fmt.Errorf("a snapshot of payment asks for operation %d of order task %d, user %d", q.op-1, q.from, q.part.key)
		}
		s.asked = append(s.asked, q)
	}
	s.spare = r.int32s(nil)
	if !r.Done() || !validSpare(s.spare, len(s.asked), func(i int32) bool { return s.asked[i].op == 0 }) {
		return fmt.Errorf("a snapshot of payment is cut off or wrong")
	}
	return nil
}
