package recovery

import (
	"fmt"

	"simrun/causallog"
	"simrun/dataflow"
)

// Orphan is a living task that depends on what nobody holds any more: nothing
// can repeat it, whatever is recovered.
type Orphan struct {
	Task, Log dataflow.TaskID
	Depends   Mark // on the log's bytes before it
	Held      Mark // by any survivor
	// Of cuts: how many buffers of a channel it depends on, and of how many
	// anybody knows where they were cut.
	Cuts         bool
	Channel      dataflow.ChannelID
	Taken, Known int
}

// String tells who depends on what.
func (o *Orphan) String(g *dataflow.Graph) string {
	if o.Cuts {
		return fmt.Sprintf("%s depends on the cuts of %d buffers of %s, of which nobody holds more than %d",
			g.TaskName(o.Task), o.Taken, g.ChannelName(o.Channel), o.Known)
	}
	return fmt.Sprintf("%s depends on byte %d of epoch %d of the log of %s, of which nobody holds more than byte %d of epoch %d",
		g.TaskName(o.Task), o.Depends.Offset, o.Depends.Epoch, g.TaskName(o.Log), o.Held.Offset, o.Held.Epoch)
}

// FindOrphan looks for an orphan, log by log: of each failed task, how much of
// its main log does any holder have, and does anybody depend on more? Then the
// same of cuts. What a complete checkpoint covers is safe. What lies unread in an
// input is not looked at: Agent.Orphaned sees it later.
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
	return findCutOrphan(holders, dependents, failed, checkpoint)
}

// findCutOrphan looks for a task that depends on how a buffer was cut, which
// only the two that are down at its ends knew: on what the receiver did when it
// took the buffer. The receiver's Order entries tell how many it took. Where it
// has one input the cuts do not matter; buffers of a feedback channel may have
// come with the checkpoint, and are not counted.
func findCutOrphan(holders, dependents []*Agent, failed []bool, checkpoint int32) (Orphan, bool) {
	if len(holders) == 0 {
		return Orphan{}, false
	}
	g, layout := holders[0].graph, holders[0].layout
	for i := range g.Channels {
		c := &g.Channels[i]
		if c.Feedback || c.To == g.Broker() || !failed[c.From] || !failed[c.To] || len(g.Inputs(c.To)) < 2 {
			continue
		}
		known, best := 0, holders[0]
		for _, a := range holders {
			known = max(known, a.cutsHeld(layout.Cuts(c.ID), checkpoint))
			if best.holds(c.To).before(a.holds(c.To)) {
				best = a
			}
		}
		for _, a := range dependents {
			if a.id == c.From || a.id == c.To || a.dep[c.To].Epoch < checkpoint {
				continue
			}
			if taken := best.buffersTaken(c, checkpoint, a.dep[c.To]); taken > known {
				return Orphan{Task: a.id, Log: c.From, Cuts: true, Channel: c.ID, Taken: taken, Known: known}, true
			}
		}
	}
	return Orphan{}, false
}

// cutsHeld is of how many buffers of a channel, barriers aside, the agent knows
// where they were cut, from an epoch on. Each epoch but the last ends with a
// barrier; whether the last does, cannot be told from its bytes.
func (a *Agent) cutsHeld(log causallog.LogID, from int32) (count int) {
	if a.store == nil {
		return 0
	}
	for e := from; e <= a.store.Last(log); e++ {
		n, _ := a.store.Entries(log, e)
		if e < a.store.Last(log) {
			n--
		}
		count += n
	}
	return count
}

// buffersTaken counts the Order entries of an input in what the agent holds of a
// receiver's main log, from an epoch on and before a mark.
func (a *Agent) buffersTaken(c *dataflow.Channel, from int32, until Mark) (count int) {
	if a.store == nil {
		return 0
	}
	var d dataflow.Determinant
	for e := from; e <= until.Epoch; e++ {
		data := a.store.Bytes(a.layout.Main(c.To), e)
		if e == until.Epoch {
			data = data[:min(len(data), int(until.Offset))]
		}
		for len(data) > 0 {
			n, err := causallog.ReadDeterminant(data, &d)
			if err != nil {
				break
			}
			if data = data[n:]; d.Kind == dataflow.Order && int(d.Channel) == c.Input {
				count++
			}
		}
	}
	return count
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
