package check

import (
	"fmt"
	"sort"
)

// claims judges, operation by operation, what needs no order: whether the
// versions told bear out a read or a rejection, and whether find_order agrees
// with the outcome of the checkout. It counts in t.loose the operations whose
// reply leaves open what their place depends on.
func (t *versionTable) claims() string {
	h := t.h
	decided := newOrderBook(h)
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Return == Pending {
			continue
		}
		text, loose := "", false
		switch {
		case h.effective(int32(i)):
			loose = !h.tellsAll(op)
		case op.Kind == ReadStock:
			text, loose = h.readClaim(int32(i), ItemKey(op.Item))
		case op.Kind == ReadCredit:
			text, loose = h.readClaim(int32(i), UserKey(op.User))
		case op.Kind == FindOrder:
			text = decided.claim(int32(i))
		case op.Outcome == OutOfStock:
			text, loose = t.stockClaim(int32(i))
		case op.Outcome == InsufficientCredit:
			text, loose = h.creditClaim(int32(i))
		}
		if text != "" {
			t.accused = About{Rule: "contradicts_itself", Ops: []int32{int32(i)}}
			return text
		}
		if loose {
			t.loose++
		}
	}
	return ""
}

// seenOf is what the reply to op tells of k.
func (h *History) seenOf(op *Op, k Key) (Seen, bool) {
	for _, seen := range h.AfterOf(op) {
		if seen.Key == k {
			return seen, true
		}
	}
	return Seen{}, false
}

// tellsAll tells whether the reply to a paid checkout or an add tells of every
// key that it changed.
func (h *History) tellsAll(op *Op) bool {
	if op.Kind != Checkout {
		return op.AfterTo > op.AfterFrom
	}
	if _, ok := h.seenOf(op, UserKey(op.User)); !ok {
		return false
	}
	for _, line := range h.LinesOf(op) {
		if _, ok := h.seenOf(op, ItemKey(line.Item)); !ok {
			return false
		}
	}
	return true
}

func (h *History) readClaim(i int32, k Key) (text string, loose bool) {
	seen, ok := h.seenOf(&h.Ops[i], k)
	if ok && seen.Value != h.Ops[i].Value {
		return fmt.Sprintf("%s was told both that %s is %d and that it is %d", h.opName(i), h.keyName(k), h.Ops[i].Value, seen.Value), false
	}
	return "", !ok
}

// stockClaim: of the items told, one must have too few units. If none has, an
// item that was not told may be the cause, unless it had enough of them at every
// version that it can have had then.
func (t *versionTable) stockClaim(i int32) (text string, loose bool) {
	h, op := t.h, &t.h.Ops[i]
	for _, line := range h.LinesOf(op) {
		k := ItemKey(line.Item)
		if seen, ok := h.seenOf(op, k); ok && -h.delta(i, k) > seen.Value {
			return "", false
		} else if !ok {
			loose = loose || t.couldLack(op, k, -h.delta(i, k))
		}
	}
	if loose {
		return "", true
	}
	if first, ok := h.seenOf(op, ItemKey(h.LinesOf(op)[0].Item)); ok {
		return h.sentence(i, Mismatch{Rule: StockSuffices, Key: first.Key, Found: first.Value}), false
	}
	return h.opName(i) + " was told out_of_stock, but every line fits its stock at every version that it can have met", false
}

// couldLack tells whether k can have been below need when op took its step.
// Versions follow each other in real time: the lowest that op can have met is
// the last one that somebody was told of before its call, the highest the one
// before the first whose maker was called after its return.
func (t *versionTable) couldLack(op *Op, k Key, need int64) bool {
	slot := t.h.slot(k)
	first, end := t.first[slot], t.first[slot+1]
	past := sort.Search(int(end-first), func(v int) bool { return t.dueBy[first+int32(v)] >= op.Call })
	future := sort.Search(int(end-first), func(v int) bool { return t.madeFrom[first+int32(v)] > op.Return })
	if first+int32(future) == end && t.tail[slot] {
		return true
	}
	for row := first + int32(max(0, past-1)); row < first+int32(future); row++ {
		if row == first && t.initial(slot) < need || row > first && (t.teller[row] < 0 || t.value[row] < need) {
			return true
		}
	}
	return false
}

func (h *History) creditClaim(i int32) (text string, loose bool) {
	op := &h.Ops[i]
	seen, ok := h.seenOf(op, UserKey(op.User))
	if !ok || seen.Value < h.Total(op) {
		return "", !ok
	}
	return h.sentence(i, Mismatch{CreditSuffices, seen.Key, h.Total(op), seen.Value}), false
}

// orderBook knows, per order, its checkout and what find_order has told of it.
type orderBook struct {
	h        *History
	checkout []int32 // plus 1; 0: never checked out
	told     [3][]int32
	// told[status] is, per order, a find_order that was told it, plus 1
}

func newOrderBook(h *History) *orderBook {
	b := &orderBook{h: h, checkout: make([]int32, h.orders())}
	for status := range b.told {
		b.told[status] = make([]int32, len(b.checkout))
	}
	for i := range h.Ops {
		switch op := &h.Ops[i]; {
		case op.Kind == Checkout:
			b.checkout[op.Order] = int32(i) + 1
		case op.Kind == FindOrder && op.Return != Pending:
			b.told[op.Status][op.Order] = int32(i) + 1
		}
	}
	return b
}

// fate is what became of an unknown checkout, as far as find_order tells:
// Paid, Declined (decided unpaid) or Unknown.
func (b *orderBook) fate(order int32) Outcome {
	switch {
	case b.told[StatusPaid][order] > 0:
		return Paid
	case b.told[StatusRejected][order] > 0:
		return Declined
	}
	return Unknown
}

// claim says how a find_order contradicts the checkout of its order, or
// another find_order, whatever their places.
func (b *orderBook) claim(i int32) string {
	op := &b.h.Ops[i]
	if op.Status == StatusAbsent {
		return ""
	}
	checkout := b.checkout[op.Order] - 1
	if checkout < 0 {
		return fmt.Sprintf("%s was told %s, but nobody ever checked it out", b.h.opName(i), op.Status)
	}
	outcome := b.h.Ops[checkout].Outcome
	if outcome != Unknown && (outcome == Paid) != (op.Status == StatusPaid) {
		return fmt.Sprintf("%s was told %s, but %s was told %s", b.h.opName(i), op.Status, b.h.opName(checkout), outcome)
	}
	if other := b.told[StatusPaid+StatusRejected-op.Status][op.Order] - 1; other >= 0 {
		return fmt.Sprintf("%s was told %s, but %s was told %s", b.h.opName(i), op.Status, b.h.opName(other), b.h.Ops[other].Status)
	}
	return ""
}
