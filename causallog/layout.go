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
	mistakes Mistakes
	owners   []dataflow.TaskID // per log
	shared   [][]LogID         // per channel, ascending
	held     [][]LogID         // per task, ascending
	needed   [][]uint64        // per channel: a bit per log (needed.go)
	memory   *Memory           // of logs; nil: each has its own

	// Partitions are what one task writes on one output edge: Clonos addresses cut
	// logs by them (released.go).
	partitions   int
	partition    []int32 // per log; of cut logs alone
	subpartition []uint8 // per log: its place in the partition
	firstOf      []LogID // per partition; and one behind the last
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
func NewLayout(g *dataflow.Graph, depth int) *Layout { return NewMistaken(g, depth, Mistakes{}) }

// Mistakes are rules of sharing that released code may have wrong.
type Mistakes struct {
	Siblings bool // a channel's cuts go to all channels of its owner, to siblings of its receiver too
	Together int  // so many tasks in a row, who share a machine, measure distances from the last of them; below 2: each from itself
}

// NewMistaken is NewLayout with mistakes.
func NewMistaken(g *dataflow.Graph, depth int, mistakes Mistakes) *Layout {
	l := &Layout{graph: g, mistakes: mistakes, mains: int(g.Broker()), full: depth == FullSharing || depth > 0 && depth >= g.Depth()}
	for t := range l.mains {
		l.owners = append(l.owners, dataflow.TaskID(t))
	}
	for i := range g.Channels {
		l.owners = append(l.owners, g.Channels[i].From)
	}
	l.divide()
	l.close(depth)
	l.need(depth)
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

// divide numbers the partitions. Their channels lie one after the other.
func (l *Layout) divide() {
	l.partition, l.subpartition = make([]int32, l.Logs()), make([]uint8, l.Logs())
	for i := range l.graph.Channels {
		c, id := &l.graph.Channels[i], LogID(l.mains+i)
		if before := i - 1; before < 0 || l.graph.Channels[before].From != c.From || l.graph.Channels[before].Edge != c.Edge {
			l.partitions++
			l.firstOf = append(l.firstOf, id)
		}
		l.partition[id] = int32(l.partitions - 1)
		l.subpartition[id] = uint8(id - l.firstOf[l.partitions-1])
	}
	l.firstOf = append(l.firstOf, LogID(l.Logs()))
}

// cutsAt finds the cut log of a subpartition; false if the task has none there.
func (l *Layout) cutsAt(t dataflow.TaskID, partition uint64, subpartition uint8) (LogID, bool) {
	if partition >= uint64(l.partitions) {
		return 0, false
	}
	id := l.firstOf[partition] + LogID(subpartition)
	return id, id < l.firstOf[partition+1] && l.owners[id] == t
}

// shares is the rule for one log that the sender of a channel holds.
func (l *Layout) shares(c *dataflow.Channel, id LogID, depth int) bool {
	owner := l.Owner(id)
	if depth == 0 || owner == c.To {
		return false
	}
	if owner == c.From {
		return l.mistakes.Siblings || l.IsMain(id) || l.Channel(id) == c.ID || l.graph.Distance(l.graph.Channels[l.Channel(id)].To, owner) > 0
	}
	return l.full || c.To == l.graph.Broker() || l.graph.Distance(owner, l.standsFor(c.From))+1 <= depth
}

// standsFor is the task whose distances a task goes by.
func (l *Layout) standsFor(t dataflow.TaskID) dataflow.TaskID {
	if n := dataflow.TaskID(l.mistakes.Together); n > 1 {
		return min(t/n*n+n, l.graph.Broker()) - 1
	}
	return t
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
