package scenarios

import (
	"strconv"
	"strings"

	"simrun/cluster"
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// keep makes the filter of trace lines; nil keeps all.
func (f TraceFilter) keep(s *Scenario, g *dataflow.Graph) func(*cluster.Line) bool {
	if f == (TraceFilter{}) {
		return nil
	}
	order := int64(-1)
	if f.Order != "" {
		if n, err := strconv.ParseInt(strings.TrimPrefix(f.Order, "o"), 10, 64); err == nil {
			order = n
		}
	}
	task, chosen := f.task(g)
	var near []sim.Time // instants of faults and violations so far
	return func(l *cluster.Line) bool {
		if l.Fault || l.Violated != "" {
			near = append(near, l.At)
		}
		if f.Order != "" && l.Order != order {
			return false
		}
		if f.AroundCrash && f.Order == "" && !chosen && l.Order >= 0 {
			return false // single records would bury the story
		}
		if chosen && l.Task != task && l.Other != task {
			return false
		}
		if l.At < f.From || f.To > 0 && l.At > f.To {
			return false
		}
		return !f.AroundCrash || around(s, near, l.At)
	}
}

// task finds the task that a filter names.
func (f TraceFilter) task(g *dataflow.Graph) (t dataflow.TaskID, chosen bool) {
	if f.Task == "" {
		return 0, false
	}
	for t := range dataflow.TaskID(g.Tasks()) {
		if g.TaskName(t) == f.Task {
			return t, true
		}
	}
	return recovery.ManagerID, true
}

// around says whether an instant is near a crash: in the half second before
// one whose instant the scenario gives, or in the two seconds after any.
func around(s *Scenario, near []sim.Time, at sim.Time) bool {
	for _, n := range near {
		if at >= n && at <= n+2*sim.Second {
			return true
		}
	}
	for _, fault := range s.Faults {
		if fault.After == nil && at <= fault.At && at >= fault.At-sim.Second/2 {
			return true
		}
	}
	return false
}
