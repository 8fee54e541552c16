package pipeline

import (
	"fmt"

	"simrun/dataflow"
)

// Bounds of a pipeline.
const (
	StagesMax     = 8
	OperationsMax = 1 << 27 // operation numbers are below it
)

// Config is a pipeline.
type Config struct {
	Stages                      int
	Keys                        int32
	Ingresses, Counts, Egresses int   // tasks; Counts: of each stage
	Window                      int64 // ns: how long a stage's task counts until its count is told
}

// Graph is ingress -> count1 -> ... -> countK -> egress. An error is a pipeline
// that cannot be laid.
func Graph(cfg Config) (*dataflow.Graph, error) {
	switch {
	case cfg.Stages < 1 || cfg.Stages > StagesMax:
		return nil, fmt.Errorf("a pipeline of %d stages: from 1 to %d", cfg.Stages, StagesMax)
	case cfg.Keys < 1:
		return nil, fmt.Errorf("a pipeline of %d keys: 1 or more", cfg.Keys)
	case cfg.Window < 1:
		return nil, fmt.Errorf("a window of %d ns: 1 or more", cfg.Window)
	}
	operators := []dataflow.OperatorSpec{{Name: "ingress", Parallelism: cfg.Ingresses}}
	var edges []dataflow.EdgeSpec
	for stage := 1; stage <= cfg.Stages; stage++ {
		operators = append(operators, dataflow.OperatorSpec{Name: StageName(stage), Parallelism: cfg.Counts})
		edges = append(edges, dataflow.EdgeSpec{From: stage - 1, To: stage})
	}
	operators = append(operators, dataflow.OperatorSpec{Name: "egress", Parallelism: cfg.Egresses})
	edges = append(edges, dataflow.EdgeSpec{From: cfg.Stages, To: cfg.Stages + 1})
	return dataflow.NewGraph(operators, edges)
}

// StageName is the operator of a stage, from 1 on: "count1".
func StageName(stage int) string { return fmt.Sprintf("count%d", stage) }

// New makes an operator's task in its initial state. Operator 0 is ingress,
// operator s the stage s, the last egress.
func New(cfg *Config, operator, index int) dataflow.Operator {
	switch {
	case operator == 0:
		return &ingress{cfg: cfg}
	case operator <= cfg.Stages:
		return newCount(cfg, operator, index)
	case operator == cfg.Stages+1:
		return &egress{}
	}
	panic(fmt.Sprintf("a pipeline of %d stages has no operator %d", cfg.Stages, operator))
}

// Task is the task of a stage at which a key lives. From stage to stage the
// keys of one task are dealt out to all tasks of the next, in turn.
func (c *Config) Task(stage int, key int32) int {
	n := int(c.Counts)
	return (int(key) + stage*(int(key)/n)) % n
}

// slot is a key's place among those of its task: of each Counts successive
// keys every task has one, at every stage.
func (c *Config) slot(key int32) int { return int(key) / c.Counts }

// slots is the number of places for keys at a task. Of the last, some stay
// empty.
func (c *Config) slots() int { return (int(c.Keys) + c.Counts - 1) / c.Counts }

// key is the key at a place of a task of a stage, false if it stays empty.
func (c *Config) key(stage, task, slot int) (int32, bool) {
	for key := slot * c.Counts; key < min((slot+1)*c.Counts, int(c.Keys)); key++ {
		if c.Task(stage, int32(key)) == task {
			return int32(key), true
		}
	}
	return 0, false
}
