package scenarios

import (
	"fmt"
	"strings"
)

// faults judges each fault that was decoded: what it strikes exists, it comes
// before the horizon, and its keys fit together.
func (r *rules) faults() {
	list := r.root.get("faults")
	if list == nil || list.kind != listNode || len(r.s.Faults) != len(list.items) {
		return
	}
	for i, n := range list.items {
		if n.anyBad() {
			continue
		}
		f := &r.s.Faults[i]
		path := fmt.Sprintf("faults[%d]", i)
		r.when(n, f, path)
		r.lasting(n, f, path)
		r.crash(n, f, path)
		if f.Pause != nil {
			r.exists(n.get("pause"), *f.Pause)
		}
		if f.Slow != nil {
			r.exists(n.get("slow").get("target"), f.Slow.Target)
		}
		r.writes(n, f, path)
		r.skew(n, f, path)
		if f.Cut != nil {
			cut := n.get("cut")
			from, to := cut.get("from"), cut.get("to")
			r.exists(from, f.Cut.From)
			r.exists(to, f.Cut.To)
			if f.Cut.From == f.Cut.To {
				r.contradict(to.place, from.place, "%s.cut: from and to are both %s", path, f.Cut.To)
			}
		}
	}
}

func (r *rules) when(n *node, f *Fault, path string) {
	horizon := []string{"time", "horizon"}
	if f.After == nil {
		if r.sound(horizon) && f.At > r.s.Time.Horizon {
			r.contradict(n.get("at").place, r.root.placeOf(horizon...),
				"%s: at %s is after the horizon %s", path, duration(f.At), duration(r.s.Time.Horizon))
		}
		return
	}
	after := n.get("after")
	task, count := after.get("task"), after.get("count")
	if task != nil {
		if f.After.Task.Kind != Task {
			r.add(task.place, "%s.after: %s is no task; expected OP/N", path, *f.After.Task)
		} else {
			r.exists(task, *f.After.Task)
		}
	}
	switch {
	case f.After.Trace == "" && task == nil:
		r.add(after.place, "%s.after: missing key task: whose records or events?", path)
	case f.After.Trace == "" && count != nil:
		r.add(count.place, "%s.after: count goes with trace, not with records or events", path)
	case f.After.Trace != "" && count == nil:
		f.After.Count = 1
	}
}

// lasting judges for, which all faults need but crashes.
func (r *rules) lasting(n *node, f *Fault, path string) {
	given := n.get("for")
	switch {
	case f.Crash != nil && given != nil:
		r.add(given.place, "%s: a crash lasts: for goes with what passes: pause, slow, cut, lose, delay and skew", path)
	case f.Crash == nil && given == nil:
		r.add(n.place, "%s: missing key for: how long does it last?", path)
	case f.Crash == nil && f.For == 0:
		r.add(given.place, "%s: for must be above 0", path)
	}
}

func (r *rules) crash(n *node, f *Fault, path string) {
	given := n.get("crash")
	for i, t := range f.Crash {
		at := given
		if given.kind == listNode {
			at = given.items[i]
		}
		if t.Kind == Manager || t.Kind == Broker || t.Kind == Store {
			r.add(at.place, "%s: manager, broker and store do not crash; pause, slow or cut them", path)
			continue
		}
		r.exists(at, t)
		for _, other := range f.Crash[:i] {
			if other == t {
				r.add(at.place, "%s: %s is named twice", path, t)
				break
			}
		}
	}
}

// writes judges whose writes to the checkpoint store are lost or late.
func (r *rules) writes(n *node, f *Fault, path string) {
	what, t := "lose", Target{}
	switch {
	case f.Lose != nil:
		t = f.Lose.WritesOf
	case f.Delay != nil:
		what, t = "delay", f.Delay.WritesOf
	default:
		return
	}
	given := n.get(what).get("writes_of")
	switch t.Kind {
	case Task, Machine:
		r.exists(given, t)
	case Manager:
	case Standby:
		meant := t
		meant.Kind = Task
		r.add(given.place, "%s.%s: a standby writes nothing to the store; did you mean %s?", path, what, meant)
	default:
		r.add(given.place, "%s.%s: the %s writes nothing to the store; tasks write their parts, the manager that a checkpoint is complete", path, what, t)
	}
}

func (r *rules) skew(n *node, f *Fault, path string) {
	if f.Skew == nil {
		return
	}
	given, t := n.get("skew").get("target"), f.Skew.Target
	switch t.Kind {
	case Task, Machine:
		r.exists(given, t)
	default:
		r.add(given.place, "%s.skew: nothing reads the clock of %s; expected OP/N or machine/N", path, t)
	}
	if f.Skew.By == 0 {
		r.add(n.get("skew").get("by").place, "%s.skew: a clock that is off by 0 is right", path)
	}
}

// exists reports a target that the scenario has not.
func (r *rules) exists(n *node, t Target) {
	parallelism, cluster, job, laid := []string{"parallelism"}, []string{"cluster"}, []string{"job"}, []string{"pipeline"}
	switch t.Kind {
	case Task, Standby:
		i := r.s.operator(t)
		if i < 0 {
			r.noOperator(n, t)
			return
		}
		tasks := r.s.Operators()[i].Tasks
		if r.sound(parallelism) && t.Index >= tasks {
			meant := t
			meant.Index = tasks - 1
			r.contradict(n.place, r.root.placeOf("parallelism", operators[t.Operator]),
				"there is no %s: %s has %s; did you mean %s?", t, t.operator(), numbered("task", tasks), meant)
		} else if t.Kind == Standby && r.sound(cluster) && r.s.Cluster.Standbys == 0 {
			r.contradict(n.place, r.root.placeOf("cluster", "standbys"), "there is no %s: standbys is 0", t)
		}
	case Machine:
		machines := r.s.Machines()
		if r.sound(job, laid, parallelism, cluster) && t.Index >= machines {
			place := n.place
			for _, path := range [][]string{{"job"}, {"pipeline", "stages"}, {"parallelism"}, {"cluster", "slots"}, {"cluster", "standbys"}, {"cluster", "standby", "placement"}} {
				if p := r.root.placeOf(path...); p.origin == fromSet && place.origin != fromSet {
					place = p
				}
			}
			r.add(place, "there is no %s: there are %s; did you mean machine/%d?", t, numbered("machine", machines), machines-1)
		}
	}
}

// noOperator reports a target whose operator the job has not.
func (r *rules) noOperator(n *node, t Target) {
	if !r.sound([]string{"job"}, []string{"pipeline"}) {
		return
	}
	list := r.s.Operators()
	var names []string
	for _, o := range list {
		names = append(names, o.Name())
	}
	last := list[len(list)-2]
	if stages := last.stage; t.Stage > stages && stages > 0 {
		meant := t
		meant.Stage = stages
		r.contradict(n.place, r.root.placeOf("pipeline", "stages"), "there is no %s: the pipeline has %s; did you mean %s?", t, plural(stages, "stage"), meant)
		return
	}
	r.contradict(n.place, r.root.placeOf("job"), "there is no %s: job %s has %s", t, r.s.Job, strings.Join(names, ", "))
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// numbered counts things that are numbered from 0.
func numbered(thing string, n int) string {
	if n == 1 {
		return fmt.Sprintf("1 %s, %s 0", thing, thing)
	}
	return fmt.Sprintf("%d %ss, 0 to %d", n, thing, n-1)
}

// Machines is the number of machines that faults can name: tasks, then their
// standbys, slots to a machine.
func (s *Scenario) Machines() int {
	perMachine := func(tasks int) int { return (tasks + s.Cluster.Slots - 1) / s.Cluster.Slots }
	tasks := 0
	for _, o := range s.Operators() {
		tasks += o.Tasks
	}
	if s.Cluster.Standby.Placement == "together" {
		return perMachine(tasks)
	}
	return perMachine(tasks) + perMachine(tasks*s.Cluster.Standbys)
}
