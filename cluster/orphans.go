package cluster

import (
	"fmt"

	"simrun/recovery"
)

// Weigh implements recovery.Control: a monitor finds out whether a failure
// orphans anybody, whatever the manager makes of it.
func (r *Run) Weigh(down []bool, checkpoint int32) {
	if !r.cfg.Policy.Causal {
		return
	}
	var alive []*recovery.Agent
	for _, p := range r.current[:r.graph.Broker()] {
		if !p.dead && p.started {
			alive = append(alive, p.agent)
		}
	}
	holders, dependents := append(alive, r.broker.agent), alive
	if r.cfg.Replies != Transactional {
		dependents = holders // what clients have seen cannot be taken back
	}
	o, found := recovery.FindOrphan(holders, dependents, down, checkpoint)
	if !found {
		return
	}
	r.orphaned++
	r.story.orphan(&o)
}

// orphan tells of one.
func (s *story) orphan(o *recovery.Orphan) {
	if !s.on {
		return
	}
	s.write(Line{At: s.run.kernel.Now(), Task: o.Task, Other: o.Log, Order: -1, Verb: recovery.Verbs,
		Text: fmt.Sprintf("ORPHAN     it depends on byte %d of epoch %d of the log of %s, of which nobody holds more than byte %d of epoch %d",
			o.Depends.Offset, o.Depends.Epoch, s.who(o.Log), o.Held.Offset, o.Held.Epoch)})
}
