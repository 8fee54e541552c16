package check

import "math/rand/v2"

// randomShop is a shop that can go wrong. It does not use State, so that the
// two can disagree.
type randomShop struct {
	r       *rand.Rand
	sh      shape
	h       *History
	values  map[Key]int64
	version map[Key]int64
	status  map[int32]Status
	past    []map[Key]Seen
	strike  int // the place from which on damage is done, once
	wrong   bool
	later   func()
	laterAt int
}

func (s *randomShop) start(ops int) {
	s.values, s.version, s.status = map[Key]int64{}, map[Key]int64{}, map[int32]Status{}
	for n, v := range s.h.Stock {
		s.values[ItemKey(int32(n))] = v
	}
	for n, v := range s.h.Credit {
		s.values[UserKey(int32(n))] = v
	}
	s.strike = s.r.IntN(max(1, ops))
}

// struck tells whether damage d is done here and now.
func (s *randomShop) struck(d damage, place int) bool {
	if s.sh.damage != d || s.strike < 0 || place < s.strike {
		return false
	}
	s.strike, s.wrong = -1, true
	return true
}

// postpone does something a few places later, or never if the history ends.
func (s *randomShop) postpone(place int, do func()) {
	s.later, s.laterAt = do, place+1+s.r.IntN(3+s.sh.ops/10)
}

func (s *randomShop) change(k Key, delta int64) {
	s.values[k] += delta
	s.version[k]++
}

func (s *randomShop) see(keys ...Key) []Seen {
	var seen []Seen
	for _, k := range keys {
		seen = append(seen, Seen{k, s.values[k], s.version[k]})
	}
	return seen
}

func (s *randomShop) execute(p *planned, place int) []Seen {
	if s.later != nil && place >= s.laterAt {
		s.later()
		s.later = nil
	}
	if s.sh.damage == staleRead && place%max(1, s.sh.ops/100) == 0 {
		snapshot := map[Key]Seen{}
		for k, v := range s.values {
			snapshot[k] = Seen{k, v, s.version[k]}
		}
		s.past = append(s.past, snapshot)
	}
	if p.never {
		return nil
	}
	op := &p.op
	item, user := ItemKey(op.Item), UserKey(op.User)
	switch op.Kind {
	case AddStock, AddCredit:
		k := item
		if op.Kind == AddCredit {
			k = user
		}
		if !s.struck(lostAdd, place) {
			s.change(k, op.Amount)
		}
		if s.struck(duplicateAdd, place) {
			s.change(k, op.Amount)
		}
		return s.tell(place, k)
	case ReadStock, ReadCredit:
		k := item
		if op.Kind == ReadCredit {
			k = user
		}
		seen := s.tell(place, k)
		if s.sh.damage == staleRead && s.r.IntN(2) == 0 {
			before := seen[0]
			seen[0] = s.past[s.r.IntN(len(s.past))][k]
			s.wrong = s.wrong || seen[0] != before
		}
		op.Value = seen[0].Value
		return seen
	case FindOrder:
		op.Status = s.status[op.Order]
		if s.struck(wrongStatus, place) {
			op.Status = Status(s.r.IntN(3))
			s.wrong = op.Status != s.status[op.Order]
		}
		return nil
	}
	return s.checkout(p, place)
}

func (s *randomShop) checkout(p *planned, place int) []Seen {
	op := &p.op
	user := UserKey(op.User)
	need := map[Key]int64{}
	var items []Key
	var total int64
	for _, line := range p.lines {
		if need[ItemKey(line.Item)] == 0 {
			items = append(items, ItemKey(line.Item))
		}
		need[ItemKey(line.Item)] += line.Quantity
		total += line.Quantity * s.h.Price[line.Item]
	}
	outcome, cause := Paid, Key(-1)
	for _, k := range items {
		if s.values[k] < need[k] {
			outcome, cause = OutOfStock, k
		}
	}
	if s.values[user] < total && (outcome == Paid || s.r.IntN(2) == 0) {
		outcome, cause = InsufficientCredit, user
	}
	if outcome == Paid && s.r.IntN(12) == 0 {
		outcome = Declined
	}
	switch {
	case outcome == OutOfStock && s.struck(oversell, place):
		outcome = Paid
	case outcome == Paid && s.struck(falseRejection, place):
		outcome, cause = OutOfStock, items[0]
		if s.r.IntN(2) == 0 {
			outcome, cause = InsufficientCredit, user
		}
	}
	told := op.Outcome != Unknown
	if told {
		op.Outcome = outcome
	}
	if outcome != Paid {
		s.status[op.Order] = StatusRejected
		if s.struck(ghost, place) {
			s.change(user, -total)
		}
		var seen []Seen
		if cause >= 0 {
			seen = s.tell(place, cause)
		}
		if k := items[0]; outcome != OutOfStock && s.struck(dirtyRead, place) {
			s.change(k, -need[k])
			s.postpone(place, func() { s.values[k] += need[k]; s.version[k]-- })
		}
		return seen
	}
	s.status[op.Order] = StatusPaid
	op.PaidAt, op.Receipt = op.Call+1, s.r.Uint64()
	if !told {
		op.PaidAt, op.Receipt = 0, 0
	}
	if s.struck(lostEffect, place) {
		return s.see(append(items, user)...)
	}
	takes := 1
	if s.struck(duplicateEffect, place) {
		takes = 2
	}
	for range takes {
		for _, k := range items {
			if !s.struck(lostStock, place) {
				s.change(k, -need[k])
			}
		}
		if s.struck(fractured, place) {
			s.postpone(place, func() { s.change(user, -total) })
			continue
		}
		s.change(user, -total)
		if s.struck(doubleCharge, place) {
			s.change(user, -total)
		}
	}
	if told && s.struck(wrongOutcome, place) {
		op.Outcome, op.PaidAt, op.Receipt = Declined, 0, 0
		return nil
	}
	seen := s.tell(place, append(items, user)...)
	if s.struck(contradicted, place) {
		s.undo(items, need, user, total)
		s.postpone(place, func() {
			for _, k := range items {
				s.change(k, -need[k])
			}
			s.change(user, -total)
		})
	}
	return seen
}

// undo takes a paid checkout back, as if it had never been.
func (s *randomShop) undo(items []Key, need map[Key]int64, user Key, total int64) {
	for _, k := range items {
		s.values[k] += need[k]
		s.version[k]--
	}
	s.values[user] += total
	s.version[user]--
}

// tell is see, with a value that may be wrong.
func (s *randomShop) tell(place int, keys ...Key) []Seen {
	seen := s.see(keys...)
	if s.struck(wrongValue, place) {
		seen[s.r.IntN(len(seen))].Value += 1 - 2*s.r.Int64N(2)
	}
	return seen
}

// swapVersions exchanges or shifts what two replies tell, and says whether that
// made a difference.
func swapVersions(r *rand.Rand, h *History) bool {
	if len(h.After) < 2 {
		return false
	}
	a, b := &h.After[r.IntN(len(h.After))], &h.After[r.IntN(len(h.After))]
	before, other := a.Version, b.Version
	if r.IntN(2) == 0 {
		a.Version, b.Version = b.Version, a.Version
	} else {
		a.Version += r.Int64N(3) - 1
	}
	return a.Version != before || b.Version != other
}
