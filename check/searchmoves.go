package check

import "fmt"

// take puts operation i into the order if that is legal, and then all that has
// become legal without an effect.
func (s *search) take(i int32) bool {
	if !s.step(i) {
		return false
	}
	s.sweep()
	return true
}

// step puts operation i alone into the order, if its client's earlier ones are
// in it and the specification allows it.
func (s *search) step(i int32) bool {
	if p := s.prior[i]; s.taken[i] || p >= 0 && !s.taken[p] {
		return false
	}
	s.spent++
	mark := len(*s.state.journal)
	if m := s.state.Apply(&s.h.Ops[i], s.as[i]); m.Rule != Legal {
		s.state.undo(mark)
		if s.at == s.far && i == s.farOp && s.farWhy.Rule == Legal {
			s.farWhy = m
		}
		return false
	}
	s.taken[i] = true
	s.mix(i)
	s.trail = append(s.trail, move{i, taken, int32(mark)})
	return true
}

// sweep takes every live operation without effect that is legal now.
func (s *search) sweep() {
	looked := int64(0)
	for again := true; again; {
		again = false
		for i := s.live.first(); i >= 0; i = s.live.after(i) {
			looked++
			if s.free[i] && !s.taken[i] && s.step(i) {
				again = true
			}
		}
	}
	s.spent += looked / 8 // a look costs less than a step, but not nothing
}

// rewind takes back all moves after the first n.
func (s *search) rewind(n int) {
	for len(s.trail) > n {
		m := s.trail[len(s.trail)-1]
		s.trail = s.trail[:len(s.trail)-1]
		switch m.kind {
		case called:
			s.live.drop(m.op)
			s.at--
		case returned:
			s.live.restore(m.op)
			s.at--
		case taken:
			s.state.undo(int(m.mark))
			s.taken[m.op] = false
			s.mix(m.op)
		}
	}
}

// mix puts operation i into the hash of the set, or takes it out.
func (s *search) mix(i int32) {
	s.set[0] ^= scramble(2*uint64(i) + 1)
	s.set[1] ^= scramble(2*uint64(i) + 2)
}

// order is the order found, as a witness.
func (s *search) order() []int32 {
	var order []int32
	for _, m := range s.trail {
		switch {
		case m.kind != taken:
		case s.h.Ops[m.op].Return == Pending && s.as[m.op] == Declined:
			order = append(order, ^m.op)
		default:
			order = append(order, m.op)
		}
	}
	return order
}

// complaint says where the search broke down for good.
func (s *search) complaint() string {
	return fmt.Sprintf("no order is legal: in the first one tried %s, and no other gets past its return at %d",
		s.h.sentence(s.farOp, s.farWhy), s.h.Ops[s.farOp].Return)
}
