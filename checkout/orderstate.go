package checkout

import "fmt"

// Snapshot implements dataflow.Operator.
func (o *order) Snapshot(dst []byte) []byte {
	w := writer{dst}
	w.count(len(o.table))
	for i := range o.table {
		e := &o.table[i]
		w.byte(byte(e.state))
		switch e.state {
		case underway:
			w.uint32(uint32(e.slot))
		case answered:
			w.uint32(uint32(e.span.from))
			w.uint32(uint32(e.span.to))
		}
	}
	w.bytes(o.replies)
	w.count(len(o.found))
	for _, op := range o.sortedFound() {
		w.uint32(op)
		w.uint32(uint32(o.found[op].from))
		w.uint32(uint32(o.found[op].to))
	}
	w.count(len(o.open))
	for i := range o.open {
		o.open[i].snapshot(&w)
	}
	w.count(len(o.spare))
	for _, i := range o.spare {
		w.uint32(uint32(i))
	}
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
	w.bytes(AppendReply(nil, &p.reply))
	w.count(len(p.finders))
	for _, op := range p.finders {
		w.uint32(op)
	}
}

// Restore implements dataflow.Operator.
func (o *order) Restore(src []byte) error {
	*o = *newOrder(o.cfg, o.index)
	r := &reader{src: src}
	for range r.count(1) {
		e := entry{state: state(r.byte())}
		switch e.state {
		case underway:
			e.slot = int32(r.uint32())
		case answered:
			e.span = span{int32(r.uint32()), int32(r.uint32())}
		}
		o.table = append(o.table, e)
	}
	o.replies = r.bytes()
	for range r.count(12) {
		op := r.uint32()
		o.found[op] = span{int32(r.uint32()), int32(r.uint32())}
	}
	for range r.count(1) {
		var p operation
		if err := p.restore(r); err != nil {
			return err
		}
		if p.stage != free {
			o.count++
		}
		o.open = append(o.open, p)
	}
	for range r.count(4) {
		o.spare = append(o.spare, int32(r.uint32()))
	}
	return o.valid(r)
}

func (p *operation) restore(r *reader) error {
	if p.stage = stage(r.byte()); p.stage == free {
		return nil
	}
	p.op, p.kind, p.user, p.total = r.uint32(), Kind(r.byte()), int32(r.uint32()), int64(r.uint64())
	p.parts = r.parts()
	p.next, p.end, p.waiting = int32(r.uint32()), int32(r.uint32()), int32(r.uint32())
	if err := DecodeReply(r.bytes(), &p.reply); err != nil {
		return fmt.Errorf("a snapshot of order: %w", err)
	}
	for range r.count(4) {
		p.finders = append(p.finders, r.uint32())
	}
	return nil
}

// valid rejects numbers that lead nowhere.
func (o *order) valid(r *reader) error {
	bad := r.failed
	for i := range o.table {
		e := &o.table[i]
		bad = bad || e.state > answered || e.state == underway && (e.slot < 0 || int(e.slot) >= len(o.open)) ||
			e.state == answered && !o.within(e.span)
	}
	for _, op := range o.sortedFound() {
		s := o.found[op]
		bad = bad || s.to >= 0 && !o.within(s)
	}
	for i := range o.open {
		p := &o.open[i]
		n := int32(len(p.parts))
		bad = bad || p.stage > single || p.next < 0 || p.next > n || p.end < 0 || p.end > n || p.user < 0 || p.user >= o.cfg.Users
		for _, q := range p.parts {
			bad = bad || q.key < 0 || q.key >= o.cfg.Items
		}
	}
	for _, i := range o.spare {
		bad = bad || i < 0 || int(i) >= len(o.open)
	}
	if bad {
		return fmt.Errorf("a snapshot of order is cut off or wrong")
	}
	return nil
}

func (o *order) within(s span) bool {
	return s.from >= 0 && int(s.to) <= len(o.replies) && s.to-s.from >= replyHeader
}
