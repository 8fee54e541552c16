package checkout

import "fmt"

// Snapshot implements dataflow.Operator. It holds every reply: the bytes grow
// with the number of operations.
func (o *order) Snapshot(dst []byte) []byte {
	w := writer{dst}
	w.count(len(o.table))
	for i := range o.table {
		e := &o.table[i]
		w.byte(byte(e.state))
		switch e.state {
		case underway:
			w.uint32(uint32(e.at))
		case answered:
			w.uint64(uint64(e.at))
			w.uint16(e.length)
		}
	}
	w.bytes(o.replies)
	w.count(len(o.finds.list))
	for i := range o.finds.list {
		f := &o.finds.list[i]
		w.uint32(f.op)
		w.uint32(f.order)
		w.uint64(uint64(f.at))
		w.uint16(f.length)
	}
	w.count(len(o.open))
	for i := range o.open {
		o.open[i].snapshot(&w)
	}
	w.int32s(o.spare)
	return w.dst
}

func (p *operation) snapshot(w *writer) {
	w.byte(byte(p.stage))
	if p.stage == free {
		return
	}
	w.uint32(p.op)
	w.byte(byte(p.kind))
	w.uint32(uint32(p.user))
	w.uint64(uint64(p.total))
	w.parts(p.parts)
	w.uint32(uint32(p.next))
	w.uint32(uint32(p.end))
	w.uint32(uint32(p.waiting))
	mark := len(w.dst)
	w.count(0)
	w.dst = AppendReply(w.dst, &p.reply)
	w.countAt(mark, len(w.dst)-mark-4)
	w.int32s(p.finders)
}

// Restore implements dataflow.Operator. After an error the state is spoilt.
func (o *order) Restore(src []byte) error {
	*o = *newOrder(o.cfg, o.index)
	r := readerOf(src)
	n := r.Count(1)
	o.table = make([]entry, 0, n)
	for range n {
		e := entry{state: state(r.Byte())}
		switch e.state {
		case underway:
			e.at = int64(r.Uint32())
		case answered:
			e.at, e.length = int64(r.Uint64()), r.Uint16()
		}
		o.table = append(o.table, e)
	}
	o.replies = r.bytes()
	for range r.Count(18) {
		f := find{op: r.Uint32(), order: r.Uint32(), at: int64(r.Uint64()), length: r.Uint16()}
		if o.finds.get(f.op) >= 0 {
			return fmt.Errorf("a snapshot of order has find_order %d twice", f.op)
		}
		o.finds.add(f)
	}
	for range r.Count(1) {
		o.open = append(o.open, operation{})
		p := &o.open[len(o.open)-1]
		if err := p.restore(r); err != nil {
			return fmt.Errorf("a snapshot of order: %w", err)
		}
		if p.stage != free {
			o.count++
		}
	}
	o.spare = r.int32s(nil)
	if !r.Done() || !o.valid() || !o.restoreQueue() {
		return fmt.Errorf("a snapshot of order is cut off or wrong")
	}
	o.forget()
	return nil
}

func (p *operation) restore(r *reader) error {
	if p.stage = stage(r.Byte()); p.stage == free {
		return nil
	}
	p.op, p.kind, p.user, p.total = r.Uint32(), Kind(r.Byte()), int32(r.Uint32()), int64(r.Uint64())
	p.parts = r.parts()
	p.next, p.end, p.waiting = int32(r.Uint32()), int32(r.Uint32()), int32(r.Uint32())
	if err := DecodeReply(r.Take(r.Count(1)), &p.reply); err != nil {
		return err
	}
	p.finders = r.int32s(p.finders)
	return nil
}

// valid says whether all that points to something does, so that no later
// record can run into it.
func (o *order) valid() bool {
	opened := 0
	for i := range o.table {
		e := &o.table[i]
		switch e.state {
		case unknown:
		case underway:
			if e.at < 0 || e.at >= int64(len(o.open)) || !o.open[e.at].valid(o.cfg, uint32(i*o.cfg.Orders+o.index)) {
				return false
			}
			opened++
		case answered:
			if !o.within(e.at, e.length) {
				return false
			}
		default:
			return false
		}
	}
	return opened == o.count && o.validFinds() && validSpare(o.spare, len(o.open), func(i int32) bool { return o.open[i].stage == free })
}

// validFinds: whoever has no answer waits for exactly one operation that is
// under way, the one that it asks for.
func (o *order) validFinds() bool {
	waits := make([]bool, len(o.finds.list))
	unanswered := 0
	for i := range o.finds.list {
		f := &o.finds.list[i]
		if f.op >= OperationsMax || f.order >= OperationsMax || int(f.order)%o.cfg.Orders != o.index ||
			f.length > 0 && !o.within(f.at, f.length) || f.length == 0 && f.at != 0 {
			return false
		}
		if f.length == 0 {
			waits[i] = true
			unanswered++
		}
	}
	for i := range o.open {
		for _, f := range o.open[i].finders {
			if f < 0 || int(f) >= len(waits) || !waits[f] || o.finds.list[f].order != o.open[i].op {
				return false
			}
			waits[f] = false
			unanswered--
		}
	}
	return unanswered == 0
}

// within says whether a reply could be there.
func (o *order) within(at int64, length uint16) bool {
	return length >= replyHeader && at >= 0 && at <= int64(len(o.replies))-int64(length)
}

// has says whether an add or a read can be about a key.
func (c *Config) has(kind Kind, p part) bool {
	keys := c.Items
	if kind == AddCredit || kind == ReadCredit {
		keys = c.Users
	}
	return p.key >= 0 && p.key < keys && p.amount >= 0
}

func (p *operation) valid(cfg *Config, op uint32) bool {
	n := int32(len(p.parts))
	switch {
	case p.op != op || op >= OperationsMax || p.reply.Op != op || p.kind >= FindOrder || p.reply.Kind != p.kind,
		len(p.reply.After) > LinesMax+1:
		return false
	case p.stage == queued && p.kind != Checkout:
		return n == 1 && cfg.has(p.kind, p.parts[0]) && p.user == 0 && p.total == 0 && p.next == 0 && p.end >= 0 && p.waiting == 0
	case p.stage == single:
		return p.kind != Checkout && n == 0 && p.user == 0 && p.total == 0 && p.next == 0 && p.end == 0 && p.waiting == 0
	case p.kind != Checkout || p.user < 0 || p.user >= cfg.Users || p.total < 0 || n == 0 || n > LinesMax:
		return false
	}
	for i := range p.parts {
		if q := &p.parts[i]; q.key < 0 || q.key >= cfg.Items || q.amount < 1 {
			return false
		}
	}
	switch p.stage {
	case queued:
		return p.waiting == 0 && p.next == 0 && p.end >= 0
	case locking:
		return p.waiting == 0 && p.next >= 0 && p.next < p.end && p.end <= n
	case paying:
		return p.waiting == 0 && p.next == n && p.end == n
	case committing:
		return p.waiting > 0 && p.waiting <= n+1 && p.next == n && p.end == n
	}
	return false
}
