package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// service is what stock and payment have in common: keys with a value and a
// version, locks on them, and how often each order was applied. Key number n
// lives on task n modulo parallelism, at place n divided by it.
type service struct {
	cfg      *Config
	index    int
	tasks    int
	value    []int64
	version  []int64
	counts   []int8 // per operation: how often it was applied here, net of compensations
	locks    locks
	work     []int32 // claims to go on with, during one record
	in, out  message
	encoded  []byte
	parallel func(key int32) int
}

func (s *service) init(cfg *Config, index, tasks int, keys int32, initial int64) {
	s.cfg, s.index, s.tasks = cfg, index, tasks
	n := (int(keys) - index + tasks - 1) / tasks
	s.value, s.version = make([]int64, n), make([]int64, n)
	for i := range s.value {
		s.value[i] = initial
	}
	s.locks = newLocks(n)
	s.parallel = s.slot
}

func (s *service) slot(key int32) int { return int(key) / s.tasks }

// readable decodes a message and says whether its keys live here.
func (s *service) readable(record []byte) bool {
	if decodeMessage(record, &s.in) != nil || len(s.in.parts) == 0 {
		return false
	}
	for _, p := range s.in.parts {
		if p.key < 0 || int(p.key)%s.tasks != s.index || s.slot(p.key) >= len(s.value) {
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

// count notes that an order was applied, or compensated.
func (s *service) count(op uint32, by int8) {
	for int(op) >= len(s.counts) {
		s.counts = append(s.counts, 0)
	}
	s.counts[op] += by
}

// seen is a key as a reply tells it.
func (s *service) seen(key int32) part {
	k := s.slot(key)
	return part{key: key, amount: s.value[k], version: s.version[k]}
}

// begin, add and send put a message to an order task together.
func (s *service) begin(v verb, op uint32) {
	s.out.verb, s.out.op, s.out.authorisation, s.out.parts = v, op, 0, s.out.parts[:0]
}

func (s *service) tell(key int32) { s.out.parts = append(s.out.parts, s.seen(key)) }

func (s *service) send(ctx dataflow.Context, to int) {
	s.encoded = appendMessage(s.encoded[:0], &s.out)
	ctx.Emit(0, to, s.encoded)
}

// release frees keys; whoever gets one is gone on with.
func (s *service) release(op uint32, parts []part) {
	for _, p := range parts {
		if i := s.locks.release(s.slot(p.key), op); i >= 0 {
			s.work = append(s.work, i)
		}
	}
}

// single applies an add or a read that holds its key.
func (s *service) single(ctx dataflow.Context, v verb, op uint32, p part, from int) {
	ctx.Place(op)
	if v == add {
		s.change(p.key, p.amount)
	}
	s.begin(applied, op)
	s.tell(p.key)
	s.send(ctx, from)
}

// Accepts implements dataflow.Operator.
func (s *service) Accepts(int) bool { return true }

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
	counts := r.take(r.count(1))
	s.counts = s.counts[:0]
	for _, c := range counts {
		s.counts = append(s.counts, int8(c))
	}
	return s.locks.restore(r)
}
