package causallog

import "simrun/dataflow"

// LogID numbers the logs of a job: the main log of each task but the broker,
// then the cut log of each channel.
type LogID int32

// FullSharing is the depth at which every task that can depend on a log holds
// it.
const FullSharing = -1

// Layout numbers a job's logs and says which of them each channel shares.
type Layout struct {
	graph  *dataflow.Graph
	mains  int
	shared [][]LogID // per channel, ascending
}

// NewLayout lays the logs of a graph out for a sharing depth: the log of u may
// be sent on a channel to q if q is within depth hops of u. The broker gets all
// that the sinks hold.
//
// A log of buffer cuts goes to the receiver of its channel and on from there as
// a replica; to siblings of the receiver it does not go (Clonos 4.3), unless
// what the receiver does can come back to the owner on a cycle. Then the
// owner's next buffer to a sibling may depend on how the receiver read that
// cut, and a holding without it is not causally closed: a receiver's Order
// entry would name a buffer that nobody can cut again.
func NewLayout(g *dataflow.Graph, depth int) *Layout {
	l := &Layout{graph: g, mains: int(g.Broker())}
	for i := range g.Channels {
		c := &g.Channels[i]
		var shared []LogID
		for id := range LogID(l.Logs()) {
			if l.shares(c, id, depth) {
				shared = append(shared, id)
			}
		}
		l.shared = append(l.shared, shared)
	}
	return l
}

func (l *Layout) shares(c *dataflow.Channel, id LogID, depth int) bool {
	owner := l.Owner(id)
	if depth == 0 || owner == c.To {
		return false
	}
	if owner == c.From {
		return l.IsMain(id) || l.Channel(id) == c.ID || l.graph.Distance(l.graph.Channels[l.Channel(id)].To, owner) > 0
	}
	hops := l.graph.Distance(owner, c.From)
	if hops == 0 {
		return false
	}
	if depth == FullSharing || c.To == l.graph.Broker() {
		return depth == FullSharing || hops <= depth
	}
	return hops+1 <= depth
}

// Graph is the job.
func (l *Layout) Graph() *dataflow.Graph { return l.graph }

// Logs is the number of logs.
func (l *Layout) Logs() int { return l.mains + len(l.graph.Channels) }

// Main is a task's main log.
func (l *Layout) Main(t dataflow.TaskID) LogID { return LogID(t) }

// Cuts is the log of where a channel's buffers were cut.
func (l *Layout) Cuts(c dataflow.ChannelID) LogID { return LogID(l.mains) + LogID(c) }

// IsMain tells main logs from cut logs.
func (l *Layout) IsMain(id LogID) bool { return int(id) < l.mains }

// Channel is the channel of a cut log.
func (l *Layout) Channel(id LogID) dataflow.ChannelID {
	return dataflow.ChannelID(int(id) - l.mains)
}

// Owner is the task that writes a log.
func (l *Layout) Owner(id LogID) dataflow.TaskID {
	if l.IsMain(id) {
		return dataflow.TaskID(id)
	}
	return l.graph.Channels[l.Channel(id)].From
}

// Name is "stock/0" or "stock/0>order/1".
func (l *Layout) Name(id LogID) string {
	if l.IsMain(id) {
		return l.graph.TaskName(dataflow.TaskID(id))
	}
	return l.graph.ChannelName(l.Channel(id))
}

// Shared gives the logs whose entries may travel on a channel, ascending.
func (l *Layout) Shared(c dataflow.ChannelID) []LogID { return l.shared[c] }
