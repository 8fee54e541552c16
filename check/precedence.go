package check

import (
	"cmp"
	"fmt"
	"slices"
)

// precedence builds the graph of all that must come before all else: per key,
// the maker of a version before those who saw it and before the next maker,
// and those who saw it before the next maker (Adya's ww, wr and rw edges);
// per order, its checkout before or after each find_order; per client, its
// operations in order; and in real time, whatever had returned before a call.
//
// Nodes are the operations, then nodes that stand for no operation: the
// unknown makers of missing versions, and barriers, which carry the real-time
// edges so that there are linearly many.
type precedence struct {
	graph
	t     *versionTable
	owner []int32 // per row: its maker, t.owner with makers put in for missing rows
	fate  []Outcome
	// fate is, per pending operation, what became of it: Unknown if it never
	// took effect and stays out. Indexed by operation; nil means all stay out.
}

func newPrecedence(t *versionTable, owner []int32, fate []Outcome) *precedence {
	p := &precedence{t: t, owner: owner, fate: fate}
	p.nodes = len(t.h.Ops)
	edges := 4*len(t.h.Ops) + 2*len(t.h.After)
	p.from, p.to = make([]int32, 0, edges), make([]int32, 0, edges)
	p.versions()
	p.tails()
	p.statuses()
	p.clients()
	p.realTime()
	return p
}

// stays tells whether operation i has a place in the order.
func (p *precedence) stays(i int32) bool {
	return p.t.h.Ops[i].Return != Pending || p.fate != nil && p.fate[i] != Unknown
}

// versions adds the edges along each key.
func (p *precedence) versions() {
	t := p.t
	for slot := 0; slot < t.h.slots(); slot++ {
		last := int32(-1) // the maker of the current version
		for row := t.first[slot]; row < t.first[slot+1]; row++ {
			if row > t.first[slot] {
				maker := p.owner[row]
				if maker < 0 {
					maker = p.node()
				}
				if last >= 0 {
					p.add(last, maker)
				}
				for e := t.reader[row-1]; e > 0; e = t.next[e-1] {
					p.add(t.opOf[e-1], maker)
				}
				last = maker
			}
			for e := t.reader[row]; e > 0 && last >= 0; e = t.next[e-1] {
				p.add(last, t.opOf[e-1])
			}
		}
	}
}

// tails puts the effects of unknown operations that nobody saw behind the last
// version told of their keys.
func (p *precedence) tails() {
	t, h := p.t, p.t.h
	for i := range p.fate {
		if p.fate[i] != Paid && p.fate[i] != OutcomeOK {
			continue
		}
		h.eachKey(int32(i), func(k Key) {
			slot := h.slot(k)
			last := t.first[slot+1] - 1
			for _, row := range t.missing {
				if p.owner[row] == int32(i) && row > t.first[slot] && row <= last {
					return
				}
			}
			if maker := p.owner[last]; maker >= 0 {
				p.add(maker, int32(i))
			}
			for e := t.reader[last]; e > 0; e = t.next[e-1] {
				p.add(t.opOf[e-1], int32(i))
			}
		})
	}
}

// eachKey visits the distinct keys that operation i changes if it takes effect.
func (h *History) eachKey(i int32, visit func(Key)) {
	op := &h.Ops[i]
	switch op.Kind {
	case AddStock:
		visit(ItemKey(op.Item))
	case AddCredit:
		visit(UserKey(op.User))
	case Checkout:
		lines := h.LinesOf(op)
		for n, line := range lines {
			if !slices.ContainsFunc(lines[:n], func(l Line) bool { return l.Item == line.Item }) {
				visit(ItemKey(line.Item))
			}
		}
		visit(UserKey(op.User))
	}
}

// statuses adds the edges of each order.
func (p *precedence) statuses() {
	h := p.t.h
	checkout := make([]int32, h.orders())
	for i := range h.Ops {
		if h.Ops[i].Kind == Checkout && p.stays(int32(i)) {
			checkout[h.Ops[i].Order] = int32(i) + 1
		}
	}
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Kind != FindOrder || op.Return == Pending || checkout[op.Order] == 0 {
			continue
		}
		if op.Status == StatusAbsent {
			p.add(int32(i), checkout[op.Order]-1)
		} else {
			p.add(checkout[op.Order]-1, int32(i))
		}
	}
}

// clients adds an edge from each operation to the next one of its client.
func (p *precedence) clients() {
	h := p.t.h
	for _, run := range h.clientRuns() {
		for k := 1; k < len(run); k++ {
			if p.stays(run[k]) {
				p.add(run[k-1], run[k])
			}
		}
	}
}

// moment is an operation and the time of its call or return.
type moment struct {
	time int64
	op   int32
}

// moments gives the operations that stay, sorted by time, then by number.
func (p *precedence) moments(of func(*Op) int64) []moment {
	h := p.t.h
	list := make([]moment, 0, len(h.Ops))
	for i := range h.Ops {
		if time := of(&h.Ops[i]); time != Pending && p.stays(int32(i)) {
			list = append(list, moment{time, int32(i)})
		}
	}
	byTime := func(a, b moment) int {
		if a.time != b.time {
			return cmp.Compare(a.time, b.time)
		}
		return cmp.Compare(a.op, b.op)
	}
	if !slices.IsSortedFunc(list, byTime) {
		slices.SortFunc(list, byTime)
	}
	return list
}

// realTime adds a barrier wherever a call follows one or more returns: those
// come before it, the call after it, and barriers form a chain. Intervals are
// closed, so a return is before a call only if its time is lower.
func (p *precedence) realTime() {
	calls := p.moments(func(op *Op) int64 { return op.Call })
	returns := p.moments(func(op *Op) int64 { return op.Return })
	barrier, r := int32(-1), 0
	for _, call := range calls {
		if r < len(returns) && returns[r].time < call.time {
			next := p.node()
			if barrier >= 0 {
				p.add(barrier, next)
			}
			barrier = next
			for ; r < len(returns) && returns[r].time < call.time; r++ {
				p.add(returns[r].op, barrier)
			}
		}
		if barrier >= 0 {
			p.add(barrier, call.op)
		}
	}
}

// words says a cycle as a chain of reasons.
func (p *precedence) words(cycle []int32) string {
	h := p.t.h
	var ops []int32
	for _, n := range cycle {
		if int(n) < len(h.Ops) {
			ops = append(ops, n)
		}
	}
	p.t.accused = About{Rule: "cycle", Ops: ops}
	const most = 6
	text := "no order is possible: "
	for k, i := range ops {
		if k == most && len(ops) > most+1 {
			return text + fmt.Sprintf("and so on, through %d more operations, back to %s", len(ops)-most, h.opName(ops[0]))
		}
		if k > 0 {
			text += "; "
		}
		next := ops[(k+1)%len(ops)]
		text += fmt.Sprintf("%s comes before %s, because %s", h.opName(i), h.opName(next), p.reason(i, next))
	}
	return text
}

// reason says why a comes before b.
func (p *precedence) reason(a, b int32) string {
	h := p.t.h
	x, y := &h.Ops[a], &h.Ops[b]
	if x.Return < y.Call {
		return fmt.Sprintf("it returned at %d and the other was called at %d", x.Return, y.Call)
	}
	for _, seen := range h.AfterOf(x) {
		if other, ok := h.seenOf(y, seen.Key); ok && (other.Version > seen.Version || other.Version == seen.Version && h.effective(a)) {
			return fmt.Sprintf("they were told versions %d and %d of %s", seen.Version, other.Version, h.keyName(seen.Key))
		}
	}
	if y.Kind == FindOrder && x.Kind == Checkout && x.Order == y.Order {
		return fmt.Sprintf("the other was told %s", y.Status)
	}
	if x.Kind == FindOrder && y.Kind == Checkout && x.Order == y.Order {
		return fmt.Sprintf("it was told %s", x.Status)
	}
	if x.Client == y.Client {
		return "its client called it first"
	}
	return "of a version that an unknown operation made"
}
