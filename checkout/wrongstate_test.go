package checkout

import (
	"testing"

	"simrun/dataflow"
)

// crowded is a shop in which something of everything is under way: 0 is paid,
// 2 holds i0 and waits for the provider, 4, 6 and 8 wait for i0, 10 for i2
// behind 14, which has it, and find_order waits for 2 and for 4.
func crowded(t *testing.T) *world {
	cfg := &Config{Items: 4, Users: 2, Stock: 9, Credit: 90, Price: []int64{1, 2, 3, 4},
		Ingresses: 1, Orders: 1, Stocks: 1, Payments: 1, Egresses: 1, Window: 99, GiveUp: 1000}
	w := newWorld(t, cfg)
	for _, r := range []Request{
		{Op: 0, Lines: []Line{{1, 1}}}, {Op: 2, Lines: []Line{{0, 1}}}, {Op: 4, User: 1, Lines: []Line{{0, 1}, {3, 1}}},
		{Op: 6, Kind: AddStock, Amount: 2}, {Op: 8, Kind: ReadStock}, {Op: 14, User: 1, Lines: []Line{{2, 1}}},
		{Op: 10, Lines: []Line{{2, 1}}}, {Op: 11, Kind: FindOrder, Order: 2}, {Op: 13, Kind: FindOrder, Order: 4}, {Op: 15, Kind: FindOrder, Order: 0},
	} {
		w.feed(0, &r)
		w.run(nil)
		if r.Op == 0 {
			w.answer(0, true, 1)
			w.run(nil)
		}
	}
	return w
}

// Each wrong state is made by hand, written as a snapshot, and refused.
func TestWrongStatesAreRefused(t *testing.T) {
	type change struct {
		name string
		to   func(w *world)
	}
	o := func(f func(o *order)) func(w *world) { return func(w *world) { f(w.operators[Order][0].(*order)) } }
	open := func(op int, f func(p *operation)) func(w *world) {
		return o(func(o *order) { f(&o.open[o.table[op].at]) })
	}
	s := func(f func(l *locks)) func(w *world) {
		return func(w *world) { f(&w.operators[Stock][0].(*stock).locks) }
	}
	p := func(f func(q *question, p *payment)) func(w *world) {
		return func(w *world) { p := w.operators[Payment][0].(*payment); f(&p.asked[0], p) }
	}
	changes := []change{
		{"order: an entry in no state", o(func(o *order) { o.table[1].state = states })},
		{"order: an entry in no slot", o(func(o *order) { o.table[2].at = 99 })},
		{"order: an entry in another's slot", o(func(o *order) { o.table[2].at = o.table[4].at })},
		{"order: an open operation that has no entry", o(func(o *order) { o.table[8] = entry{} })},
		{"order: a reply that is cut off", o(func(o *order) { o.replies = o.replies[:len(o.replies)-1] })},
		{"order: a reply too short", o(func(o *order) { o.table[0].length = replyHeader - 1 })},
		{"order: a slot that is spare and taken", o(func(o *order) { o.spare = append(o.spare, 0) })},
		{"order: a spare slot beyond", o(func(o *order) { o.spare = append(o.spare, 99) })},
		{"order: a free slot that is not spare", o(func(o *order) { o.open = append(o.open, operation{}) })},
		{"order: find_order twice", o(func(o *order) { o.finds.list = append(o.finds.list, o.finds.list[0]) })},
		{"order: find_order of another's", o(func(o *order) { o.finds.list[0].order = OperationsMax })},
		{"order: find_order that nobody answers", open(2, func(p *operation) { p.finders = nil })},
		{"order: find_order answered twice", open(2, func(p *operation) { p.finders = append(p.finders, p.finders[0]) })},
		{"order: find_order that waits for another", open(2, func(p *operation) { p.finders[0]++ })},
		{"order: a finder beyond", open(2, func(p *operation) { p.finders[0] = 99 })},
		{"order: another operation's reply", open(2, func(p *operation) { p.reply.Op++ })},
		{"order: a reply of another kind", open(2, func(p *operation) { p.reply.Kind++ })},
		{"order: a reply about too many keys", open(2, func(p *operation) { p.reply.After = make([]Seen, LinesMax+2) })},
		{"order: no stage", open(2, func(p *operation) { p.stage = stages })},
		{"order: a checkout in one message", open(2, func(p *operation) { p.stage = single })},
		{"order: a checkout without lines", open(2, func(p *operation) { p.parts, p.next, p.end = nil, 0, 0 })},
		{"order: an unknown user", open(2, func(p *operation) { p.user = 2 })},
		{"order: a negative user", open(2, func(p *operation) { p.user = -1 })},
		{"order: a total below 0", open(2, func(p *operation) { p.total = -1 })},
		{"order: an unknown item", open(2, func(p *operation) { p.parts[0].key = 4 })},
		{"order: a line of nothing", open(2, func(p *operation) { p.parts[0].amount = 0 })},
		{"order: payment before stock", open(2, func(p *operation) { p.next = 0 })},
		{"order: nothing to lock", open(4, func(p *operation) { p.end = p.next })},
		{"order: more to lock than there is", open(4, func(p *operation) { p.end = 3 })},
		{"order: nobody to apply", open(2, func(p *operation) { p.stage = committing })},
		{"order: too many to apply", open(2, func(p *operation) { p.stage, p.waiting = committing, 3 })},
		{"order: a read that has lines", open(8, func(p *operation) { p.parts = make([]part, 1) })},

		{"stock: a queue without an end", s(func(l *locks) { l.last[0] = 0 })},
		{"stock: a queue that ends early", s(func(l *locks) { l.last[0] = l.first[0] })},
		{"stock: a queue in a circle", s(func(l *locks) { l.claims[l.last[0]-1].next = l.first[0] })},
		{"stock: a queue that leads beyond", s(func(l *locks) { l.claims[l.last[0]-1].next = 99 })},
		{"stock: two queues of the same", s(func(l *locks) { l.first[2], l.last[2] = l.first[0], l.last[0] })},
		{"stock: a claim in no queue", s(func(l *locks) { l.first[2], l.last[2] = 0, 0 })},
		{"stock: a claim that has all it wants", s(func(l *locks) { c := &l.claims[l.first[2]-1]; c.taken = int32(len(c.parts)) })},
		{"stock: a claim in the wrong queue", s(func(l *locks) { l.claims[l.first[2]-1].parts[0].key = 1 })},
		{"stock: a claim of a key elsewhere", s(func(l *locks) { c := &l.claims[l.first[0]-1]; c.parts[1].key = 4 })},
		{"stock: a claim that cannot wait", s(func(l *locks) { l.claims[l.first[2]-1].verb = commit })},
		{"stock: a claim from nobody", s(func(l *locks) { l.claims[l.first[2]-1].from = 1 })},
		{"stock: a claim of no operation", s(func(l *locks) { l.claims[l.first[2]-1].op = OperationsMax + 1 })},
		{"stock: a lock of no operation", s(func(l *locks) { l.holder[0] = OperationsMax + 1 })},
		{"stock: a claim that is spare", s(func(l *locks) { l.spare = append(l.spare, l.first[2]-1) })},
		{"stock: a free claim that is not spare", s(func(l *locks) { l.claims = append(l.claims, claim{}) })},

		{"payment: a question about nobody", p(func(q *question, _ *payment) { q.part.key = 2 })},
		{"payment: a question of no order task", p(func(q *question, _ *payment) { q.from = 1 })},
		{"payment: a question of no operation", p(func(q *question, _ *payment) { q.op = OperationsMax + 1 })},
		{"payment: a question that is spare", p(func(_ *question, p *payment) { p.spare = append(p.spare, 0) })},
	}
	for _, c := range changes {
		w := crowded(t)
		if err := w.replace(dataflow.Operator.Restore); err != nil {
			t.Fatal(err)
		}
		c.to(w)
		if err := w.replace(dataflow.Operator.Restore); err == nil {
			t.Errorf("taken: %s", c.name)
		}
	}
}
