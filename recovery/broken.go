package recovery

import (
	"fmt"

	"simrun/causallog"
	"simrun/dataflow"
)

// leftOut is what switches of Broken have to remember. No protocol that works
// uses any of it.
type leftOut struct {
	attached bool     // EarlyAttach: the inputs are attached before the gather has ended
	arrived  []byte   // EarlyAttach: deltas of buffers that came meanwhile
	late     [][]byte // MergeLate: per input, the delta that is still to be merged
	built    []Mark   // CountBuilt: per output, the position behind what BufferBuilt was gathered of
}

// dropEarly drops logs before a checkpoint is complete.
func (a *Agent) dropEarly(epoch int32) {
	a.watch.Truncated(a.graph.TaskName(a.id), epoch)
	a.dropBefore(epoch)
}

// brokenDelta is what a broken protocol sends of a delta.
func (a *Agent) brokenDelta(delta []byte, o *outbound, epoch int32) []byte {
	broken := &a.policy.Broken
	if broken.OwnLogOnly && o.to == a.graph.Broker() {
		delta = causallog.Filter(delta, func(id causallog.LogID, _ int32) bool { return a.layout.Owner(id) == a.id })
	}
	if broken.ThisEpochOnly {
		delta = causallog.Filter(delta, func(_ causallog.LogID, e int32) bool { return e == epoch })
	}
	return delta
}

// ignores is a broken protocol's: it asks its direct downstreams alone.
func (a *Agent) ignores(from dataflow.TaskID) bool {
	if !a.policy.Broken.DownstreamsOnly {
		return false
	}
	for i := range a.out {
		if a.out[i].to == from {
			return false
		}
	}
	return true
}

// countsAny says whether an answer counts that should not.
func (a *Agent) countsAny(m *Message) bool {
	g, broken := &a.gather, &a.policy.Broken
	if !a.started || a.state != Gathering || g.logs == nil {
		return false
	}
	return broken.CountAnswers || broken.MixGenerations && m.Gen > g.gen && g.missing[m.From]
}

// attachEarly opens the inputs of a task that still gathers.
func (a *Agent) attachEarly() {
	if a.broken.attached {
		a.addToGather(a.broken.arrived)
		return
	}
	a.broken.attached = true
	for i := range a.in {
		a.attach(i, a.checkpoint, 0)
	}
}

func (a *Agent) mergeEarly(f *Frame) {
	a.broken.arrived = append(a.broken.arrived, f.Delta...)
	a.addToGather(f.Delta)
}

func (a *Agent) addToGather(delta []byte) {
	if err := a.gather.logs.Add(delta); err != nil {
		a.watch.Break(INV05, fmt.Sprintf("%s, which gathers, receives: %v", a.graph.TaskName(a.id), err))
	}
}

// mergeOtherwise takes a delta in as a broken protocol would.
func (a *Agent) mergeOtherwise(f *Frame) {
	if a.policy.Broken.NoOffsets {
		a.store.MergeBlindly(f.Delta)
		return
	}
	if a.broken.late == nil {
		a.broken.late = make([][]byte, len(a.in))
	}
	late := &a.broken.late[a.graph.Channels[f.Channel].Input]
	if _, err := a.store.Merge(*late, f.Channel, nil); err != nil {
		a.watch.Break(brokenBy(err), fmt.Sprintf("%s: %v", a.graph.ChannelName(f.Channel), err))
	}
	*late = append((*late)[:0], f.Delta...)
}

// countBuilt counts what a new incarnation has gathered of BufferBuilt.
func (a *Agent) countBuilt(store *causallog.Store) {
	if !a.policy.Broken.CountBuilt {
		return
	}
	for i := range a.out {
		log := a.layout.Cuts(a.out[i].channel)
		at := Mark{Epoch: store.Last(log)}
		n, barrier := store.Entries(log, at.Epoch)
		if at.Offset = int32(n); barrier {
			at = Mark{Epoch: at.Epoch + 1}
		}
		a.broken.built = append(a.broken.built, at)
	}
}

// positionBuilt puts what was built in the place of what a living receiver has
// told.
func (a *Agent) positionBuilt(m *Message) *Message {
	built := a.broken.built[a.graph.Channels[m.Channel].Output]
	if a.inc == 1 || a.fromCheckpoint(m.Epoch, m.Index) || built.Epoch < a.checkpoint {
		return m
	}
	counted := *m
	counted.Epoch, counted.Index = built.Epoch, built.Offset
	return &counted
}

// toldOf gives the position that is told to a new incarnation of a sender: that
// of the next buffer that was not received.
func (a *Agent) toldOf(i int) (epoch, index int32) {
	in, broken := &a.in[i], &a.policy.Broken
	epoch, index = in.epoch, in.index
	switch {
	case broken.TellOneMore:
		index++
	case broken.TellOneLess && index > 0:
		index--
	case broken.TellBarriers && epoch > a.checkpoint:
		index++
	case broken.TellWithoutEpoch:
		index += a.ghosts.before(in.channel, epoch)
	}
	return epoch, index
}

// before counts the buffers of a channel that its living receiver has received
// of earlier epochs.
func (g *Ghosts) before(c dataflow.ChannelID, epoch int32) (n int32) {
	ch := &g.channels[c]
	for e := range ch.epochs {
		if ch.from+int32(e) < epoch {
			n += int32(len(ch.epochs[e]))
		}
	}
	return n
}

// andNext adds the task after the first that failed, unless it has as well.
func (m *Manager) andNext(failed []dataflow.TaskID) []dataflow.TaskID {
	next := (failed[0] + 1) % m.graph.Broker()
	for _, t := range failed {
		if t == next {
			return failed
		}
	}
	return append(append([]dataflow.TaskID(nil), failed...), next)
}

// flip gets one byte of what was gathered wrong: before it is planned to be
// followed, or after.
func (a *Agent) flip(planned bool) {
	f := &a.policy.Broken.Flip
	if f.Inc != a.inc || f.Task != a.id || f.Buffer || f.Repeated != planned {
		return
	}
	a.store.Flip(f.Log, f.Epoch, f.Offset)
}

// flipBuffer gets one byte of a buffer wrong.
func (a *Agent) flipBuffer(o *outbound, b *dataflow.Buffer) {
	f := &a.policy.Broken.Flip
	if f.Inc != a.inc || f.Channel != o.channel || f.Epoch != b.Epoch || f.Index != b.Index || b.Barrier {
		return
	}
	b.Data = append([]byte(nil), b.Data...)
	b.Data[f.Offset] ^= 1
}

// oneMore is how many epochs too many an in-flight log drops.
func (b *Broken) oneMore() int32 {
	if b.TruncateOneMore {
		return 1
	}
	return 0
}

// spares is a broken manager's: it does not wait for the part of a sink.
func (m *Manager) spares(t dataflow.TaskID) bool {
	if !m.policy.Broken.CompleteSinkless {
		return false
	}
	for _, c := range m.graph.Outputs(t) {
		if m.graph.Channels[c].To == m.graph.Broker() {
			return true
		}
	}
	return false
}
