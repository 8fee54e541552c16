package check

import (
	"math"
	"strconv"
)

// Kind is what an operation does.
type Kind uint8

const (
	Checkout Kind = iota
	AddStock
	AddCredit
	ReadStock
	ReadCredit
	FindOrder
)

// Outcome is what the client was told. A checkout is Paid, OutOfStock,
// InsufficientCredit or Declined, any other operation is OutcomeOK, and an
// operation that never returned is Unknown.
type Outcome uint8

const (
	OutcomeOK Outcome = iota
	Paid
	OutOfStock
	InsufficientCredit
	Declined
	Unknown
)

// Status is the state of an order as find_order tells it. An order is absent
// until its checkout is decided, and never changes after that.
type Status uint8

const (
	StatusAbsent Status = iota
	StatusPaid
	StatusRejected
)

var (
	kindWords    = [...]string{"checkout", "add_stock", "add_credit", "read_stock", "read_credit", "find_order"}
	outcomeWords = [...]string{"ok", "paid", "out_of_stock", "insufficient_credit", "declined", "unknown"}
	statusWords  = [...]string{"absent", "paid", "rejected"}
)

func (k Kind) String() string    { return kindWords[k] }
func (o Outcome) String() string { return outcomeWords[o] }
func (s Status) String() string  { return statusWords[s] }

// Pending is the Return of an operation that never returned. Its outcome is
// Unknown, and only such an operation's is.
const Pending int64 = math.MaxInt64

// Key names a stock or a credit: the number of an item, or the number of a
// user with the user flag.
type Key int32

const userFlag Key = 1 << 30

// ItemKey is the stock of item n, UserKey the credit of user n.
func ItemKey(n int32) Key { return Key(n) }
func UserKey(n int32) Key { return Key(n) | userFlag }

// IsUser tells a credit from a stock; Number is the item's or user's number.
func (k Key) IsUser() bool  { return k&userFlag != 0 }
func (k Key) Number() int32 { return int32(k &^ userFlag) }

// Line is one line of a checkout. An item may stand on several lines and then
// counts with the sum of its quantities.
type Line struct {
	Item     int32
	Quantity int64 // at least 1
}

// Seen is what a reply tells about one key: its value and version just after
// the operation's own effect. A read or a rejection has no effect, so there it
// is what the operation found.
type Seen struct {
	Key     Key
	Value   int64
	Version int64
}

// Op is one operation as its client saw it: all retries of an order are one
// operation, from the first call to the final reply. Only the fields of its
// kind mean anything.
type Op struct {
	Kind    Kind
	Outcome Outcome
	Status  Status // find_order: the status told

	Client int32
	Order  int32 // checkout, find_order
	User   int32 // checkout, add_credit, read_credit
	Item   int32 // add_stock, read_stock

	LinesFrom, LinesTo int32 // checkout: its lines are History.Lines[LinesFrom:LinesTo], at least one
	AfterFrom, AfterTo int32 // what the reply tells: History.After[AfterFrom:AfterTo]; each key at most once; empty if unknown

	Amount int64 // add_stock: quantity, add_credit: amount; at least 1
	Value  int64 // read_*: the value told

	Call   int64 // nanoseconds; intervals are closed
	Return int64 // nanoseconds, at least Call, or Pending

	PaidAt  int64  // paid checkout: business clock told, nanoseconds; 0 if not told
	Receipt uint64 // paid checkout: the receipt number told; 0 if not told
}

// History is an initial state and the operations on it, in no particular
// order. Items, users, orders and clients are dense numbers from 0; a nil
// table of names stands for the canonical names i<N>, u<N>, o<N> and c<N>.
//
// Every key starts at version 0 with its initial value. Each effect on it (a
// paid checkout, an add) raises its version by exactly 1; a read or a
// rejection does not. A client's operations do not overlap; they come in the
// order of (Call, Return, index).
type History struct {
	Stock  []int64 // by item: units at the start, at least 0
	Credit []int64 // by user: money at the start, at least 0
	Price  []int64 // by item: money for one unit, at least 0

	ItemNames, UserNames, OrderNames, ClientNames []string

	Ops   []Op
	Lines []Line
	After []Seen
}

// Append adds op with copies of its lines and of what its reply tells, and
// gives its index.
func (h *History) Append(op Op, lines []Line, after []Seen) int32 {
	op.LinesFrom = int32(len(h.Lines))
	h.Lines = append(h.Lines, lines...)
	op.LinesTo = int32(len(h.Lines))
	op.AfterFrom = int32(len(h.After))
	h.After = append(h.After, after...)
	op.AfterTo = int32(len(h.After))
	h.Ops = append(h.Ops, op)
	return int32(len(h.Ops) - 1)
}

// LinesOf gives the lines of a checkout, AfterOf what a reply tells. Both are
// views of the history, not copies.
func (h *History) LinesOf(op *Op) []Line { return h.Lines[op.LinesFrom:op.LinesTo] }
func (h *History) AfterOf(op *Op) []Seen { return h.After[op.AfterFrom:op.AfterTo] }

// ItemName, UserName, OrderName and ClientName give names as in the file.
func (h *History) ItemName(n int32) string   { return nameOf(h.ItemNames, "i", n) }
func (h *History) UserName(n int32) string   { return nameOf(h.UserNames, "u", n) }
func (h *History) OrderName(n int32) string  { return nameOf(h.OrderNames, "o", n) }
func (h *History) ClientName(n int32) string { return nameOf(h.ClientNames, "c", n) }

func nameOf(names []string, letter string, n int32) string {
	if names != nil {
		return names[n]
	}
	return letter + strconv.Itoa(int(n))
}

// Total is the price of a whole checkout.
func (h *History) Total(op *Op) int64 {
	var total int64
	for _, line := range h.LinesOf(op) {
		total += line.Quantity * h.Price[line.Item]
	}
	return total
}

// slots is the number of keys; slot is the dense place of a key among them:
// items first, then users.
func (h *History) slots() int { return len(h.Stock) + len(h.Credit) }

func (h *History) slot(k Key) int {
	if k.IsUser() {
		return len(h.Stock) + int(k.Number())
	}
	return int(k)
}

func (h *History) keyAt(slot int) Key {
	if slot >= len(h.Stock) {
		return UserKey(int32(slot - len(h.Stock)))
	}
	return ItemKey(int32(slot))
}

// orders and clients count the numbers in use.
func (h *History) orders() int {
	last := int32(-1)
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Kind == Checkout || op.Kind == FindOrder {
			last = max(last, op.Order)
		}
	}
	return int(last) + 1
}

func (h *History) clients() int {
	last := int32(-1)
	for i := range h.Ops {
		last = max(last, h.Ops[i].Client)
	}
	return int(last) + 1
}
