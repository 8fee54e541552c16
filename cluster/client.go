package cluster

import (
	"bytes"

	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// clients ask, wait and ask again. What they ask and are told is the job's.
// Every draw of an operation is keyed by its number, so that it asks the same
// at the same time whatever protocol serves it.
type clients struct {
	run *Run

	issued   int
	answered int
	open     int     // operations without a reply whose client has not given up
	ended    bool    // nobody asks again
	stopped  bool    // nothing more is issued
	free     []int32 // clients of an open workload without an operation
	count    int32   // clients there are
	ops      []opState
	first    arena // each operation's first reply, to compare later ones with
	retries  sim.Deadlines
	retrying bool // an event for the earliest deadline is under way
	replies  slab[replyUnderway]
	later    []check.LaterReply
}

// opState is what a client remembers of an operation.
type opState struct {
	called   sim.Time
	client   int32
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
	operations := r.cfg.Workload.Operations
	c := &clients{run: r, ops: make([]opState, operations)}
	c.first.bytes = make([]byte, 0, 128*min(operations, 1<<20))
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

// draw gives the stream of the next operation for a purpose.
func (c *clients) draw(purpose sim.Purpose) sim.Stream {
	return sim.NewStream(c.run.cfg.Seed, uint64(c.issued), 0, purpose)
}

// issue draws the next operation and sends its request.
func (c *clients) issue(client int32) {
	r := c.run
	if c.issued >= r.cfg.Workload.Operations || r.kernel.Now() > r.cfg.Horizon {
		c.stopped = true
		return
	}
	op := uint32(c.issued)
	r.job.issue(op, client)
	c.ops[op] = opState{called: r.kernel.Now(), client: client, open: true}
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
		c.run.watch.Reach(recovery.ClientGivesUp)
		state.open = false // its outcome stays unknown, and its client says nothing more
		c.open--
		return
	}
	c.run.watch.Reach(recovery.ClientRetry)
	c.ask(op)
}

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
	if c.run.story.on && c.run.story.tells(int64(op)) {
		c.run.story.client(op, Told, "<- client %d is told %s", state.client, c.run.job.describe("egress>broker", u.record))
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
	c.answered++
	if state.armed {
		c.cancelRetry(state)
	}
	paid := c.run.job.told(op, c.first.bytes[state.from:state.to])
	c.run.timeline.returned(state.called, paid)
	c.next(state.client)
}

func (c *clients) cancelRetry(state *opState) {
	c.retries.Cancel(state.retry)
	state.armed = false
}

// repliedAgain keeps a further reply to an operation, if its client ever
// listened.
func (c *clients) repliedAgain(op uint32, record []byte) {
	state := &c.ops[op]
	first := c.first.bytes[state.from:state.to]
	later := check.LaterReply{Op: c.run.job.entry(op), Same: bytes.Equal(first, record)}
	if !later.Same {
		later.First, later.Later = c.run.job.describe("egress>broker", first), c.run.job.describe("egress>broker", record)
	}
	c.run.watch.Reach(recovery.ClientToldAgain)
	c.later = append(c.later, later)
	if c.run.story.on && c.run.story.tells(int64(op)) {
		text := "the same"
		if !later.Same {
			text = later.Later
		}
		c.run.story.client(op, ToldAgain, "<- client %d is told again %s", state.client, text)
	}
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
