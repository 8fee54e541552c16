package cluster

import (
	"simrun/check"
	"simrun/dataflow"
	"simrun/pipeline"
)

func (c *counters) place(what uint32)         { c.places.note(what) }
func (c *counters) placed(what uint32) uint32 { return what / uint32(c.cfg.Stages) }
func (c *counters) entry(n uint32) int32      { return int32(n) * int32(c.perOperation()) }

func (c *counters) audit(tasks [][]dataflow.Operator) (any, error) {
	audit, err := pipeline.AuditOf(c.cfg, tasks)
	if err != nil {
		return nil, err
	}
	c.found = &audit
	return c.found, nil
}

// unfinished: a stage has nothing open between two records.
func (*counters) unfinished() string { return "" }

// evidence: where a stage counted an operation, both of its counters rose.
func (c *counters) evidence() *check.Evidence {
	e := &check.Evidence{History: &c.history}
	for _, what := range c.places.order() {
		e.Witness = append(e.Witness, 2*what, 2*what+1)
	}
	if a := c.found; a != nil {
		e.Audit = &check.Audit{}
		for stage := range a.Counts {
			for _, counts := range [][]uint32{a.Counts[stage], a.Totals[stage]} {
				for _, n := range counts {
					e.Audit.Stock = append(e.Audit.Stock, int64(n))
				}
			}
		}
		e.Audit.StockVersion = e.Audit.Stock
	}
	return e
}
