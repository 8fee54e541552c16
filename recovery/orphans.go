package recovery

import (
	"fmt"

	"simrun/dataflow"
)

// Orphan is a living task that depends on what nobody holds any more: nothing
// can repeat it, whatever is recovered.
type Orphan struct {
	Task, Log dataflow.TaskID
	Depends   Mark // on the log's bytes before it
	Held      Mark // by any survivor
}

// String tells who depends on what.
func (o *Orphan) String(g *dataflow.Graph) string {
	return fmt.Sprintf("%s depends on byte %d of epoch %d of the log of %s, of which nobody holds more than byte %d of epoch %d",
		g.TaskName(o.Task), o.Depends.Offset, o.Depends.Epoch, g.TaskName(o.Log), o.Held.Offset, o.Held.Epoch)
}

// FindOrphan looks for an orphan, log by log: of each failed task, how much of
// its main log does any holder have, and does anybody depend on more? What a
// complete checkpoint covers is safe.
func FindOrphan(holders, dependents []*Agent, failed []bool, checkpoint int32) (Orphan, bool) {
	for u := range failed {
		if !failed[u] {
			continue
		}
		log, held := dataflow.TaskID(u), Mark{Epoch: checkpoint}
		for _, a := range holders {
			if h := a.holds(log); held.before(h) {
				held = h
			}
		}
		for _, a := range dependents {
			if dep := a.dep[u]; a.id != log && dep.Epoch >= checkpoint && held.before(dep) {
				return Orphan{Task: a.id, Log: log, Depends: dep, Held: held}, true
			}
		}
	}
	return Orphan{}, false
}

// holds is how far the agent holds a task's main log.
func (a *Agent) holds(t dataflow.TaskID) Mark {
	if a.store == nil {
		return Mark{}
	}
	id := a.layout.Main(t)
	e := a.store.Last(id)
	return Mark{Epoch: e, Offset: int32(a.store.Len(id, e))}
}
