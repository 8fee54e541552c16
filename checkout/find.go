package checkout

import "simrun/dataflow"

// finds are the find_orders that came to an order task. Their numbers are
// anybody's, so they are found through a table with open addressing.
type finds struct {
	list  []find  // in the order of their arrival
	index []int32 // place in list + 1, 0: empty; its length a power of two, at most half of it full
}

// find is one find_order.
type find struct {
	op     uint32
	order  uint32 // the checkout that it asks for
	at     int64  // where its reply begins in order.replies
	length uint16 // bytes of the reply; 0 until it was answered
}

// place gives where in index an operation is, or would be.
func (f *finds) place(op uint32) int {
	mask := len(f.index) - 1
	i := int(op*0x9e3779b1>>4) & mask // consecutive numbers are spread (Fibonacci hashing)
	for f.index[i] != 0 && f.list[f.index[i]-1].op != op {
		i = (i + 1) & mask
	}
	return i
}

// get gives an operation's place in list, -1 if it is not there.
func (f *finds) get(op uint32) int32 {
	if len(f.index) == 0 {
		return -1
	}
	return f.index[f.place(op)] - 1
}

// add enters an operation that is not there yet.
func (f *finds) add(e find) int32 {
	f.list = append(f.list, e)
	if 2*len(f.list) > len(f.index) {
		f.index = make([]int32, max(16, 2*len(f.index)))
		for i := range f.list[:len(f.list)-1] {
			f.index[f.place(f.list[i].op)] = int32(i) + 1
		}
	}
	f.index[f.place(e.op)] = int32(len(f.list))
	return int32(len(f.list) - 1)
}

// askedFind answers find_order: at once, or when the checkout that it asks for,
// if that is under way, has been answered. Only then are its effects where a
// read can see them, and find_order must not tell of it any earlier. An order
// that is not here is absent, though its checkout may be on its way.
func (o *order) askedFind(ctx dataflow.Context, r *Request) {
	if i := o.finds.get(r.Op); i >= 0 {
		if f := &o.finds.list[i]; f.length > 0 {
			o.tally[RetryFromBooks]++
			o.emit(ctx, r.Op, o.kept(f.at, f.length))
		}
		return
	}
	i := o.finds.add(find{op: r.Op, order: r.Order})
	if e := o.known(r.Order); e != nil && e.state == underway {
		p := &o.open[e.at]
		p.finders = append(p.finders, i)
		o.tally[FindWaits]++
		return
	}
	o.answerFind(ctx, i)
}

func (o *order) answerFind(ctx dataflow.Context, i int32) {
	f := &o.finds.list[i]
	ctx.Place(f.op)
	o.reply = Reply{Op: f.op, Kind: FindOrder, Status: o.status(o.known(f.order)), After: o.reply.After[:0]}
	f.at, f.length = o.keep(&o.reply)
	o.emit(ctx, f.op, o.kept(f.at, f.length))
}

// status of an order: only a checkout that was answered has one.
func (o *order) status(e *entry) Status {
	if e == nil || e.state != answered {
		return StatusAbsent
	}
	return statusIn(o.kept(e.at, e.length))
}

// statusIn is the status that the reply to an operation gives its order.
func statusIn(reply []byte) Status {
	switch kind, outcome := Kind(reply[4]), Outcome(reply[5]); {
	case kind != Checkout:
		return StatusAbsent
	case outcome == Paid:
		return StatusPaid
	}
	return StatusRejected
}
