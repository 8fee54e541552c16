package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// anatomy measures recoveries. It only watches, from outside: it may remember
// what a dead incarnation had done.
type anatomy struct {
	run      *Run
	rows     []*row
	received [][]uint64 // per task: the most that a dead incarnation had taken, per input
	ended    int        // rows before it have ended
	reached  []reach    // per task: how far its last dead incarnation had come
	heldLost bool       // a task died that had taken input since the checkpoint that it came back from
}

// row is a recovery under way or over. A phase's end is 0 until it was seen.
type row struct {
	fault  int
	task   dataflow.TaskID // -1: all
	at     sim.Time
	marks  [phases]sim.Time
	p      *process
	open   []bool   // channels of the task that have not been connected
	left   int      // how many those are
	limit  int64    // backlog that counts as normal
	back   sim.Time // when the backlog was back to it; 0: it is not
	ended  bool     // caught up, or replaced by a later recovery of the task
	caught bool
}

const (
	phaseDetect = iota
	phaseActivate
	phaseRestore
	phaseCollect
	phaseConnect
	phaseReplay
	phaseCatchUp
	phases
)

// fault opens a row for each task that a fault killed.
func (a *anatomy) fault(index int, died []*process) {
	r := a.run
	limit := a.normal()
	for i, p := range died {
		if i > 0 && r.cfg.Policy.Global {
			break
		}
		for _, w := range a.rows {
			if (w.task == p.id || w.task < 0) && !w.ended {
				w.ended = true
			}
		}
		w := &row{fault: index, task: p.id, at: r.kernel.Now(), limit: limit}
		if r.cfg.Policy.Global {
			w.task = -1
		}
		a.rows = append(a.rows, w)
	}
}

// normal is the backlog of a healthy system: what there is now, or the mean at
// the ends of the last ten windows if that is more.
func (a *anatomy) normal() int64 {
	r := a.run
	windows := r.timeline.undelivered
	windows = windows[max(0, len(windows)-10):]
	var sum int64
	for _, n := range windows {
		sum += n
	}
	return max(r.broker.undelivered, sum/max(1, int64(len(windows))))
}

// died remembers what a dead incarnation had taken.
func (a *anatomy) died(p *process) {
	if a.received == nil {
		a.received, a.reached = make([][]uint64, a.run.graph.Tasks()), make([]reach, a.run.graph.Tasks())
	}
	if p.task == nil {
		return
	}
	taken := a.received[p.id]
	for i := range p.task.Inputs() {
		if i == len(taken) {
			taken = append(taken, 0)
		}
		taken[i] = max(taken[i], p.task.Received(i))
	}
	a.received[p.id] = taken
	a.reached[p.id] = reach{p.task.Epoch(), p.task.Count() > 0}
}

// reach is how far a dead incarnation had come.
type reach struct {
	epoch int32
	some  bool // it had taken something in it
}

// loses notes whether a task comes back from before what its dead incarnation
// had taken.
func (a *anatomy) loses(s *restart) {
	if a.reached == nil {
		return
	}
	was, from := a.reached[s.id], s.view.Checkpoint
	a.heldLost = a.heldLost || was.epoch > from || was.epoch == from && was.some
}

func (a *anatomy) takenBefore(t dataflow.TaskID) []uint64 {
	if a.received == nil {
		return nil
	}
	return a.received[t]
}

// of finds the row that a restart belongs to.
func (a *anatomy) of(t dataflow.TaskID) *row {
	for i := len(a.rows) - 1; i >= 0; i-- {
		if w := a.rows[i]; !w.ended && (w.task == t || w.task < 0) {
			return w
		}
	}
	return nil
}

// detected opens a row for a task that was given up without a fault that
// killed it, and notes the detection.
func (a *anatomy) detected(s *restart) {
	w := a.of(s.id)
	if w == nil {
		w = &row{fault: a.run.faults.last(), task: s.id, at: a.run.kernel.Now(), limit: a.normal()}
		if f := &a.run.faults; w.fault >= 0 {
			w.at = f.list[w.fault].at
		}
		if a.run.cfg.Policy.Global {
			w.task = -1
		}
		a.rows = append(a.rows, w)
	}
	a.mark(w, phaseDetect)
	s.row = w
	if s.alive {
		s.rolled = true
	}
}

func (a *anatomy) mark(w *row, phase int) {
	if w != nil {
		w.marks[phase] = max(w.marks[phase], a.run.kernel.Now())
	}
}

func (a *anatomy) activated(s *restart) {
	w := a.of(s.id)
	a.mark(w, phaseActivate)
	if w == nil {
		return
	}
	w.p = s.p
	if w.open == nil || w.task >= 0 {
		w.open = make([]bool, len(a.run.graph.Channels))
		w.left = 0
	}
	g := a.run.graph
	for _, list := range [][]dataflow.ChannelID{g.Inputs(s.id), g.Outputs(s.id)} {
		for _, c := range list {
			if !w.open[c] {
				w.open[c] = true
				w.left++
			}
		}
	}
}

func (a *anatomy) restored(s *restart) { a.mark(a.of(s.id), phaseRestore) }

func (a *anatomy) collected(p *process) { a.mark(a.of(p.id), phaseCollect) }

// attached notes that a connection was opened at its sender.
func (a *anatomy) attached(c dataflow.ChannelID, sender, receiver uint32) {
	for _, w := range a.rows {
		if w.ended || w.open == nil || !w.open[c] {
			continue
		}
		ch := &a.run.graph.Channels[c]
		if sender != a.run.manager.Incarnation(ch.From) || receiver != a.run.manager.Incarnation(ch.To) {
			continue
		}
		w.open[c] = false
		if w.left--; w.left == 0 {
			a.mark(w, phaseConnect)
			if w.p != nil {
				w.p.told(recovery.VerbConnect, w.p.run.manager.Checkpoint())
			}
		}
	}
}

func (a *anatomy) running(p *process) {
	if p.restart == nil {
		return
	}
	a.mark(a.of(p.id), phaseReplay)
}

// replayed notes a record that repeats what a dead incarnation did.
func (a *anatomy) replayed(p *process) {
	p.replayed++
	if a.run.cfg.Policy.Duplicate {
		a.mark(a.of(p.id), phaseReplay)
	}
}

// look sees which recoveries may have caught up. It is called whenever a reply
// leaves the dataflow.
func (a *anatomy) look() {
	r := a.run
	for _, w := range a.rows[a.ended:] {
		if !w.ended && w.back == 0 && w.marks[phaseReplay] != 0 && r.broker.undelivered <= w.limit && !r.manager.Recovering() && w.repeated() {
			w.back = r.kernel.Now()
		}
	}
}

// confirm sees, at the end of a window or of the run, whether what had caught
// up has stayed so: what is stuck is missed only when its answer is due.
func (a *anatomy) confirm(end bool) {
	r := a.run
	for _, w := range a.rows[a.ended:] {
		switch {
		case w.ended || w.back == 0 || r.kernel.Now() < w.back+windowLength && !end:
		case r.broker.undelivered > w.limit+w.limit/6+backlogNoise:
			w.back = 0
		default:
			w.marks[phaseCatchUp] = w.back
			w.ended, w.caught = true, true
		}
	}
	for a.ended < len(a.rows) && a.rows[a.ended].ended {
		a.ended++
	}
}

// A backlog may rise by chance above normal by a sixth and this many.
const backlogNoise = 16

// repeated says whether a task that is sent its input again without a log has
// taken as much as its dead incarnation had.
func (w *row) repeated() bool {
	if w.p == nil || w.p.dead || !w.p.run.cfg.Policy.Duplicate {
		return true
	}
	for i, taken := range w.p.before {
		if w.p.task.Received(i) < taken {
			return false
		}
	}
	return true
}
