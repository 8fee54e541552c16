package check

import (
	"math"
	"slices"
)

// overlap finds what may have to come before a forced operation. Two live
// operations depend on each other if they share a key on which one of them is
// sensitive: whether its step is legal is not the same for every set of the
// other live operations that may come first. Anything outside the forced
// operation's component can as well come after it: there, no step on either
// side tells the difference.
type overlap struct {
	h        *History
	low      []int64 // per slot: what the live, untaken operations take in all, at most 0
	high     []int64 // per slot: what they add
	members  []member
	spots    []spot
	checkout []int32 // per order: the live member that is its checkout, plus 1
}

// member is a live operation that is not in the order.
type member struct {
	op       int32
	from, to int32 // its spots
	in       bool  // in the component
}

// spot is a key of a member.
type spot struct {
	slot      int32
	delta     int64
	sensitive bool
}

func newOverlap(h *History) *overlap {
	return &overlap{h: h, low: make([]int64, h.slots()), high: make([]int64, h.slots()), checkout: make([]int32, h.orders())}
}

// before appends to choices the operations with an effect that may come just
// before the forced one, those that return earliest first.
func (o *overlap) before(s *search, forced int32, choices []int32) []int32 {
	o.gather(s)
	s.spent += int64(len(o.members)) * int64(len(o.members)) / 64 // pairs cost less than steps, but not nothing
	for m := range o.members {
		o.sense(s, &o.members[m])
	}
	from := len(choices)
	queue := []int{}
	for m := range o.members {
		if o.members[m].op == forced {
			o.members[m].in = true
			queue = append(queue, m)
		}
	}
	for k := 0; k < len(queue); k++ {
		for m := range o.members {
			if !o.members[m].in && o.depend(s, &o.members[queue[k]], &o.members[m]) {
				o.members[m].in = true
				queue = append(queue, m)
			}
		}
	}
	for _, m := range o.members {
		if m.in && m.op != forced && !s.free[m.op] {
			choices = append(choices, m.op)
		}
	}
	o.clear()
	slices.SortStableFunc(choices[from:], func(a, b int32) int {
		if x, y := o.h.Ops[a].Return, o.h.Ops[b].Return; x != y {
			if x < y {
				return -1
			}
			return 1
		}
		return int(a) - int(b)
	})
	return choices
}

// gather lists the members with their keys, and sums what they may change.
func (o *overlap) gather(s *search) {
	h := o.h
	o.members, o.spots = o.members[:0], o.spots[:0]
	for i := s.live.first(); i >= 0; i = s.live.after(i) {
		if s.taken[i] {
			continue
		}
		op, from := &h.Ops[i], int32(len(o.spots))
		switch op.Kind {
		case AddStock, ReadStock:
			o.spots = append(o.spots, spot{slot: op.Item, delta: op.Amount})
		case AddCredit, ReadCredit:
			o.spots = append(o.spots, spot{slot: int32(len(h.Stock)) + op.User, delta: op.Amount})
		case Checkout:
			o.checkout[op.Order] = int32(len(o.members)) + 1
			h.eachKey(i, func(k Key) {
				o.spots = append(o.spots, spot{slot: int32(h.slot(k)), delta: h.delta(i, k)})
			})
		}
		o.members = append(o.members, member{op: i, from: from, to: int32(len(o.spots))})
		for _, p := range o.spots[from:] {
			if !o.hasEffect(s, i) {
				continue
			} else if p.delta < 0 {
				o.low[p.slot] = sink(o.low[p.slot], p.delta)
			} else {
				o.high[p.slot] += p.delta
			}
		}
	}
}

func (o *overlap) hasEffect(s *search, i int32) bool {
	kind := o.h.Ops[i].Kind
	return kind == AddStock || kind == AddCredit || kind == Checkout && s.as[i] == Paid
}

// sense marks the keys on which a member is sensitive. On each, the others can
// bring the value anywhere between value+low and value+high.
func (o *overlap) sense(s *search, m *member) {
	op, effect := &o.h.Ops[m.op], o.hasEffect(s, m.op)
	spots := o.spots[m.from:m.to]
	for k := range spots {
		p := &spots[k]
		low, high := o.low[p.slot], o.high[p.slot]
		if effect && p.delta < 0 && low != math.MinInt64 {
			low -= p.delta
		} else if effect && p.delta > 0 {
			high -= p.delta
		}
		value, need := s.state.cells[2*p.slot], -p.delta
		moves := low != 0 || high != 0
		item := int(p.slot) < len(o.h.Stock)
		switch {
		case op.AfterTo > op.AfterFrom:
			p.sensitive = moves
		case op.Kind == ReadStock || op.Kind == ReadCredit:
			p.sensitive = moves && op.Return != Pending
		case op.Kind != Checkout:
		case s.as[m.op] == Paid:
			p.sensitive = value+low < need
		case s.as[m.op] == OutOfStock && item:
			if need > value+high { // always short here: no other key matters
				for n := range spots {
					spots[n].sensitive = false
				}
				return
			}
			p.sensitive = need > value+low
		case s.as[m.op] == InsufficientCredit && !item:
			p.sensitive = value+low < need && need <= value+high
		}
	}
}

// depend tells whether two members must be ordered together.
func (o *overlap) depend(s *search, a, b *member) bool {
	x, y := &o.h.Ops[a.op], &o.h.Ops[b.op]
	if s.prior[a.op] == b.op || s.prior[b.op] == a.op {
		return true
	}
	if (x.Kind == FindOrder || y.Kind == FindOrder) && x.Kind+y.Kind == Checkout+FindOrder && x.Order == y.Order {
		return true
	}
	for _, p := range o.spots[a.from:a.to] {
		for _, q := range o.spots[b.from:b.to] {
			if p.slot == q.slot && (p.sensitive || q.sensitive) {
				return true
			}
		}
	}
	return false
}

// clear leaves the sums at zero for the next time.
func (o *overlap) clear() {
	for _, p := range o.spots {
		o.low[p.slot], o.high[p.slot] = 0, 0
	}
}
