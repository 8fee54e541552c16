package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// service is what stock and payment have in common: keys with a value and a
// version, locks on them, and how often each order was applied. Key number n
// lives on task n modulo parallelism, at slot n divided by it.
type service struct {
	cfg     *Config
	index   int
	tasks   int
	value   []int64
	version []int64 // how often the value changed
	counts  []int8  // per operation: how often it was applied here, less compensations
	locks   locks   // unused by sagas

	work    []int32 // scratch: claims to go on with, empty between inputs
	in, out message // scratch
	encoded []byte  // scratch
	tally   Tally
}

func (s *service) init(cfg *Config, index, tasks int, keys int32, initial int64) {
	s.cfg, s.index, s.tasks = cfg, index, tasks
	n := max(0, (int(keys)-index+tasks-1)/tasks)
	s.value, s.version = make([]int64, n), make([]int64, n)
	for i := range s.value {
		s.value[i] = initial
	}
	s.locks = newLocks(n, tasks)
}

func (s *service) slot(key int32) int { return int(key) / s.tasks }

func (s *service) lives(key int32) bool {
	return key >= 0 && int(key)%s.tasks == s.index && s.slot(key) < len(s.value)
}

// readable decodes a message and says whether its keys live here.
func (s *service) readable(record []byte) bool {
	if decodeMessage(record, &s.in) != nil || s.in.op >= OperationsMax || len(s.in.parts) == 0 {
		return false
	}
	for i := range s.in.parts {
		if !s.lives(s.in.parts[i].key) {
			return false
		}
	}
	return true
}

// change adds to a key's value and raises its version.
func (s *service) change(key int32, by int64) {
	k := s.slot(key)
	s.value[k] += by
	s.version[k]++
}

// count notes that an order was applied, or compensated. Far from 0 it stays
// where it is: enough to show that something is wrong.
func (s *service) count(op uint32, by int8) {
	for int(op) >= len(s.counts) {
		s.counts = append(s.counts, 0)
	}
	if c := s.counts[op] + by; c > -100 && c < 100 {
		s.counts[op] = c
	}
}

// begin, tell and send put a message to an order task together.
func (s *service) begin(v verb, op uint32) {
	s.out.verb, s.out.op, s.out.authorisation, s.out.parts = v, op, 0, s.out.parts[:0]
}

// seen is a key as it is now.
func (s *service) seen(key int32) part {
	k := s.slot(key)
	return part{key: key, amount: s.value[k], version: s.version[k]}
}

// tell adds a key as it is now.
func (s *service) tell(key int32) { s.out.parts = append(s.out.parts, s.seen(key)) }

func (s *service) send(ctx dataflow.Context, to int) {
	s.encoded = appendMessage(s.encoded[:0], &s.out)
	ctx.Emit(0, to, s.encoded)
}

// effect applies an order, tells its keys and sends that.
func (s *service) effect(ctx dataflow.Context, v verb, m *message, from int) {
	s.begin(v, m.op)
	for _, p := range m.parts {
		s.change(p.key, -p.amount)
		s.tell(p.key)
	}
	s.count(m.op, 1)
	s.send(ctx, from)
}

// single applies an add or a read that holds its key, which is its place in
// the order of decisions.
func (s *service) single(ctx dataflow.Context, v verb, op uint32, p part, from int) {
	ctx.Place(op)
	if v == add {
		s.change(p.key, p.amount)
	}
	s.begin(applied, op)
	s.tell(p.key)
	s.send(ctx, from)
}

// lacks answers that there is not enough of a key: the place of the checkout,
// which holds all the locks that it got so far.
func (s *service) lacks(ctx dataflow.Context, op uint32, key int32, from int) {
	ctx.Place(op)
	s.begin(short, op)
	s.tell(key)
	s.send(ctx, from)
}

// release frees keys; whoever gets one is gone on with.
func (s *service) release(op uint32, parts []part) {
	for _, p := range parts {
		if i := s.locks.release(s.slot(p.key), op); i >= 0 {
			s.work = append(s.work, i)
		}
	}
}

// nextClaim gives a claim that has all its keys now, nil if there is none.
func (s *service) nextClaim() (i int32, c *claim) {
	for len(s.work) > 0 {
		i = s.work[0]
		s.work = append(s.work[:0], s.work[1:]...)
		if s.locks.take(i) {
			return i, &s.locks.claims[i]
		}
		s.tally[LockWaits]++
	}
	return -1, nil
}

func (s *service) snapshot(w *writer) {
	w.int64s(s.value)
	w.int64s(s.version)
	w.count(len(s.counts))
	for _, c := range s.counts {
		w.byte(byte(c))
	}
	s.locks.snapshot(w)
}

func (s *service) restore(r *reader) error {
	if !r.int64s(s.value) || !r.int64s(s.version) {
		return fmt.Errorf("a snapshot of other than %d keys", len(s.value))
	}
	counts := r.Take(r.Count(1))
	s.counts = make([]int8, 0, len(counts))
	for _, c := range counts {
		s.counts = append(s.counts, int8(c))
	}
	if err := s.locks.restore(r, s.cfg.Orders, s.lives); err != nil {
		return err
	}
	s.forget()
	return nil
}
