package cluster

import (
	"bytes"
	"fmt"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// Standby says how standbys are kept. The zero value: each on a machine of its
// own, sent the whole state at every checkpoint, never replaced.
type Standby struct {
	Incremental bool     // a dispatch carries what differs from the one before
	Together    bool     // without anti-affinity: the first sits on its task's machine, each further one on the next machine
	Replace     sim.Time // one that was used or has died is replaced after that long; 0: never
}

// standby is the process that waits to replace a task, with the state of the
// last completed checkpoint in its own memory.
type standby struct {
	task      dataflow.TaskID
	alive     bool // it waits; nobody has taken it
	taken     bool // it has become, or is becoming, the task
	active    bool // it has become the task
	lost      bool // it died, before it was active
	machine   int
	paused    sim.Time // until when
	slow      int64    // it takes this many times as long to take over, until slowUntil
	slowUntil sim.Time
	waiting   *restart

	epoch int32  // the checkpoint whose state it has; -1: a replacement that has none yet
	state []byte // nil: the initial state
	armed int    // ghost: timers armed in it
	sent  int64  // bytes sent to it

	underway []shipment
	has      *part // the store's note: the part whose arrival was acknowledged last
}

// shipment is a state on its way from the store to a standby.
type shipment struct {
	part  part   // ghost where the shipment is a difference: what must come of it
	base  int32  // the checkpoint that the difference builds on; -1: the state is whole
	bytes []byte // the difference, or the whole state
	load  bool   // asked for by a new standby: no checkpoint waits for its arrival
}

// standbyOf gives a task's first standby that waits, nil if there is none.
func (r *Run) standbyOf(t dataflow.TaskID) *standby {
	for _, b := range r.standbys {
		if b.task == t && b.alive {
			return b
		}
	}
	return nil
}

// standbyToCrash is the one that a crash finds: one that waits, else one that is
// about to take over and has not yet.
func (r *Run) standbyToCrash(t dataflow.TaskID) *standby {
	if b := r.standbyOf(t); b != nil {
		return b
	}
	for _, b := range r.standbys {
		if b.task == t && b.becoming() {
			return b
		}
	}
	return nil
}

func (b *standby) becoming() bool { return b.taken && !b.active && !b.lost }

// takeStandby makes a standby the task's next incarnation.
func (r *Run) takeStandby(b *standby) {
	r.watch.Reach(recovery.StandbyUsed)
	b.alive, b.taken = false, true
	r.replaceLater(b)
}

// loseStandby is a standby's death: its memory is gone. One that was about to
// take over is missed when it is to begin.
func (r *Run) loseStandby(b *standby) {
	switch {
	case b.alive:
		r.watch.Reach(recovery.StandbyCrashed)
		r.replaceLater(b)
	case b.becoming():
		r.watch.Reach(recovery.StandbyLost)
	}
	if len(b.underway) > 0 {
		r.watch.Reach(recovery.StandbyCutOff)
	}
	b.alive, b.lost = false, true
	b.state, b.has = nil, nil
}

// replaceLater begins the replacement of a standby that was used or has died: a
// process is started for it as anywhere else.
func (r *Run) replaceLater(b *standby) {
	if after := r.cfg.Standby.Replace; after > 0 {
		r.kernel.After(after+r.cfg.Start, dst(evStandby, int(b.task)), 0)
	}
}

// newStandby is the moment when the process of a replacement is there. It asks
// the store for the last completed checkpoint. From here on it may be taken:
// a restart waits for what is on its way.
func (r *Run) newStandby(t dataflow.TaskID) {
	m := r.placeStandby(t)
	if m < 0 {
		r.kernel.After(r.cfg.Standby.Replace, dst(evStandby, int(t)), 0) // no machine is up
		return
	}
	r.watch.Reach(recovery.StandbyReplaced)
	b := &standby{task: t, alive: true, machine: m}
	r.standbys = append(r.standbys, b)
	c := r.manager.Checkpoint()
	if c == 0 {
		return
	}
	b.epoch = -1
	p := r.store.find(t, c)
	if p == nil {
		return // a broken protocol's; completed has told
	}
	r.ship(len(r.standbys)-1, shipment{part: *p, base: -1, bytes: p.bytes, load: true})
}

// placeStandby finds a machine for a replacement: together, the task's; apart,
// another one, that with the fewest processes. -1 if none is up.
func (r *Run) placeStandby(t dataflow.TaskID) int {
	own := r.current[t].machine
	if r.cfg.Standby.Together && r.machines[own].up {
		return own
	}
	load := make([]int, len(r.machines))
	for u := range r.graph.Broker() {
		load[r.current[u].machine]++
	}
	for _, b := range r.standbys {
		if b.alive {
			load[b.machine]++
		}
	}
	best := -1
	for m := range r.brokerMachine() {
		if r.machines[m].up && m != own && (best < 0 || load[m] < load[best]) {
			best = m
		}
	}
	if best < 0 && own < r.brokerMachine() && r.machines[own].up {
		return own // there is no other
	}
	return best
}

// dispatchTo sends a standby its part of a completed checkpoint: whole, or what
// differs from the one that it has acknowledged. The store makes the difference
// from its own copies.
func (r *Run) dispatchTo(i int, epoch int32) {
	b := r.standbys[i]
	p := r.store.find(b.task, epoch)
	if p == nil { // INV-08 and INV-09 find it
		p = &part{epoch: epoch}
	}
	s := shipment{part: *p, base: -1, bytes: p.bytes}
	if r.cfg.Standby.Incremental && b.has != nil {
		if d := appendDifference(nil, b.has.bytes, p.bytes); len(d) < len(p.bytes) {
			s.base, s.bytes = b.has.epoch, d
		}
	}
	r.ship(i, s)
}

// ship puts a state on its way. What a new standby loads it has to unpack as any
// new process would; one that waits does it while it waits.
func (r *Run) ship(i int, s shipment) {
	b, size := r.standbys[i], int64(len(s.bytes))
	r.timeline.protection.StandbyBytes += size
	b.sent += size
	at := r.store.model.Get(r.kernel.Now(), size)
	if s.load {
		at += sim.Time(size * r.cfg.Costs.RestoreBytePS / 1000)
	}
	b.underway = append(b.underway, s)
	r.kernel.At(at, dst(evDispatch, i), uint32(s.part.epoch))
}

// arrived takes a shipment off the way. Who has died meanwhile gets nothing.
func (r *Run) arrived(b *standby, epoch int32) (s shipment) {
	for i := range b.underway {
		if b.underway[i].part.epoch == epoch {
			s = b.underway[i]
			b.underway = append(b.underway[:i], b.underway[i+1:]...)
			break
		}
	}
	if !b.alive && !b.taken || b.lost || epoch <= b.epoch {
		return s
	}
	if s.base >= 0 {
		r.watch.Look(recovery.INV09)
		state, err := applyDifference(b.state, s.bytes)
		if err == nil && !bytes.Equal(state, s.part.bytes) {
			err = fmt.Errorf("%d bytes are not the %d of its part", len(state), len(s.part.bytes))
		}
		if err != nil {
			r.watch.Break(recovery.INV09, fmt.Sprintf("the standby of %s makes checkpoint %d of %d and a difference: %v",
				r.graph.TaskName(b.task), epoch, s.base, err))
		}
		r.watch.Reach(recovery.StandbyDifference)
		b.state = state
	} else {
		b.state = s.bytes
	}
	b.epoch, b.armed = epoch, s.part.armed
	b.has = &s.part
	if b.waiting != nil {
		b.waiting.dispatchArrived()
	}
	return s
}

// part is what a restart fills its incarnation from: a standby's own memory, or
// what was read from the store. nil if there is none.
func (s *restart) part(checkpoint int32) *part {
	b := s.standby
	if b == nil {
		return s.run.store.find(s.id, checkpoint)
	}
	if b.state == nil {
		return nil
	}
	return &part{epoch: b.epoch, bytes: b.state, armed: b.armed}
}
