package pipeline

import (
	"fmt"

	"simrun/dataflow"
)

// Audit is the state of all stages, read once when nothing moves.
type Audit struct {
	Counts [][]uint32 // per stage, from the first on: by key
	Totals [][]uint32 // per stage: by task
}

// NewAudit makes room for the state of all stages.
func NewAudit(cfg *Config) Audit {
	var a Audit
	for range cfg.Stages {
		a.Counts, a.Totals = append(a.Counts, make([]uint32, cfg.Keys)), append(a.Totals, make([]uint32, cfg.Counts))
	}
	return a
}

// Read takes in what a stage's task has appended to a snapshot.
func (a *Audit) Read(cfg *Config, operator, index int, state []byte) error {
	if operator == 0 || operator > cfg.Stages {
		return nil
	}
	r := reader{dataflow.Reader{Src: state}}
	slots := r.Count(4)
	for slot := range slots {
		n := r.Uint32()
		if key, ok := cfg.key(operator, index, slot); ok {
			a.Counts[operator-1][key] = n
		}
	}
	if a.Totals[operator-1][index] = r.Uint32(); r.Failed || slots != cfg.slots() {
		return fmt.Errorf("a part of %s/%d is cut off or wrong", StageName(operator), index)
	}
	return nil
}

// AuditOf reads the tasks of a job: operators[operator][index].
func AuditOf(cfg *Config, operators [][]dataflow.Operator) (Audit, error) {
	a := NewAudit(cfg)
	if len(operators) != cfg.Stages+2 {
		return a, fmt.Errorf("%d operators, the pipeline has %d", len(operators), cfg.Stages+2)
	}
	for stage := 1; stage <= cfg.Stages; stage++ {
		counts, totals := a.Counts[stage-1], a.Totals[stage-1]
		if len(operators[stage]) != cfg.Counts {
			return a, fmt.Errorf("%d tasks of %s, the pipeline has %d", len(operators[stage]), StageName(stage), cfg.Counts)
		}
		for i, operator := range operators[stage] {
			c, ok := operator.(*count)
			if !ok || c.stage != stage || c.index != i {
				return a, fmt.Errorf("a %T where %s/%d should be", operator, StageName(stage), i)
			}
			totals[i] = c.total
			for slot, n := range c.counts {
				if key, ok := cfg.key(stage, i, slot); ok {
					counts[key] = n
				}
			}
		}
	}
	return a, nil
}
