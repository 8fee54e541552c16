package check

import (
	"fmt"
	"math/bits"
)

// Cut is the state of all services as a completed checkpoint has it. Operations
// are indices into History.Ops.
type Cut interface {
	// Taken says whether the sources had taken an operation's request.
	Taken(op int32) bool
	// Status is how far the services had come with it. Nothing is asked of find_order.
	Status(op int32) CutStatus
	// Applied is how often a checkout was applied to a key, less compensations.
	Applied(op int32, k Key) int
	// State is a key's value and version; a version below 0 was not kept.
	State(k Key) (value, version int64)
}

// CutStatus is how far services have come with an operation.
type CutStatus uint8

const (
	NotBegun CutStatus = iota
	Begun              // it has no answer yet: of an add nobody says whether it was applied
	Ended              // it has; a checkout was not paid
	EndedPaid
)

// CutJudge judges the checkpoints of a run while it goes on.
//
// The state of a committed checkpoint is the fold of the operations in it: each
// key has what it had at first, plus what was added, less what checkouts took that
// the cut itself says were applied. An operation is known exactly if a source had
// taken its request. A checkout that was paid is applied everywhere, one that was
// not is applied nowhere; one that is under way may be applied in part only where
// nothing isolates it (sagas). That implies that money and stock are conserved:
// what left the stocks was paid for, in every state that can ever come back.
type CutJudge struct {
	History *History
	Torn    bool // a checkout that is under way may be applied in part

	due     []int64 // per slot, scratch: the value as it should be, less what is open
	effects []int64 // per slot, scratch: the version
}

// Judge gives how many keys and operations were looked at, and the first thing
// that is wrong, in words; empty: nothing is.
func (j *CutJudge) Judge(c Cut) (looked int64, wrong string) {
	h := j.History
	j.due = append(append(j.due[:0], h.Stock...), h.Credit...)
	if j.effects == nil {
		j.effects = make([]int64, h.slots())
	}
	clear(j.effects)
	for i := range int32(len(h.Ops)) {
		if wrong := j.operation(c, i); wrong != "" {
			return int64(i) + 1, wrong
		}
	}
	looked = int64(len(h.Ops) + h.slots())
	for slot := range j.due {
		if wrong := j.key(c, slot); wrong != "" {
			return looked, wrong
		}
	}
	return looked, ""
}

// operation enters what an operation did.
func (j *CutJudge) operation(c Cut, i int32) string {
	h := j.History
	op := &h.Ops[i]
	if op.Kind == FindOrder {
		return ""
	}
	status := c.Status(i)
	if taken := c.Taken(i); taken != (status != NotBegun) {
		if taken {
			return fmt.Sprintf("a source had taken %s, of which nothing is known", h.opName(i))
		}
		return h.opName(i) + " is known, whose request no source had taken"
	}
	switch op.Kind {
	case Checkout:
		return j.checkout(c, i, op, status)
	case AddStock, AddCredit:
		if status >= Ended {
			h.eachKey(i, func(k Key) { j.effect(h.slot(k), op.Amount) })
		}
	}
	return ""
}

func (j *CutJudge) effect(slot int, by int64) {
	j.due[slot] += by
	j.effects[slot]++
}

func (j *CutJudge) checkout(c Cut, i int32, op *Op, status CutStatus) (wrong string) {
	h := j.History
	whole := c.Applied(i, UserKey(op.User))
	h.eachKey(i, func(k Key) {
		n := c.Applied(i, k)
		switch {
		case wrong != "":
		case n < 0 || n > 1:
			wrong = fmt.Sprintf("%s was applied %d times to %s", h.opName(i), n, h.keyName(k))
		case status == EndedPaid && n == 0:
			wrong = fmt.Sprintf("%s was paid, and not applied to %s", h.opName(i), h.keyName(k))
		case (status == Ended || status == NotBegun) && n == 1:
			wrong = fmt.Sprintf("%s was not paid, and was applied to %s", h.opName(i), h.keyName(k))
		case status == Begun && n != whole && !j.Torn:
			wrong = fmt.Sprintf("%s is torn: it was applied to %s %d times, and %d times to %s", h.opName(i), h.keyName(k), n, whole, h.keyName(UserKey(op.User)))
		case n == 1:
			j.effect(h.slot(k), h.delta(i, k))
		}
	})
	return wrong
}

// key compares a key with what it should be. Adds that are under way may be in it.
func (j *CutJudge) key(c Cut, slot int) string {
	h := j.History
	k := h.keyAt(slot)
	value, version := c.State(k)
	more, effects := value-j.due[slot], version-j.effects[slot]
	if value >= 0 && more == 0 && (effects == 0 || version < 0) {
		return ""
	}
	var open []int64
	for i := range h.Ops {
		op := &h.Ops[i]
		if (op.Kind == AddStock && k == ItemKey(op.Item) || op.Kind == AddCredit && k == UserKey(op.User)) && c.Status(int32(i)) == Begun {
			open = append(open, op.Amount)
		}
	}
	switch {
	case value < 0:
		return fmt.Sprintf("%s is %d, below 0", h.keyName(k), value)
	case version < 0 && addUpTo(open, more), version >= 0 && countUpTo(open, more, effects):
		return ""
	}
	text := fmt.Sprintf("%s is %d, and should be %d", h.keyName(k), value, j.due[slot])
	if version >= 0 {
		text += fmt.Sprintf("; it changed %d times, and should have changed %d times", version, j.effects[slot])
	}
	if len(open) > 0 {
		text += fmt.Sprintf("; %d adds that are under way do not explain it", len(open))
	}
	return text
}

// addUpTo tells whether some of the amounts, at least 1 each, add up to a sum.
func addUpTo(amounts []int64, sum int64) bool {
	for n := range int64(len(amounts)) + 1 {
		if countUpTo(amounts, sum, n) {
			return true
		}
	}
	return false
}

// countUpTo tells whether so many of the amounts add up to a sum. Where there are too
// many to try, their bounds alone are looked at.
func countUpTo(amounts []int64, sum, count int64) bool {
	if count < 0 || count > int64(len(amounts)) {
		return false
	}
	if len(amounts) > unknownMost {
		var all int64
		for _, amount := range amounts {
			all += amount
		}
		return count <= sum && sum <= all
	}
	for set := range uint32(1) << len(amounts) {
		if int64(bits.OnesCount32(set)) != count {
			continue
		}
		left := sum
		for n, amount := range amounts {
			if set>>n&1 == 1 {
				left -= amount
			}
		}
		if left == 0 {
			return true
		}
	}
	return false
}
