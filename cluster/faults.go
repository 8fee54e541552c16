package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// faults strikes what the scenario lists, each fault once.
type faults struct {
	run    *Run
	list   []faultState
	verbs  []int   // faults that wait for a verb
	record []int   // faults that wait for a task's records
	event  []int   // faults that wait for a task's events
	counts []int64 // per task: records since the start of the run
	events []int64 // per task: events since the start of the run; counted only if somebody asks
	losing bool    // some fault loses or delays writes to the store
}

type faultState struct {
	Fault
	struck bool // it hit something
	over   bool // its moment has come
	seen   int  // occurrences of its verb after the previous fault
	at     sim.Time
}

func newFaults(r *Run) faults {
	f := faults{run: r, counts: make([]int64, r.graph.Tasks()), events: make([]int64, r.graph.Tasks())}
	for i, fault := range r.cfg.Faults {
		f.list = append(f.list, faultState{Fault: fault})
		f.losing = f.losing || fault.Kind == Lose || fault.Kind == Delay
		switch {
		case fault.Records > 0:
			f.record = append(f.record, i)
		case fault.Events > 0:
			f.event = append(f.event, i)
		case fault.Count > 0:
			f.verbs = append(f.verbs, i)
		}
	}
	return f
}

// timed says whether the fault strikes at an instant.
func (s *faultState) timed() bool {
	return s.At >= 0 && s.Records == 0 && s.Events == 0 && s.Count == 0
}

func (f *faults) schedule() {
	for i := range f.list {
		if s := &f.list[i]; s.timed() {
			f.run.kernel.At(s.At, dst(evFault, 0), uint32(i))
		}
	}
}

// pending says whether a fault has an instant that is still to come.
func (f *faults) pending() bool {
	for i := range f.list {
		if s := &f.list[i]; !s.over && s.timed() {
			return true
		}
	}
	return false
}

// afterRecord counts a task's record and says whether a fault kills the task
// before anything of the record leaves.
func (f *faults) afterRecord(p *process) (dies bool) {
	f.counts[p.id]++
	for _, i := range f.record {
		s := &f.list[i]
		if s.over || s.Task != p.id || f.counts[p.id] < s.Records {
			continue
		}
		f.strike(i)
	}
	return p.dead
}

// beforeEvent counts an event that a task's living process is about to handle. A
// fault that strikes here kills the process first: the event finds nobody. Nobody
// counts any longer when the last of them has struck.
func (f *faults) beforeEvent(t dataflow.TaskID) {
	f.events[t]++
	f.run.moments.event(t, f.events[t])
	struck := len(f.event) > 0
	for _, i := range f.event {
		s := &f.list[i]
		if !s.over && s.Task == t && f.events[t] >= s.Events {
			f.strike(i)
		}
		struck = struck && s.over
	}
	if struck && !f.run.moments.on {
		f.run.counting = false
	}
}

// told counts occurrences of verbs for faults that wait for one. The last fault
// comes first: what makes a fault strike is not yet after it.
func (f *faults) told(verb recovery.Verb, t dataflow.TaskID) {
	for n := len(f.verbs) - 1; n >= 0; n-- {
		i := f.verbs[n]
		s := &f.list[i]
		if s.over || s.Verb != verb || s.Task >= 0 && s.Task != t || i > 0 && !f.list[i-1].over {
			continue
		}
		if s.seen++; s.seen == s.Count {
			s.over = true
			f.run.kernel.After(0, dst(evFault, 0), uint32(i))
		}
	}
}

// strike makes a fault happen.
func (f *faults) strike(i int) {
	s := &f.list[i]
	s.over = true
	s.at = f.run.kernel.Now()
	f.run.story.fault(&s.Fault)
	switch s.Kind {
	case Crash:
		f.crash(s, i)
	case Pause:
		f.pause(s)
	case Slow:
		f.slow(s)
	case Cut:
		f.cut(s)
	case Lose, Delay: // they strike what is written while they last: writes
	case Skew:
		f.skew(s)
	}
}

// crash kills processes at one instant.
func (f *faults) crash(s *faultState, index int) {
	r := f.run
	var died []*process
	for _, t := range s.Targets {
		switch t.Kind {
		case TargetTask:
			if p := r.current[t.Index]; !p.dead {
				died = append(died, p)
				s.struck = true
			}
		case TargetStandby:
			if b := r.standbyToCrash(dataflow.TaskID(t.Index)); b != nil {
				r.loseStandby(b)
				s.struck = true
			}
		case TargetMachine:
			more, struck := r.crashMachine(t.Index)
			if len(more) > 1 {
				r.watch.Reach(recovery.CrashMachine)
			}
			died = append(died, more...)
			s.struck = s.struck || struck
		}
	}
	r.anatomy.fault(index, died)
	r.found(died)
	for _, p := range died {
		r.kill(p)
	}
	r.detector.broken(died)
}

func (f *faults) pause(s *faultState) {
	r := f.run
	until := r.kernel.Now() + s.For
	for _, t := range s.Targets {
		switch t.Kind {
		case TargetManager:
			r.wire.managerPaused = max(r.wire.managerPaused, until)
			s.struck = true
		case TargetBroker:
			r.wire.brokerPaused = max(r.wire.brokerPaused, until)
			s.struck = true
		case TargetStore:
			r.store.model.Pause(until)
			s.struck = true
		case TargetStandby:
			if b := r.standbyOf(dataflow.TaskID(t.Index)); b != nil {
				b.paused = max(b.paused, until)
				s.struck = true
			}
		}
	}
	for _, p := range f.processes(s.Targets) {
		p.paused = max(p.paused, until)
		s.struck = true
	}
}

func (f *faults) slow(s *faultState) {
	r := f.run
	until := r.kernel.Now() + s.For
	for _, t := range s.Targets {
		switch t.Kind {
		case TargetStore:
			r.store.model.Slow(s.Factor, until)
			s.struck = true
		case TargetStandby:
			if b := r.standbyOf(dataflow.TaskID(t.Index)); b != nil {
				b.slow, b.slowUntil = s.Factor, until
				s.struck = true
			}
		case TargetManager:
			r.slowCard(r.managerMachine(), s)
		case TargetBroker:
			r.slowCard(r.brokerMachine(), s)
		}
	}
	for _, p := range f.processes(s.Targets) {
		p.slow, p.slowUntil = s.Factor, until
		s.struck = true
	}
}

// slowCard slows what the manager or the broker sends: it has no other work
// that takes time.
func (r *Run) slowCard(machine int, s *faultState) {
	r.machines[machine].slow, r.machines[machine].slowUntil = s.Factor, r.kernel.Now()+s.For
	s.struck = true
}

// processes are the living processes of tasks and machines.
func (f *faults) processes(targets []Target) []*process {
	var found []*process
	for _, t := range targets {
		for id, p := range f.run.current {
			if p == nil || p.dead {
				continue
			}
			if t.Kind == TargetTask && t.Index == id || t.Kind == TargetMachine && t.Index == p.machine {
				found = append(found, p)
			}
		}
	}
	return found
}
