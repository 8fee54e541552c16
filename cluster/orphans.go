package cluster

import "simrun/recovery"

// Weigh implements recovery.Control: a monitor finds out whether a failure
// orphans anybody, whatever the manager makes of it.
func (r *Run) Weigh(down []bool, checkpoint int32) string {
	if !r.cfg.Policy.Causal {
		return ""
	}
	var alive []*recovery.Agent
	for _, p := range r.current[:r.graph.Broker()] {
		if !p.dead && p.started {
			alive = append(alive, p.agent)
		}
	}
	holders, dependents := append(alive, r.broker.agent), alive
	r.holders(holders, down, checkpoint)
	if r.cfg.Replies != Transactional {
		dependents = holders // what clients have seen cannot be taken back
	}
	o, found := recovery.FindOrphan(holders, dependents, down, checkpoint)
	if !found {
		return ""
	}
	r.orphaned++
	text := o.String(r.graph)
	if r.story.on {
		r.story.write(Line{At: r.kernel.Now(), Task: o.Task, Other: o.Log, Order: -1, Verb: recovery.Verbs, Orphan: true, Text: "ORPHAN     " + text})
	}
	return text
}
