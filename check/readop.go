package check

import (
	"slices"
)

// opLine is an operation as read, before it is judged as a whole.
type opLine struct {
	Op
	has  uint32      // fields that are there
	good uint32      // fields that are there and could be read
	at   [fields]int // where the value of each stands
	keys [fields]int // and its key
	kind bool        // the kind is known

	client, order, user, item string
	lines                     []namedLine
	after                     []namedSeen
}

type namedLine struct {
	item     string
	named    bool // the item could be read
	quantity int64
	at       int // of the item's name
}

type namedSeen struct {
	name string
	user bool
	Seen
	at int // of the name
}

// readOp reads one operation and enters it if nothing is wrong with it.
func (d *decoder) readOp() {
	l, o := &d.line, &d.op
	lines, after := o.lines[:0], o.after[:0]
	*o = opLine{lines: lines, after: after}
	before := d.flaws.count
	type stray struct {
		at  int
		key string
	}
	var strays []stray
	for first := true; l.next('}', first); first = false {
		key, at := l.key()
		if l.broken {
			return
		}
		f := field(slices.Index(fieldWords[:], string(key)))
		l.skip()
		switch {
		case f >= fields:
			strays = append(strays, stray{at, string(key)})
			l.pass(0)
		case o.has&set(f) != 0:
			l.flaw(at, "%s stands here twice", key)
			l.pass(0)
		default:
			o.has |= set(f)
			o.keys[f], o.at[f] = at, l.at
			if d.readField(f) {
				o.good |= set(f)
			}
		}
	}
	if !l.broken {
		l.finish()
	}
	if l.broken {
		return
	}
	words := d.fieldsAllowed()
	for _, s := range strays {
		l.flaw(s.at, "unknown key %q%s", s.key, didYouMean(s.key, words))
	}
	if o.has&set(fieldOp) == 0 {
		l.flaw(0, `the operation lacks "op"`)
	}
	if !o.kind {
		return
	}
	d.judgeFields()
	d.judgeTimes()
	if d.initial {
		d.enter(before)
	}
}

// fieldsAllowed gives the keys that this operation may have.
func (d *decoder) fieldsAllowed() []string {
	var words []string
	for f, word := range fieldWords {
		if !d.op.kind || d.allowed()&set(field(f)) != 0 {
			words = append(words, word)
		}
	}
	return words
}

func (d *decoder) allowed() uint32 {
	bits := required[d.op.Kind] | optional
	if d.op.Kind == Checkout {
		bits |= receipts
	}
	return bits
}

// readField reads the value of f.
func (d *decoder) readField(f field) (ok bool) {
	l, o := &d.line, &d.op
	name := fieldWords[f]
	switch f {
	case fieldOp:
		var n int
		n, ok = d.choice(name, kindWords[:])
		o.Kind, o.kind = Kind(n), ok
	case fieldOutcome:
		var n int
		n, ok = d.choice(name, outcomeWords[:])
		o.Outcome = Outcome(n)
	case fieldStatus:
		var n int
		n, ok = d.choice(name, statusWords[:])
		o.Status = Status(n)
	case fieldClient:
		o.client, ok = d.name(name, d.h.ClientNames, d.clientIDs)
	case fieldOrder:
		o.order, ok = d.name(name, d.h.OrderNames, d.orders)
	case fieldUser:
		o.user, ok = d.name(name, d.h.UserNames, d.users)
	case fieldItem:
		o.item, ok = d.name(name, d.h.ItemNames, d.items)
	case fieldCall:
		o.Call, ok = l.integer(name, false)
	case fieldReturn:
		if l.null() {
			o.Return = Pending
			return true
		}
		o.Return, ok = l.integer(name, false)
		if ok && o.Return == Pending {
			l.flaw(o.at[f], "return is too late for 64 bits")
			return false
		}
	case fieldQuantity, fieldAmount:
		o.Amount, ok = l.integer(name, false)
		if ok && o.Amount < 1 {
			l.flaw(o.at[f], "%s is %d, below 1", name, o.Amount)
			return false
		}
	case fieldValue:
		o.Value, ok = l.integer(name, false)
	case fieldPaidAt:
		o.PaidAt, ok = l.integer(name, false)
	case fieldReceipt:
		var bits int64
		bits, ok = l.integer(name, true)
		o.Receipt = uint64(bits)
	case fieldLines:
		ok = d.readLines()
	case fieldAfter:
		ok = d.readAfter()
	}
	return ok
}

// choice reads a string that must be one of words.
func (d *decoder) choice(name string, words []string) (int, bool) {
	at := d.line.at
	text, ok := d.line.stringValue(name)
	if !ok {
		return 0, false
	}
	n := slices.Index(words, string(text))
	if n < 0 {
		d.line.flaw(at, "unknown %s %q%s", name, text, didYouMean(string(text), words))
	}
	return n, n >= 0
}

// name reads a name; one that is known already is not copied.
func (d *decoder) name(what string, names []string, numbers map[string]int32) (string, bool) {
	text, ok := d.line.stringValue(what)
	if !ok {
		return "", false
	}
	if n, known := numbers[string(text)]; known {
		return names[n], true
	}
	return string(text), true
}
