package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// storeID is the checkpoint store among the parties of a cut.
const storeID dataflow.TaskID = -2

// cutWire is a cut under way: what goes from one end to the other waits until
// it is over. It lies between machines: a task that is brought up elsewhere is
// not cut off.
type cutWire struct {
	from, to cutEnd
	until    sim.Time
}

// cutEnd is a machine, or one task on the machine where the cut found it.
type cutEnd struct {
	target  Target
	machine int // of a task
}

func (r *Run) cutEnd(t Target) cutEnd {
	e := cutEnd{target: t}
	if t.Kind == TargetTask {
		e.machine = r.current[t.Index].machine
	}
	return e
}

// holds says whether an incarnation of a party is at the end.
func (e *cutEnd) holds(r *Run, t dataflow.TaskID, inc uint32) bool {
	switch e.target.Kind {
	case TargetManager:
		return t == recovery.ManagerID
	case TargetBroker:
		return t == r.graph.Broker()
	case TargetStore:
		return t == storeID
	case TargetTask:
		return int(t) == e.target.Index && r.machineOf(t, inc) == e.machine
	case TargetMachine:
		return t >= 0 && t != r.graph.Broker() && r.machineOf(t, inc) == e.target.Index
	}
	return false
}

// machineOf is where an incarnation runs or will run, -1 if that is not known.
func (r *Run) machineOf(t dataflow.TaskID, inc uint32) int {
	for i := len(r.procs) - 1; i >= 0; i-- {
		if p := r.procs[i]; p.id == t && p.inc == inc {
			return p.machine
		}
	}
	for i := len(r.restarts) - 1; i >= 0; i-- {
		if s := r.restarts[i]; s.id == t && s.inc == inc {
			return s.machine
		}
	}
	return -1
}

// cutUntil gives the instant before which nothing gets from one incarnation of
// a party to another; 0 if the wire is whole.
func (r *Run) cutUntil(from dataflow.TaskID, fromInc uint32, to dataflow.TaskID, toInc uint32) sim.Time {
	var until sim.Time
	for i := range r.wire.cuts {
		if c := &r.wire.cuts[i]; c.until > r.kernel.Now() && c.from.holds(r, from, fromInc) && c.to.holds(r, to, toInc) {
			until = max(until, c.until)
		}
	}
	return until
}

// cut holds back what goes from one target to the other, one way or both:
// frames, control messages, heartbeats, checkpoints.
func (f *faults) cut(s *faultState) {
	r := f.run
	from, to := r.cutEnd(s.Targets[0]), r.cutEnd(s.Targets[1])
	if !r.inhabited(s.Targets[0]) || !r.inhabited(s.Targets[1]) {
		return
	}
	s.struck = true
	until := r.kernel.Now() + s.For
	r.wire.cut(cutWire{from, to, until})
	if s.Both {
		r.wire.cut(cutWire{to, from, until})
	}
}

// cut begins a cut: on the connections that lie across it now, and for all
// that will.
func (w *wire) cut(c cutWire) {
	r := w.run
	w.cuts = append(w.cuts, c)
	for i := range r.graph.Channels {
		ch := &r.graph.Channels[i]
		for j := range w.connections[i] {
			if of := &w.connections[i][j]; c.from.holds(r, ch.From, of.sender) && c.to.holds(r, ch.To, of.receiver) {
				of.link.Cut(c.until)
			}
		}
	}
}

// inhabited says whether anything is at a target that a cut could cut off.
func (r *Run) inhabited(t Target) bool {
	if t.Kind != TargetMachine {
		return true
	}
	for _, p := range r.current[:r.graph.Broker()] {
		if p.machine == t.Index && !p.dead {
			return true
		}
	}
	for _, b := range r.standbys {
		if b.machine == t.Index && b.alive {
			return true
		}
	}
	return false
}
