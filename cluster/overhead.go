package cluster

import (
	"simrun/causallog"
	"simrun/dataflow"
)

// TaskOverhead is one row of overhead.csv: what causal logging cost a task, all
// its incarnations together, in bytes.
type TaskOverhead struct {
	Task         string
	LoggedBytes  int64 // appended to its own logs
	ReplicasPeak int64 // most that it held of others' logs
	NewBytes     int64 // determinants that deltas brought it for the first time
	AgainBytes   int64 // that it held already
	LateBytes    int64 // of epochs that a completed checkpoint covers
	SentBytes    int64 // determinants in the deltas that it sent
	HeaderBytes  int64 // headers of these deltas, in the encoding that was used

	// What the headers would have been in each encoding.
	VarintBytes, FlatBytes, HierarchicalBytes int64
}

// KindOverhead is one row of determinants.csv: a kind of determinant.
type KindOverhead struct {
	Kind        string
	Count       int64 // logged, by all tasks
	LoggedBytes int64
	WireBytes   int64 // in deltas, headers apart
}

// tallied adds what an incarnation has counted.
func (r *Run) tallied(t dataflow.TaskID, tally *causallog.Tally) {
	if tally == nil {
		return
	}
	if r.tallies == nil {
		r.tallies = make([]causallog.Tally, r.graph.Tasks())
	}
	r.tallies[t].Add(tally)
}

// overhead turns what was counted into rows.
func (r *Run) overhead() (tasks []TaskOverhead, kinds []KindOverhead) {
	if !r.cfg.Policy.Causal || !r.cfg.Policy.Account {
		return nil, nil
	}
	r.tallied(r.graph.Broker(), r.broker.agent.Tally())
	var all causallog.Tally
	for t := range r.tallies {
		c := &r.tallies[t]
		all.Add(c)
		row := TaskOverhead{Task: r.graph.TaskName(dataflow.TaskID(t)), ReplicasPeak: c.ReplicasPeak, NewBytes: c.New, AgainBytes: c.Again, LateBytes: c.Late,
			HeaderBytes: c.HeaderBytes(r.cfg.Policy.Delta), VarintBytes: c.HeaderBytes(causallog.Varint),
			FlatBytes: c.HeaderBytes(causallog.Flat), HierarchicalBytes: c.HeaderBytes(causallog.Hierarchical)}
		for k := range dataflow.Kind(dataflow.Kinds) {
			row.LoggedBytes += c.LoggedBytes[k]
			row.SentBytes += c.SentBytes[k]
		}
		tasks = append(tasks, row)
	}
	for k := range dataflow.Kind(dataflow.Kinds) {
		if k == dataflow.IgnoreCheckpoint && all.Logged[k] == 0 {
			continue // of the published variant alone
		}
		kinds = append(kinds, KindOverhead{Kind: k.String(), Count: all.Logged[k], LoggedBytes: all.LoggedBytes[k], WireBytes: all.SentBytes[k]})
	}
	return tasks, kinds
}
