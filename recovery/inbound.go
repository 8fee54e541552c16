package recovery

import (
	"errors"
	"fmt"

	"simrun/causallog"
	"simrun/dataflow"
)

// inbound is the receiver's end of a channel.
type inbound struct {
	channel dataflow.ChannelID
	from    dataflow.TaskID
	back    int // number of the output that leads back to the sender, -1 if there is none
	open    bool
	sender  uint32 // incarnation at the other end of the open connection
	stale   bool   // the sender has died: the connection has to be opened anew
	any     bool   // the next frame may have any position (live connections)
	epoch   int32
	index   int32 // position of the next buffer that was not received
	taken   int32 // buffers taken and not yet credited
	since   int32 // buffers received since the connection was opened
}

// attach opens a connection from a sender: it will send from the position on.
func (a *Agent) attach(i int, epoch, index int32) {
	in := &a.in[i]
	in.open, in.stale, in.sender, in.taken, in.since = true, false, a.incs[in.from], 0, 0
	in.epoch, in.index, in.any = epoch, index, a.policy.Live
	if a.fromCheckpoint(epoch, index) {
		a.ghosts.Forget(in.channel, a.checkpoint, a.inc)
	}
	a.send(Message{Kind: Attach, To: in.from, Channel: in.channel, Epoch: epoch, Index: index})
	if a.isBroker() { // a new sink does not know what its predecessor was told
		a.send(Message{Kind: Settled, To: in.from, Channel: in.channel, Epoch: epoch})
	}
}

func (a *Agent) fromCheckpoint(epoch, index int32) bool { return epoch == a.checkpoint && index == 0 }

// reattach opens the connection to a new incarnation of the sender.
func (a *Agent) reattach(i int, view *View) {
	if view.Rollback { // to a checkpoint whose completion this task may not have heard of
		a.ghosts.Forget(a.in[i].channel, view.Checkpoint, a.inc)
	}
	if a.policy.Duplicate || view.Rollback {
		a.attach(i, view.Checkpoint, 0)
		return
	}
	if a.policy.Published {
		a.goOn(i, view)
		return
	}
	epoch, index := a.toldOf(i)
	a.attach(i, epoch, index)
}

// goOn connects to a new incarnation of a sender as published. A receiver that
// was brought back itself says what it has; one that lived on leaves that to
// the sender, which counts what was built. The broker wants all of a new sink's
// output: what the old one wrote was not released, and is dropped.
func (a *Agent) goOn(i int, view *View) {
	in := &a.in[i]
	epoch, index, since := in.epoch, in.index, in.since
	switch {
	case a.isBroker():
		a.host.Discard(i, view.Checkpoint)
		a.ghosts.Forget(in.channel, view.Checkpoint, a.inc)
		a.attach(i, view.Checkpoint, 0)
	case a.asking.recovered == a.checkpoint && a.policy.Quirks.has(SkipSinceOpened) && a.state == Replaying:
		a.attach(i, a.task.Epoch(), since)
		in.epoch, in.index = epoch, index
	case a.asking.recovered == a.checkpoint:
		a.attach(i, epoch, index)
	default:
		a.attach(i, goesOn, 0)
		in.epoch, in.index = epoch, index
	}
}

// Receive takes a frame off the wire. The log delta is merged before anything
// of the buffer can be seen.
func (a *Agent) Receive(f *Frame) (taken bool) {
	in := &a.in[a.graph.Channels[f.Channel].Input]
	if a.released != nil {
		a.decode(f)
	}
	a.watch.Look(INV10)
	if a.state == Gathering && a.asking.own == nil && !a.broken.attached || !in.open || f.Receiver != a.inc || f.Sender != in.sender && !a.policy.Broken.NoFence {
		if a.policy.Quirks.has(KeepLateDeltas) && f.Receiver == a.inc && a.store != nil {
			a.merge(f, in)
		}
		if f.Sender < a.incs[in.from] {
			a.watch.Reach(ZombieFrame)
		}
		return false
	}
	if f.Sender < a.incs[in.from] {
		a.watch.Break(INV10, fmt.Sprintf("%s takes a buffer of incarnation %d of %s, which was replaced by %d",
			a.graph.TaskName(a.id), f.Sender, a.graph.TaskName(in.from), a.incs[in.from]))
	}
	b := &f.Buffer
	if in.any {
		in.epoch, in.index, in.any = b.Epoch, b.Index, false
	}
	a.watch.Look(INV06)
	if b.Epoch != in.epoch || b.Index != in.index {
		a.watch.Break(INV06, fmt.Sprintf("%s: buffer %d of epoch %d arrived, expected %d of epoch %d",
			a.graph.ChannelName(in.channel), b.Index, b.Epoch, in.index, in.epoch))
		in.epoch, in.index = b.Epoch, b.Index
	}
	switch {
	case a.broken.attached && a.state == Gathering:
		a.mergeEarly(f)
	case a.store != nil && (!a.isBroker() || !a.policy.Published):
		a.merge(f, in)
	case a.asking.own != nil:
		a.watch.Reach(InputFirst)
		a.gatherFrom(f)
	}
	in.since++
	if b.Barrier {
		in.epoch, in.index = b.Next, 0
	} else {
		a.ghosts.Received(in.channel, a.inc, b.Epoch, b.Index, f.Hash)
		in.index++
	}
	if a.task == nil {
		a.deliver(f, in)
		return true
	}
	b.Tag = f.Slot + 1
	a.task.Receive(a.graph.Channels[f.Channel].Input, *b)
	a.host.Wake()
	return true
}

// merge appends what the delta brings. Two versions of one log entry, or a gap,
// are findings.
func (a *Agent) merge(f *Frame, in *inbound) {
	if broken := &a.policy.Broken; broken.NoOffsets || broken.MergeLate {
		a.mergeOtherwise(f)
		return
	}
	var reverse *causallog.Cursor
	if in.back >= 0 {
		if o := &a.out[in.back]; o.open && o.receiver == f.Sender {
			reverse = o.cursor
		}
	}
	merged, err := a.store.Merge(f.Delta, f.Channel, reverse)
	a.watch.LookMany(INV05, int64(merged.Pieces))
	a.watch.LookMany(INV02, int64(merged.Pieces)) // each piece could have left a gap
	a.watch.LookMany(INV25, int64(merged.Pieces))
	if merged.Beyond > 0 {
		a.watch.Break(INV25, fmt.Sprintf("%s brings entries of the log %s, which %s has no need of",
			a.graph.ChannelName(in.channel), a.layout.Name(merged.Stray), a.graph.TaskName(a.id)))
	}
	a.host.Debt(len(f.Delta) + f.DeltaShrunk)
	if err != nil {
		a.watch.Break(brokenBy(err), fmt.Sprintf("%s: %v", a.graph.ChannelName(in.channel), err))
	}
}

// gatherFrom keeps what input brings while the own logs are being collected.
func (a *Agent) gatherFrom(f *Frame) {
	a.host.Debt(len(f.Delta) + f.DeltaShrunk)
	if err := a.asking.own.Add(f.Delta); err != nil {
		a.watch.Break(brokenBy(err), fmt.Sprintf("%s: %v", a.graph.ChannelName(f.Channel), err))
	}
}

func brokenBy(err error) Invariant {
	var gap *causallog.Gap
	if errors.As(err, &gap) {
		return INV02
	}
	return INV05
}

// deliver is how the broker takes a buffer: at once.
func (a *Agent) deliver(f *Frame, in *inbound) {
	i := a.graph.Channels[in.channel].Input
	if len(f.Ghost) > 0 {
		a.depend(f, INV21)
	}
	if f.Buffer.Barrier {
		a.send(Message{Kind: Settled, To: in.from, Channel: in.channel, Epoch: f.Buffer.Next})
	}
	a.host.Deliver(i, &f.Buffer)
	a.credit(in)
}

// Taken follows the task's taking of a buffer that came on a channel from an
// input queue. What a source takes of its partition did not.
func (a *Agent) Taken(input int, f *Frame) {
	in := &a.in[input]
	if len(f.Ghost) > 0 {
		a.depend(f, INV01)
	}
	if f.Sender == in.sender && in.open {
		a.credit(in)
	}
	if len(a.asking.parked) > 0 {
		a.unpark()
	}
}

func (a *Agent) credit(in *inbound) {
	ch := &a.graph.Channels[in.channel]
	if ch.Feedback || ch.To == a.graph.Broker() {
		return
	}
	in.taken++
	if batch := int32(a.policy.Credits+1) / 2; in.taken >= batch {
		a.send(Message{Kind: Credit, To: in.from, Channel: in.channel, Count: in.taken})
		in.taken = 0
	}
}

// depend merges the ghost of a buffer that is about to have an effect, and
// checks that everything it depends on is held here.
func (a *Agent) depend(f *Frame, invariant Invariant) {
	for u := range f.Ghost {
		m := f.Ghost[u]
		if !a.dep[u].before(m) {
			continue
		}
		a.dep[u] = m
		if m.Epoch < a.watch.Newest() { // stable, whatever this task has heard of completion
			continue
		}
		a.watch.Look(invariant)
		if dataflow.TaskID(u) == a.id {
			a.watch.Look(INV24)
			if a.guard != nil && a.guard.mark.before(m) && a.store.Len(a.layout.Main(a.id), m.Epoch) < int(m.Offset) {
				a.watch.Break(INV24, fmt.Sprintf("%s took what depends on byte %d of epoch %d of its own log, of which it has %d",
					a.graph.TaskName(a.id), m.Offset, m.Epoch, a.store.Len(a.layout.Main(a.id), m.Epoch)))
			}
			continue
		}
		if held := a.store.Len(a.layout.Main(dataflow.TaskID(u)), m.Epoch); held < int(m.Offset) && a.layout.Full() {
			a.watch.Break(invariant, fmt.Sprintf("%s depends on byte %d of epoch %d of the log of %s and holds %d",
				a.graph.TaskName(a.id), m.Offset, m.Epoch, a.graph.TaskName(dataflow.TaskID(u)), held))
		}
	}
	if !f.Buffer.Barrier && a.layout.Full() {
		a.cutHeld(f)
	}
}

// Orphaned checks, at the end of a replay, that this task does not depend on
// more of the recovered task's log than that could repeat: the recovery would
// have had to roll everything back.
func (a *Agent) Orphaned(recovered *Agent) {
	a.watch.Look(INV24)
	dep, mark := a.dep[recovered.id], recovered.guard.mark
	if dep.Epoch < a.watch.Newest() || !mark.before(dep) {
		return
	}
	a.watch.Break(INV24, fmt.Sprintf("%s depends on byte %d of epoch %d of the log of %s, which was recovered to byte %d of epoch %d",
		a.graph.TaskName(a.id), dep.Offset, dep.Epoch, a.graph.TaskName(recovered.id), mark.Offset, mark.Epoch))
}

// cutHeld checks that the determinant of this very buffer's cut came no later
// than the buffer: log before effect.
func (a *Agent) cutHeld(f *Frame) {
	if f.Buffer.Epoch < a.watch.Newest() || a.policy.Broken.Without[dataflow.BufferBuilt] {
		return
	}
	a.watch.Look(INV02)
	need := causallog.BufferBuiltBytes * int(f.Buffer.Index+1)
	if held := a.store.Len(a.layout.Cuts(f.Channel), f.Buffer.Epoch); held < need {
		a.watch.Break(INV02, fmt.Sprintf("%s: buffer %d of epoch %d has an effect before its BufferBuilt is held",
			a.graph.ChannelName(f.Channel), f.Buffer.Index, f.Buffer.Epoch))
	}
}
