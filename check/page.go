package check

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// A page shows at most pageMost operations and pagePartials of the longest
// orders that Porcupine found within pageSteps.
const (
	pageMost     = 100
	pagePartials = 20
	pageSteps    = 100_000
)

// WritePage writes Porcupine's page, self-contained HTML, for at most 100
// operations around the one given (see Culprit). Porcupine judges them anew
// from the state that all operations returned before them leave: effects are
// fixed by outcomes, so that state is known without knowing their order.
// Operations of unknown outcome from before are shown if there is room.
func WritePage(w io.Writer, h *History, around int32, marks []Mark) error {
	if int(around) >= len(h.Ops) || around < 0 {
		return errors.New("no operation to show a page around")
	}
	window, from := h.window(around)
	state := NewState(h)
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Return < from && op.Return != Pending {
			state.force(int32(i))
		}
	}
	m := newModel(h, state, pageSteps)
	m.shown = h.keysOf(around)
	m.only(nil)
	list := []porcupine.Operation{}
	last := int64(0)
	for _, i := range window {
		last = max(last, h.Ops[i].Call)
		if h.Ops[i].Return != Pending {
			last = max(last, h.Ops[i].Return)
		}
		if h.Ops[i].Outcome == Unknown {
			m.bit[i] = int32(m.unknown % 64)
			m.unknown++
		}
		list = append(list, m.operation(i))
	}
	for n := range list { // a bar without an end would be drawn far to the right
		list[n].Return = min(list[n].Return, last+1)
	}
	_, info := porcupine.CheckOperationsVerbose(m.model(), list, 0)
	m.shop.left, m.shop.spent = math.MaxInt64, false // the page replays what was found
	trim(info.PartialLinearizations())
	accused := &h.Ops[around]
	marks = append(nearest(marks, from, last), Mark{Row: "accused", From: accused.Call, To: min(accused.Return, last+1), Text: h.opName(around), Colour: "#ffb070"})
	annotations := []porcupine.Annotation{}
	for _, mark := range marks {
		annotations = append(annotations, porcupine.Annotation{Tag: mark.Row, Start: mark.From, End: mark.To, Description: mark.Text, BackgroundColor: mark.Colour})
	}
	info.AddAnnotations(annotations)
	return porcupine.Visualize(m.model(), info, w)
}

// trim keeps the longest orders found and puts them into an order of their own:
// Porcupine has them from a map.
func trim(partitions [][][]int) {
	for p, orders := range partitions {
		slices.SortFunc(orders, func(a, b []int) int {
			if len(a) != len(b) {
				return len(b) - len(a)
			}
			return slices.Compare(a, b)
		})
		partitions[p] = orders[:min(len(orders), pagePartials)]
	}
}

// window gives the operations that overlap a stretch of time around one of
// them, in order of call, and the start of that stretch.
func (h *History) window(around int32) (window []int32, from int64) {
	byCall := make([]int32, len(h.Ops))
	for i := range byCall {
		byCall[i] = int32(i)
	}
	slices.SortFunc(byCall, func(a, b int32) int {
		if h.Ops[a].Call != h.Ops[b].Call {
			return cmp.Compare(h.Ops[a].Call, h.Ops[b].Call)
		}
		return cmp.Compare(a, b)
	})
	centre := slices.Index(byCall, around)
	to := h.Ops[around].Return
	for first := max(0, centre-pageMost*2/3); ; first++ {
		from = h.Ops[byCall[first]].Call
		window = window[:0]
		for _, i := range byCall {
			if op := &h.Ops[i]; op.Return >= from && op.Call <= to && (op.Return != Pending || op.Call >= from || i == around) {
				window = append(window, i)
			}
		}
		if len(window) <= pageMost {
			break
		}
		if first == centre { // too much at once: the nearest by call
			place := slices.Index(window, around)
			low := max(0, min(place-pageMost/2, len(window)-pageMost))
			window = window[low : low+pageMost]
			break
		}
	}
	for _, i := range byCall {
		if op := &h.Ops[i]; op.Return == Pending && op.Call < from && i != around && len(window) < pageMost {
			window = append(window, i)
		}
	}
	return window, from
}

// force gives operation i the effect that its client was told of, legal or not.
func (s *State) force(i int32) {
	h, op := s.h, &s.h.Ops[i]
	if op.Outcome == Unknown {
		return
	}
	if h.effective(i) {
		h.eachKey(i, func(k Key) { s.affect(h.slot(k), h.delta(i, k)) })
	}
	if op.Kind == Checkout {
		status := StatusRejected
		if op.Outcome == Paid {
			status = StatusPaid
		}
		s.set(s.orderCell(op.Order), int64(status))
	}
}

// keysOf gives the keys that operation i touches.
func (h *History) keysOf(i int32) []Key {
	switch op := &h.Ops[i]; op.Kind {
	case ReadStock:
		return []Key{ItemKey(op.Item)}
	case ReadCredit:
		return []Key{UserKey(op.User)}
	}
	var keys []Key
	h.eachKey(i, func(k Key) { keys = append(keys, k) })
	return keys
}

// describe says operation i in short, with its reply.
func (h *History) describe(i int32) string {
	op := &h.Ops[i]
	var b strings.Builder
	switch op.Kind {
	case Checkout:
		fmt.Fprintf(&b, "checkout %s %s", h.OrderName(op.Order), h.UserName(op.User))
		for _, line := range h.LinesOf(op) {
			fmt.Fprintf(&b, " %dx%s", line.Quantity, h.ItemName(line.Item))
		}
		fmt.Fprintf(&b, " = %d: %s", h.Total(op), op.Outcome)
	case AddStock:
		fmt.Fprintf(&b, "add_stock %s %d: %s", h.ItemName(op.Item), op.Amount, op.Outcome)
	case AddCredit:
		fmt.Fprintf(&b, "add_credit %s %d: %s", h.UserName(op.User), op.Amount, op.Outcome)
	case ReadStock:
		fmt.Fprintf(&b, "read_stock %s: ", h.ItemName(op.Item))
	case ReadCredit:
		fmt.Fprintf(&b, "read_credit %s: ", h.UserName(op.User))
	case FindOrder:
		fmt.Fprintf(&b, "find_order %s: ", h.OrderName(op.Order))
	}
	switch {
	case op.Kind < ReadStock:
	case op.Outcome == Unknown:
		b.WriteString("unknown")
	case op.Kind == FindOrder:
		b.WriteString(op.Status.String())
	default:
		fmt.Fprint(&b, op.Value)
	}
	for _, seen := range h.AfterOf(op) {
		fmt.Fprintf(&b, ", %s", h.describeKey(seen.Key, seen.Value, seen.Version))
	}
	return b.String()
}

func (h *History) describeKey(k Key, value, version int64) string {
	name := h.ItemName
	if k.IsUser() {
		name = h.UserName
	}
	return fmt.Sprintf("%s=%d@%d", name(k.Number()), value, version)
}

// describe says the keys that the page is about.
func (m *model) describe(v *version) string {
	v.visit()
	var parts []string
	for _, k := range m.shown {
		parts = append(parts, m.h.describeKey(k, m.shop.state.Value(k), m.shop.state.Version(k)))
	}
	return strings.Join(parts, ", ")
}

// Culprit gives the operation to show a page around: the first one that the
// witness judge rejects or, without a witness, the one at which the search broke
// down. -1: nothing is wrong.
func Culprit(h *History, witness []int32) int32 {
	if witness != nil {
		if c := replayWitness(h, witness); c.Rule == fits {
			return -1
		} else if c.Rule != noSuchOp {
			return c.Op
		}
	}
	s := newSearch(h, Budget{})
	if s.run() == Ok {
		return -1
	}
	return s.farOp
}
