package check

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// JudgeBounds looks at one operation and one key at a time: from real time
// alone, every effect that had returned before the operation's call came before
// it, and every one called after its return came after. The others may or may
// not, which bounds the value that it can have met. A reply beyond the bounds
// is Violated, in whatever order. Within them it is Undecided, for bounds say
// nothing of keys together. Needs neither a witness nor versions; n log n.
func JudgeBounds(h *History) Finding {
	f := Finding{Name: "linearizable", Verdict: Undecided, LookedAt: int64(len(h.Ops)), Detail: "every reply by itself is possible"}
	b := newBounds(h)
	for i := range h.Ops {
		if m := b.judge(int32(i)); m.Rule != Legal {
			b := &blamer{finding: &f}
			b.accuse(m.about(int32(i)), "%s at the nearest, whatever came first", h.sentence(int32(i), m))
			break
		}
	}
	return f
}

// bounds holds, per slot, the sums of all that is added and taken, in order of
// return and in order of call. A slot's entries are from first[slot] on.
type bounds struct {
	h                *History
	first            []int32
	returned, called []int64 // times
	byReturn, byCall []sums  // of the entries up to and including each
	initial          *State
}

// sums are what a set of effects adds and takes in all. Takes stop at the
// lowest number, which then stands for anything below.
type sums struct{ added, taken int64 }

// effect is one effect on one key.
type effect struct {
	slot             int32
	call, ret, delta int64
}

func newBounds(h *History) *bounds {
	b := &bounds{h: h, first: make([]int32, h.slots()+1), initial: NewState(h)}
	book := newOrderBook(h)
	var effects []effect
	for i := range h.Ops {
		op := &h.Ops[i]
		open := op.Outcome == Unknown && op.Kind <= AddCredit && (op.Kind != Checkout || book.fate(op.Order) != Declined)
		if !open && !h.effective(int32(i)) {
			continue
		}
		h.eachKey(int32(i), func(k Key) {
			effects = append(effects, effect{int32(h.slot(k)), op.Call, op.Return, h.delta(int32(i), k)})
			b.first[h.slot(k)+1]++
		})
	}
	for slot := range h.slots() {
		b.first[slot+1] += b.first[slot]
	}
	b.returned, b.byReturn = prefix(effects, func(e effect) int64 { return e.ret })
	b.called, b.byCall = prefix(effects, func(e effect) int64 { return e.call })
	return b
}

// prefix sorts effects by slot and time and sums them up within each slot.
func prefix(effects []effect, time func(effect) int64) ([]int64, []sums) {
	slices.SortFunc(effects, func(a, b effect) int {
		if a.slot != b.slot {
			return cmp.Compare(a.slot, b.slot)
		}
		return cmp.Compare(time(a), time(b))
	})
	times, all := make([]int64, len(effects)), make([]sums, len(effects))
	for n, e := range effects {
		times[n] = time(e)
		if n > 0 && effects[n-1].slot == e.slot {
			all[n] = all[n-1]
		}
		all[n].added += max(e.delta, 0)
		all[n].taken = sink(all[n].taken, min(e.delta, 0))
	}
	return times, all
}

// sink adds a number below 0 to another and stops at the lowest number.
func sink(a, b int64) int64 {
	if a < math.MinInt64-b {
		return math.MinInt64
	}
	return a + b
}

// around gives the lowest and the highest value of a slot that op can have met
// just before its own effect, which is own.
func (b *bounds) around(op *Op, slot int, own int64) (low, high int64) {
	from, to := b.first[slot], b.first[slot+1]
	before := sort.Search(int(to-from), func(n int) bool { return b.returned[from+int32(n)] >= op.Call })
	possible := sort.Search(int(to-from), func(n int) bool { return b.called[from+int32(n)] > op.Return })
	var must, may sums
	if before > 0 {
		must = b.byReturn[from+int32(before)-1]
	}
	if possible > 0 {
		may = b.byCall[from+int32(possible)-1]
	}
	start := b.initial.cells[2*slot]
	low, high = may.taken, start+may.added-max(own, 0)
	if low != math.MinInt64 {
		low += start + must.added - min(own, 0)
	}
	if must.taken < -high {
		return low, -1 // nothing legal is below 0
	}
	return low, high + must.taken
}

// judge compares what operation i was told with the bounds.
func (b *bounds) judge(i int32) Mismatch {
	h, op := b.h, &b.h.Ops[i]
	if op.Outcome == Unknown || op.Kind == FindOrder {
		return Mismatch{}
	}
	switch {
	case op.Kind == ReadStock:
		return b.value(op, ItemKey(op.Item), op.Value)
	case op.Kind == ReadCredit:
		return b.value(op, UserKey(op.User), op.Value)
	case op.Outcome == Paid:
		var found Mismatch
		h.eachKey(i, func(k Key) {
			own := h.delta(i, k)
			if _, high := b.around(op, h.slot(k), own); found.Rule == Legal && high < -own {
				if found = (Mismatch{StockLacks, k, -own, max(high, 0)}); k.IsUser() {
					found.Rule = CreditLacks
				}
			}
		})
		return found
	case op.Outcome == OutOfStock:
		found := Mismatch{Rule: StockSuffices, Key: ItemKey(h.LinesOf(op)[0].Item)}
		h.eachKey(i, func(k Key) {
			low, _ := b.around(op, h.slot(k), 0)
			if k == found.Key {
				found.Found = low
			}
			if !k.IsUser() && low < -h.delta(i, k) {
				found.Rule = Legal
			}
		})
		return found
	case op.Outcome == InsufficientCredit:
		k := UserKey(op.User)
		if low, _ := b.around(op, h.slot(k), 0); low >= h.Total(op) {
			return Mismatch{CreditSuffices, k, h.Total(op), low}
		}
	}
	return Mismatch{}
}

func (b *bounds) value(op *Op, k Key, told int64) Mismatch {
	low, high := b.around(op, b.h.slot(k), 0)
	switch {
	case told > high:
		return Mismatch{WrongValue, k, told, max(high, 0)}
	case told < low || told < 0:
		return Mismatch{WrongValue, k, told, max(low, 0)}
	}
	return Mismatch{}
}
