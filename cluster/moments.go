package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// Moment is a moment at which a task can be crashed: just before it handles its
// Event'th event, counted over all its incarnations since the start of the run,
// or when a verb of it, or of the manager's, is told for the Count'th time.
type Moment struct {
	Task       string // "stock/1"; empty: a verb of the manager's
	Event      int64  // 0: a verb
	Verb       string // empty: an event
	Count      int
	At         sim.Time
	Step       uint64 // of the event that the run handles then; 0: before the first
	Checkpoint int32  // the last completed one: what a recovery would begin with
}

// moments lists the moments of a run, in the order of their coming.
type moments struct {
	run   *Run
	on    bool
	list  []Moment
	verbs [recovery.Verbs][]int // per verb, per task, the manager last: how often it was told; empty: nobody counts
}

func newMoments(r *Run) moments {
	m := moments{run: r, on: r.cfg.Moments}
	if r.cfg.Moments || r.cfg.Branches {
		for v := range m.verbs {
			m.verbs[v] = make([]int, r.graph.Tasks()+1)
		}
	}
	return m
}

func (m *moments) event(t dataflow.TaskID, n int64) {
	if m.on {
		m.add(Moment{Task: m.run.graph.TaskName(t), Event: n})
	}
}

func (m *moments) verb(v recovery.Verb, t dataflow.TaskID) {
	if m.verbs[v] == nil {
		return
	}
	count := &m.verbs[v][m.run.party(t)]
	if *count++; !m.on {
		return
	}
	name := ""
	if t != recovery.ManagerID {
		name = m.run.graph.TaskName(t)
	}
	m.add(Moment{Task: name, Verb: v.String(), Count: *count})
}

func (m *moments) add(one Moment) {
	one.At, one.Step, one.Checkpoint = m.run.kernel.Now(), m.run.kernel.Step(), m.run.watch.Newest()
	m.list = append(m.list, one)
}

// taskOf finds the task whose living process an event is for: a step, a timer,
// a flush, an answer, a batch, a frame, a control message, the end of an upload.
func (r *Run) taskOf(e sim.Event) (t dataflow.TaskID, ok bool) {
	index := int(e.Dst & (1<<kindShift - 1))
	switch e.Dst >> kindShift {
	case evStep, evFlush, evTimer, evAnswer, evFetch, evSpill, evWritten, evReadBack:
		p := r.procs[index]
		return p.id, !p.dead
	case evFrame:
		t = r.graph.Channels[index].To
	case evMessage:
		t = dataflow.TaskID(index % (r.graph.Tasks() + 1))
	case evUpload:
		t = dataflow.TaskID(index)
	default:
		return 0, false
	}
	if t >= r.graph.Broker() {
		return 0, false
	}
	p := r.current[t]
	return t, p != nil && !p.dead
}
