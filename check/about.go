package check

import "fmt"

// About is what a violation accuses, for whoever shows more of it than Detail:
// a page, a trace, a telling.
type About struct {
	Rule string  // what kind of wrong it is, in one word: paid_but_lost. Rules of one check tell its bugs apart
	What string  // the first case in words: Detail without the count of the others
	Ops  []int32 // of History.Ops: the operation that went wrong first, then those that contradict it; may be empty
	Keys []Key   // the stocks and credits whose books are wrong
	At   int64   // when a monitor saw it, in nanoseconds; 0 for checks of what clients were told
	More int     // further cases
}

// aboutMost bounds the operations that a finding accuses by name.
const aboutMost = 4

// blamer keeps the first thing that a check finds wrong and counts the others.
type blamer struct {
	finding *Finding
	cases   int
}

// first counts a case and says whether it is the first one.
func (b *blamer) first() bool {
	b.cases++
	return b.cases == 1
}

// op blames operation i.
func (b *blamer) op(rule string, i int32, format string, args ...any) {
	if b.first() {
		b.accuse(About{Rule: rule, Ops: []int32{i}}, format, args...)
	}
}

// accuse makes the finding a violation.
func (b *blamer) accuse(a About, format string, args ...any) {
	a.What = fmt.Sprintf(format, args...)
	a.Ops = a.Ops[:min(len(a.Ops), aboutMost)]
	b.finding.Verdict, b.finding.Detail, b.finding.About = Violated, a.What, &a
}

// end says how many further cases there are.
func (b *blamer) end(one, several string) {
	if b.cases > 1 {
		b.finding.Detail += more(b.cases, one, several)
		b.finding.About.More = b.cases - 1
	}
}

// suspects finds operations that may have spoilt the books of k: one whose own
// order contradicts what its client was told; two that were told the same
// version; one that was told a version that k never reached. If nothing
// points at any, it is the last one that clients were told of.
func (e *Evidence) suspects(k Key) []int32 {
	h, slot := e.History, e.History.slot(k)
	final := int64(-1)
	if a := e.Audit; slot < len(h.Stock) && slot < len(a.StockVersion) {
		final = a.StockVersion[slot]
	} else if user := slot - len(h.Stock); user >= 0 && user < len(a.CreditVersion) {
		final = a.CreditVersion[user]
	}
	maker := map[int64]int32{}
	clash, lost, last := []int32(nil), int32(-1), int32(-1)
	lowest := int64(0)
	for n := range h.Ops {
		i, op := int32(n), &h.Ops[n]
		if !h.affects(i, k) {
			continue
		}
		if op.Kind == Checkout && e.contradicted(op) {
			return []int32{i}
		}
		if !h.effective(i) {
			continue
		}
		if last < 0 || op.Return > h.Ops[last].Return {
			last = i
		}
		seen, told := h.seenOf(op, k)
		if !told {
			continue
		}
		if other, taken := maker[seen.Version]; taken && clash == nil {
			clash = []int32{i, other}
		}
		maker[seen.Version] = i
		if final >= 0 && seen.Version > final && (lost < 0 || seen.Version < lowest) {
			lost, lowest = i, seen.Version
		}
	}
	switch {
	case clash != nil:
		return clash
	case lost >= 0:
		return []int32{lost}
	case last >= 0:
		return []int32{last}
	}
	return nil
}

// contradicted tells whether the audit of a checkout's order contradicts what
// its client was told.
func (e *Evidence) contradicted(op *Op) bool {
	a := e.Audit
	if op.Outcome == Unknown {
		return false
	}
	if a.Applied != nil {
		times := int32(0)
		if int(op.Order) < len(a.Applied) {
			times = a.Applied[op.Order]
		}
		if times > 1 || (times == 1) != (op.Outcome == Paid) {
			return true
		}
	}
	return a.Orders != nil && (e.status(op.Order) == StatusPaid) != (op.Outcome == Paid)
}
