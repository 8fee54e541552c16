package cluster

import (
	"fmt"

	"simrun/check"
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// Outcome is what a run came to, before anybody judges it.
type Outcome struct {
	Digest     [32]byte
	Blocks     []uint64
	Captured   []sim.Captured
	Events     uint64
	End        sim.Time
	Evidence   *check.Evidence
	Entries    int             // of the history, per operation
	Checks     []check.Finding // what the judges of histories and audits say
	Monitors   []check.Finding
	Vacuous    string // why the run tested nothing; empty: it did
	Resting    bool   // at the end nothing moved in the dataflow, and no reply waited
	Unstruck   []int  // faults that never struck
	Audit      any    // the job's own; nil: the run did not come to rest
	Recoveries []Recovery
	Windows    []Window
	Latency    []LatencyPoint
	Marks      []Mark
	Writes     Writes
	Protection Protection
	Control    []Control // control messages, by kind
	Tasks      int
	Overhead   []TaskOverhead // empty unless the protocol is causal
	Kinds      []KindOverhead
	Moments    []Moment // if the configuration asks for them
	Reached    recovery.Reached
}

// Outcome gathers what the run came to. Call it once, after Loop.
func (r *Run) Outcome() (*Outcome, error) {
	starved := r.starved()
	for _, p := range r.current[:r.graph.Broker()] {
		if !p.dead {
			r.leaveMemory(p)
		}
	}
	o := &Outcome{Digest: r.kernel.Digest(), Blocks: r.kernel.Blocks(), Captured: r.kernel.Captured(), Events: r.kernel.Step(),
		End: r.kernel.Now(), Windows: r.timeline.windows, Protection: r.timeline.protection, Control: r.wire.sums(), Tasks: r.graph.Tasks() - 1, Moments: r.moments.list}
	if err := r.audit(o, starved); err != nil {
		return nil, err
	}
	o.Evidence, o.Entries = r.evidence(), int(r.job.entry(1))
	o.Overhead, o.Kinds = r.overhead()
	o.Recoveries = r.anatomy.recoveries()
	if !r.cfg.Lean {
		o.Latency = r.timeline.points(r.anatomy.span(o.End))
	}
	o.Marks = r.faults.marks()
	o.Writes = r.store.writes
	o.Vacuous, o.Resting = r.vacuous(), r.quiet()
	o.Unstruck = r.faults.unstruck()
	o.Checks = check.Judge(o.Evidence)
	explain(o.Checks, starved)
	o.Monitors = r.monitors(o)
	o.Reached = r.watch.Reached
	return o, nil
}

// explain adds to a run that got stuck which tasks have no memory left.
func explain(checks []check.Finding, starved string) {
	for i := range checks {
		if f := &checks[i]; f.Name == "progress" && f.Verdict == check.Violated && starved != "" {
			f.Detail += "; " + starved
			f.About.What += "; " + starved
		}
	}
}

// audit reads every key once from the services, if nothing moves any more and
// nobody waits for memory: in the middle of a transaction their state would
// accuse the innocent.
func (r *Run) audit(o *Outcome, starved string) error {
	if !r.settled() || starved != "" {
		return nil
	}
	var operators [][]dataflow.Operator
	for op := range r.graph.Operators[:len(r.graph.Operators)-1] {
		var tasks []dataflow.Operator
		for i := range r.graph.Operators[op].Parallelism {
			p := r.current[r.graph.Task(op, i)]
			if p.dead || p.task == nil {
				return nil
			}
			tasks = append(tasks, p.task.Operator())
		}
		operators = append(operators, tasks)
	}
	audit, err := r.job.audit(operators)
	if err != nil {
		return fmt.Errorf("audit of the services: %w", err)
	}
	o.Audit = audit
	return nil
}

// evidence is what the job can tell, and what clients were told besides.
func (r *Run) evidence() *check.Evidence {
	e := r.job.evidence()
	e.Replies = r.clients.later
	for op := range uint32(r.clients.issued) {
		if r.clients.ops[op].open {
			e.Open = append(e.Open, r.job.entry(op))
		}
	}
	return e
}

// recoveries turns what was seen into rows whose phases are consecutive.
func (a *anatomy) recoveries() []Recovery {
	var rows []Recovery
	for _, w := range a.rows {
		if w.marks[phaseDetect] == 0 {
			continue // never detected: nothing was recovered
		}
		rec := Recovery{Fault: w.fault, Task: "all", Protocol: a.run.cfg.Policy.Name, At: w.at, CaughtUp: w.caught}
		if w.task >= 0 {
			rec.Task = a.run.graph.TaskName(w.task)
		}
		fields := [phases]*sim.Time{&rec.Detect, &rec.Activate, &rec.Restore, &rec.Collect, &rec.Connect, &rec.Replay, &rec.CatchUp}
		last := w.at
		for i, mark := range w.marks {
			if mark > last {
				*fields[i] = mark - last
				last = mark
			}
		}
		rec.Total = last - w.at
		a.count(w, &rec)
		rows = append(rows, rec)
	}
	return rows
}

// count adds up what the restarts of a row did.
func (a *anatomy) count(w *row, rec *Recovery) {
	for _, s := range a.run.restarts {
		if s.row != w {
			continue
		}
		if s.rolled {
			rec.TasksRolledBack++
		}
		if s.p == nil {
			continue
		}
		if !a.run.cfg.Policy.Global {
			rec.RecordsReplayed += s.p.replayed
		}
		rec.Determinants += s.determinants()
		rec.BytesFetched += s.p.collected
		if s.standby != nil {
			rec.StandbyBytes += s.standby.sent
		}
	}
}

func (s *restart) determinants() int64 {
	if s.p.agent == nil {
		return s.p.followed
	}
	return s.p.agent.Determinants()
}

// span is from the first fault that struck to the end of the last recovery.
func (a *anatomy) span(end sim.Time) (from, to sim.Time) {
	for _, w := range a.rows {
		if from == 0 || w.at < from {
			from = w.at
		}
		stop := end
		if w.caught {
			stop = w.marks[phaseCatchUp]
		}
		to = max(to, stop)
	}
	return from, to
}

func (f *faults) marks() []Mark {
	var marks []Mark
	for i := range f.list {
		if s := &f.list[i]; s.over {
			marks = append(marks, Mark{Name: s.Text, From: s.at, To: s.at + s.For})
		}
	}
	return marks
}

// unstruck are the faults that hit nothing.
func (f *faults) unstruck() (list []int) {
	for i := range f.list {
		if !f.list[i].struck {
			list = append(list, i)
		}
	}
	return list
}

// last is the fault that struck last, -1 if none has.
func (f *faults) last() int {
	last := -1
	for i := range f.list {
		if f.list[i].over && (last < 0 || f.list[i].at >= f.list[last].at) {
			last = i
		}
	}
	return last
}

// lastAt is when the last fault's effect ended.
func (f *faults) lastAt() sim.Time {
	var last sim.Time
	for i := range f.list {
		if s := &f.list[i]; s.over {
			last = max(last, s.at+s.For)
		}
	}
	return last
}

// vacuous says why a run tested nothing.
func (r *Run) vacuous() string {
	for _, i := range r.faults.unstruck() {
		return fmt.Sprintf("fault %d (%s) never struck", i, r.faults.list[i].Text)
	}
	if r.cfg.Orphans && r.cfg.Policy.Causal && r.orphaned == 0 {
		return "no failure left an orphan"
	}
	for _, goal := range r.cfg.Goals {
		if r.watch.Reached[goal] == 0 {
			return "it never came to " + situations[goal].Name + ": " + situations[goal].Text
		}
	}
	if r.clients.answered == 0 {
		return "no operation was answered"
	}
	local := false // a task was brought back alone, so that there was something to replay
	for _, s := range r.restarts {
		local = local || !s.view.Rollback && s.p != nil && s.p.ran
	}
	if r.anatomy.heldLost && r.cfg.Policy.InFlight && local {
		var replayed int64
		for _, p := range r.procs {
			replayed += p.replayed
		}
		if replayed == 0 {
			return "a task died with input that no checkpoint covers, and nothing was replayed"
		}
	}
	return ""
}
