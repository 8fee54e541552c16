package pipeline

import "simrun/dataflow"

// count is a task of a stage: it counts the records of each of its keys and of
// all of them, and puts both counts into the record. The first stage recognizes
// what is asked again; the last adds the clock and a random number, and keeps
// every reply, to answer that with the same bytes.
type count struct {
	cfg          *Config
	stage, index int

	counts []uint32 // per key of the task, by slot
	total  uint32   // of all keys: the sum of counts

	// Windows of time: one begins with the first record after the last one ended.
	counting uint32 // records in the window that is open
	counted  uint32 // records in the last one that is over
	ticking  bool   // a window is open: a timer is armed

	known   []uint64 // first stage: bit n is set if operation n has come
	replies []byte   // last stage: replies in the order of their making, all of one size
	replyOf []uint32 // last stage: per operation, the number of its reply among them, plus 1

	encoded []byte // scratch from here on
	seen    []byte

	again, windows int64 // tallies: records of operations that had come before, windows that are over
}

// TallyOf gives what a counter has come to since it was made, replays included:
// operations that were asked again, and windows that are over. Nothing depends on
// it, and it is in no snapshot.
func TallyOf(op dataflow.Operator) (again, windows int64) {
	if c, ok := op.(*count); ok {
		return c.again, c.windows
	}
	return 0, 0
}

func newCount(cfg *Config, stage, index int) *count {
	return &count{cfg: cfg, stage: stage, index: index, counts: make([]uint32, cfg.slots())}
}

func (c *count) first() bool { return c.stage == 1 }
func (c *count) last() bool  { return c.stage == c.cfg.Stages }

// Record implements dataflow.Operator.
func (c *count) Record(ctx dataflow.Context, _, _ int, src []byte) {
	r, err := decodeRecord(src)
	if err != nil || !c.cfg.possible(Request{r.op, r.key}) || c.cfg.Task(c.stage, r.key) != c.index {
		return
	}
	if c.first() {
		if r.again = c.meet(r.op); r.again {
			c.again++
		}
	}
	switch {
	case r.again && c.last():
		if reply := c.reply(r.op); reply != nil {
			c.answer(ctx, r.op, reply)
		}
	case r.again:
		c.pass(ctx, &r)
	case len(r.seen) == seenBytes*(c.stage-1):
		c.count(ctx, &r)
	}
}

// count counts a record and lets it go on.
func (c *count) count(ctx dataflow.Context, r *record) {
	if !c.ticking {
		c.ticking = true
		ctx.SetTimer(c.cfg.Window, 0)
	}
	c.counting++
	c.total++
	slot := c.cfg.slot(r.key)
	c.counts[slot]++
	ctx.Place(r.op*uint32(c.cfg.Stages) + uint32(c.stage-1))
	c.seen = appendSeen(append(c.seen[:0], r.seen...), Seen{c.counts[slot], c.total, c.counted})
	r.seen = c.seen
	if c.last() {
		c.answer(ctx, r.op, c.keep(r, ctx.Now(), ctx.Random()))
	} else {
		c.pass(ctx, r)
	}
}

func (c *count) pass(ctx dataflow.Context, r *record) {
	c.encoded = appendRecord(c.encoded[:0], r)
	ctx.Emit(0, c.cfg.Task(c.stage+1, r.key), c.encoded)
}

func (c *count) answer(ctx dataflow.Context, op uint32, reply []byte) {
	ctx.Emit(0, int(op)%c.cfg.Egresses, reply)
}

// Timer implements dataflow.Operator: the window is over. The next begins with
// the next record, so that a pipeline in which nothing moves comes to rest.
func (c *count) Timer(dataflow.Context, uint64) {
	c.windows++
	c.counted, c.counting, c.ticking = c.counting, 0, false
}

// Answer implements dataflow.Operator.
func (*count) Answer(dataflow.Context, uint64, []byte) {}

// meet notes that an operation has come, and says whether it had come before.
func (c *count) meet(op uint32) (again bool) {
	word, bit := int(op/64), uint64(1)<<(op%64)
	for word >= len(c.known) {
		c.known = append(c.known, 0)
	}
	again = c.known[word]&bit != 0
	c.known[word] |= bit
	return again
}

// keep makes a reply and keeps it.
func (c *count) keep(r *record, at int64, receipt uint64) []byte {
	from := len(c.replies)
	c.replies = appendReply(c.replies, r, at, receipt)
	for int(r.op) >= len(c.replyOf) {
		c.replyOf = append(c.replyOf, 0)
	}
	c.replyOf[r.op] = uint32(from/c.cfg.replyBytes()) + 1
	return c.replies[from:]
}

// reply is the one that is kept for an operation; nil if there is none.
func (c *count) reply(op uint32) []byte {
	if int(op) >= len(c.replyOf) || c.replyOf[op] == 0 {
		return nil
	}
	size := c.cfg.replyBytes()
	from := size * int(c.replyOf[op]-1)
	return c.replies[from : from+size]
}
