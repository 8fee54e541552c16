package check

import (
	"fmt"
	"strings"
)

// toldWords is what a client was told, but for values and versions.
func (h *History) toldWords(op *Op) string {
	switch op.Kind {
	case ReadStock, ReadCredit:
		return fmt.Sprint(op.Value)
	case FindOrder:
		return op.Status.String()
	}
	return op.Outcome.String()
}

// asked says what an operation asks for.
func (h *History) asked(i int32) string {
	switch op := &h.Ops[i]; op.Kind {
	case Checkout:
		var lines []string
		h.eachKey(i, func(k Key) {
			if !k.IsUser() {
				lines = append(lines, fmt.Sprintf("%d of %s", -h.delta(i, k), h.ItemName(k.Number())))
			}
		})
		return fmt.Sprintf("for checkout %s: %s, for %d of the credit of %s", h.OrderName(op.Order), listed(lines), h.Total(op), h.UserName(op.User))
	case AddStock:
		return fmt.Sprintf("to add %d to the stock of %s", op.Amount, h.ItemName(op.Item))
	case AddCredit:
		return fmt.Sprintf("to add %d to the credit of %s", op.Amount, h.UserName(op.User))
	case ReadStock:
		return "for the stock of " + h.ItemName(op.Item)
	case ReadCredit:
		return "for the credit of " + h.UserName(op.User)
	default:
		return "for the status of order " + h.OrderName(op.Order)
	}
}

// listed joins words: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func (h *History) keyLabel(k Key) string {
	if k.IsUser() {
		return h.UserName(k.Number())
	}
	return h.ItemName(k.Number())
}

// Clock is an instant of the history as a trace writes it: in seconds. A
// history that is over within a millisecond keeps its nanoseconds.
func (h *History) Clock(at int64) string {
	last := int64(0)
	for i := range h.Ops {
		last = max(last, h.Ops[i].Call)
	}
	if last < 1_000_000 {
		return fmt.Sprintf("%d ns", at)
	}
	return fmt.Sprintf("%d.%06ds", at/1_000_000_000, at%1_000_000_000/1000)
}

// Told is what the client of an operation was told, in a word.
func (h *History) Told(i int32) string { return h.toldWords(&h.Ops[i]) }

// Name says an operation in a few words.
func (h *History) Name(i int32) string {
	op := &h.Ops[i]
	switch op.Kind {
	case Checkout:
		return "checkout " + h.OrderName(op.Order)
	case AddStock, ReadStock:
		return op.Kind.String() + " of " + h.ItemName(op.Item)
	case FindOrder:
		return "find_order of " + h.OrderName(op.Order)
	}
	return op.Kind.String() + " of " + h.UserName(op.User)
}
