package recovery

import (
	"fmt"
	"math"

	"simrun/causallog"
	"simrun/dataflow"
)

// outbound is the sender's end of a channel. Its queue is the in-flight log:
// what was sent stays in it until a checkpoint covers it.
type outbound struct {
	channel dataflow.ChannelID
	to      dataflow.TaskID
	regular bool // held back by credit

	log      causallog.InFlight
	next     uint64 // the first entry that was not sent on this connection
	open     bool
	receiver uint32
	fresh    bool // the next frame is the connection's first
	epoch    int32
	index    int32 // told position (epoch, index): the receiver has everything before it
	credits  int32
	catching bool // the receiver came back and is behind: what it lacks holds nobody up
	over     bool // counted in Agent.over
	cursor   *causallog.Cursor
	built    Mark // published: behind what was built by dead incarnations and received; Offset counts buffers
	disk     spilling
	waiting  *Message // published: an Attach that waits until all of that is built again
}

// Built takes a finished buffer of an output.
func (a *Agent) Built(output int, b dataflow.Buffer) {
	o := &a.out[output]
	if a.policy.Broken.Flip.Buffer {
		a.flipBuffer(o, &b)
	}
	o.log.Append(b)
	if b.Skip > 0 {
		a.straddled()
	}
	if o.waiting != nil && !a.rebuilding(o) {
		m := o.waiting
		o.waiting = nil
		a.attached(m)
	}
	a.pump(o)
	if a.policy.bounded() {
		a.kept()
	}
}

// attached opens the connection at the position that the receiver told.
func (a *Agent) attached(m *Message) {
	if !a.started || m.FromInc > a.incs[m.From] || a.state == Gathering {
		a.early = append(a.early, *m)
		return
	}
	if m.FromInc < a.incs[m.From] {
		return // the receiver has died meanwhile
	}
	o := &a.out[a.graph.Channels[m.Channel].Output]
	if a.policy.Broken.CountBuilt {
		m = a.positionBuilt(m)
	}
	a.closeOut(o)
	if m.Epoch == goesOn {
		m.Epoch, m.Index = o.built.Epoch, o.built.Offset
	} else if a.policy.Published && a.rebuilding(o) {
		kept := *m
		o.waiting = &kept
		a.watch.Reach(AttachWaits)
		return
	}
	o.open, o.receiver, o.fresh = true, m.FromInc, true
	if !a.policy.Broken.KeepCredits || m.FromInc == 1 {
		o.credits = int32(a.policy.Credits)
	}
	o.epoch, o.index = m.Epoch, m.Index
	if o.cursor != nil {
		o.cursor.Reset()
	}
	switch seq, ok := o.log.Seek(m.Epoch, m.Index); {
	case a.policy.Live && (a.inc > 1 || m.FromInc > 1):
		o.next = o.log.End()    // what was built while nobody was connected is lost
		o.epoch, o.index = 0, 0 // what a new sender builds is new, whatever the receiver had of the old one
	case !ok:
		a.watch.Break(INV03, fmt.Sprintf("%s asks for buffer %d of epoch %d, which is no longer in the in-flight log",
			a.graph.ChannelName(o.channel), m.Index, m.Epoch))
		o.next = o.log.First()
	default:
		o.next = seq
		a.compareBuilt(o)
	}
	if a.policy.Broken.NoDeduplication || a.policy.Broken.SinkSendsAgain && o.to == a.graph.Broker() {
		o.next, o.epoch, o.index = o.log.First(), 0, 0
	}
	a.watch.Look(INV03)
	if o.catching = o.next < o.log.End(); o.catching && m.FromInc > 1 && a.policy.InFlight {
		a.watch.Reach(SentAgain)
	}
	a.host.Attached(o.channel, a.inc, m.FromInc)
	a.pump(o)
}

// compareBuilt compares what a new incarnation has built before the receiver
// told that it has it.
func (a *Agent) compareBuilt(o *outbound) {
	if a.inc == 1 {
		return
	}
	if o.log.First() < o.next {
		a.watch.Reach(RegeneratedBefore)
	}
	for seq := o.log.First(); seq < o.next; seq++ {
		ready := o.log.Ready(seq)
		if err := o.log.ReadBack(seq); err != nil { // it was spilled, as nobody was connected
			a.watch.Break(INV03, fmt.Sprintf("%s: %v", a.graph.ChannelName(o.channel), err))
		}
		a.compare(o, o.log.At(seq))
		if !ready {
			o.log.Forget(seq)
		}
	}
}

// compare looks whether a buffer or barrier was built again as its receiver
// received it.
func (a *Agent) compare(o *outbound, e *causallog.Entry) {
	if a.ghosts.Receiver(o.channel) != o.receiver {
		return // the receiver has died, and nobody has told this task
	}
	if e.Barrier {
		a.ghosts.Ended(a.watch, o.channel, e.Epoch, e.Index)
		return
	}
	a.ghosts.Regenerated(a.watch, o.channel, e.Epoch, e.Index, Hash(e.Data))
}

func (a *Agent) closeOut(o *outbound) {
	o.open, o.waiting = false, nil
	if o.disk.to > 0 {
		a.stopReading(o)
	}
	a.measure(o)
}

func (a *Agent) credited(m *Message) {
	o := &a.out[a.graph.Channels[m.Channel].Output]
	if !o.open || o.receiver != m.FromInc {
		return
	}
	o.credits += m.Count
	a.pump(o)
}

func (a *Agent) pumpAll() {
	for i := range a.out {
		a.pump(&a.out[i])
	}
}

// pump sends what may be sent: in order, while there is credit; not what the
// receiver has told that it has. That part is regenerated and kept all the
// same: the receiver may be the next to fail.
func (a *Agent) pump(o *outbound) {
	if first := o.log.First(); o.open && o.next < first {
		a.watch.Break(INV03, fmt.Sprintf("%s: %d buffers were dropped before they were sent", a.graph.ChannelName(o.channel), first-o.next))
		o.next = first
	}
	for o.open && o.next < o.log.End() && (o.credits > 0 || !o.regular) && a.atHand(o) {
		e := o.log.At(o.next)
		o.next++
		if e.Epoch < o.epoch || e.Epoch == o.epoch && e.Index < o.index {
			a.watch.Reach(RegeneratedSkipped)
			a.compare(o, e)
			if a.policy.Broken.ForgetRegenerated {
				o.log.TruncateTo(o.next)
			}
		} else {
			a.transmit(o, e)
		}
		if o.next <= o.log.Spilled() {
			o.log.Forget(o.next - 1)
		}
	}
	if o.open && o.regular && o.credits <= 0 && o.next < o.log.End() {
		a.watch.Reach(CreditOut)
	}
	if !a.policy.InFlight {
		o.log.TruncateTo(o.next)
	}
	if o.next == o.log.End() {
		o.catching = false
	}
	if a.policy.Memory.Spill == SpillEvery {
		a.write(o)
	}
	a.measure(o)
}

// measure keeps Agent.over.
func (a *Agent) measure(o *outbound) {
	over := o.open && o.regular && !o.catching && o.log.End()-o.next > uint64(a.policy.Credits)
	if over != o.over {
		o.over = over
		if over {
			a.watch.Reach(CreditHolds)
			a.over++
		} else if a.over--; a.over == 0 {
			a.host.Wake()
		}
	}
}

// transmit sends one entry, with everything that this task holds of the logs
// that the channel shares and has not been sent on it: own log and replicas
// of one instant, so that what the receiver holds stays causally closed.
func (a *Agent) transmit(o *outbound, e *causallog.Entry) {
	f := a.host.NewFrame()
	f.Channel, f.Sender, f.Receiver = o.channel, a.inc, o.receiver
	f.Buffer = dataflow.Buffer{
		Epoch: e.Epoch, Index: e.Index, Barrier: e.Barrier, Next: e.Next, Fresh: o.fresh, First: e.First, Skip: e.Skip,
		Data: append(f.Buffer.Data[:0], e.Data...),
	}
	f.Hash = Hash(e.Data)
	o.fresh = false
	f.Delta, f.DeltaHeader, f.DeltaShrunk = f.Delta[:0], 0, 0
	f.Ghost = f.Ghost[:0]
	if o.cursor != nil {
		if !e.Barrier || !a.policy.Broken.BarrierWithoutDelta {
			f.Delta = a.delta(f.Delta, o, e)
			f.DeltaHeader = a.store.HeaderBytes()
		}
		if broken := &a.policy.Broken; broken.OwnLogOnly || broken.ThisEpochOnly {
			f.Delta = a.brokenDelta(f.Delta, o, e.Epoch)
			f.DeltaHeader, _ = causallog.DeltaSizes(f.Delta)
		}
		if a.released != nil && o.cursor.Shares() {
			a.encode(f)
		}
		if !a.policy.Quirks.has(OneEpochDeltas) { // what the task depends on now is more than the buffer does
			f.Ghost = append(f.Ghost, a.dep...)
			f.Ghost[a.id] = a.guard.mark
		}
	}
	if o.regular {
		o.credits--
	}
	a.host.Transmit(f)
}

// delta appends what a buffer carries. As published it carries the cuts of its
// own channel up to its own and no further: an entry says that its buffer was
// received.
func (a *Agent) delta(dst []byte, o *outbound, e *causallog.Entry) []byte {
	if !a.policy.Published {
		return a.store.AppendDelta(dst, o.cursor)
	}
	bound := causallog.Bound{Cuts: a.layout.Cuts(o.channel), Epoch: e.Epoch, Offset: causallog.BufferBuiltBytes * int(e.Index+1),
		OneEpoch: a.policy.Quirks.has(OneEpochDeltas)}
	if a.policy.Quirks.has(RunAhead) {
		bound.Offset = math.MaxInt32
	}
	return a.store.AppendDeltaUpTo(dst, o.cursor, bound)
}

// Unsent says whether anything waits to be sent, or may have to be sent again: a
// receiver that was replaced has not asked for it yet.
func (a *Agent) Unsent(m *Manager) bool {
	for i := range a.out {
		if o := &a.out[i]; !o.open || o.receiver != m.Incarnation(o.to) || o.next < o.log.End() {
			return true
		}
	}
	return false
}

// InFlightBytes is what the in-flight logs hold.
func (a *Agent) InFlightBytes() int64 {
	var n int64
	for i := range a.out {
		n += int64(a.out[i].log.Bytes())
	}
	return n
}
