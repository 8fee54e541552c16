package check

// field is a key of an operation's line.
type field uint8

const (
	fieldOp field = iota
	fieldClient
	fieldCall
	fieldReturn
	fieldOutcome
	fieldOrder
	fieldUser
	fieldItem
	fieldLines
	fieldQuantity
	fieldAmount
	fieldValue
	fieldStatus
	fieldAfter
	fieldPaidAt
	fieldReceipt
	fields
)

var fieldWords = [fields]string{"op", "client", "call", "return", "outcome", "order", "user", "item", "lines",
	"quantity", "amount", "value", "status", "after", "paid_at", "receipt"}

func set(list ...field) (bits uint32) {
	for _, f := range list {
		bits |= 1 << f
	}
	return bits
}

// required fields per kind, and those that may stand besides.
var (
	common   = set(fieldOp, fieldClient, fieldCall, fieldReturn, fieldOutcome)
	required = [...]uint32{
		Checkout:   common | set(fieldOrder, fieldUser, fieldLines),
		AddStock:   common | set(fieldItem, fieldQuantity),
		AddCredit:  common | set(fieldUser, fieldAmount),
		ReadStock:  common | set(fieldItem, fieldValue),
		ReadCredit: common | set(fieldUser, fieldValue),
		FindOrder:  common | set(fieldOrder, fieldStatus),
	}
	told     = set(fieldValue, fieldStatus, fieldAfter) // not by an operation that never returned
	optional = set(fieldAfter)
	receipts = set(fieldPaidAt, fieldReceipt) // of a paid checkout
)

// judgeFields reports fields that are missing or do not belong to the kind.
func (d *decoder) judgeFields() {
	l, o := &d.line, &d.op
	unknown := o.good&set(fieldOutcome) != 0 && o.Outcome == Unknown
	need := required[o.Kind]
	if unknown {
		need &^= told
	}
	for f := field(0); f < fields; f++ {
		bit := set(f)
		switch {
		case need&bit != 0 && o.has&bit == 0:
			l.flaw(0, "%s lacks %q", o.Kind, fieldWords[f])
		case o.has&bit == 0:
		case d.allowed()&bit == 0:
			l.flaw(o.keys[f], "%s has no %q", o.Kind, fieldWords[f])
		case unknown && told&bit != 0:
			l.flaw(o.keys[f], "an operation that never returned tells no %q", fieldWords[f])
		case receipts&bit != 0 && o.good&set(fieldOutcome) != 0 && o.Outcome != Paid:
			l.flaw(o.keys[f], "only a paid checkout tells %q", fieldWords[f])
		}
	}
	if o.good&set(fieldOutcome) != 0 {
		if text := outcomeFlaw(o.Kind, o.Outcome); text != "" {
			l.flaw(o.at[fieldOutcome], "%s", text)
		}
	}
}

// judgeTimes reports an interval that is none, and a return that does not fit
// the outcome.
func (d *decoder) judgeTimes() {
	l, o := &d.line, &d.op
	both := set(fieldReturn, fieldOutcome)
	if o.good&both == both && (o.Return == Pending) != (o.Outcome == Unknown) {
		if o.Return == Pending {
			l.flaw(o.at[fieldOutcome], "return is null, so the outcome must be unknown")
		} else {
			l.flaw(o.at[fieldReturn], "the outcome is unknown, so return must be null")
		}
	}
	both = set(fieldCall, fieldReturn)
	if o.good&both == both && o.Return < o.Call {
		l.flaw(o.at[fieldReturn], "returned at %d, before its call at %d", o.Return, o.Call)
	}
}
