package recovery

import (
	"fmt"

	"simrun/causallog"
	"simrun/dataflow"
)

// gathering is the collection of determinants by a new incarnation. It asks
// nobody in turn: on a cycle, requests that are passed on wait for each other.
// All tasks and the broker answer with everything they hold of everybody,
// because the only holder may be a sibling or upstream on the cycle, and
// because a log is of use only with the logs that it depends on.
type gathering struct {
	gen     uint32
	missing []bool // tasks whose answer of exactly this generation has not come
	left    int
	logs    *causallog.Gather
	bytes   int64
}

// beginGather starts the collection at a generation; what an older one
// collected is void.
func (a *Agent) beginGather(view *View) {
	g := &a.gather
	g.gen, g.left = view.Gen, 0
	g.missing = make([]bool, a.graph.Tasks())
	for t := range g.missing {
		if dataflow.TaskID(t) != a.id && !view.Restarted[t] {
			g.missing[t] = true
			g.left++
		}
	}
	g.logs = causallog.NewGather(a.layout, a.checkpoint)
	if a.policy.Broken.EarlyAttach {
		a.attachEarly()
	}
	a.handleEarly()
	a.endGatherIfComplete()
}

// answerAll gives every recovering task what this one holds. A task that is
// gathering holds nothing, and says so.
func (a *Agent) answerAll(view *View) {
	var logs []byte
	if a.store != nil {
		logs = a.store.AppendAnswer(nil, view.Checkpoint)
	}
	switch {
	case a.state == Gathering:
		a.watch.Reach(GatherEmpty)
	case a.state == Replaying:
		a.watch.Reach(GatherReplaying)
	}
	for t, active := range view.Active {
		if active && dataflow.TaskID(t) != a.id {
			a.send(Message{Kind: Answer, To: dataflow.TaskID(t), Gen: view.Gen, Logs: logs})
		}
	}
}

// answered takes an answer. One of a generation that this task has not heard
// of is kept, but does not stand for one of the older generation: the same
// task's newer incarnation holds nothing.
func (a *Agent) answered(m *Message) {
	g := &a.gather
	switch {
	case !a.started || m.Gen > g.gen && a.state == Gathering:
		a.watch.Reach(GatherEarly)
		if !a.policy.Broken.DropEarlyAnswers {
			a.early = append(a.early, *m)
		}
		if !a.countsAny(m) {
			return
		}
	case a.countsAny(m):
	case a.state != Gathering || m.Gen < g.gen || !g.missing[m.From]:
		if m.Gen < g.gen {
			a.watch.Reach(GatherStale)
		}
		return
	}
	g.missing[m.From] = false
	g.left--
	g.bytes += int64(len(m.Logs))
	if a.ignores(m.From) {
		a.endGatherIfComplete()
		return
	}
	if a.policy.Broken.LastAnswer {
		g.logs.Displace(m.Logs)
	}
	if err := g.logs.Add(m.Logs); err != nil {
		a.watch.Break(INV05, fmt.Sprintf("%s gathers from %s: %v", a.graph.TaskName(a.id), a.graph.TaskName(m.From), err))
	}
	if a.policy.Broken.FirstAnswerOnly && len(m.Logs) > 0 {
		g.left = 0
	}
	a.endGatherIfComplete()
}

func (a *Agent) endGatherIfComplete() {
	g := &a.gather
	if a.state != Gathering || g.left > 0 || g.logs == nil {
		return
	}
	store := g.logs.Install(a.id)
	g.logs = nil
	if a.policy.Broken.OwnLogGathered {
		store.DropReplicas()
	}
	a.host.Collected(g.bytes)
	a.host.Told(VerbCollect, a.checkpoint)
	a.compareWritten(store)
	a.begin(store)
}
