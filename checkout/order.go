package checkout

import "simrun/dataflow"

// order is a task of the order service: it drives operations through the
// services and keeps every reply, to answer a retry with the same bytes. What
// happens to a request once it was begun is in transaction.go, find_order in
// find.go.
type order struct {
	cfg   *Config
	index int

	table   []entry // per operation whose home this is, by operation / parallelism
	replies []byte  // all replies, one behind the other; only ever appended to
	finds   finds   // find_orders, whose numbers are anybody's

	open  []operation // slots; free where stage is free
	spare []int32     // exactly the free slots, the next to be used last
	count int         // slots that are not free
	queue []int32     // exactly the slots that wait for the window, in the order of their tickets

	request Request // scratch from here on: nothing in it outlives a record
	in, out message
	reply   Reply
	encoded []byte
	tally   Tally
}

// entry is what an order task knows of an operation.
type entry struct {
	at     int64  // underway: its slot in order.open. answered: where its reply begins in order.replies
	length uint16 // answered: bytes of the reply
	state  state
}

// state only rises: an operation that was answered stays so for good.
type state uint8

const (
	unknown  state = iota
	underway       // in order.open
	answered
	states
)

// stage is where an open operation stands.
type stage uint8

const (
	free       stage = iota
	locking          // waits for the stock task of parts[next:end]
	paying           // has all its stock, waits for payment
	committing       // decided, waits for what participants have applied (2pc)
	single           // waits for an add or a read
	queued           // waits for the window (window.go)
	stages
)

// operation is one that has no reply yet. Its slot is used again for others.
type operation struct {
	stage   stage
	op      uint32
	kind    Kind
	user    int32   // of a checkout
	total   int64   // of a checkout: the sum of quantity x price
	parts   []part  // of a checkout: items by stock task, then by number; each item once
	next    int32   // parts[:next] are locked, or reserved
	end     int32   // behind the last part of the message under way; queued: its ticket
	waiting int32   // participants that have not told what they applied
	reply   Reply   // so far
	finders []int32 // places in finds of those that wait for this operation's end
}

func newOrder(cfg *Config, index int) *order { return &order{cfg: cfg, index: index} }

// Record implements dataflow.Operator.
func (o *order) Record(ctx dataflow.Context, edge, _ int, record []byte) {
	if edge != fromIngress {
		if decodeMessage(record, &o.in) == nil {
			o.told(ctx, edge, &o.in)
		}
		return
	}
	r := &o.request
	if DecodeRequest(record, r) != nil || !o.cfg.possible(r) || o.cfg.home(r.Kind, r.Op, r.Order) != o.index {
		return
	}
	if r.Kind == FindOrder {
		o.askedFind(ctx, r)
	} else {
		o.asked(ctx, r)
	}
}

// asked begins an operation, or answers one again that was answered. A retry
// of one that is under way has its answer coming.
func (o *order) asked(ctx dataflow.Context, r *Request) {
	i := int(r.Op) / o.cfg.Orders
	for i >= len(o.table) {
		o.table = append(o.table, entry{})
	}
	switch e := &o.table[i]; {
	case e.state == answered && !o.cfg.Broken.RetryAnew:
		o.tally[RetryFromBooks]++
		o.emit(ctx, r.Op, o.kept(e.at, e.length))
	case e.state == underway:
		o.tally[RetryUnderway]++
	default:
		o.begin(ctx, r, e)
	}
}

// known gives the entry of an operation that has come here; nil if none has.
func (o *order) known(op uint32) *entry {
	i := int(op) / o.cfg.Orders
	if int(op)%o.cfg.Orders != o.index || i >= len(o.table) || o.table[i].state == unknown {
		return nil
	}
	return &o.table[i]
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
	o.count++
	e.state, e.at = underway, int64(slot)
	p := &o.open[slot]
	*p = operation{op: r.Op, kind: r.Kind, parts: p.parts[:0], finders: p.finders[:0],
		reply: Reply{Op: r.Op, Kind: r.Kind, After: p.reply.After[:0]}}
	switch r.Kind {
	case Checkout:
		p.user = r.User
		p.total, _ = o.cfg.total(r.Lines)
		p.parts = o.cfg.merge(p.parts, r.Lines)
	case AddStock:
		p.parts = append(p.parts, part{key: r.Item, amount: r.Amount})
	case ReadStock:
		p.parts = append(p.parts, part{key: r.Item})
	case AddCredit:
		p.parts = append(p.parts, part{key: r.User, amount: r.Amount})
	case ReadCredit:
		p.parts = append(p.parts, part{key: r.User})
	}
	if o.count > o.cfg.Window {
		o.enqueue(slot)
		return
	}
	o.start(ctx, p)
}

// start sends the first message of an operation.
func (o *order) start(ctx dataflow.Context, p *operation) {
	switch p.kind {
	case Checkout:
		o.lockNext(ctx, p)
	case AddStock:
		o.one(ctx, p, toStock, add)
	case ReadStock:
		o.one(ctx, p, toStock, read)
	case AddCredit:
		o.one(ctx, p, toPayment, add)
	case ReadCredit:
		o.one(ctx, p, toPayment, read)
	}
}

// keep appends a reply to those that are kept and gives its place.
func (o *order) keep(r *Reply) (at int64, length uint16) {
	from := len(o.replies)
	o.replies = AppendReply(o.replies, r)
	return int64(from), uint16(len(o.replies) - from)
}

func (o *order) kept(at int64, length uint16) []byte { return o.replies[at : at+int64(length)] }

// emit lets a reply leave. An order task has every Orders-th operation, so the
// egress task is chosen by the operation's number among its own: each order
// task sends to all egress tasks, however many of either there are.
func (o *order) emit(ctx dataflow.Context, op uint32, reply []byte) {
	ctx.Emit(toEgress, int(op)/o.cfg.Orders%o.cfg.Egresses, reply)
}

// Timer implements dataflow.Operator.
func (*order) Timer(dataflow.Context, uint64) {}

// Answer implements dataflow.Operator.
func (*order) Answer(dataflow.Context, uint64, []byte) {}
