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
}

type ghostChannel struct {
	from   int32 // epoch of epochs[0]
	epochs [][]uint64
}

// NewGhosts remembers nothing yet.
func NewGhosts(g *dataflow.Graph) *Ghosts {
	return &Ghosts{graph: g, channels: make([]ghostChannel, len(g.Channels))}
}

// Received notes what was received at a position.
func (g *Ghosts) Received(c dataflow.ChannelID, epoch, index int32, hash uint64) {
	ch := &g.channels[c]
	if epoch < ch.from {
		return
	}
	for int(epoch-ch.from) >= len(ch.epochs) {
		ch.epochs = append(ch.epochs, nil)
	}
	e := &ch.epochs[epoch-ch.from]
	if int(index) == len(*e) {
		*e = append(*e, hash)
	}
}

// Forget drops everything of a channel and goes on from an epoch: a new
// receiver has received nothing.
func (g *Ghosts) Forget(c dataflow.ChannelID, from int32) {
	ch := &g.channels[c]
	ch.from = from
	ch.epochs = ch.epochs[:0]
}

// Truncate drops epochs before n.
func (g *Ghosts) Truncate(n int32) {
	for i := range g.channels {
		ch := &g.channels[i]
		for ch.from < n {
			ch.from++
			if len(ch.epochs) > 0 {
				copy(ch.epochs, ch.epochs[1:])
				ch.epochs = ch.epochs[:len(ch.epochs)-1]
			}
		}
	}
}

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
