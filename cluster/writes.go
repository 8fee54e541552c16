package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// A write to the checkpoint store may be lost on its way, or be late (Lose,
// Delay). Whoever writes waits for an answer so long (Config.StoreRetry), and
// then writes the same again, under the same name: what arrives a second time
// changes nothing. In a run without such faults every write is answered, and
// nobody sets a clock for it.

// Writes counts the writes to the checkpoint store that did not go as usual.
type Writes struct {
	Lost, Late, Again int64 // Again: made again, since nobody had answered
}

// befell counts what befalls an attempt.
func (w *Writes) befell(lost bool, late sim.Time, attempts int) {
	if lost {
		w.Lost++
	} else if late > 0 {
		w.Late++
	}
	if attempts > 1 {
		w.Again++
	}
}

// storeWrite is what the writer knows of a write.
type storeWrite struct {
	attempts int  // made so far
	underway int  // events: attempts that will arrive, and a deadline
	answered bool // some attempt has arrived
	late     bool // an attempt was delayed: it is out of its writer's hands
}

// sent follows an attempt that will arrive.
func (w *storeWrite) sent(late sim.Time) {
	w.underway++
	w.late = w.late || late > 0
}

// awaits ends an attempt's beginning and says whether the writer sets a deadline
// for its answer.
func (w *storeWrite) awaits(r *Run) bool {
	w.attempts++
	if !r.faults.losing || r.cfg.StoreRetry == 0 {
		return false
	}
	w.underway++
	return true
}

// arrived takes the arrival of an attempt and says whether it is the first.
func (w *storeWrite) arrived() (first bool) {
	w.underway--
	first, w.answered = !w.answered, true
	return first
}

// rewrite is the deadline of a write: without an answer it is made again.
func (s *store) rewrite(t dataflow.TaskID, e sim.Event) {
	r := s.run
	if t == dataflow.TaskID(r.graph.Tasks()) {
		if until := r.wire.managerPaused; until > r.kernel.Now() {
			r.kernel.At(until, e.Dst, e.Arg)
			return
		}
		c := s.completions.at(e.Arg)
		if c.underway--; !c.answered {
			s.putRecord(e.Arg)
		}
		s.releaseRecord(e.Arg)
		return
	}
	u := s.uploads.at(e.Arg)
	if u.p.paused > r.kernel.Now() && !u.p.dead {
		r.kernel.At(u.p.paused, e.Dst, e.Arg)
		return
	}
	if u.underway--; !u.answered && !u.p.dead {
		s.put(e.Arg)
	}
	s.release(e.Arg)
}

// writes says what becomes of a write that is begun now on a machine, by a task
// or by the manager: it is lost, or so much late.
func (f *faults) writes(writer dataflow.TaskID, machine int) (lost bool, late sim.Time) {
	if !f.losing {
		return false, 0
	}
	now := f.run.kernel.Now()
	for i := range f.list {
		s := &f.list[i]
		if s.Kind != Lose && s.Kind != Delay || !s.over || now < s.at || now >= s.at+s.For || !s.writtenBy(writer, machine) {
			continue
		}
		s.struck = true
		if s.Kind == Lose {
			lost = true
		} else {
			late += sim.Time(s.By)
		}
	}
	return lost, late
}

// writtenBy says whether a writer is one of those that the fault is about.
func (s *faultState) writtenBy(writer dataflow.TaskID, machine int) bool {
	for _, t := range s.Targets {
		switch t.Kind {
		case TargetManager:
			if writer == recovery.ManagerID {
				return true
			}
		case TargetTask:
			if int(writer) == t.Index {
				return true
			}
		case TargetMachine:
			if writer != recovery.ManagerID && machine == t.Index {
				return true
			}
		}
	}
	return false
}

// upload is a part that is being written.
type upload struct {
	storeWrite
	p     *process
	epoch int32
	armed int
	bytes []byte
}

// completion is the record that a checkpoint is complete, which is being written.
type completion struct {
	storeWrite
	epoch   int32
	attempt uint32
}

// upload writes a task's part of a checkpoint. It is durable when its event
// fires, if its writer still lives then or the write was late.
func (s *store) upload(p *process, epoch int32, bytes []byte) {
	slot, u := s.uploads.new()
	*u = upload{p: p, epoch: epoch, armed: p.armed, bytes: bytes}
	p.uploading++
	s.put(slot)
	s.release(slot)
}

// put begins a part's write, for the first time or again.
func (s *store) put(slot uint32) {
	r, u := s.run, s.uploads.at(slot)
	size := int64(len(u.bytes))
	r.timeline.protection.CheckpointBytes += size
	lost, late := r.faults.writes(u.p.id, u.p.machine)
	if left := r.leave(u.p.machine, size); !lost {
		at := max(s.model.Put(r.kernel.Now(), size), left)
		u.sent(late)
		r.kernel.At(at+late, dst(evUpload, int(u.p.id)), slot)
	}
	if u.awaits(r) {
		r.kernel.After(r.cfg.StoreRetry, dst(evRewrite, int(u.p.id)), slot)
	}
	s.writes.befell(lost, late, u.attempts)
	r.story.written(u.p.id, u.epoch, &u.storeWrite, lost, late)
}

func (s *store) uploaded(e sim.Event) {
	if until := s.model.PausedUntil(); until > s.run.kernel.Now() {
		s.run.watch.Reach(recovery.StorePaused)
		s.run.kernel.At(until, e.Dst, e.Arg)
		return
	}
	u := s.uploads.at(e.Arg)
	p, epoch := u.p, u.epoch
	if until := s.run.cutUntil(p.id, p.inc, storeID, 0); until > s.run.kernel.Now() {
		s.run.kernel.At(until, e.Dst, e.Arg)
		return
	}
	first := u.arrived()
	if first && (!p.dead || u.late) {
		s.parts[p.id] = append(s.parts[p.id], part{epoch: epoch, inc: p.inc, bytes: u.bytes, armed: u.armed, durable: true})
		s.run.story.outlived(p, epoch)
	}
	s.release(e.Arg)
	if first && !p.dead {
		p.uploading--
		if p.inc != s.run.manager.Incarnation(p.id) {
			s.run.watch.Reach(recovery.ZombiePart)
		}
		p.agent.Durable(epoch)
	}
}

// release frees a part's write when nothing of it is under way any more.
func (s *store) release(slot uint32) {
	if u := s.uploads.at(slot); u.underway == 0 {
		*u = upload{}
		s.uploads.free(slot)
	}
}

// WriteCompletion implements recovery.Control.
func (r *Run) WriteCompletion(epoch int32, attempt uint32) {
	slot, c := r.store.completions.new()
	*c = completion{epoch: epoch, attempt: attempt}
	r.store.putRecord(slot)
	r.store.releaseRecord(slot)
}

// putRecord begins the write of a completion record, for the first time or again.
func (s *store) putRecord(slot uint32) {
	r, c := s.run, s.completions.at(slot)
	lost, late := r.faults.writes(recovery.ManagerID, r.managerMachine())
	if !lost {
		c.sent(late)
		r.kernel.At(s.model.Put(r.kernel.Now(), 64)+late, dst(evCompletion, 0), slot)
	}
	if c.awaits(r) {
		r.kernel.After(r.cfg.StoreRetry, dst(evRewrite, r.graph.Tasks()), slot)
	}
	s.writes.befell(lost, late, c.attempts)
	r.story.written(recovery.ManagerID, c.epoch, &c.storeWrite, lost, late)
}

func (s *store) completionDurable(e sim.Event) {
	if until := s.model.PausedUntil(); until > s.run.kernel.Now() {
		s.run.kernel.At(until, e.Dst, e.Arg)
		return
	}
	c := s.completions.at(e.Arg)
	epoch, attempt, first := c.epoch, c.attempt, c.arrived()
	s.releaseRecord(e.Arg)
	if first {
		s.run.manager.Completed(epoch, attempt)
	}
}

func (s *store) releaseRecord(slot uint32) {
	if c := s.completions.at(slot); c.underway == 0 {
		*c = completion{}
		s.completions.free(slot)
	}
}
