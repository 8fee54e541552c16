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

// AuditOf reads the tasks of a job: operators[operator][index].
func AuditOf(cfg *Config, operators [][]dataflow.Operator) (Audit, error) {
	var a Audit
	if len(operators) != cfg.Stages+2 {
		return a, fmt.Errorf("%d operators, the pipeline has %d", len(operators), cfg.Stages+2)
	}
	for stage := 1; stage <= cfg.Stages; stage++ {
		counts, totals := make([]uint32, cfg.Keys), make([]uint32, cfg.Counts)
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
		a.Counts, a.Totals = append(a.Counts, counts), append(a.Totals, totals)
	}
	return a, nil
}
