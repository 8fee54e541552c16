package recovery

import (
	"slices"
	"testing"

	"simrun/causallog"
	"simrun/dataflow"
)

// chain is a -> b <-> c -> d -> e: its hop distances are longer than the shop's.
func chain() *dataflow.Graph {
	var operators []dataflow.OperatorSpec
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		operators = append(operators, dataflow.OperatorSpec{Name: name, Parallelism: 1})
	}
	g, err := dataflow.NewGraph(operators, []dataflow.EdgeSpec{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 2, To: 1}})
	if err != nil {
		panic(err)
	}
	return g
}

// TestRollbackRule compares the rule of limited sharing with a search of all
// rows of tasks, for every set of tasks that can fail at once: a machine's, too.
func TestRollbackRule(t *testing.T) {
	for _, g := range []*dataflow.Graph{shop(1, 2, 1), shop(1, 1, 2), chain()} {
		limited := 0
		for depth := range 4 {
			for set := range 1 << int(g.Broker()) {
				tasks := members(set)
				if len(tasks) == 0 {
					continue
				}
				d := newDesk(g, Clonos(depth))
				d.manager.Failed(tasks)
				want := depth < g.Depth() && hasPath(g, tasks, depth+1)
				if got := d.rollback > 0; got != want {
					t.Errorf("depth %d of %d, %v fail: rollback %v, want %v", depth, g.Depth(), tasks, got, want)
				}
				if want {
					limited++
				}
				d = newDesk(g, Clonos(causallog.FullSharing))
				if d.manager.Failed(tasks); d.rollback > 0 {
					t.Errorf("full sharing, %v fail: rollback", tasks)
				}
				p := Clonos(depth)
				p.Orphans = true
				d = newDesk(g, p)
				if d.manager.Failed(tasks); d.rollback > 0 {
					t.Errorf("orphans left alone, %v fail: rollback", tasks)
				}
			}
		}
		if limited == 0 {
			t.Error("the rule never applied")
		}
	}
}

// TestRollbackRuleCounts: those count that are still being brought back, those
// that run again do not.
func TestRollbackRuleCounts(t *testing.T) {
	g := chain()
	for depth := 1; depth <= 3; depth++ {
		for set := range 1 << int(g.Broker()) {
			tasks := members(set)
			if len(tasks) < 2 || hasPath(g, tasks[:len(tasks)-1], depth+1) {
				continue
			}
			last := len(tasks) - 1
			d := newDesk(g, Clonos(depth))
			d.manager.Failed(tasks[:last])
			d.manager.Failed(tasks[last:])
			if want := hasPath(g, tasks, depth+1); (d.rollback == 1) != want {
				t.Errorf("depth %d, %v fail, then %v: %d rollbacks, want %v", depth, tasks[:last], tasks[last], d.rollback, want)
			}
			d = newDesk(g, Clonos(depth))
			d.manager.Failed(tasks[:last])
			for _, id := range tasks[:last] {
				d.manager.Handle(&Message{Kind: Done, From: id, FromInc: 2})
			}
			if d.manager.Recovering() {
				t.Errorf("%v are done, and something is being brought back", tasks[:last])
			}
			if d.manager.Failed(tasks[last:]); d.rollback > 0 {
				t.Errorf("depth %d, %v have recovered, %v fails: rollback", depth, tasks[:last], tasks[last])
			}
		}
	}
}

func members(set int) (tasks []dataflow.TaskID) {
	for id := range dataflow.TaskID(16) {
		if set>>id&1 == 1 {
			tasks = append(tasks, id)
		}
	}
	return tasks
}

// hasPath looks at every row of that many different tasks of a set.
func hasPath(g *dataflow.Graph, tasks []dataflow.TaskID, length int) bool {
	var rows func(row []dataflow.TaskID) bool
	rows = func(row []dataflow.TaskID) bool {
		if len(row) == length {
			for i := range length - 1 {
				if !slices.ContainsFunc(g.Channels, func(c dataflow.Channel) bool { return c.From == row[i] && c.To == row[i+1] }) {
					return false
				}
			}
			return true
		}
		for _, id := range tasks {
			if !slices.Contains(row, id) && rows(append(slices.Clone(row), id)) {
				return true
			}
		}
		return false
	}
	return rows(nil)
}
