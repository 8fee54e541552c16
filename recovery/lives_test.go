package recovery

import (
	"slices"

	"simrun/dataflow"
)

// Restart implements Control.
func (w *world) Restart(t dataflow.TaskID, inc uint32, view *View, _ bool) {
	w.restarts = slices.DeleteFunc(w.restarts, func(r *restart) bool { return r.id == t })
	w.restarts = append(w.restarts, &restart{id: t, inc: inc, view: view})
}

// start begins an incarnation: whatever was there before is gone.
func (w *world) start(i int) {
	r := w.restarts[i]
	w.restarts = slices.Delete(w.restarts, i, i+1)
	w.nodes[r.id].dead = true
	n := w.newNode(r.id, r.inc, r.view.Checkpoint)
	w.nodes[r.id] = n
	n.local = w.policy.Causal && !r.view.Rollback
	w.trace("%s starts at checkpoint %d", n.name(), r.view.Checkpoint)
	if r.view.Checkpoint > 0 {
		w.seen.later++
	}
	n.agent.Start(n.task, r.view)
	for i := range r.held {
		n.agent.Handle(&r.held[i])
	}
}

// crash ends incarnations, at the same instant. Of each connection on which
// they send, the first frames under way still arrive.
func (w *world) crash(arrive int, tasks ...dataflow.TaskID) {
	for _, t := range tasks {
		n := w.nodes[t]
		inc := n.inc
		w.restarts = slices.DeleteFunc(w.restarts, func(r *restart) bool {
			if r.id == t {
				inc = r.inc
			}
			return r.id == t
		})
		if n.dead && inc == n.inc {
			continue // nothing lives there
		}
		n.dead = true
		w.crashed = append(w.crashed, death{t, inc})
		if w.manager.Recovering() || len(w.crashed) > 1 {
			w.seen.second++
		}
	}
	for _, l := range w.links {
		if slices.Contains(tasks, w.graph.Channels[l.channel].From) && len(l.frames) > arrive {
			l.frames = l.frames[:arrive]
		}
	}
}

// detect tells the manager of the oldest deaths.
func (w *world) detect(n int) {
	var tasks []dataflow.TaskID
	for _, d := range w.crashed[:n] {
		if w.manager.Incarnation(d.task) == d.inc {
			tasks = append(tasks, d.task)
		}
	}
	w.crashed = w.crashed[n:]
	if len(tasks) > 0 {
		w.manager.Failed(tasks)
	}
}
