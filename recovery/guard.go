package recovery

import (
	"fmt"

	"simrun/causallog"
	"simrun/dataflow"
)

// Guard is how a task meets its causal log. After a gather the whole log is
// installed at once; the task follows it, and everything that it decides again
// is encoded again and compared with what is there, byte for byte. Where the
// log ends, the task decides freely and its decisions are appended.
type Guard struct {
	agent *Agent
	store *causallog.Store
	main  causallog.LogID
	plan  *causallog.Replay
	cuts  []cutPlan // per output

	epoch    int32
	mark     Mark // ghost: how far the own main log is repeated or written
	left     bool // something of the plan is left
	followed int64
	recorded int64
	none     dataflow.Determinant
}

type cutPlan struct {
	log  causallog.LogID
	plan *causallog.Replay
}

func newGuard(a *Agent) *Guard {
	g := &Guard{agent: a, main: a.layout.Main(a.id), none: dataflow.Determinant{Kind: dataflow.NoKind}}
	for i := range a.out {
		g.cuts = append(g.cuts, cutPlan{log: a.layout.Cuts(a.out[i].channel)})
	}
	return g
}

// install takes the logs that were gathered, from an epoch on.
func (g *Guard) install(store *causallog.Store, from int32) {
	g.store = store
	g.agent.flip(false)
	g.plan = causallog.NewReplay(store, g.main, from)
	for i := range g.cuts {
		g.cuts[i].plan = causallog.NewReplay(store, g.cuts[i].log, from)
	}
	g.agent.flip(true)
	if g.agent.policy.Broken.NoInstall {
		g.forsake()
	}
	g.left = true
	g.look()
	if g.left {
		g.agent.host.Told(VerbReplay, from)
	} else if g.agent.recovering() {
		g.agent.watch.Reach(LogEmpty)
	}
}

// look finds out whether anything is left to follow. A task whose main log has
// ended may still have buffers to cut as it did before.
func (g *Guard) look() {
	if !g.left || !g.plan.Exhausted() {
		return
	}
	for i := range g.cuts {
		if !g.cuts[i].plan.Exhausted() {
			return
		}
	}
	g.left = false
}

// Logs implements dataflow.Guard.
func (g *Guard) Logs(kind dataflow.Kind) bool { return !g.agent.policy.Broken.Without[kind] }

// Replaying implements dataflow.Guard.
func (g *Guard) Replaying() bool { return g.left }

// Peek implements dataflow.Guard.
func (g *Guard) Peek() *dataflow.Determinant {
	if g.left {
		if d, ok := g.plan.Peek(g.epoch); ok {
			if d.Kind == dataflow.SourceCheckpoint && !g.follows(d.Key) {
				g.diverge(fmt.Sprintf("the log of epoch %d has a trigger of checkpoint %d", g.epoch, d.Key))
				return &g.none
			}
			return d
		}
	}
	return &g.none
}

// epochsAhead bounds how many epochs a trigger in the log may leave out
// (numbers of checkpoints that were given up are not used again), so that
// hostile bytes cannot ask for endless memory.
const epochsAhead = 1 << 12

// follows says whether a checkpoint can be the next.
func (g *Guard) follows(checkpoint uint64) bool {
	return checkpoint > uint64(g.epoch) && checkpoint-uint64(g.epoch) <= epochsAhead
}

// Later implements dataflow.Guard.
func (g *Guard) Later() bool { return g.left && g.plan.Later(g.epoch) }

// Replayed implements dataflow.Guard.
func (g *Guard) Replayed(kind dataflow.Kind) (*dataflow.Determinant, bool) {
	if !g.left || !g.Logs(kind) {
		return nil, false
	}
	g.agent.watch.Look(INV04)
	d, ok := g.plan.Peek(g.epoch)
	if !ok {
		if g.plan.Later(g.epoch) {
			g.diverge(fmt.Sprintf("replay asks for a determinant of kind %v, and epoch %d of the log has no more", kind, g.epoch))
		}
		return nil, false
	}
	if d.Kind != kind {
		g.diverge(fmt.Sprintf("replay asks for a determinant of kind %v and the log of epoch %d has %v", kind, g.epoch, d.Kind))
		return nil, false
	}
	d = g.plan.Next(g.epoch)
	g.followed++
	g.agent.watch.Reach(replayed(d))
	if kind == dataflow.TimerTrigger || kind == dataflow.SourceCheckpoint {
		g.agent.watch.Look(INV18)
	}
	if !g.agent.policy.Broken.NoRelog && !(kind == dataflow.IgnoreCheckpoint && g.agent.policy.Quirks.has(IgnoreNotRepeated)) {
		g.append(g.main, d)
	}
	g.look()
	return d, true
}

// Record implements dataflow.Guard.
func (g *Guard) Record(d *dataflow.Determinant) {
	if !g.Logs(d.Kind) {
		return
	}
	g.recorded++
	g.append(g.main, d)
}

// NextCut implements dataflow.Guard.
func (g *Guard) NextCut(output int) (int, bool) {
	if !g.left {
		return 0, false
	}
	if d, ok := g.cuts[output].plan.Peek(g.epoch); ok {
		return int(d.Value), true
	}
	return 0, false
}

// Cut implements dataflow.Guard.
func (g *Guard) Cut(output, bytes int) {
	if !g.Logs(dataflow.BufferBuilt) {
		return
	}
	c := &g.cuts[output]
	d := dataflow.Determinant{Kind: dataflow.BufferBuilt, Value: int64(bytes)}
	if g.left {
		if _, ok := c.plan.Peek(g.epoch); ok {
			c.plan.Next(g.epoch)
			g.followed++
			g.agent.watch.Reach(ReplayCut)
		}
	}
	g.recorded++
	g.append(c.log, &d)
	g.look()
}

// StartEpoch implements dataflow.Guard.
func (g *Guard) StartEpoch(epoch int32) {
	if g.left && g.epoch < epoch && g.mark.Epoch == g.epoch {
		if n := g.store.Leftover(g.main, g.epoch); n > 0 {
			g.diverge(fmt.Sprintf("replay ends epoch %d with %d bytes of its log not repeated", g.epoch, n))
		}
		for i := range g.cuts {
			if n := g.store.Leftover(g.cuts[i].log, g.epoch); n > 0 {
				g.diverge(fmt.Sprintf("replay ends epoch %d with %d bytes of the log of cuts of output %d not repeated", g.epoch, n, i))
			}
		}
	}
	g.store.StartEpoch(epoch)
	g.epoch = epoch
	g.mark = Mark{Epoch: epoch}
	g.look()
}

// append writes a determinant or compares it with the installed log.
func (g *Guard) append(log causallog.LogID, d *dataflow.Determinant) {
	if err := g.store.Append(log, d); err != nil {
		g.agent.watch.Break(INV05, fmt.Sprintf("%s repeats its log otherwise: %v", g.agent.graph.TaskName(g.agent.id), err))
		g.abandon()
	}
	if log == g.main {
		g.mark.Offset += int32(causallog.DeterminantBytes(d))
	}
}

// diverge reports that replay and log disagree, and gives the log up: from
// here the task decides freely.
func (g *Guard) diverge(what string) {
	g.agent.watch.Break(INV04, g.agent.graph.TaskName(g.agent.id)+": "+what)
	g.abandon()
}

func (g *Guard) abandon() {
	g.left = false
	g.forsake()
}

func (g *Guard) forsake() {
	g.store.Forsake(g.main)
	for i := range g.cuts {
		g.store.Forsake(g.cuts[i].log)
	}
}
