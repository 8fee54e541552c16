package causallog

import "simrun/dataflow"

// LogID numbers the logs of a job: the main log of each task but the broker,
// then the cut log of each channel.
type LogID int32

// FullSharing is the depth at which every task that can depend on a log holds
// it.
const FullSharing = -1

// Layout numbers a job's logs and says which of them each channel shares, and
// so which of them each task can hold. It does not change during a run.
type Layout struct {
	graph    *dataflow.Graph
	mains    int
	full     bool
	siblings bool              // a channel's cuts go to all channels of its owner
	owners   []dataflow.TaskID // per log
	shared   [][]LogID         // per channel, ascending
	held     [][]LogID         // per task, ascending
	memory   *Memory           // of logs; nil: each has its own
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
//
// A depth of Graph.Depth or more is full sharing: then a log is forwarded on
// paths, too, that are not the shortest. Else a task could depend, over such
// a path, on what it has not been sent.
func NewLayout(g *dataflow.Graph, depth int) *Layout { return newLayout(g, depth, false) }

// NewUnoptimised is NewLayout without the optimisation that keeps a channel's
// cuts from the siblings of its receiver.
func NewUnoptimised(g *dataflow.Graph, depth int) *Layout { return newLayout(g, depth, true) }

func newLayout(g *dataflow.Graph, depth int, siblings bool) *Layout {
	l := &Layout{graph: g, siblings: siblings, mains: int(g.Broker()), full: depth == FullSharing || depth > 0 && depth >= g.Depth()}
	for t := range l.mains {
		l.owners = append(l.owners, dataflow.TaskID(t))
	}
	for i := range g.Channels {
		l.owners = append(l.owners, g.Channels[i].From)
	}
	l.close(depth)
	return l
}

// close finds what reaches whom: a task holds its own logs and what its inputs
// may bring of what their senders hold. It grows what each task holds until
// nothing changes.
func (l *Layout) close(depth int) {
	holds := make([][]bool, l.graph.Tasks())
	for t := range holds {
		holds[t] = make([]bool, l.Logs())
	}
	for id, owner := range l.owners {
		holds[owner][id] = true
	}
	for grew := true; grew; {
		grew = false
		for i := range l.graph.Channels {
			c := &l.graph.Channels[i]
			for id := range LogID(l.Logs()) {
				if holds[c.From][id] && !holds[c.To][id] && l.shares(c, id, depth) {
					holds[c.To][id], grew = true, true
				}
			}
		}
	}
	l.shared = make([][]LogID, len(l.graph.Channels))
	for i := range l.graph.Channels {
		c := &l.graph.Channels[i]
		for id := range LogID(l.Logs()) {
			if holds[c.From][id] && l.shares(c, id, depth) {
				l.shared[i] = append(l.shared[i], id)
			}
		}
	}
	l.held = make([][]LogID, len(holds))
	for t := range holds {
		for id := range LogID(l.Logs()) {
			if holds[t][id] {
				l.held[t] = append(l.held[t], id)
			}
		}
	}
}

// shares is the rule for one log that the sender of a channel holds.
func (l *Layout) shares(c *dataflow.Channel, id LogID, depth int) bool {
	owner := l.Owner(id)
	if depth == 0 || owner == c.To {
		return false
	}
	if owner == c.From {
		return l.siblings || l.IsMain(id) || l.Channel(id) == c.ID || l.graph.Distance(l.graph.Channels[l.Channel(id)].To, owner) > 0
	}
	return l.full || c.To == l.graph.Broker() || l.graph.Distance(owner, c.From)+1 <= depth
}

// Full says whether every task that can depend on a log holds it.
func (l *Layout) Full() bool { return l.full }

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
func (l *Layout) Owner(id LogID) dataflow.TaskID { return l.owners[id] }

// Name is "stock/0" or "stock/0>order/1".
func (l *Layout) Name(id LogID) string {
	if l.IsMain(id) {
		return l.graph.TaskName(dataflow.TaskID(id))
	}
	return l.graph.ChannelName(l.Channel(id))
}

// Shared gives the logs whose entries may travel on a channel, ascending.
func (l *Layout) Shared(c dataflow.ChannelID) []LogID { return l.shared[c] }

// Held gives the logs of which a task can hold anything, its own among them,
// ascending.
func (l *Layout) Held(t dataflow.TaskID) []LogID { return l.held[t] }
