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
