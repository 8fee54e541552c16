package checkout

import "simrun/dataflow"

// A checkout visits the stock tasks of its lines in ascending order, then the
// payment task of its user, and collects locks (2pc) or reservations (saga).
//
//	locking -granted-> locking ... -granted-> paying -granted-> committing -applied...-> answered (2pc)
//	                                          paying -granted-> answered (saga)
//	locking -short-> out_of_stock; paying -short-> insufficient_credit; paying -refused-> declined
//
// Adds and reads are one message and its answer. An operation that finds the
// window full is queued before all that (window.go).

// lockNext asks for the locks of the next stock task, all in one message; or,
// if it has those of all, for the user's.
func (o *order) lockNext(ctx dataflow.Context, p *operation) {
	if int(p.next) == len(p.parts) {
		p.stage = paying
		o.toPayment(ctx, p, lock)
		return
	}
	p.stage = locking
	end, task := o.cfg.group(p.parts, p.next)
	p.end = end
	o.out.parts = append(o.out.parts[:0], p.parts[p.next:end]...)
	o.send(ctx, toStock, task, lock, p.op)
}

func (o *order) toPayment(ctx dataflow.Context, p *operation, v verb) {
	o.out.parts = append(o.out.parts[:0], part{key: p.user, amount: p.total})
	o.send(ctx, toPayment, int(p.user)%o.cfg.Payments, v, p.op)
}

// toStocks sends a verb to each stock task that has parts. It gives their number.
func (o *order) toStocks(ctx dataflow.Context, p *operation, parts []part, v verb) (tasks int32) {
	for from := int32(0); int(from) < len(parts); tasks++ {
		end, task := o.cfg.group(parts, from)
		o.out.parts = append(o.out.parts[:0], parts[from:end]...)
		o.send(ctx, toStock, task, v, p.op)
		from = end
	}
	return tasks
}

func (o *order) one(ctx dataflow.Context, p *operation, edge int, v verb) {
	p.stage = single
	tasks := o.cfg.Stocks
	if edge == toPayment {
		tasks = o.cfg.Payments
	}
	o.out.parts = append(o.out.parts[:0], p.parts[0])
	p.parts = p.parts[:0]
	o.send(ctx, edge, int(o.out.parts[0].key)%tasks, v, p.op)
}

func (o *order) send(ctx dataflow.Context, edge, task int, v verb, op uint32) {
	o.out.verb, o.out.op, o.out.authorisation = v, op, 0
	o.encoded = appendMessage(o.encoded[:0], &o.out)
	ctx.Emit(edge, task, o.encoded)
}

// told takes what a service says. What does not fit where the operation
// stands has no meaning and is dropped: only a protocol that loses or repeats
// records brings such a thing.
func (o *order) told(ctx dataflow.Context, edge int, m *message) {
	e := o.known(m.op)
	if e == nil || e.state != underway {
		return
	}
	p := &o.open[e.at]
	stock, payment := edge == fromStock, edge == fromPayment
	switch {
	case p.stage == locking && stock && m.verb == granted:
		p.see(m, false)
		p.next = p.end
		o.lockNext(ctx, p)
	case p.stage == locking && stock && m.verb == short:
		o.reject(ctx, p, e, OutOfStock, m, false)
	case p.stage == paying && payment && m.verb == granted:
		p.see(m, true)
		o.decide(ctx, p, e, m.authorisation)
	case p.stage == paying && payment && m.verb == short:
		o.reject(ctx, p, e, InsufficientCredit, m, true)
	case p.stage == paying && payment && m.verb == refused:
		o.reject(ctx, p, e, Declined, m, true)
	case p.stage == committing && m.verb == applied:
		p.see(m, payment)
		if p.waiting--; p.waiting == 0 {
			o.finish(ctx, p, e)
		}
	case p.stage == single && m.verb == applied && len(m.parts) == 1:
		p.see(m, payment)
		if p.kind == ReadStock || p.kind == ReadCredit {
			p.reply.Value = m.parts[0].amount
		}
		o.finish(ctx, p, e)
	}
}

// see notes the values and versions that a service tells. No checkout has more
// keys than its lines and its user: what goes beyond that is a protocol's doing,
// and a reply must stay one record.
func (p *operation) see(m *message, user bool) {
	for _, s := range m.parts {
		if len(p.reply.After) > LinesMax {
			return
		}
		p.reply.After = append(p.reply.After, Seen{User: user, Number: s.key, Value: s.amount, Version: s.version})
	}
}

// decide makes a checkout paid: the one instant that everything else follows
// from. The receipt carries the clock and a random number. Reservations of a
// saga were the effects already; under 2pc participants apply them now.
func (o *order) decide(ctx dataflow.Context, p *operation, e *entry, authorisation uint64) {
	p.reply.Outcome, p.reply.Authorisation = Paid, authorisation
	p.reply.PaidAt = ctx.Now()
	p.reply.Receipt = ctx.Random() | 1 // a receipt is never 0, which means none
	if o.cfg.Transactions == Saga {
		o.finish(ctx, p, e)
		return
	}
	p.stage = committing // participants that granted told no values: what they apply is told
	if o.cfg.Broken.TornCommit {
		p.waiting = o.tear(ctx, p) + 1
	} else {
		p.waiting = o.toStocks(ctx, p, p.parts, commit) + 1
	}
	o.toPayment(ctx, p, commit)
}

// reject ends a checkout without effect: stock that was locked or reserved is
// let go. The reply tells the value that caused it, if it was one.
func (o *order) reject(ctx dataflow.Context, p *operation, e *entry, outcome Outcome, m *message, user bool) {
	switch outcome {
	case OutOfStock:
		o.tally[OutOfStockSeen]++
	case InsufficientCredit:
		o.tally[CreditShortSeen]++
	}
	p.reply.Outcome = outcome
	p.reply.After = p.reply.After[:0]
	p.see(m, user)
	let := p.parts[:p.next]
	if o.cfg.Broken.AbortAll {
		let = p.parts
	}
	if !o.cfg.Broken.NoAbort {
		o.toStocks(ctx, p, let, abort)
	}
	o.finish(ctx, p, e)
}

// finish answers an operation and keeps the reply; those who asked for it
// meanwhile are answered next.
func (o *order) finish(ctx dataflow.Context, p *operation, e *entry) {
	slot := int32(e.at)
	e.state = answered
	e.at, e.length = o.keep(&p.reply)
	o.emit(ctx, p.op, o.kept(e.at, e.length))
	for _, i := range p.finders {
		o.answerFind(ctx, i)
	}
	p.stage = free
	o.spare = append(o.spare, slot)
	o.count--
	o.startNext(ctx)
}
