package cluster

import (
	"bytes"
	"fmt"

	"simrun/check"
	"simrun/checkout"
	"simrun/sim"
)

// clients ask, wait, ask again, and keep the history of what they were told.
// Every draw of an operation is keyed by its number, so that it asks the same
// at the same time whatever protocol serves it.
type clients struct {
	run     *Run
	history check.History
	items   *sim.Zipf // nil: uniform
	users   *sim.Zipf

	issued   int
	open     int     // operations without a reply whose client has not given up
	ended    bool    // nobody asks again
	stopped  bool    // nothing more is issued
	free     []int32 // clients of an open workload without an operation
	count    int32   // clients there are
	ops      []opState
	asked    checkout.Request
	lines    []check.Line
	encoded  []byte // requests are made again for each attempt
	first    arena  // each operation's first reply, to compare later ones with
	retries  sim.Deadlines
	retrying bool // an event for the earliest deadline is under way
	replies  slab[replyUnderway]
	later    []check.LaterReply
	placed   []uint64 // per operation: its place in the order of decisions; 0: none
	places   uint64
	captured []uint64 // per operation: the authorisation that its reply named
	reply    checkout.Reply
}

// opState is what a client remembers of an operation.
type opState struct {
	retry    uint64 // the pending deadline
	armed    bool
	attempts int32
	open     bool
	from, to int32 // the first reply, in clients.first
}

type replyUnderway struct {
	op     uint32
	record []byte
}

// arena keeps bytes one behind the other.
type arena struct{ bytes []byte }

func newClients(r *Run) *clients {
	w, job := &r.cfg.Workload, &r.cfg.Job
	c := &clients{run: r}
	if w.ItemsZipf > 0 {
		c.items = sim.NewZipf(int(job.Items), w.ItemsZipf)
	}
	if w.UsersZipf > 0 {
		c.users = sim.NewZipf(int(job.Users), w.UsersZipf)
	}
	h := &c.history
	for range job.Items {
		h.Stock = append(h.Stock, job.Stock)
	}
	for range job.Users {
		h.Credit = append(h.Credit, job.Credit)
	}
	h.Price = job.Price
	expected := min(w.Operations, 1<<20)
	h.Ops = make([]check.Op, 0, expected)
	h.Lines = make([]check.Line, 0, 2*expected)
	h.After = make([]check.Seen, 0, 4*expected)
	c.first.bytes = make([]byte, 0, 128*expected)
	c.ops = make([]opState, w.Operations)
	c.placed = make([]uint64, w.Operations)
	c.captured = make([]uint64, w.Operations)
	return c
}

// begin starts the arrivals.
func (c *clients) begin() {
	w := &c.run.cfg.Workload
	if w.Clients > 0 {
		c.count = int32(w.Clients)
		for client := range w.Clients {
			c.run.kernel.At(0, dst(evThink, client), 0)
		}
		return
	}
	c.scheduleOpen()
}

// scheduleOpen schedules the next operation of an open workload.
func (c *clients) scheduleOpen() {
	r := c.run
	if c.issued >= r.cfg.Workload.Operations {
		c.stopped = true
		return
	}
	s := c.draw(purposeGap)
	at := r.kernel.Now() + sim.Time(r.cfg.Workload.Gap.Draw(&s))
	if at > r.cfg.Horizon {
		c.stopped = true
		return
	}
	r.kernel.At(at, dst(evIssue, 0), 0)
}

// issueOpen issues an operation of an open workload: by a client that has
// none, or by a new one.
func (c *clients) issueOpen() {
	client := c.count
	if n := len(c.free); n > 0 {
		client = c.free[n-1]
		c.free = c.free[:n-1]
	} else {
		c.count++
	}
	c.issue(client)
	c.scheduleOpen()
}

// issue draws the next operation and sends its request.
func (c *clients) issue(client int32) {
	r := c.run
	if c.issued >= r.cfg.Workload.Operations || r.kernel.Now() > r.cfg.Horizon {
		c.stopped = true
		return
	}
	op := uint32(c.issued)
	c.drawOperation(client)
	c.ops[op] = opState{open: true}
	c.issued++
	c.open++
	r.timeline.called()
	c.ask(op)
}

// ask sends the request, for the first time or again, under the same number.
func (c *clients) ask(op uint32) {
	r := c.run
	state := &c.ops[op]
	s := sim.NewStream(r.cfg.Seed, uint64(op), uint64(state.attempts), purposeUplink)
	state.attempts++
	r.kernel.After(sim.Time(r.cfg.Latency.Draw(&s)), dst(evRequest, 0), op)
	state.retry = c.retries.Push(r.kernel.Now()+r.cfg.Workload.Retry, uint64(op))
	state.armed = true
	c.armRetry()
}

// armRetry keeps one event under way for the earliest deadline.
func (c *clients) armRetry() {
	if at, _, _, ok := c.retries.Head(); ok && !c.retrying {
		c.retrying = true
		c.run.kernel.At(at, dst(evRetry, 0), 0)
	}
}

// retryDue asks again for operations whose time is up, or gives them up.
func (c *clients) retryDue() {
	r := c.run
	for {
		at, key, _, ok := c.retries.Head()
		if !ok || at > r.kernel.Now() {
			break
		}
		c.retries.PopHead()
		c.timedOut(uint32(key))
	}
	c.retrying = false
	c.armRetry()
}

func (c *clients) timedOut(op uint32) {
	state := &c.ops[op]
	state.armed = false
	if c.ended {
		return
	}
	w := &c.run.cfg.Workload
	if w.RetryMax >= 0 && int(state.attempts) > w.RetryMax {
		state.open = false // its outcome stays unknown, and its client says nothing more
		c.open--
		return
	}
	c.ask(op)
}

// firstCall says whether an operation has asked once so far.
func (c *clients) firstCall(op uint32) bool { return c.ops[op].attempts == 1 }

// send brings a visible reply to its client.
func (c *clients) send(op uint32, record []byte) {
	if int(op) >= c.issued {
		return
	}
	r := c.run
	slot, u := c.replies.new()
	u.op, u.record = op, append(u.record[:0], record...)
	s := sim.NewStream(r.cfg.Seed, uint64(op), uint64(c.ops[op].to), purposeDownlink)
	r.kernel.After(sim.Time(r.cfg.Latency.Draw(&s)), dst(evReply, 0), slot)
}

// replied is a client's receipt of a reply.
func (c *clients) replied(slot uint32) {
	u := c.replies.at(slot)
	op := u.op
	state := &c.ops[op]
	if state.to > state.from {
		c.repliedAgain(op, u.record)
		c.replies.free(slot)
		return
	}
	if err := checkout.DecodeReply(u.record, &c.reply); err != nil {
		panic(fmt.Sprintf("a visible reply to operation %d cannot be read: %v", op, err))
	}
	if c.run.story.on {
		c.run.story.client(op, "<- client %d is told %s", c.history.Ops[op].Client, checkout.DescribeReply(u.record))
	}
	state.from = int32(len(c.first.bytes))
	c.first.bytes = append(c.first.bytes, u.record...)
	state.to = int32(len(c.first.bytes))
	c.replies.free(slot)
	if !state.open || c.run.settling {
		return // the client has given up, or the run is over for it: it tells nobody
	}
	state.open = false
	c.open--
	if state.armed {
		c.cancelRetry(state)
	}
	c.record(op)
	c.run.timeline.returned(&c.history.Ops[op])
	c.next(c.history.Ops[op].Client)
}

func (c *clients) cancelRetry(state *opState) {
	c.retries.Cancel(state.retry)
	state.armed = false
}

// record writes what the reply tells into the history.
func (c *clients) record(n uint32) {
	op := &c.history.Ops[n]
	reply := &c.reply
	op.Return = int64(c.run.kernel.Now())
	op.Outcome = check.Outcome(reply.Outcome)
	op.Status = check.Status(reply.Status)
	op.Value = reply.Value
	op.PaidAt, op.Receipt = reply.PaidAt, reply.Receipt
	c.captured[n] = reply.Authorisation
	op.AfterFrom = int32(len(c.history.After))
	for _, seen := range reply.After {
		key := check.ItemKey(seen.Number)
		if seen.User {
			key = check.UserKey(seen.Number)
		}
		c.history.After = append(c.history.After, check.Seen{Key: key, Value: seen.Value, Version: seen.Version})
	}
	op.AfterTo = int32(len(c.history.After))
}

// repliedAgain keeps a further reply to an operation, if its client ever
// listened.
func (c *clients) repliedAgain(op uint32, record []byte) {
	state := &c.ops[op]
	first := c.first.bytes[state.from:state.to]
	later := check.LaterReply{Op: int32(op), Same: bytes.Equal(first, record)}
	if !later.Same {
		later.First, later.Later = checkout.DescribeReply(first), checkout.DescribeReply(record)
	}
	c.later = append(c.later, later)
}

// next lets a client go on.
func (c *clients) next(client int32) {
	r := c.run
	if r.cfg.Workload.Clients == 0 {
		c.free = append(c.free, client)
		return
	}
	s := c.draw(purposeThink)
	r.kernel.After(sim.Time(r.cfg.Workload.Think.Draw(&s)), dst(evThink, int(client)), 0)
}

// place notes where the services decided an operation. A later place replaces
// an earlier one: that belongs to an execution which was rolled back.
func (c *clients) place(op uint32) {
	if int(op) >= len(c.placed) {
		return
	}
	c.places++
	c.placed[op] = c.places
}

// stop ends all clients: who has no reply yet will not wait for it.
func (c *clients) stop() {
	c.stopped, c.ended = true, true
}

// done says whether nothing more is issued and every operation has returned
// or was given up.
func (c *clients) done() bool {
	if c.open > 0 {
		return false
	}
	w := &c.run.cfg.Workload
	return c.stopped || c.issued >= w.Operations || c.run.kernel.Now() > c.run.cfg.Horizon
}
