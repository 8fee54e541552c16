package cluster

import (
	"simrun/dataflow"
	"simrun/netmodel"
	"simrun/recovery"
	"simrun/sim"
)

// wire is everything under way between processes: frames on channels, control
// messages between pairs of tasks and with the manager.
type wire struct {
	run      *Run
	underway int // frames on the wire
	frames   slab[recovery.Frame]
	bytes    [][]byte // data of frames that were recycled

	connections [][]connection // per channel, in the order in which they were opened

	control  []netmodel.Link // per pair of tasks; the manager is the last
	traffic  [recovery.MessageKinds]Control
	messages slab[recovery.Message]

	parkedFrames   []parked // per channel
	parkedMessages []parked // per control link

	cuts          []cutWire
	managerPaused sim.Time
	brokerPaused  sim.Time
}

func newWire(r *Run) wire {
	w := wire{run: r, connections: make([][]connection, len(r.graph.Channels))}
	n := r.graph.Tasks() + 1
	w.parkedFrames, w.parkedMessages = make([]parked, len(r.graph.Channels)), make([]parked, n*n)
	for i := range n * n {
		w.control = append(w.control, netmodel.NewLink(&r.cfg.Latency, sim.NewStream(r.cfg.Seed, uint64(i), 0, purposeControl)))
	}
	return w
}

func (w *wire) newFrame() *recovery.Frame {
	slot, f := w.frames.new()
	f.Slot = slot
	f.Buffer.Data = nil
	if n := len(w.bytes); n > 0 {
		f.Buffer.Data = w.bytes[n-1][:0]
		w.bytes = w.bytes[:n-1]
	}
	return f
}

func (w *wire) recycle(data []byte) {
	if cap(data) > 0 {
		w.bytes = append(w.bytes, data)
	}
}

func (w *wire) drop(f *recovery.Frame) {
	w.recycle(f.Buffer.Data)
	f.Buffer.Data = nil
	w.frames.free(f.Slot)
}

// transmit puts a frame on its channel. Bytes use up the machine's bandwidth.
func (r *Run) transmit(f *recovery.Frame, machine int) {
	data := len(f.Buffer.Data)
	if f.Buffer.Barrier {
		data = dataflow.BarrierBytes
	}
	r.timeline.sent(data, len(f.Delta), f.DeltaHeader)
	if r.story.on {
		r.story.frame(f)
	}
	leaves := r.leave(machine, int64(recovery.FrameHeaderBytes+data+len(f.Delta)))
	arrives := r.wire.link(f.Channel, f.Sender, f.Receiver).Deliver(leaves)
	r.wire.underway++
	r.kernel.Note(f.Hash ^ uint64(len(f.Delta)))
	r.kernel.At(arrives, dst(evFrame, int(f.Channel)), f.Slot)
}

// parked is what has arrived at the end of a link and cannot be taken yet, for
// the link is cut or the receiver paused. Order is kept, however often a cut or
// a pause is prolonged.
type parked struct {
	queue    []uint32
	resuming bool // an event is under way that looks again
}

// resume is the argument of that event.
const resume = 1<<32 - 1

// arrive takes what an event brings and what has waited before it, in order,
// but for what still has to wait: all that goes to one incarnation waits alike.
func (r *Run) arrive(e sim.Event, p *parked, until func(slot uint32) sim.Time, take func(slot uint32)) {
	if e.Arg == resume {
		p.resuming = false
	} else {
		p.queue = append(p.queue, e.Arg)
	}
	waiting := p.queue
	p.queue = nil
	var next sim.Time
	for _, slot := range waiting {
		if at := until(slot); at > r.kernel.Now() {
			r.watch.Reach(recovery.CutMessage)
			p.queue = append(p.queue, slot)
			if next == 0 || at < next {
				next = at
			}
			continue
		}
		take(slot)
	}
	if next > 0 && !p.resuming {
		p.resuming = true
		r.kernel.At(next, e.Dst, resume)
	}
}

// frameArrives brings a frame to the end of its channel.
func (r *Run) frameArrives(e sim.Event) {
	c := e.Dst & (1<<kindShift - 1)
	if p := &r.wire.parkedFrames[c]; e.Arg == resume || len(p.queue) > 0 || r.frameWaits(e.Arg) > r.kernel.Now() {
		r.arrive(e, p, r.frameWaits, r.takeFrame)
		return
	}
	r.takeFrame(e.Arg)
}

// frameWaits gives the instant before which a frame cannot be taken.
func (r *Run) frameWaits(slot uint32) sim.Time {
	f := r.wire.frames.at(slot)
	return max(r.wire.link(f.Channel, f.Sender, f.Receiver).CutUntil(), r.pausedUntil(r.graph.Channels[f.Channel].To, f.Receiver))
}

// takeFrame hands a frame to the process at the end of its channel.
func (r *Run) takeFrame(slot uint32) {
	f := r.wire.frames.at(slot)
	to := r.graph.Channels[f.Channel].To
	r.wire.underway--
	if to == r.graph.Broker() {
		r.broker.agent.Receive(f)
		r.wire.drop(f)
		return
	}
	p := r.process(to, f.Receiver)
	if p == nil {
		r.watch.Reach(recovery.FrameToDead)
	}
	if p == nil || !p.agent.Receive(f) {
		r.wire.drop(f)
	}
}

// process finds a living incarnation of a task that has started.
func (r *Run) process(t dataflow.TaskID, inc uint32) *process {
	if p := r.current[t]; p != nil && p.inc == inc && p.started && !p.dead {
		return p
	}
	for i := len(r.procs) - 1; i >= 0; i-- {
		if p := r.procs[i]; p.id == t && p.inc == inc && p.started && !p.dead {
			return p
		}
	}
	return nil
}

// Send implements recovery.Control for the manager.
func (r *Run) Send(m recovery.Message) { r.send(m, r.managerMachine()) }

// send puts a control message on its way. Messages between two parties arrive
// in order.
func (r *Run) send(m recovery.Message, machine int) {
	slot, kept := r.wire.messages.new()
	*kept = m
	n := r.graph.Tasks() + 1
	link := r.party(m.From)*n + r.party(m.To)
	size := m.Bytes()
	if r.kernel.Now() > 0 {
		t := &r.wire.traffic[m.Kind]
		t.Messages++
		t.Bytes += size
	}
	leaves := r.leave(machine, size)
	arrives := r.wire.control[link].Deliver(leaves)
	r.kernel.At(arrives, dst(evMessage, link), slot)
}

// sums gives what control messages there were, by kind.
func (w *wire) sums() []Control {
	var list []Control
	for kind, t := range w.traffic {
		if t.Messages > 0 {
			t.Kind = recovery.MessageKind(kind).String()
			list = append(list, t)
		}
	}
	return list
}

func (r *Run) party(t dataflow.TaskID) int {
	if t == recovery.ManagerID {
		return r.graph.Tasks()
	}
	return int(t)
}

// messageArrives brings a control message to its receiver.
func (r *Run) messageArrives(e sim.Event) {
	link := e.Dst & (1<<kindShift - 1)
	if p := &r.wire.parkedMessages[link]; e.Arg == resume || len(p.queue) > 0 || r.messageWaits(e.Arg) > r.kernel.Now() {
		r.arrive(e, p, r.messageWaits, r.takeMessage)
		return
	}
	r.takeMessage(e.Arg)
}

// messageWaits gives the instant before which a message cannot be taken.
func (r *Run) messageWaits(slot uint32) sim.Time {
	m := r.wire.messages.at(slot)
	return max(r.cutUntil(m.From, m.FromInc, m.To, m.ToInc), r.pausedUntil(m.To, m.ToInc))
}

// takeMessage hands a message to its receiver.
func (r *Run) takeMessage(slot uint32) {
	kept := r.wire.messages.at(slot)
	m := *kept
	*kept = recovery.Message{}
	r.wire.messages.free(slot)
	r.deliver(&m)
}

func (r *Run) pausedUntil(t dataflow.TaskID, inc uint32) sim.Time {
	switch t {
	case recovery.ManagerID:
		return r.wire.managerPaused
	case r.graph.Broker():
		return r.wire.brokerPaused
	}
	if p := r.process(t, inc); p != nil {
		return p.paused
	}
	return 0
}

// deliver hands a control message over: to the incarnation that it is for if
// it lives, later if that one has not started yet, to nobody if it is dead.
func (r *Run) deliver(m *recovery.Message) {
	r.story.message(m)
	switch {
	case m.To == recovery.ManagerID:
		r.manager.Handle(m)
		return
	case m.To == r.graph.Broker():
		r.broker.agent.Handle(m)
		return
	case m.Kind == recovery.Kill:
		if p := r.process(m.To, m.ToInc); p != nil {
			if p.suspected {
				r.watch.Reach(recovery.ZombieKilled)
			}
			r.kill(p)
		}
		return
	}
	if p := r.process(m.To, m.ToInc); p != nil {
		p.agent.Handle(m)
		if p.bounded {
			p.room()
		}
		p.fetch()
		return
	}
	if p := r.current[m.To]; p.inc > m.ToInc || p.inc == m.ToInc && p.started {
		return // dead
	}
	r.heldBack(m)
}
