package cluster

import (
	"fmt"

	"simrun/dataflow"
	"simrun/netmodel"
	"simrun/recovery"
	"simrun/sim"
)

// store is the checkpoint store and what is in it: per task the parts of the
// newest checkpoints. A part exists for readers only when its upload is over.
type store struct {
	run     *Run
	model   netmodel.Store
	parts   [][]part // per task, by epoch
	acked   []uint32 // per task: the incarnation whose part of the last completed checkpoint counts
	uploads slab[upload]
	cuts    []cutGhost // per task: its newest local snapshot

	completions slab[completion]
	writes      Writes
	dispatching []dispatch
}

type part struct {
	epoch   int32
	inc     uint32
	bytes   []byte
	armed   int // ghost: timers armed
	durable bool
}

// dispatch is a completed checkpoint under way to the standbys.
type dispatch struct {
	epoch int32
	left  int
}

// cutGhost counts records at a local snapshot: what was received and emitted
// before it.
type cutGhost struct {
	epoch             int32
	received, emitted []uint64
}

func newStore(r *Run) store {
	s := store{run: r, parts: make([][]part, r.graph.Tasks()), acked: make([]uint32, r.graph.Tasks()), cuts: make([]cutGhost, r.graph.Tasks())}
	s.model = netmodel.NewStore(&r.cfg.StoreLatency, r.cfg.StoreBandwidth, sim.NewStream(r.cfg.Seed, 0, 0, purposeStore))
	return s
}

// cut notes where a local snapshot was taken. That of a replaced incarnation,
// which may still be going on somewhere, is part of no checkpoint.
func (s *store) cut(p *process, epoch int32) {
	g := s.run.graph
	if p.inc != s.run.manager.Incarnation(p.id) {
		return
	}
	c := cutGhost{epoch: epoch}
	first := 0
	if g.IsSource(p.id) {
		first = 1
	}
	for i := range g.Inputs(p.id) {
		c.received = append(c.received, p.task.Received(first+i))
	}
	for o := range g.Outputs(p.id) {
		c.emitted = append(c.emitted, p.task.Emitted(o))
	}
	s.cuts[p.id] = c
}

// size is what there is to load: nothing of a part that is missing, which
// INV-08 and INV-09 find.
func (p *part) size() int64 {
	if p == nil {
		return 0
	}
	return int64(len(p.bytes))
}

// find gives a task's part of the checkpoint that completed last: that of the
// incarnation that had acknowledged it. One that was replaced may still write.
func (s *store) find(t dataflow.TaskID, epoch int32) *part {
	if s.run.cfg.Policy.Broken.AnyPart {
		for i := len(s.parts[t]) - 1; i >= 0; i-- {
			if p := &s.parts[t][i]; p.epoch == epoch {
				return p
			}
		}
	}
	return s.partOf(t, epoch, s.acked[t])
}

func (s *store) partOf(t dataflow.TaskID, epoch int32, inc uint32) *part {
	for i := len(s.parts[t]) - 1; i >= 0; i-- {
		if p := &s.parts[t][i]; p.epoch == epoch && p.inc == inc {
			return p
		}
	}
	return nil
}

// writer is the incarnation that wrote a task's part of a checkpoint last, 0 if
// none did.
func (s *store) writer(t dataflow.TaskID, epoch int32) uint32 {
	inc := uint32(0)
	for i := range s.parts[t] {
		if p := &s.parts[t][i]; p.epoch == epoch {
			inc = max(inc, p.inc)
		}
	}
	return inc
}

// completed checks a checkpoint that the manager has just called complete, and
// forgets older ones.
func (s *store) completed(epoch int32) {
	r := s.run
	for t := range r.graph.Broker() {
		r.watch.Look(recovery.INV08)
		s.acked[t] = r.manager.Incarnation(t)
		if p := s.find(t, epoch); p == nil || !p.durable {
			r.watch.Break(recovery.INV08, fmt.Sprintf("checkpoint %d is complete without a durable part of the present incarnation of %s", epoch, r.graph.TaskName(t)))
			s.acked[t] = s.writer(t, epoch)
		}
		parts := s.parts[t][:0]
		for _, p := range s.parts[t] {
			if p.epoch >= epoch {
				parts = append(parts, p)
			}
		}
		s.parts[t] = parts
	}
	s.consistent(epoch)
	s.committed(epoch)
	r.ghosts.Truncate(epoch)
}

// consistent checks that the local snapshots are one cut: on a regular channel
// everything that was sent before the sender's was received before the
// receiver's; on a feedback channel nothing was received that was not sent.
func (s *store) consistent(epoch int32) {
	r := s.run
	if r.cfg.Policy.Live {
		return
	}
	for i := range r.graph.Channels {
		c := &r.graph.Channels[i]
		if c.To == r.graph.Broker() {
			continue
		}
		from, to := &s.cuts[c.From], &s.cuts[c.To]
		if from.epoch != epoch || to.epoch != epoch {
			continue
		}
		r.watch.Look(recovery.INV07)
		sent, received := from.emitted[c.Output], to.received[c.Input]
		if received > sent || !c.Feedback && received != sent {
			r.watch.Break(recovery.INV07, fmt.Sprintf("checkpoint %d: %s had sent %d records and %d were received", epoch, r.graph.ChannelName(c.ID), sent, received))
		}
	}
}

// Dispatch implements recovery.Control: the states of a complete checkpoint
// are read from the store and brought to the standbys.
func (r *Run) Dispatch(epoch int32) {
	s := &r.store
	s.completed(epoch)
	d := dispatch{epoch: epoch}
	for i, b := range r.standbys {
		if b.alive {
			r.dispatchTo(i, epoch)
			d.left++
		}
	}
	s.dispatching = append(s.dispatching, d)
	s.endDispatch(epoch)
}

func (s *store) dispatched(e sim.Event) {
	if until := s.model.PausedUntil(); until > s.run.kernel.Now() {
		s.run.kernel.At(until, e.Dst, e.Arg)
		return
	}
	epoch := int32(e.Arg)
	if s.run.arrived(s.run.standbys[e.Dst&(1<<kindShift-1)], epoch).load {
		return
	}
	for i := range s.dispatching {
		if s.dispatching[i].epoch == epoch {
			s.dispatching[i].left--
		}
	}
	s.endDispatch(epoch)
}

func (s *store) endDispatch(epoch int32) {
	for i := range s.dispatching {
		if s.dispatching[i].epoch == epoch && s.dispatching[i].left == 0 {
			s.dispatching = append(s.dispatching[:i], s.dispatching[i+1:]...)
			s.run.manager.Dispatched(epoch)
			return
		}
	}
}
