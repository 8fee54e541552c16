package recovery

import (
	"encoding/binary"
	"fmt"

	"simrun/dataflow"
)

// Mark is a position in a main log: everything before it, earlier epochs
// included.
type Mark struct{ Epoch, Offset int32 }

func (m Mark) before(n Mark) bool {
	return m.Epoch < n.Epoch || m.Epoch == n.Epoch && m.Offset < n.Offset
}

// Ghosts remember what no simulated memory may: the hash of each buffer that a
// living receiver has received, per channel and position. They outlive crashes
// and have no effect.
type Ghosts struct {
	graph    *dataflow.Graph
	channels []ghostChannel
	written  []Mark // per task: how far its last dead incarnation held its own main log
}

type ghostChannel struct {
	receiver uint32 // incarnation that has received what is remembered; a sender may not have heard of it yet
	from     int32  // epoch of epochs[0]
	epochs   [][]uint64
	spare    [][]uint64 // memory of epochs that were dropped
}

// NewGhosts remembers nothing yet.
func NewGhosts(g *dataflow.Graph) *Ghosts {
	return &Ghosts{graph: g, channels: make([]ghostChannel, len(g.Channels)), written: make([]Mark, g.Tasks())}
}

// Received notes what an incarnation has received at a position. One that was
// replaced and does not know may still receive; that counts for nobody.
func (g *Ghosts) Received(c dataflow.ChannelID, receiver uint32, epoch, index int32, hash uint64) {
	ch := &g.channels[c]
	if epoch < ch.from || receiver < ch.receiver {
		return
	}
	for int(epoch-ch.from) >= len(ch.epochs) {
		ch.epochs = append(ch.epochs, ch.empty())
	}
	e := &ch.epochs[epoch-ch.from]
	if int(index) == len(*e) {
		*e = append(*e, hash)
	}
}

// Forget drops everything of a channel and goes on from an epoch: a new
// receiver has received nothing.
func (g *Ghosts) Forget(c dataflow.ChannelID, from int32, receiver uint32) {
	ch := &g.channels[c]
	if receiver < ch.receiver {
		return
	}
	ch.from, ch.receiver = from, receiver
	ch.drop(len(ch.epochs))
}

// empty gives memory for an epoch.
func (ch *ghostChannel) empty() []uint64 {
	last := len(ch.spare) - 1
	if last < 0 {
		return make([]uint64, 0, 32)
	}
	e := ch.spare[last]
	ch.spare = ch.spare[:last]
	return e
}

// drop drops the oldest epochs.
func (ch *ghostChannel) drop(n int) {
	for _, e := range ch.epochs[:n] {
		ch.spare = append(ch.spare, e[:0])
	}
	ch.epochs = ch.epochs[:copy(ch.epochs, ch.epochs[n:])]
}

// Truncate drops epochs before n.
func (g *Ghosts) Truncate(n int32) {
	for i := range g.channels {
		ch := &g.channels[i]
		if ch.from < n {
			ch.drop(min(int(n-ch.from), len(ch.epochs)))
			ch.from = n
		}
	}
}

// Receiver is the incarnation at whose end of a channel something is remembered;
// 0: the first.
func (g *Ghosts) Receiver(c dataflow.ChannelID) uint32 { return max(1, g.channels[c].receiver) }

// Regenerated compares a buffer that a replay has built again with the one
// that its living receiver received.
func (g *Ghosts) Regenerated(watch *Monitors, c dataflow.ChannelID, epoch, index int32, hash uint64) {
	ch := &g.channels[c]
	e := int(epoch - ch.from)
	if e < 0 || e >= len(ch.epochs) || int(index) >= len(ch.epochs[e]) {
		return
	}
	watch.Look(INV04)
	if ch.epochs[e][index] != hash {
		watch.Break(INV04, fmt.Sprintf("%s: buffer %d of epoch %d was regenerated with other content than was received",
			g.graph.ChannelName(c), index, epoch))
	}
}

// Ended compares where a replay has ended an epoch again with how many buffers
// of it its living receiver received before the barrier.
func (g *Ghosts) Ended(watch *Monitors, c dataflow.ChannelID, epoch, buffers int32) {
	ch := &g.channels[c]
	e := int(epoch - ch.from)
	if e < 0 {
		return
	}
	received := 0
	if e < len(ch.epochs) {
		received = len(ch.epochs[e])
	}
	watch.Look(INV04)
	if received != int(buffers) {
		watch.Break(INV04, fmt.Sprintf("%s: epoch %d was regenerated with %d buffers, and %d were received before its barrier",
			g.graph.ChannelName(c), epoch, buffers, received))
	}
}

// Hash is a hash of bytes that is the same on every machine.
func Hash(b []byte) uint64 {
	const k = 0x9fb21c651e98df25
	h := uint64(len(b)) * k
	for len(b) >= 8 {
		h = (h ^ binary.LittleEndian.Uint64(b)) * k
		h ^= h >> 29
		b = b[8:]
	}
	for _, x := range b {
		h = (h ^ uint64(x)) * k
		h ^= h >> 31
	}
	return h ^ h>>32
}
