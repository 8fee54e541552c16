package check

import (
	"math"
	"math/bits"
)

// enter resolves the names that could be read, which may show more flaws, and
// appends the operation if the line has none.
func (d *decoder) enter(before int) {
	o, h := &d.op, d.h
	o.LinesFrom, o.AfterFrom = int32(len(h.Lines)), int32(len(h.After))
	o.Item = d.resolve(fieldItem, o.item, d.items, h.ItemNames)
	o.User = d.resolve(fieldUser, o.user, d.users, h.UserNames)
	if o.Kind == Checkout {
		d.enterLines()
	}
	d.enterOrder()
	d.enterClient()
	if o.LinesTo = int32(len(h.Lines)); d.flaws.count == before {
		d.enterAfter()
		d.enterSum()
	}
	if o.AfterTo = int32(len(h.After)); d.flaws.count != before {
		h.Lines, h.After = h.Lines[:o.LinesFrom], h.After[:o.AfterFrom]
		return
	}
	h.Ops = append(h.Ops, o.Op)
}

// resolve gives the number of an item or user.
func (d *decoder) resolve(f field, name string, numbers map[string]int32, names []string) int32 {
	if required[d.op.Kind]&d.op.good&set(f) == 0 {
		return 0
	}
	n, ok := numbers[name]
	if !ok {
		d.line.flaw(d.op.at[f], "unknown %s %q%s", fieldWords[f], name, didYouMean(name, few(names)))
	}
	return n
}

// enterOrder: an order belongs to one checkout only.
func (d *decoder) enterOrder() {
	o := &d.op
	if required[o.Kind]&o.good&set(fieldOrder) == 0 {
		return
	}
	o.Order = intern(o.order, d.orders, &d.h.OrderNames)
	for len(d.firsts) < len(d.h.OrderNames) {
		d.firsts = append(d.firsts, 0)
	}
	if o.Kind != Checkout {
		return
	}
	if first := d.firsts[o.Order]; first > 0 {
		d.line.flaw(o.at[fieldOrder], "order %s is already in the checkout on line %d", o.order, first)
		return
	}
	d.firsts[o.Order] = int32(d.line.number)
}

// enterClient keeps the interval, to be compared with the client's others.
func (d *decoder) enterClient() {
	o := &d.op
	if need := set(fieldClient, fieldCall, fieldReturn); o.good&need != need || o.Return < o.Call {
		return
	}
	o.Client = intern(o.client, d.clientIDs, &d.h.ClientNames)
	d.intervals.Ops = append(d.intervals.Ops, Op{Client: o.Client, Call: o.Call, Return: o.Return})
	d.places = append(d.places, place{int32(d.line.number), int32(o.at[fieldCall])})
}

func intern(name string, numbers map[string]int32, names *[]string) int32 {
	n, ok := numbers[name]
	if !ok {
		n = int32(len(*names))
		*names = append(*names, name)
		numbers[name] = n
	}
	return n
}

// enterSum keeps the sums of everything added within 64 bits.
func (d *decoder) enterSum() {
	o := &d.op
	slot, at := int(o.Item), o.at[fieldQuantity]
	switch o.Kind {
	case AddStock:
	case AddCredit:
		slot, at = len(d.h.Stock)+int(o.User), o.at[fieldAmount]
	default:
		return
	}
	if d.added[slot] > math.MaxInt64-o.Amount {
		d.line.flaw(at, "%s would grow too large for 64 bits", d.h.keyName(d.h.keyAt(slot)))
		return
	}
	d.added[slot] += o.Amount
}

// enterLines appends the lines of the checkout; its total must fit 64 bits.
func (d *decoder) enterLines() {
	l, o, h := &d.line, &d.op, d.h
	var total, units uint64
	for _, line := range o.lines {
		item, ok := d.items[line.item]
		if !line.named || line.quantity < 1 {
			continue
		} else if !ok {
			l.flaw(line.at, "unknown item %q%s", line.item, didYouMean(line.item, few(h.ItemNames)))
			continue
		}
		high, cost := bits.Mul64(uint64(line.quantity), uint64(h.Price[item]))
		total, units = total+cost, units+uint64(line.quantity)
		if high != 0 || cost > math.MaxInt64 || total > math.MaxInt64 || units > math.MaxInt64 {
			l.flaw(o.at[fieldLines], "the total is too large for 64 bits")
			return
		}
		h.Lines = append(h.Lines, Line{item, line.quantity})
	}
}

// enterAfter appends what the reply tells: only keys that the operation
// touches, each once; stocks first.
func (d *decoder) enterAfter() {
	l, o, h := &d.line, &d.op, d.h
	if d.touched == nil {
		d.touched, d.told = make([]int, h.slots()), make([]int, h.slots())
	}
	stamp := l.number
	if o.Kind == AddStock || o.Kind == ReadStock {
		d.touched[o.Item] = stamp
	} else if o.Kind != FindOrder {
		d.touched[len(h.Stock)+int(o.User)] = stamp
	}
	for _, line := range h.Lines[o.LinesFrom:] {
		d.touched[line.Item] = stamp
	}
	for _, users := range [...]bool{false, true} {
		for _, seen := range o.after {
			if seen.user != users {
				continue
			}
			number, ok := d.items[seen.name]
			seen.Key = ItemKey(number)
			if users {
				number, ok = d.users[seen.name]
				seen.Key = UserKey(number)
			}
			slot := h.slot(seen.Key)
			switch {
			case !ok || d.touched[slot] != stamp:
				l.flaw(seen.at, "after tells of %s, which %s does not touch", seen.name, o.Kind)
			case d.told[slot] == stamp:
				l.flaw(seen.at, "after tells of %s twice", seen.name)
			default:
				d.told[slot] = stamp
				h.After = append(h.After, seen.Seen)
			}
		}
	}
}
