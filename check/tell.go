package check

import (
	"fmt"
	"slices"
	"strings"
)

// promises say what each check holds a system to.
var promises = map[string]string{
	"harness":            "clients wait for one reply before they call again, a reply comes after its call, and an order belongs to one checkout",
	"linearizable":       "one shop that does one operation at a time, each between its call and its reply, could have given all these replies",
	"exactly_once":       "what a client was told happened, once, and nothing else did",
	"replies_kept":       "whoever is answered twice for one operation is told the same",
	"conservation_stock": "what was there and was added, less what was sold, is what is left",
	"conservation_money": "the credit that was there and was added, less what was paid, is what is left",
	"provider_ledger":    "the payment provider captured the money of each paid checkout once, and of no other",
	"progress":           "once the faults are over everybody is answered",
}

// Promise says what a check holds a system to; empty: no check of this package.
func Promise(name string) string { return promises[name] }

// Class tells the bugs behind violations apart: the check and its rule, such
// as exactly_once/paid_but_lost.
func (f *Finding) Class() string {
	if f.About == nil || f.About.Rule == "" {
		return f.Name
	}
	return f.Name + "/" + f.About.Rule
}

// Tell says in sentences what a violation is about: what the accused
// operation asked and was told, what is wrong with that, who contradicts it,
// and what the books say. e needs nothing but a history.
func Tell(e *Evidence, f *Finding) []string {
	a := f.About
	if a == nil {
		return []string{sentence(f.Detail)}
	}
	t := teller{e: e, h: e.History}
	if f.Name != "harness" { // of a broken history nothing else can be read
		for _, i := range a.Ops[:min(len(a.Ops), 2)] {
			t.operation(i)
		}
	}
	t.say("%s", a.What)
	switch f.Name {
	case "linearizable":
		t.before(a)
	case "exactly_once":
		t.books(a)
	case "conservation_stock", "conservation_money":
		t.blamed(a)
	}
	switch {
	case f.Name == "progress" && a.More > 0:
		t.say("%s had no reply either", counted(a.More, "more operation"))
	case a.More > 0:
		t.say("%s found wrong as well", counted(a.More, "more case")+map[bool]string{true: " was", false: " were"}[a.More == 1])
	}
	return t.said
}

// sentence begins a text with a capital letter and ends it with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// teller collects sentences about a history.
type teller struct {
	e    *Evidence
	h    *History
	said []string
}

func (t *teller) say(format string, args ...any) {
	t.said = append(t.said, sentence(fmt.Sprintf(format, args...)))
}

// operation says what an operation asked and was told.
func (t *teller) operation(i int32) {
	h, op := t.h, &t.h.Ops[i]
	t.say("client %s asked at %s %s", h.ClientName(op.Client), h.Clock(op.Call), h.asked(i))
	if op.Return == Pending {
		t.say("it was never answered")
		return
	}
	told := h.toldWords(op)
	var after []string
	for _, seen := range h.AfterOf(op) {
		after = append(after, fmt.Sprintf("%s = %d at version %d", h.keyLabel(seen.Key), seen.Value, seen.Version))
	}
	if len(after) > 0 {
		told += ", " + listed(after)
	}
	t.say("it was told at %s: %s", h.Clock(op.Return), told)
}

// before says what the last reply before the accused one told of the keys that
// it is wrong about.
func (t *teller) before(a *About) {
	if len(a.Ops) == 0 || len(a.Keys) == 0 {
		return
	}
	h, at := t.h, t.h.Ops[a.Ops[0]].Call
	last, value := int32(-1), Seen{}
	for n := range h.Ops {
		op := &h.Ops[n]
		if op.Return >= at || last >= 0 && op.Return <= h.Ops[last].Return {
			continue
		}
		if seen, told := h.toldOf(op, a.Keys[0]); told {
			last, value = int32(n), seen
		}
	}
	if last < 0 || slices.Contains(a.Ops, last) {
		return
	}
	text := fmt.Sprintf("the last client that had been told of %s before that, at %s, was told %d", h.keyName(a.Keys[0]), h.Clock(h.Ops[last].Return), value.Value)
	if value.Version >= 0 {
		text += fmt.Sprintf(" at version %d", value.Version)
	}
	t.say("%s, by %s", text, h.opName(last))
}

// toldOf is what the reply to op tells of k, as a value read or otherwise. A
// version of -1 was not told.
func (h *History) toldOf(op *Op, k Key) (Seen, bool) {
	if seen, told := h.seenOf(op, k); told {
		return seen, true
	}
	read := op.Kind == ReadStock && k == ItemKey(op.Item) || op.Kind == ReadCredit && k == UserKey(op.User)
	return Seen{Key: k, Value: op.Value, Version: -1}, read && op.Return != Pending
}

// books says of each key of the accused operation what the audit found, as far
// as it is not what replies account for.
func (t *teller) books(a *About) {
	if len(a.Ops) == 0 || t.e.Audit == nil {
		return
	}
	if len(a.Keys) > 0 {
		t.blamed(a)
		return
	}
	h, i := t.h, a.Ops[0]
	accounts := t.e.accounts()
	var right []string
	h.eachKey(i, func(k Key) {
		found, start, known := t.audited(k)
		if !known {
			return
		}
		slot := h.slot(k)
		if expected := start + accounts[slot].added - accounts[slot].taken; expected != found {
			t.say("%s started as %d and the replies account for %d, but the books hold %d", h.keyName(k), start, expected, found)
		} else {
			right = append(right, h.keyLabel(k))
		}
	})
	if len(right) > 0 {
		t.say("the books of %s hold what the replies account for", listed(right))
	}
}

// audited is what the books hold of a key at the end, and held at the start.
func (t *teller) audited(k Key) (found, start int64, known bool) {
	values, initial := t.e.Audit.Stock, t.h.Stock
	if k.IsUser() {
		values, initial = t.e.Audit.Credit, t.h.Credit
	}
	if n := int(k.Number()); n < len(values) {
		return values[n], initial[n], true
	}
	return 0, 0, false
}

// blamed says why the operation named beside wrong books stands there.
func (t *teller) blamed(a *About) {
	if len(a.Ops) == 0 || len(a.Keys) == 0 {
		return
	}
	h, op := t.h, &t.h.Ops[a.Ops[0]]
	key := h.keyName(a.Keys[0])
	switch {
	case op.Kind == Checkout && t.e.contradicted(op):
		t.say("%s changed it, and what the services know of that order is not what its client was told", h.opName(a.Ops[0]))
	case len(a.Ops) > 1:
		t.say("%s and %s were told the same version of %s: one of the two is gone", h.opName(a.Ops[1]), h.opName(a.Ops[0]), key)
	default:
		t.say("nothing tells whose change of %s it is; the one named is the last that a client was told of, or the first that the books do not know", key)
	}
}
