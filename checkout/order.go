package checkout

import (
	"maps"
	"slices"

	"simrun/dataflow"
)

// order is a task of the order service: it drives operations through the
// services and keeps every reply, to answer a retry with the same bytes.
type order struct {
	cfg   *Config
	index int

	table   []entry         // per operation whose home this is, by operation / parallelism
	replies []byte          // all replies, one behind the other
	found   map[uint32]span // replies to find_order, whose numbers are anybody's
	open    []operation     // slots; free where stage is free
	spare   []int32
	count   int // open operations

	request Request
	in, out message
	reply   Reply
	encoded []byte
	find    []uint32 // find_orders to answer, during one record
}

// entry is what an order task knows of an operation.
type entry struct {
	state state
	span  span // the reply, if answered
	slot  int32
}

type state uint8

const (
	unknown  state = iota
	underway       // in order.open
	answered
)

// span is a place in order.replies.
type span struct{ from, to int32 }

// stage is where an open operation stands.
type stage uint8

const (
	free       stage = iota
	locking          // waits for the stock task of its next parts
	paying           // waits for payment
	committing       // waits for what participants have applied
	single           // waits for an add or a read
)

// operation is one that has no reply yet.
type operation struct {
	stage   stage
	op      uint32
	kind    Kind
	user    int32
	total   int64
	parts   []part // the lines, by stock task, then by item
	next    int32  // first part that is not locked
	end     int32  // behind the last part of the message under way
	waiting int32  // participants that have not applied
	reply   Reply
	finders []uint32 // find_orders that wait for the decision
}

func newOrder(cfg *Config, index int) *order {
	return &order{cfg: cfg, index: index, found: map[uint32]span{}}
}

// Record implements dataflow.Operator.
func (o *order) Record(ctx dataflow.Context, edge, from int, record []byte) {
	if edge == fromIngress {
		if DecodeRequest(record, &o.request) == nil && o.possible(&o.request) {
			o.asked(ctx, &o.request)
		}
	} else if decodeMessage(record, &o.in) == nil {
		o.told(ctx, edge, from, &o.in)
	}
	for len(o.find) > 0 {
		o.answerFind(ctx)
	}
}

// possible rejects what a client of this shop cannot ask.
func (o *order) possible(r *Request) bool {
	item := func(i int32) bool { return i >= 0 && i < o.cfg.Items }
	user := r.User >= 0 && r.User < o.cfg.Users
	switch r.Kind {
	case Checkout:
		for _, line := range r.Lines {
			if !item(line.Item) || line.Quantity < 1 {
				return false
			}
		}
		return user && len(r.Lines) > 0
	case AddStock, ReadStock:
		return item(r.Item)
	case AddCredit, ReadCredit:
		return user
	}
	return true
}

func (o *order) entry(op uint32) *entry {
	i := int(op) / o.cfg.Orders
	for i >= len(o.table) {
		o.table = append(o.table, entry{})
	}
	return &o.table[i]
}

// asked begins an operation, or answers one again that was answered. A retry
// of one that is under way has its answer coming.
func (o *order) asked(ctx dataflow.Context, r *Request) {
	if r.Kind == FindOrder {
		o.askedFind(ctx, r)
		return
	}
	switch e := o.entry(r.Op); e.state {
	case answered:
		o.emit(ctx, r.Op, o.replies[e.span.from:e.span.to])
	case unknown:
		o.begin(ctx, r, e)
	}
}

func (o *order) begin(ctx dataflow.Context, r *Request, e *entry) {
	var slot int32
	if n := len(o.spare); n > 0 {
		slot = o.spare[n-1]
		o.spare = o.spare[:n-1]
	} else {
		o.open = append(o.open, operation{})
		slot = int32(len(o.open) - 1)
	}
	e.state, e.slot = underway, slot
	o.count++
	p := &o.open[slot]
	*p = operation{op: r.Op, kind: r.Kind, user: r.User, parts: p.parts[:0], finders: p.finders[:0],
		reply: Reply{Op: r.Op, Kind: r.Kind, After: p.reply.After[:0]}}
	switch r.Kind {
	case Checkout:
		o.merge(p, r.Lines)
		o.lockNext(ctx, p)
	case AddStock:
		o.one(ctx, p, toStock, add, r.Item, r.Amount)
	case ReadStock:
		o.one(ctx, p, toStock, read, r.Item, 0)
	case AddCredit:
		o.one(ctx, p, toPayment, add, r.User, r.Amount)
	case ReadCredit:
		o.one(ctx, p, toPayment, read, r.User, 0)
	}
}

// merge sums the lines of one item up and sorts them in the order of locks: by
// stock task, then by item.
func (o *order) merge(p *operation, lines []Line) {
	tasks := int32(o.cfg.Stocks)
	before := func(a, b int32) bool { return a%tasks < b%tasks || a%tasks == b%tasks && a < b }
	for _, line := range lines {
		p.total += line.Quantity * o.cfg.Price[line.Item]
		i := 0
		for i < len(p.parts) && before(p.parts[i].key, line.Item) {
			i++
		}
		if i < len(p.parts) && p.parts[i].key == line.Item {
			p.parts[i].amount += line.Quantity
			continue
		}
		p.parts = append(p.parts, part{})
		copy(p.parts[i+1:], p.parts[i:])
		p.parts[i] = part{key: line.Item, amount: line.Quantity}
	}
}

// group gives the end of the run of parts on one stock task.
func (o *order) group(parts []part, from int32) (end int32, task int) {
	task = int(parts[from].key) % o.cfg.Stocks
	for end = from; int(end) < len(parts) && int(parts[end].key)%o.cfg.Stocks == task; end++ {
	}
	return end, task
}

// lockNext asks for the locks of the next stock task, all in one message; or,
// if it has those of all, for the user's.
func (o *order) lockNext(ctx dataflow.Context, p *operation) {
	if int(p.next) == len(p.parts) {
		p.stage = paying
		o.out.parts = append(o.out.parts[:0], part{key: p.user, amount: p.total})
		o.send(ctx, toPayment, int(p.user)%o.cfg.Payments, lock, p.op)
		return
	}
	p.stage = locking
	end, task := o.group(p.parts, p.next)
	p.end = end
	o.out.parts = append(o.out.parts[:0], p.parts[p.next:end]...)
	o.send(ctx, toStock, task, lock, p.op)
}

func (o *order) one(ctx dataflow.Context, p *operation, edge int, v verb, key int32, amount int64) {
	p.stage = single
	tasks := o.cfg.Stocks
	if edge == toPayment {
		tasks = o.cfg.Payments
	}
	o.out.parts = append(o.out.parts[:0], part{key: key, amount: amount})
	o.send(ctx, edge, int(key)%tasks, v, p.op)
}

func (o *order) send(ctx dataflow.Context, edge, task int, v verb, op uint32) {
	o.out.verb, o.out.op, o.out.authorisation = v, op, 0
	o.encoded = appendMessage(o.encoded[:0], &o.out)
	ctx.Emit(edge, task, o.encoded)
}

// told takes what a service says. What does not fit where the operation
// stands has no meaning and is dropped.
func (o *order) told(ctx dataflow.Context, edge, from int, m *message) {
	if int(m.op)%o.cfg.Orders != o.index || int(m.op)/o.cfg.Orders >= len(o.table) {
		return
	}
	e := o.entry(m.op)
	if e.state != underway {
		return
	}
	p := &o.open[e.slot]
	for _, s := range m.parts {
		if m.verb != short || p.stage == locking || p.stage == paying {
			p.reply.After = append(p.reply.After, Seen{User: edge == fromPayment, Number: s.key, Value: s.amount, Version: s.version})
		}
	}
	switch {
	case p.stage == locking && m.verb == granted && edge == fromStock:
		p.next = p.end
		o.lockNext(ctx, p)
	case p.stage == locking && m.verb == short:
		o.reject(ctx, p, e, OutOfStock, m)
	case p.stage == paying && m.verb == granted && edge == fromPayment:
		o.decide(ctx, p, e, m.authorisation)
	case p.stage == paying && m.verb == short:
		o.reject(ctx, p, e, InsufficientCredit, m)
	case p.stage == paying && m.verb == refused:
		o.reject(ctx, p, e, Declined, m)
	case p.stage == committing && m.verb == applied:
		if p.waiting--; p.waiting == 0 {
			o.finish(ctx, p, e)
		}
	case p.stage == single && m.verb == applied:
		if len(m.parts) > 0 && (p.kind == ReadStock || p.kind == ReadCredit) {
			p.reply.Value = m.parts[0].amount
		}
		o.finish(ctx, p, e)
	}
}

// decide makes a checkout paid: the one instant that everything else follows
// from. The receipt carries the clock and a random number.
func (o *order) decide(ctx dataflow.Context, p *operation, e *entry, authorisation uint64) {
	p.reply.Outcome, p.reply.Authorisation = Paid, authorisation
	p.reply.PaidAt = ctx.Now()
	p.reply.Receipt = ctx.Random() | 1
	if o.cfg.Transactions == Saga {
		o.finish(ctx, p, e)
		return
	}
	p.stage = committing
	p.reply.After = p.reply.After[:0]
	o.toStocks(ctx, p, int32(len(p.parts)), commit)
	o.out.parts = append(o.out.parts[:0], part{key: p.user, amount: p.total})
	p.waiting++
	o.send(ctx, toPayment, int(p.user)%o.cfg.Payments, commit, p.op)
}

// toStocks sends a verb with the first parts to each of their tasks.
func (o *order) toStocks(ctx dataflow.Context, p *operation, parts int32, v verb) {
	for from := int32(0); from < parts; {
		end, task := o.group(p.parts[:parts], from)
		o.out.parts = append(o.out.parts[:0], p.parts[from:end]...)
		o.send(ctx, toStock, task, v, p.op)
		p.waiting++
		from = end
	}
}

// reject ends a checkout without effect: stock that was locked or reserved is
// let go. The reply tells the value that caused it.
func (o *order) reject(ctx dataflow.Context, p *operation, e *entry, outcome Outcome, m *message) {
	p.reply.Outcome = outcome
	last := len(p.reply.After) - 1
	if m.verb == short && last >= 0 {
		p.reply.After[0] = p.reply.After[last]
		p.reply.After = p.reply.After[:1]
	} else {
		p.reply.After = p.reply.After[:0]
	}
	o.toStocks(ctx, p, p.next, abort)
	o.finish(ctx, p, e)
}

// finish answers an operation and keeps the reply.
func (o *order) finish(ctx dataflow.Context, p *operation, e *entry) {
	from := len(o.replies)
	o.replies = AppendReply(o.replies, &p.reply)
	e.state, e.span = answered, span{int32(from), int32(len(o.replies))}
	o.emit(ctx, p.op, o.replies[from:])
	o.find = append(o.find, p.finders...)
	p.stage = free
	o.spare = append(o.spare, e.slot)
	o.count--
}

func (o *order) emit(ctx dataflow.Context, op uint32, reply []byte) {
	ctx.Emit(toEgress, int(op)/o.cfg.Orders%o.cfg.Egresses, reply)
}

// Accepts implements dataflow.Operator: a request is admitted only while there
// are not too many open operations.
func (o *order) Accepts(edge int) bool { return edge != fromIngress || o.count < o.cfg.Window }

// Timer implements dataflow.Operator.
func (*order) Timer(dataflow.Context, uint64) {}

// Answer implements dataflow.Operator.
func (*order) Answer(dataflow.Context, uint64, []byte) {}

// askedFind answers find_order, at once or when the order's checkout that is
// under way has been applied.
func (o *order) askedFind(ctx dataflow.Context, r *Request) {
	if s, ok := o.found[r.Op]; ok {
		if s.to > s.from {
			o.emit(ctx, r.Op, o.replies[s.from:s.to])
		}
		return
	}
	o.found[r.Op] = span{from: int32(r.Order), to: -1} // to < from: waits; from is the order
	if e := o.entry(r.Order); e.state == underway {
		p := &o.open[e.slot]
		p.finders = append(p.finders, r.Op)
		return
	}
	o.find = append(o.find, r.Op)
}

func (o *order) answerFind(ctx dataflow.Context) {
	op := o.find[0]
	o.find = append(o.find[:0], o.find[1:]...)
	number := uint32(o.found[op].from)
	o.reply = Reply{Op: op, Kind: FindOrder, Status: o.status(o.entry(number)), After: o.reply.After[:0]}
	ctx.Place(op)
	from := len(o.replies)
	o.replies = AppendReply(o.replies, &o.reply)
	o.found[op] = span{int32(from), int32(len(o.replies))}
	o.emit(ctx, op, o.replies[from:])
}

// status of an order: only a checkout that was answered has one.
func (o *order) status(e *entry) Status {
	if e.state != answered || Kind(o.replies[e.span.from+4]) != Checkout {
		return StatusAbsent
	}
	if Outcome(o.replies[e.span.from+5]) == Paid {
		return StatusPaid
	}
	return StatusRejected
}

// sortedFound gives the numbers of find_orders in a fixed order.
func (o *order) sortedFound() []uint32 { return slices.Sorted(maps.Keys(o.found)) }
