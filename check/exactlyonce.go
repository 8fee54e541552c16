package check

// ExactlyOnce: every effect that a client was told of happened, once, and no
// other did. Per key the final version counts the effects; per order the audit
// tells the status and, where services count, how often it was applied. It is
// Skipped if the audit recorded none of these. An operation of unknown outcome
// counts as once or never, unless the status of its order settles it.
func ExactlyOnce(e *Evidence) Finding {
	f := Finding{Name: "exactly_once", Verdict: Ok}
	a := e.Audit
	if a == nil || a.StockVersion == nil && a.CreditVersion == nil && a.Orders == nil && a.Applied == nil {
		return Finding{Name: f.Name}
	}
	b := &blamer{finding: &f}
	f.LookedAt += e.judgeOrders(b)
	f.LookedAt += e.judgeEffects(b)
	b.end("is wrong", "are wrong")
	return f
}

// judgeOrders compares replies with the status of orders and with the number of
// times each was applied.
func (e *Evidence) judgeOrders(b *blamer) int64 {
	h, a := e.History, e.Audit
	if a.Orders == nil && a.Applied == nil {
		return 0
	}
	looked, known := int64(0), make([]bool, max(h.orders(), len(a.Orders), len(a.Applied)))
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Kind != Checkout {
			continue
		}
		known[op.Order] = true
		looked++
		times, counted := int32(0), a.Applied != nil
		if int(op.Order) < len(a.Applied) {
			times = a.Applied[op.Order]
		}
		if times > 1 {
			b.op("applied_twice", int32(i), "%s was applied %d times", h.opName(int32(i)), times)
			continue
		}
		if op.Outcome != Unknown {
			if counted && (times == 1) != (op.Outcome == Paid) {
				b.op(toldRule(op), int32(i), "%s was told %s, but it was applied %d times", h.opName(int32(i)), op.Outcome, times)
				continue
			}
			want := StatusRejected
			if op.Outcome == Paid {
				want = StatusPaid
			}
			if a.Orders != nil && e.status(op.Order) != want {
				b.op(toldRule(op), int32(i), "%s was told %s, but at the end its order is %s", h.opName(int32(i)), op.Outcome, e.status(op.Order))
			}
		} else if counted && a.Orders != nil && (times == 1) != (e.status(op.Order) == StatusPaid) {
			b.op("half_applied", int32(i), "%s was applied %d times, but at the end its order is %s", h.opName(int32(i)), times, e.status(op.Order))
		}
	}
	for order := range known {
		applied := order < len(a.Applied) && a.Applied[order] > 0
		if !known[order] && (applied || order < len(a.Orders) && a.Orders[order] != StatusAbsent) {
			if b.first() {
				b.accuse(About{Rule: "unheard_of"}, "the services know an order number %d, which nobody checked out", order)
			}
		}
	}
	return looked
}

// toldRule is the rule that a checkout breaks whose client was told something
// else than what the services did.
func toldRule(op *Op) string {
	if op.Outcome == Paid {
		return "paid_but_lost"
	}
	return "rejected_but_applied"
}

// judgeEffects compares the final version of every key with the number of
// effects that clients were told of.
func (e *Evidence) judgeEffects(b *blamer) int64 {
	h, a := e.History, e.Audit
	if a.StockVersion == nil && a.CreditVersion == nil {
		return 0
	}
	accounts := e.accounts()
	judge := func(base int, versions []int64) int64 {
		for n, version := range versions {
			account := &accounts[base+n]
			least, most := account.acknowledged, account.acknowledged+int64(len(account.open))
			if version >= least && version <= most {
				continue
			}
			if !b.first() {
				continue
			}
			k := h.keyAt(base + n)
			about := About{Rule: "lost_effects", Keys: []Key{k}, Ops: e.suspects(k)}
			if version > most {
				about.Rule = "extra_effects"
			}
			if name := h.keyName(k); least == most {
				b.accuse(about, "%s was changed %d times, but clients were told of %d changes", name, version, least)
			} else {
				b.accuse(about, "%s was changed %d times, but clients were told of %d changes and %d more are unknown", name, version, least, most-least)
			}
		}
		return int64(len(versions))
	}
	return judge(0, a.StockVersion) + judge(len(h.Stock), a.CreditVersion)
}
