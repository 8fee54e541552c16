package check

import "fmt"

// Rule names what a step broke.
type Rule uint8

const (
	Legal          Rule = iota
	StockLacks          // paid, but the lines need Told units of Key and it has Found
	CreditLacks         // paid, but the total is Told and the credit Found
	StockSuffices       // out_of_stock, but every line fits; Key is the first line's item
	CreditSuffices      // insufficient_credit, but the total is Told and the credit Found
	WrongValue          // the reply tells value Told of Key, the state has Found
	WrongVersion        // likewise the version
	WrongStatus         // find_order tells status Told, the order has Found
)

// Mismatch is why a step is illegal. The zero Mismatch is Legal.
type Mismatch struct {
	Rule  Rule
	Key   Key
	Told  int64
	Found int64
}

// ruleWords name the rules of steps in findings.
var ruleWords = [...]string{Legal: "no_order", StockLacks: "oversold", CreditLacks: "overdrawn", StockSuffices: "refused_in_stock", CreditSuffices: "refused_with_credit",
	WrongValue: "wrong_value", WrongVersion: "wrong_version", WrongStatus: "wrong_status"}

// about is what a mismatch of op i accuses.
func (m Mismatch) about(i int32) About {
	a := About{Rule: ruleWords[m.Rule], Ops: []int32{i}}
	if m.Rule != Legal && m.Rule != WrongStatus {
		a.Keys = []Key{m.Key}
	}
	return a
}

// keyName says a key in words.
func (h *History) keyName(k Key) string {
	if k.IsUser() {
		return "the credit of " + h.UserName(k.Number())
	}
	return "the stock of " + h.ItemName(k.Number())
}

// opName says an operation in words, so that a reader finds it in the file.
func (h *History) opName(i int32) string {
	op := &h.Ops[i]
	var what string
	switch op.Kind {
	case Checkout, FindOrder:
		what = h.OrderName(op.Order)
	case AddStock, ReadStock:
		what = h.ItemName(op.Item)
	default:
		what = h.UserName(op.User)
	}
	if op.Kind != Checkout {
		what += fmt.Sprintf(" at %d", op.Call)
	}
	return fmt.Sprintf("%s %s by %s", op.Kind, what, h.ClientName(op.Client))
}

// sentence says what op i was told and what it should have been told, without
// a final stop.
func (h *History) sentence(i int32, m Mismatch) string {
	op, key := &h.Ops[i], ""
	if m.Rule != WrongStatus {
		key = h.keyName(m.Key)
	}
	told := h.opName(i)
	switch m.Rule {
	case StockLacks:
		return fmt.Sprintf("%s was told paid, but it needs %s and %s is %d", told, units(m.Told), key, m.Found)
	case CreditLacks:
		return fmt.Sprintf("%s was told paid, but its total is %d and %s is %d", told, m.Told, key, m.Found)
	case StockSuffices:
		if len(h.LinesOf(op)) == 1 {
			return fmt.Sprintf("%s was told out_of_stock, but it needs %s and %s is %d", told, units(h.LinesOf(op)[0].Quantity), key, m.Found)
		}
		return told + " was told out_of_stock, but every line fits its stock"
	case CreditSuffices:
		return fmt.Sprintf("%s was told insufficient_credit, but its total is %d and %s is %d", told, m.Told, key, m.Found)
	case WrongValue:
		return fmt.Sprintf("%s was told that %s is %d, but it is %d", told, key, m.Told, m.Found)
	case WrongVersion:
		return fmt.Sprintf("%s was told version %d of %s, but it is at version %d", told, m.Told, key, m.Found)
	case WrongStatus:
		return fmt.Sprintf("%s was told %s, but the order is %s", told, Status(m.Told), Status(m.Found))
	}
	return told + " is legal"
}

func units(n int64) string {
	if n == 1 {
		return "1 unit"
	}
	return fmt.Sprintf("%d units", n)
}
