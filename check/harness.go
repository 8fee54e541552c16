package check

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Harness judges what all other checks assume about a history: that it is one.
// Clients are sequential, intervals are intervals, an order belongs to one
// checkout, and a reply only tells of what its operation touched. A violation
// accuses whoever recorded the history, not the system.
func Harness(h *History) Finding {
	f := Finding{Name: "harness", Verdict: Ok, LookedAt: int64(len(h.Ops))}
	if flaws := flawsOf(h, 1); len(flaws) > 0 {
		b := &blamer{finding: &f}
		about := About{Rule: "no_history"}
		if op := flaws[0].Op; op >= 0 {
			about.Ops = []int32{op}
		}
		b.accuse(about, "%s", flaws[0].words(h))
	}
	return f
}

// flaw is one thing wrong with a history itself.
type flaw struct {
	Op   int32 // -1: the initial state
	Text string
}

func (w flaw) words(h *History) string {
	if w.Op < 0 {
		return "the initial state: " + w.Text
	}
	return fmt.Sprintf("operation %d (%s): %s", w.Op, h.safeName(w.Op), w.Text)
}

// safeName is opName for operations whose numbers may be out of range.
func (h *History) safeName(i int32) string {
	op := &h.Ops[i]
	if int(op.Kind) >= len(kindWords) {
		return fmt.Sprintf("kind %d", op.Kind)
	}
	return fmt.Sprintf("%s called at %d", op.Kind, op.Call)
}

// flawsOf gives up to limit flaws, in the order of operations.
func flawsOf(h *History, limit int) []flaw {
	j := &flawJudge{h: h, limit: limit}
	j.added = make([]int64, h.slots())
	j.seen = make([]int32, h.slots())
	j.touched = make([]int32, h.slots())
	copy(j.added, h.Stock)
	copy(j.added[len(h.Stock):], h.Credit)
	if len(h.Price) != len(h.Stock) {
		return []flaw{{Op: -1, Text: fmt.Sprintf("%d items have %d prices", len(h.Stock), len(h.Price))}}
	}
	for slot, value := range j.added {
		if value < 0 {
			return []flaw{{Op: -1, Text: fmt.Sprintf("%s is %d at the start, below 0", h.keyName(h.keyAt(slot)), value)}}
		}
	}
	for i := range h.Ops {
		if j.shape(int32(i)); len(j.flaws) >= limit {
			return j.flaws
		}
	}
	if len(j.flaws) == 0 { // numbers can be trusted from here on
		j.orders()
		j.clients()
	}
	slices.SortStableFunc(j.flaws, func(a, b flaw) int { return int(a.Op) - int(b.Op) })
	return j.flaws[:min(len(j.flaws), limit)]
}

// flawJudge holds what flawsOf needs between operations.
type flawJudge struct {
	h       *History
	limit   int
	added   []int64 // per key: initial value and everything added, which no value can exceed
	touched []int32 // per key: the last operation, plus 1, that touches it
	seen    []int32 // per key: the last operation, plus 1, whose reply told it
	flaws   []flaw
}

func (j *flawJudge) add(op int32, format string, args ...any) {
	if len(j.flaws) < j.limit {
		j.flaws = append(j.flaws, flaw{op, fmt.Sprintf(format, args...)})
	}
}

// shape judges one operation by itself.
func (j *flawJudge) shape(i int32) {
	op := &j.h.Ops[i]
	if int(op.Kind) >= len(kindWords) || int(op.Outcome) >= len(outcomeWords) || int(op.Status) >= len(statusWords) {
		j.add(i, "no such kind, outcome or status: %d, %d, %d", op.Kind, op.Outcome, op.Status)
		return
	}
	if text := outcomeFlaw(op.Kind, op.Outcome); text != "" {
		j.add(i, "%s", text)
	}
	if (op.Return == Pending) != (op.Outcome == Unknown) {
		j.add(i, "an operation that never returned is unknown, and only such a one is")
	}
	if op.Return < op.Call {
		j.add(i, "returned at %d, before its call at %d", op.Return, op.Call)
	}
	if op.Client < 0 || !numbered(op, j.h) {
		j.add(i, "a client, order, user or item is out of range")
		return
	}
	switch op.Kind {
	case Checkout:
		j.touched[len(j.h.Stock)+int(op.User)] = i + 1
		j.lines(i, op)
	case AddStock, ReadStock:
		j.touched[op.Item] = i + 1
	case AddCredit, ReadCredit:
		j.touched[len(j.h.Stock)+int(op.User)] = i + 1
	}
	switch op.Kind {
	case AddStock:
		j.raise(i, int(op.Item), "quantity")
	case AddCredit:
		j.raise(i, len(j.h.Stock)+int(op.User), "amount")
	}
	j.reply(i, op)
}

// outcomeFlaw says why an operation of this kind cannot have this outcome.
func outcomeFlaw(kind Kind, outcome Outcome) string {
	switch {
	case outcome == Unknown:
		return ""
	case kind == Checkout && outcome == OutcomeOK:
		return "a checkout is paid, out_of_stock, insufficient_credit, declined or unknown, not ok"
	case kind != Checkout && outcome != OutcomeOK:
		return fmt.Sprintf("%s is ok or unknown, not %s", kind, outcome)
	}
	return ""
}

// numbered tells whether the numbers that op's kind uses exist.
func numbered(op *Op, h *History) bool {
	item := op.Item >= 0 && int(op.Item) < len(h.Stock)
	user := op.User >= 0 && int(op.User) < len(h.Credit)
	switch op.Kind {
	case Checkout:
		return user && op.Order >= 0
	case AddStock, ReadStock:
		return item
	case AddCredit, ReadCredit:
		return user
	}
	return op.Order >= 0
}

// lines judges the lines of a checkout: there is one, and no sum overflows.
func (j *flawJudge) lines(i int32, op *Op) {
	if op.LinesFrom < 0 || op.LinesTo <= op.LinesFrom || int(op.LinesTo) > len(j.h.Lines) {
		j.add(i, "no lines")
		return
	}
	var total, units uint64
	for _, line := range j.h.LinesOf(op) {
		if line.Item < 0 || int(line.Item) >= len(j.h.Stock) {
			j.add(i, "item %d does not exist", line.Item)
			return
		}
		j.touched[line.Item] = i + 1
		if line.Quantity < 1 {
			j.add(i, "quantity %d is below 1", line.Quantity)
			return
		}
		high, cost := bits.Mul64(uint64(line.Quantity), uint64(j.h.Price[line.Item]))
		total, units = total+cost, units+uint64(line.Quantity)
		if high != 0 || cost > math.MaxInt64 || total > math.MaxInt64 || units > math.MaxInt64 {
			j.add(i, "the total is too large for 64 bits")
			return
		}
	}
}

// raise judges an add: what it adds up to must fit 64 bits.
func (j *flawJudge) raise(i int32, slot int, part string) {
	amount := j.h.Ops[i].Amount
	if amount < 1 {
		j.add(i, "%s %d is below 1", part, amount)
	} else if j.added[slot] > math.MaxInt64-amount {
		j.add(i, "%s would grow too large for 64 bits", j.h.keyName(j.h.keyAt(slot)))
	} else {
		j.added[slot] += amount
	}
}

// reply judges what a reply tells: only of keys that the operation touches,
// each once, and nothing if there was no reply.
func (j *flawJudge) reply(i int32, op *Op) {
	if op.AfterFrom < 0 || op.AfterTo < op.AfterFrom || int(op.AfterTo) > len(j.h.After) {
		j.add(i, "after is out of range")
		return
	}
	after := j.h.AfterOf(op)
	if len(after) > 0 && op.Outcome == Unknown {
		j.add(i, "an operation that never returned cannot tell what it saw")
	}
	for _, seen := range after {
		slot := j.slot(seen.Key)
		if slot < 0 || j.touched[slot] != i+1 {
			j.add(i, "after tells of a key that the operation does not touch")
			return
		}
		if j.seen[slot] == i+1 {
			j.add(i, "after tells %s twice", j.h.keyName(seen.Key))
		}
		j.seen[slot] = i + 1
	}
}

// slot is the place of a key that may not exist, or -1.
func (j *flawJudge) slot(k Key) int {
	size := len(j.h.Stock)
	if k.IsUser() {
		size = len(j.h.Credit)
	}
	if k < 0 || int(k.Number()) >= size {
		return -1
	}
	return j.h.slot(k)
}
