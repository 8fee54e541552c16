package checkout

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestParticipants: whatever order tasks say, in any order and again, and
// whether the provider answers or not, a participant grants, applies, refuses
// and frees as its counterpart does; money and stock are conserved.
func TestParticipants(t *testing.T) {
	for _, payment := range []bool{false, true} {
		rapid.Check(t, func(t *rapid.T) {
			if err := anything(t, payment, &participantSlip{}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestParticipantsOfProperTransactions: where order tasks keep to the protocol
// (one lock, then one decision of what was granted) nothing is spent twice or
// that is not there, and in the end no lock is held.
func TestParticipantsOfProperTransactions(t *testing.T) {
	for _, payment := range []bool{false, true} {
		rapid.Check(t, func(t *rapid.T) {
			if err := proper(t, payment, &participantSlip{}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// drawParts draws what an operation wants: some keys in ascending order; of
// payment one.
func drawParts(t *rapid.T, payment bool) (parts []part) {
	most := 3
	if payment {
		most = 1
	}
	keys := rapid.SliceOfNDistinct(rapid.Int32Range(0, participantKeys-1), 1, most, rapid.ID[int32]).Draw(t, "keys")
	slices.Sort(keys)
	for _, k := range keys {
		parts = append(parts, part{key: k, amount: rapid.Int64Range(1, 6).Draw(t, "amount")})
	}
	return parts
}

// careful makes steps that stop at the first that goes wrong.
func careful(err *error, f func(t *rapid.T) error) func(*rapid.T) {
	return func(t *rapid.T) {
		if *err == nil {
			*err = f(t)
		}
	}
}

// around are the steps that have nothing to do with who asks.
func (p *participant) around(err *error) map[string]func(*rapid.T) {
	steps := map[string]func(*rapid.T){
		"restore": careful(err, func(*rapid.T) error {
			snapshot := p.task.Snapshot(nil)
			if p.slip.restored != nil {
				snapshot = p.slip.restored(p, snapshot)
			}
			p.task = p.fresh()
			return p.task.Restore(snapshot)
		}),
		"": careful(err, func(*rapid.T) error { return p.compare() }),
	}
	if p.payment {
		steps["answer"] = careful(err, func(t *rapid.T) error { return p.answer(t, true) })
		steps["no answer"] = careful(err, func(t *rapid.T) error { return p.answer(t, false) })
	}
	return steps
}

// answer lets the provider answer some question, or the time for it pass; an
// answer that comes after all is one to no question.
func (p *participant) answer(t *rapid.T, comes bool) error {
	if len(p.asked) == 0 {
		return nil
	}
	i := rapid.IntRange(0, len(p.asked)-1).Draw(t, "question")
	key := p.asked[i].key - 1
	approved, number := comes && rapid.IntRange(0, 3).Draw(t, "approved") > 0, uint64(rapid.IntRange(1, 9).Draw(t, "authorisation"))
	if !comes {
		for handle, k := range p.ctx.timers {
			if k == key {
				delete(p.ctx.timers, handle)
			}
		}
		p.task.Timer(&p.ctx, key)
	} else {
		p.task.Answer(&p.ctx, key, EncodeAnswer(nil, approved, number))
	}
	p.told(i, approved, number)
	if !comes && !slices.ContainsFunc(p.ctx.calls, func(k uint64) bool { return k == key }) {
		p.task.Answer(&p.ctx, key, EncodeAnswer(nil, true, 5))
	}
	if p.slip.answered != nil {
		p.slip.answered(p)
	}
	return nil
}

// anything lets order tasks say anything.
func anything(t *rapid.T, payment bool, slip *participantSlip) (err error) {
	p := newParticipant(payment, slip)
	steps := p.around(&err)
	var last message
	for v := lock; v <= read; v++ {
		steps[verbNames[v]] = careful(&err, func(t *rapid.T) error {
			last = message{verb: v, op: rapid.Uint32Range(0, 4).Draw(t, "operation"), parts: drawParts(t, payment)}
			if v == add || v == read {
				last.parts = last.parts[:1]
			}
			p.give(last, rapid.IntRange(0, participantOrders-1).Draw(t, "from"))
			return nil
		})
	}
	steps["again"] = careful(&err, func(t *rapid.T) error {
		if last.parts != nil {
			p.give(last, rapid.IntRange(0, participantOrders-1).Draw(t, "from"))
		}
		return nil
	})
	t.Repeat(steps)
	return err
}

// proper lets order tasks keep to the protocol.
func proper(t *rapid.T, payment bool, slip *participantSlip) (err error) {
	p := newParticipant(payment, slip)
	var all []message // by operation
	decided := map[uint32]bool{}
	from := func(op uint32) int { return int(op) % participantOrders }
	decide := func(op uint32, v verb) {
		m := all[op]
		m.verb = v
		decided[op] = true
		p.give(m, from(op))
	}
	// holding are the operations that were granted what they wanted.
	holding := func() (ops []uint32) {
		for op := range uint32(len(all)) {
			m := &all[op]
			open := slices.ContainsFunc(p.asked, func(q *asked) bool { return q.op == op })
			if m.verb == lock && !decided[op] && !open && !slices.ContainsFunc(m.parts, func(one part) bool { return p.holder[one.key] != int64(op) }) {
				ops = append(ops, op)
			}
		}
		return ops
	}
	steps := p.around(&err)
	for _, v := range []verb{lock, add, read} {
		steps[verbNames[v]] = careful(&err, func(t *rapid.T) error {
			m := message{verb: v, op: uint32(len(all)), parts: drawParts(t, payment)}
			if v != lock {
				m.parts = m.parts[:1]
			}
			all = append(all, m)
			p.give(m, from(m.op))
			return nil
		})
	}
	for _, v := range []verb{commit, abort} {
		steps[verbNames[v]] = careful(&err, func(t *rapid.T) error {
			if ops := holding(); len(ops) > 0 {
				decide(ops[rapid.IntRange(0, len(ops)-1).Draw(t, "operation")], v)
			}
			return nil
		})
	}
	t.Repeat(steps)
	for err == nil && (len(p.asked) > 0 || len(holding()) > 0) { // all come to an end
		if len(p.asked) > 0 {
			err = p.answer(t, false)
		}
		for _, op := range holding() {
			decide(op, commit)
		}
		if err == nil {
			err = p.compare()
		}
	}
	if err == nil {
		err = p.atRest()
	}
	return err
}

// atRest: nothing is held, waited for, negative or applied twice.
func (p *participant) atRest() error {
	s := p.service()
	if s.locks.held != 0 || len(s.locks.spare) != len(s.locks.claims) {
		return fmt.Errorf("in the end %d locks are held and %d of %d claims wait", s.locks.held, len(s.locks.claims)-len(s.locks.spare), len(s.locks.claims))
	}
	for k, value := range s.value {
		if value < 0 {
			return fmt.Errorf("key %d is at %d", k, value)
		}
	}
	for op, n := range s.counts {
		if n < 0 || n > 1 {
			return fmt.Errorf("operation %d was applied %d times", op, n)
		}
	}
	return nil
}
