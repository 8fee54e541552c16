package check

import "fmt"

// Anomaly is a way in which a system that is not exactly-once goes wrong, as
// clients and an audit see it. Checks say that something is violated, and one
// violation has many causes; an anomaly says what happened.
type Anomaly struct {
	Name, Check string // Check: which check is violated by it
	find        func(e *Evidence) string
}

// Shown says in plain words how the evidence shows the anomaly; empty: it does
// not.
func (a *Anomaly) Shown(e *Evidence) string { return a.find(e) }

// Anomalies are all of them.
var Anomalies = []Anomaly{
	{"lost effect", "exactly_once", showsLostEffect},
	{"duplicate effect", "exactly_once", showsDuplicateEffect},
	{"duplicate output", "", showsDuplicateOutput},
	{"contradicted reply", "replies_kept", showsContradictedReply},
	{"divergent replay", "linearizable", showsDivergentReplay},
	{"torn effect", "exactly_once", showsTornEffect},
	{"dirty read", "linearizable", showsDirtyRead},
	{"stale read", "linearizable", showsStaleRead},
	{"stuck order", "progress", showsStuckOrder},
	{"second payment", "provider_ledger", showsSecondPayment},
	{"lost payment", "provider_ledger", showsLostPayment},
}

// FindAnomaly gives the anomaly of a name.
func FindAnomaly(name string) *Anomaly {
	for i := range Anomalies {
		if Anomalies[i].Name == name {
			return &Anomalies[i]
		}
	}
	return nil
}

// showsLostEffect: a client was told of an effect that is not there at the end.
func showsLostEffect(e *Evidence) string {
	h, a := e.History, e.Audit
	if a == nil {
		return ""
	}
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Kind == Checkout && op.Outcome == Paid && a.Applied != nil && e.applied(op.Order) == 0 && e.status(op.Order) != StatusRejected {
			return h.opName(int32(i)) + " was told paid, but is not applied at the end"
		}
	}
	return e.eachVersion(func(k Key, version int64, changes *account) string {
		if version < changes.acknowledged {
			return fmt.Sprintf("clients were told of %d changes of %s, but %d were made", changes.acknowledged, h.keyName(k), version)
		}
		return ""
	})
}

// showsDuplicateEffect: an operation was applied more than once.
func showsDuplicateEffect(e *Evidence) string {
	h, a := e.History, e.Audit
	if a == nil {
		return ""
	}
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Kind == Checkout && e.applied(op.Order) > 1 {
			return fmt.Sprintf("%s was applied %d times", h.opName(int32(i)), e.applied(op.Order))
		}
	}
	untold := make([]int64, h.slots())
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Kind == Checkout && op.Outcome != Paid && op.Outcome != Unknown && e.applied(op.Order) > 0 {
			h.eachKey(int32(i), func(k Key) { untold[h.slot(k)]++ })
		}
	}
	return e.eachVersion(func(k Key, version int64, changes *account) string {
		if most := changes.acknowledged + int64(len(changes.open)) + untold[h.slot(k)]; version > most {
			return fmt.Sprintf("%s was changed %d times by %d operations", h.keyName(k), version, most)
		}
		return ""
	})
}

func (e *Evidence) applied(order int32) int32 {
	if int(order) < len(e.Audit.Applied) {
		return e.Audit.Applied[order]
	}
	return 0
}

// eachVersion asks about every key of which the audit counts changes, until
// there is an answer.
func (e *Evidence) eachVersion(ask func(k Key, version int64, changes *account) string) string {
	accounts := e.accounts()
	for n, versions := range [][]int64{e.Audit.StockVersion, e.Audit.CreditVersion} {
		base := n * len(e.History.Stock)
		for i, version := range versions {
			if text := ask(e.History.keyAt(base+i), version, &accounts[base+i]); text != "" {
				return text
			}
		}
	}
	return ""
}

// showsDuplicateOutput: one reply leaves twice. Of clients that ask again the second
// one may be the answer to that; it takes a run without retries.
func showsDuplicateOutput(e *Evidence) string {
	for _, reply := range e.Replies {
		if reply.Same {
			return e.History.opName(reply.Op) + " was answered twice, and the same"
		}
	}
	return ""
}

// showsContradictedReply: two different replies to one operation.
func showsContradictedReply(e *Evidence) string {
	for _, reply := range e.Replies {
		if !reply.Same {
			return fmt.Sprintf("%s was told %q and later %q", e.History.opName(reply.Op), reply.First, reply.Later)
		}
	}
	return ""
}

// showsDivergentReplay: nothing is lost, but what was told is of another order
// of things than what is there: one decision was told and the services know
// another, or two clients were told that they made one version.
func showsDivergentReplay(e *Evidence) string {
	if e.Audit == nil || e.Audit.Orders == nil {
		return ""
	}
	if text := e.eachVersion(func(k Key, version int64, changes *account) string {
		if version != changes.acknowledged || len(changes.open) > 0 {
			return "" // lost or twice, rather
		}
		return e.madeTwice(k)
	}); text != "" {
		return text
	}
	for i := range e.History.Ops {
		op := &e.History.Ops[i]
		if op.Kind != Checkout || op.Outcome == Unknown {
			continue
		}
		if status := e.status(op.Order); status != StatusAbsent && (status == StatusPaid) != (op.Outcome == Paid) {
			return fmt.Sprintf("%s was told %s, but at the end its order is %s", e.History.opName(int32(i)), op.Outcome, status)
		}
	}
	return ""
}

// madeTwice finds two operations that were told that they made the same version
// of k.
func (e *Evidence) madeTwice(k Key) string {
	h, maker := e.History, map[int64]int32{}
	for i := range h.Ops {
		if !h.affects(int32(i), k) {
			continue
		}
		seen, ok := h.seenOf(&h.Ops[i], k)
		if other, twice := maker[seen.Version]; ok && twice {
			return fmt.Sprintf("%s and %s were both told that they made version %d of %s", h.opName(other), h.opName(int32(i)), seen.Version, h.keyName(k))
		}
		if ok {
			maker[seen.Version] = int32(i)
		}
	}
	return ""
}

// showsTornEffect: of one paid checkout a part of its changes is there and
// another is not.
func showsTornEffect(e *Evidence) string {
	h := e.History
	if e.Audit == nil {
		return ""
	}
	whole, short := make([]bool, h.slots()), make([]bool, h.slots())
	e.eachVersion(func(k Key, version int64, changes *account) string {
		whole[h.slot(k)] = version == changes.acknowledged && len(changes.open) == 0
		short[h.slot(k)] = version < changes.acknowledged
		return ""
	})
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Kind != Checkout || op.Outcome != Paid {
			continue
		}
		there, gone := Key(-1), Key(-1)
		h.eachKey(int32(i), func(k Key) {
			if whole[h.slot(k)] {
				there = k
			} else if short[h.slot(k)] {
				gone = k
			}
		})
		if there >= 0 && gone >= 0 {
			return fmt.Sprintf("%s was told paid, and changed %s, but a change of %s is missing", h.opName(int32(i)), h.keyName(there), h.keyName(gone))
		}
	}
	return ""
}

// showsStuckOrder: somebody waits for ever.
func showsStuckOrder(e *Evidence) string {
	if len(e.Open) == 0 {
		return ""
	}
	return e.History.opName(e.Open[0]) + " was still waiting for a reply at the end"
}

// showsSecondPayment: the provider was asked to capture one order twice, or under an
// authorisation that the client was not told.
func showsSecondPayment(e *Evidence) string {
	for _, c := range e.Captures {
		if c.Times > 1 || c.Refused > 0 {
			return fmt.Sprintf("order number %d was captured %d times, and %d further captures were refused", c.Order, c.Times, c.Refused)
		}
	}
	return ""
}

// showsLostPayment: an order is paid, as a client was told or as the audit
// found, and the provider never captured it.
func showsLostPayment(e *Evidence) string {
	if !e.HasLedger {
		return ""
	}
	captured := map[int32]bool{}
	for _, c := range e.Captures {
		captured[c.Order] = c.Times > 0
	}
	for i := range e.History.Ops {
		op := &e.History.Ops[i]
		if op.Kind != Checkout || captured[op.Order] {
			continue
		}
		if paid, _ := e.happened(op); paid {
			return e.History.opName(int32(i)) + " is paid, but the provider never captured it"
		}
	}
	return ""
}
