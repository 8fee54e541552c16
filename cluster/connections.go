package cluster

import (
	"fmt"

	"simrun/dataflow"
	"simrun/netmodel"
	"simrun/sim"
)

// connection is one way from an incarnation of a channel's sender to one of its
// receiver. Frames keep their order on it, and on it alone: a task that was
// replaced and does not know may go on sending, or connect anew, while those
// who replaced it are connected.
type connection struct {
	sender, receiver uint32 // incarnations
	link             netmodel.Link
}

// connect opens a connection, which draws latencies of its own and takes its own
// way, which may be cut or not.
func (w *wire) connect(c dataflow.ChannelID, sender, receiver uint32) {
	r := w.run
	ch := &r.graph.Channels[c]
	stream := sim.NewStream(r.cfg.Seed, uint64(c), uint64(sender)<<32|uint64(receiver), purposeLink)
	of := w.find(c, sender, receiver)
	if of == nil {
		w.connections[c] = append(w.connections[c], connection{sender, receiver, netmodel.NewLink(&r.cfg.Latency, stream)})
		of = &w.connections[c][len(w.connections[c])-1]
	}
	of.link.Renew(stream, r.cutUntil(ch.From, sender, ch.To, receiver))
}

// find gives a connection of a channel, nil if it was never opened.
func (w *wire) find(c dataflow.ChannelID, sender, receiver uint32) *connection {
	of := w.connections[c]
	for i := len(of) - 1; i >= 0; i-- { // the newest is the one, as a rule
		if of[i].sender == sender && of[i].receiver == receiver {
			return &of[i]
		}
	}
	return nil
}

// link is that of a connection which was opened.
func (w *wire) link(c dataflow.ChannelID, sender, receiver uint32) *netmodel.Link {
	of := w.find(c, sender, receiver)
	if of == nil {
		panic(fmt.Sprintf("a frame of incarnation %d to %d on %s, which are not connected", sender, receiver, w.run.graph.ChannelName(c)))
	}
	return &of.link
}
