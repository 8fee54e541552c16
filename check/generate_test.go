package check

import (
	"math/rand/v2"
	"slices"
)

// shape is what a random history is made from.
type shape struct {
	clients, ops, items, users int
	stock, credit              int64 // about so much at the start
	reads                      float64
	pending                    int     // at most so many clients end in an operation that never returns
	gap                        int64   // times between 0 and gap; small ones give ties
	after                      float64 // share of replies that tell versions
	damage                     damage
}

// damage is one way in which the shop may go wrong, once per history.
type damage int

const (
	intact damage = iota
	doubleCharge
	lostStock
	duplicateEffect
	duplicateAdd
	lostEffect
	lostAdd
	staleRead
	dirtyRead
	wrongValue
	wrongOutcome
	contradicted
	reordered
	fractured
	ghost
	falseRejection
	oversell
	versionSwap
	wrongStatus
	damages
)

// damageWords say what goes wrong.
var damageWords = [damages]string{
	intact:          "nothing",
	doubleCharge:    "a checkout pays twice",
	lostStock:       "a checkout does not take an item",
	duplicateEffect: "duplicate effect: a checkout is applied twice",
	duplicateAdd:    "duplicate effect: an add is applied twice",
	lostEffect:      "lost effect: a paid checkout is not applied",
	lostAdd:         "lost effect: an add is not applied",
	staleRead:       "stale read: reads tell of a former state",
	dirtyRead:       "dirty read: what a rejected checkout reserved is visible for a while",
	wrongValue:      "wrong value: a reply is one off",
	wrongOutcome:    "wrong outcome: paid and applied, but told declined",
	contradicted:    "contradicted reply: told, undone, and done again later",
	reordered:       "real-time order broken: effects after the reply",
	fractured:       "fractured effect: the items now, the money later",
	ghost:           "rejected, but charged",
	falseRejection:  "rejected without a cause",
	oversell:        "paid without enough stock",
	versionSwap:     "two replies tell each other's version, or one is off",
	wrongStatus:     "find_order tells some status",
}

// planned is an operation on its way through the random shop.
type planned struct {
	op     Op
	lines  []Line
	commit int64
	serial int
	never  bool // pending, and without effect
	number int
}

// generate runs a random closed-loop shop: every operation takes effect at one
// point of its interval. It gives the history and the order of those points.
func generate(r *rand.Rand, sh shape) (*History, []int32) {
	h, witness, _ := generateTold(r, sh)
	return h, witness
}

// generateTold tells as well whether the shop did go wrong: it may never have
// come to where it would.
func generateTold(r *rand.Rand, sh shape) (h *History, witness []int32, wrong bool) {
	h = &History{}
	for range sh.items {
		h.Stock = append(h.Stock, r.Int64N(sh.stock+1))
		h.Price = append(h.Price, 1+r.Int64N(3))
	}
	for range sh.users {
		h.Credit = append(h.Credit, r.Int64N(sh.credit+1))
	}
	plan := planOps(r, sh)
	slices.SortStableFunc(plan, func(a, b *planned) int {
		if a.commit != b.commit {
			return int(a.commit - b.commit)
		}
		return 0
	})
	shop := &randomShop{r: r, sh: sh, h: h}
	shop.start(len(plan))
	for place, p := range plan {
		after := shop.execute(p, place)
		if p.op.Outcome == Unknown || r.Float64() >= sh.after {
			after = nil
		}
		n := h.Append(p.op, p.lines, after)
		p.number = int(n)
		if !p.never {
			if p.op.Kind == Checkout && p.op.Outcome == Unknown && shop.status[p.op.Order] == StatusRejected {
				n = ^n
			}
			witness = append(witness, n)
		}
	}
	wrong = shop.wrong
	if sh.damage == versionSwap {
		wrong = swapVersions(r, h)
	}
	for _, p := range plan {
		wrong = wrong || p.commit > p.op.Return
	}
	return h, witness, wrong
}

// planOps draws who asks what when; outcomes come later.
func planOps(r *rand.Rand, sh shape) []*planned {
	var plan []*planned
	clock := make([]int64, sh.clients)
	stuck := make([]bool, sh.clients)
	order, left := int32(0), sh.pending
	for n := range sh.ops {
		c := r.IntN(sh.clients)
		if stuck[c] {
			continue
		}
		p := &planned{serial: n}
		p.op = Op{Client: int32(c), Item: int32(zipf(r, sh.items)), User: int32(zipf(r, sh.users)), Amount: 1 + r.Int64N(3)}
		switch x := r.Float64(); {
		case x < sh.reads:
			p.op.Kind, p.op.Amount = ReadStock+Kind(r.IntN(3)), 0
			p.op.Order = r.Int32N(order + 1)
		case x < sh.reads+0.1:
			p.op.Kind = AddStock
		case x < sh.reads+0.2:
			p.op.Kind = AddCredit
		default:
			p.op.Kind, p.op.Order, p.op.Amount = Checkout, order, 0
			order++
			for range 1 + r.IntN(3) {
				p.lines = append(p.lines, Line{int32(zipf(r, sh.items)), 1 + r.Int64N(2)})
			}
		}
		p.op.Call = clock[c] + r.Int64N(sh.gap+1)
		p.commit = p.op.Call + r.Int64N(sh.gap+1)
		p.op.Return = p.commit + r.Int64N(sh.gap+1)
		if left > 0 && r.IntN(3) == 0 {
			left--
			p.op.Return, p.op.Outcome, stuck[c] = Pending, Unknown, true
			p.commit += r.Int64N(4*sh.gap + 1)
			p.never = r.IntN(2) == 0
		} else if sh.damage == reordered && r.IntN(4) == 0 {
			p.commit = p.op.Return + 1 + r.Int64N(3*sh.gap+1)
		}
		clock[c] = p.op.Return
		plan = append(plan, p)
	}
	return plan
}

// zipf prefers low numbers.
func zipf(r *rand.Rand, n int) int { return min(r.IntN(n), r.IntN(n)) }
