package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// detector is how the manager learns of failures: tasks send heartbeats, and a
// broken connection is noticed after a while. A task that is only slow, paused
// or cut off can be given up as well; its incarnation is fenced then.
type detector struct {
	run   *Run
	last  []sim.Time          // per task: when its newest incarnation was last heard of
	given []uint32            // per task: highest incarnation given up
	lost  [][]dataflow.TaskID // groups of tasks whose connections broke at one instant
	incs  [][]uint32
}

func (r *Run) newDetector() {
	d := &r.detector
	*d = detector{run: r, last: make([]sim.Time, r.graph.Tasks()), given: make([]uint32, r.graph.Tasks())}
	for t := range r.graph.Broker() {
		r.kernel.After(r.cfg.Heartbeat, dst(evHeartbeat, int(t)), 1)
	}
	r.kernel.After(r.cfg.Heartbeat, dst(evSuspect, 0), 0)
}

// beat is a task's heartbeat timer.
func (d *detector) beat(t dataflow.TaskID, inc uint32) {
	r := d.run
	p := r.process(t, inc)
	if p == nil {
		return
	}
	now := r.kernel.Now()
	r.kernel.After(r.cfg.Heartbeat, dst(evHeartbeat, int(t)), inc)
	if p.paused > now {
		return
	}
	if r.cutUntil(t, inc, recovery.ManagerID, 0) > now {
		r.watch.Reach(recovery.CutHeartbeat)
		return // it will be late; the next one after the cut counts
	}
	n := r.graph.Tasks() + 1
	r.kernel.At(r.wire.control[int(t)*n+n-1].Deliver(now), dst(evHeard, int(t)), inc)
}

func (d *detector) heard(t dataflow.TaskID, inc uint32) {
	if inc == d.run.manager.Incarnation(t) {
		d.last[t] = d.run.kernel.Now()
	}
}

// started begins the heartbeats of a new incarnation.
func (d *detector) started(p *process) {
	d.last[p.id] = d.run.kernel.Now()
	d.run.kernel.After(d.run.cfg.Heartbeat, dst(evHeartbeat, int(p.id)), p.inc)
}

// broken follows the death of processes: their connections break, which is
// noticed after Disconnect.
func (d *detector) broken(died []*process) {
	if d.run.cfg.Disconnect < 0 || len(died) == 0 {
		return
	}
	var tasks []dataflow.TaskID
	var incs []uint32
	for _, p := range died {
		tasks = append(tasks, p.id)
		incs = append(incs, p.inc)
	}
	d.lost = append(d.lost, tasks)
	d.incs = append(d.incs, incs)
	d.run.kernel.After(d.run.cfg.Disconnect, dst(evGone, 0), uint32(len(d.lost)-1))
}

// gone is the manager's notice of broken connections.
func (d *detector) gone(group uint32) {
	r := d.run
	if until := r.wire.managerPaused; until > r.kernel.Now() {
		r.watch.Reach(recovery.NoticedLate)
		r.kernel.At(until, dst(evGone, 0), group)
		return
	}
	var failed []dataflow.TaskID
	for i, t := range d.lost[group] {
		if d.incs[group][i] == r.manager.Incarnation(t) && d.given[t] < d.incs[group][i] {
			failed = append(failed, t)
		}
	}
	if len(failed) > 0 {
		r.watch.Reach(recovery.NoticedBroken)
	}
	d.giveUp(failed)
}

// suspect gives up tasks that were silent for too long.
func (d *detector) suspect() {
	r := d.run
	r.kernel.After(r.cfg.Heartbeat, dst(evSuspect, 0), 0)
	now := r.kernel.Now()
	if r.wire.managerPaused > now {
		return
	}
	var failed []dataflow.TaskID
	for t := range r.graph.Broker() {
		if inc := r.manager.Incarnation(t); now-d.last[t] > r.cfg.Timeout && d.given[t] < inc && !r.starting(t, inc) {
			failed = append(failed, t)
			if p := r.process(t, inc); p != nil {
				p.suspected = true
				r.watch.Reach(recovery.Suspected)
			} else {
				r.watch.Reach(recovery.NoticedSilence)
			}
		}
	}
	d.giveUp(failed)
}

func (d *detector) giveUp(failed []dataflow.TaskID) {
	if len(failed) == 0 {
		return
	}
	for _, t := range failed {
		d.given[t] = d.run.manager.Incarnation(t)
	}
	d.run.manager.Failed(failed)
}

// starting says whether an incarnation is still being brought up, in which
// time it sends no heartbeats.
func (r *Run) starting(t dataflow.TaskID, inc uint32) bool {
	for i := len(r.restarts) - 1; i >= 0; i-- {
		if s := r.restarts[i]; s.id == t && s.inc == inc {
			return !s.over && (s.p == nil || !s.p.started)
		}
	}
	return false
}
