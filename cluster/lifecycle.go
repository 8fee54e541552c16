package cluster

import (
	"fmt"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// kill ends a process: everything that it holds is gone.
func (r *Run) kill(p *process) {
	if p.dead {
		return
	}
	p.dead = true
	r.anatomy.died(p)
	r.leaveMemory(p)
	p.agent.Died()
	p.followed = p.agent.Determinants()
	p.agent, p.task = nil, nil // nothing of the dead incarnation can be reached by mistake
	if p.restart != nil {
		p.restart.over = true
	}
}

// restart brings one task back, stage by stage.
type restart struct {
	run   *Run
	index int
	id    dataflow.TaskID
	inc   uint32
	view  *recovery.View
	alive bool // the task had not failed: it is restarted in its place
	over  bool // a newer restart has replaced it, or the process died

	stage   stage
	standby *standby // what becomes the task; nil: a new process
	machine int
	p       *process
	early   []recovery.Message
	rolled  bool
	row     *row // what anatomy measures
}

type stage uint8

const (
	stageActivate stage = iota // a process comes to be
	stageRestore               // its state is loaded
	stageStart                 // the agent takes over
)

// Restart implements recovery.Control.
func (r *Run) Restart(t dataflow.TaskID, inc uint32, view *recovery.View, alive bool) {
	for _, old := range r.restarts {
		if old.id == t {
			old.over = true
		}
	}
	s := &restart{run: r, index: len(r.restarts), id: t, inc: inc, view: view, alive: alive}
	r.restarts = append(r.restarts, s)
	r.anatomy.detected(s)
	r.watch.Look(recovery.INV27)
	if alive && !r.cfg.Policy.Global && !(view.Rollback && r.cfg.Policy.Causal) {
		r.watch.Break(recovery.INV27, fmt.Sprintf("%s did not fail and is restarted", r.graph.TaskName(t)))
	}
	n := r.graph.Tasks() + 1
	at := r.wire.control[n*(n-1)+int(t)].Deliver(r.kernel.Now())
	b := r.standbyOf(t)
	switch {
	case alive:
		s.machine = r.current[t].machine
	case b != nil:
		s.standby, s.machine = b, b.machine
		if r.kernel.Now() < b.slowUntil {
			at += (at - r.kernel.Now()) * sim.Time(b.slow-1)
		}
		at = max(at, b.paused)
		r.takeStandby(b)
	default:
		r.watch.Reach(recovery.StandbyNone)
		s.machine = r.place(t)
		at += r.cfg.Start
	}
	r.kernel.At(at, dst(evStage, s.index), 0)
}

// next goes through the stages.
func (s *restart) next() {
	if s.over {
		return
	}
	r := s.run
	switch s.stage {
	case stageActivate:
		s.activate()
	case stageRestore:
		s.stage = stageStart
		r.told(recovery.VerbRestore, s.id, s.inc, s.view.Checkpoint)
		r.anatomy.restored(s)
		s.start()
	}
}

func (s *restart) activate() {
	r := s.run
	if b := s.standby; b != nil && b.lost || !r.machines[s.machine].up { // it died while it was to take over, or the process while it started
		if s.standby == nil {
			r.watch.Reach(recovery.ProcessLost)
		}
		s.standby, s.machine = nil, r.place(s.id)
		r.kernel.After(r.cfg.Start, dst(evStage, s.index), 0)
		return
	}
	if s.standby != nil {
		s.standby.active = true
	}
	switch old := r.current[s.id]; {
	case old.dead:
	case s.alive:
		r.kill(old)
	default:
		r.anatomy.died(old) // given up and fenced: whatever it has taken is taken again
	}
	s.p = r.newProcess(s.id, s.inc, s.machine)
	s.p.restart = s
	s.p.before = r.anatomy.takenBefore(s.id)
	r.anatomy.loses(s)
	r.current[s.id] = s.p
	s.stage = stageRestore
	r.told(recovery.VerbActivate, s.id, s.inc, s.view.Checkpoint)
	r.anatomy.activated(s)
	r.told(recovery.VerbRecovering, s.id, s.inc, s.view.Checkpoint)
	if b := s.standby; b != nil && b.epoch < s.view.Checkpoint && !r.cfg.Policy.Broken.StaleStandby {
		r.watch.Reach(recovery.StandbyLoading)
		b.waiting = s // its state is still under way
		return
	}
	s.load()
}

// load schedules the end of the state's loading: a standby has it.
func (s *restart) load() {
	r := s.run
	at := r.kernel.Now()
	if s.standby == nil && s.view.Checkpoint > 0 {
		part := r.store.find(s.id, s.view.Checkpoint)
		size := part.size()
		at = r.store.model.Get(at, size) + sim.Time(size*r.cfg.Costs.RestoreBytePS/1000)
		s.p.collected += size
		at = max(at, r.cutUntil(storeID, 0, s.id, s.inc))
	}
	r.kernel.At(at, dst(evStage, s.index), 0)
}

func (s *restart) dispatchArrived() {
	if b := s.standby; b.waiting == s && b.epoch >= s.view.Checkpoint && !s.over {
		b.waiting = nil
		s.load()
	}
}

// start builds the new incarnation: a new object, filled from the store.
func (s *restart) start() {
	r, p := s.run, s.p
	p.build()
	if c := s.view.Checkpoint; c > 0 {
		part := s.part(c)
		r.watch.Look(recovery.INV09)
		if c != r.watch.Newest() || part == nil {
			r.watch.Break(recovery.INV09, fmt.Sprintf("%s restores checkpoint %d, and the newest complete one is %d", r.graph.TaskName(s.id), c, r.watch.Newest()))
		}
		if part = s.restore(part); part != nil {
			if got := p.task.Epoch(); got != c {
				r.watch.Break(recovery.INV09, fmt.Sprintf("%s is restored with its part of checkpoint %d, of %d", r.graph.TaskName(s.id), got, c))
			}
			r.watch.Look(recovery.INV18)
			if got := p.task.ArmedTimers(); got != part.armed {
				r.watch.Break(recovery.INV18, fmt.Sprintf("%s is restored with %d timers armed, of %d", r.graph.TaskName(s.id), got, part.armed))
			}
		}
	}
	p.source.next = p.task.SourceOffset()
	if r.cfg.Policy.Live && r.graph.IsSource(s.id) {
		p.source.next = r.broker.partitions[r.graph.IndexOf(s.id)].End()
	}
	p.started = true
	r.detector.started(p)
	p.beginSpilling()
	p.agent.Start(p.task, s.view)
	for i := range s.early {
		if p.dead {
			return
		}
		p.agent.Handle(&s.early[i])
	}
	s.early = nil
	p.fetch()
}

// restore fills the new incarnation. A standby that holds no state at all is a
// finding, and the store's part takes its place.
func (s *restart) restore(part *part) *part {
	r, p := s.run, s.p
	if part == nil {
		return nil
	}
	err := p.task.Restore(part.bytes)
	if b := s.standby; b != nil {
		b.state, b.has = nil, nil // it is the task's now
		if err != nil {
			r.watch.Break(recovery.INV09, fmt.Sprintf("the standby of %s: %v", r.graph.TaskName(s.id), err))
			part = r.store.find(s.id, s.view.Checkpoint)
			p.build()
			if part == nil {
				return nil
			}
			err = p.task.Restore(part.bytes)
		}
	}
	if err != nil {
		panic(err)
	}
	return part
}

// heldBack keeps a message for an incarnation that has not started.
func (r *Run) heldBack(m *recovery.Message) {
	for i := len(r.restarts) - 1; i >= 0; i-- {
		if s := r.restarts[i]; s.id == m.To && s.inc == m.ToInc && !s.over {
			s.early = append(s.early, *m)
			return
		}
	}
}

// Told implements recovery.Control.
func (r *Run) Told(verb recovery.Verb, t dataflow.TaskID, epoch int32) {
	inc := uint32(0)
	if t != recovery.ManagerID {
		inc = r.manager.Incarnation(t)
	}
	r.told(verb, t, inc, epoch)
}

// told makes a step of a protocol known to the trace and to faults that wait
// for it.
func (r *Run) told(verb recovery.Verb, t dataflow.TaskID, inc uint32, epoch int32) {
	if r.story.on {
		r.story.verb(verb, t, inc, epoch)
	}
	r.moments.verb(verb, t)
	r.faults.told(verb, t)
}
