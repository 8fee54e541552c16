package check

import "fmt"

// ConservationStock: for every item, what was there plus what was added minus
// what was sold is what is left at the end. ConservationMoney: for every user,
// the same of credit. Both look at one key at a time and at no order, so they
// miss a stale read and catch a unit lost.
//
// An operation of unknown outcome may have taken effect or not. If the audit
// tells the status of its order, that settles it. Of the others any choice may
// explain a key; it takes more than unknownMost of them on one key, whose sums
// are then too many to try, to make the answer Undecided.
func ConservationStock(e *Evidence) Finding {
	if e.Audit == nil || e.Audit.Stock == nil {
		return Finding{Name: "conservation_stock"}
	}
	return conserve(e, "conservation_stock", 0, e.History.Stock, e.Audit.Stock)
}

// ConservationMoney is described with ConservationStock.
func ConservationMoney(e *Evidence) Finding {
	if e.Audit == nil || e.Audit.Credit == nil {
		return Finding{Name: "conservation_money"}
	}
	return conserve(e, "conservation_money", len(e.History.Stock), e.History.Credit, e.Audit.Credit)
}

// unknownMost is how many unknown effects on one key are tried in all sums.
const unknownMost = 16

// account is what is known of one key.
type account struct {
	added, taken int64
	acknowledged int64   // effects
	open         []int64 // effects that may have happened or not
}

// conserve compares the accounts of the keys in slots from base on with the
// values that the audit found.
func conserve(e *Evidence, name string, base int, start, end []int64) Finding {
	h := e.History
	f := Finding{Name: name, Verdict: Ok, LookedAt: int64(len(start))}
	accounts := e.accounts()
	b, doubtful := &blamer{finding: &f}, 0
	for n := range start {
		k, a := h.keyAt(base+n), &accounts[base+n]
		expected := start[n] + a.added - a.taken
		explained, certain := a.explains(end[n] - expected)
		if explained && end[n] >= 0 {
			if !certain {
				if doubtful++; doubtful == 1 && b.cases == 0 {
					f.Verdict = Undecided
					f.Detail = fmt.Sprintf("%s ended as %d, and %d unknown operations are too many to tell whether they explain it", h.keyName(k), end[n], len(a.open))
				}
			}
			continue
		}
		if !b.first() {
			continue
		}
		about, unexplained := About{Rule: "too_little_left", Keys: []Key{k}, Ops: e.suspects(k)}, ""
		if end[n] > expected {
			about.Rule = "too_much_left"
		}
		if len(a.open) > 0 {
			unexplained = fmt.Sprintf(", which %d operations of unknown outcome do not explain", len(a.open))
		}
		if end[n] < 0 {
			unexplained += ", below 0"
		}
		b.accuse(about, "%s started as %d, gained %d and lost %d to paid checkouts, so it should end as %d, but it is %d%s",
			h.keyName(k), start[n], a.added, a.taken, expected, end[n], unexplained)
	}
	b.end("is wrong", "are wrong")
	return f
}

// explains tells whether some of the open effects add up to difference, and
// whether that is certain.
func (a *account) explains(difference int64) (explained, certain bool) {
	if difference == 0 {
		return true, true // none of them happened
	}
	var low, high int64
	for _, delta := range a.open {
		low, high = low+min(delta, 0), high+max(delta, 0)
	}
	if difference < low || difference > high {
		return false, true
	}
	if len(a.open) > unknownMost {
		return true, false
	}
	for set := range 1 << len(a.open) {
		sum := int64(0)
		for n, delta := range a.open {
			if set>>n&1 == 1 {
				sum += delta
			}
		}
		if sum == difference {
			return true, true
		}
	}
	return false, true
}

// accounts gives, per slot, the sums of what clients were told was done.
func (e *Evidence) accounts() []account {
	if e.sums == nil {
		return e.addUp()
	}
	if *e.sums == nil {
		*e.sums = e.addUp()
	}
	return *e.sums
}

func (e *Evidence) addUp() []account {
	h := e.History
	accounts := make([]account, h.slots())
	for i := range h.Ops {
		op := &h.Ops[i]
		happened, unknown := e.happened(op)
		if !happened && !unknown {
			continue
		}
		if unknown {
			h.eachKey(int32(i), func(k Key) {
				a := &accounts[h.slot(k)]
				a.open = append(a.open, h.delta(int32(i), k))
			})
			continue
		}
		h.eachKey(int32(i), func(k Key) {
			a := &accounts[h.slot(k)]
			a.acknowledged++
			if delta := h.delta(int32(i), k); delta > 0 {
				a.added += delta
			} else {
				a.taken -= delta
			}
		})
	}
	return accounts
}

// happened tells whether op had its effect, from its reply or from the audited
// status of its order; unknown: neither tells.
func (e *Evidence) happened(op *Op) (happened, unknown bool) {
	switch {
	case op.Kind == ReadStock || op.Kind == ReadCredit || op.Kind == FindOrder:
		return false, false
	case op.Outcome != Unknown:
		return op.Outcome == Paid || op.Outcome == OutcomeOK, false
	case op.Kind == Checkout && e.Audit != nil && e.Audit.Orders != nil:
		return e.status(op.Order) == StatusPaid, false
	}
	return false, true
}

// status is the audited status of an order.
func (e *Evidence) status(order int32) Status {
	if int(order) < len(e.Audit.Orders) {
		return e.Audit.Orders[order]
	}
	return StatusAbsent
}
