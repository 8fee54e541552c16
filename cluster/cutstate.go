package cluster

import (
	"fmt"

	"simrun/check"
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/pipeline"
	"simrun/recovery"
)

// INV-26: the state that a completed checkpoint would bring back is read from the
// bytes of its parts, and judged as it completes.

// committed judges the state in a checkpoint that has just completed. What has no
// part is INV-08's to tell.
func (s *store) committed(epoch int32) {
	r := s.run
	if !r.promised(recovery.INV26) {
		return
	}
	r.job.beginCut()
	for t := range r.graph.Broker() {
		stored := s.find(t, epoch)
		if stored == nil {
			return
		}
		part, err := r.graph.ReadPart(t, stored.bytes)
		if err == nil {
			err = r.job.readPart(r.graph.OperatorOf(t), r.graph.IndexOf(t), &part)
		}
		if err != nil {
			r.watch.Break(recovery.INV26, fmt.Sprintf("checkpoint %d: %v", epoch, err))
			return
		}
	}
	looked, wrong := r.job.judgeCut()
	r.watch.LookMany(recovery.INV26, looked)
	if wrong != "" {
		r.watch.Break(recovery.INV26, fmt.Sprintf("checkpoint %d: %s", epoch, wrong))
	}
}

// taken is how many records each source has taken in a cut.
type taken []uint64

// hasTaken says whether the first request for an operation was among them.
func (r *Run) hasTaken(t taken, n uint32) bool {
	place := r.broker.asked[n]
	return place > 0 && place <= t[r.job.partition(n)]
}

// shopCut is a checkpoint of the shop.
type shopCut struct {
	shop  *shop
	taken taken
	state *checkout.Cut
	judge check.CutJudge
}

func (s *shop) beginCut() {
	if s.cut.state == nil {
		s.cut = shopCut{shop: s, taken: make(taken, s.cfg.Ingresses), state: checkout.NewCut(s.cfg),
			judge: check.CutJudge{History: &s.history, Torn: s.cfg.Transactions == checkout.Saga}}
	}
	s.cut.state.Begin()
}

func (s *shop) readPart(operator, index int, part *dataflow.Part) error {
	if operator == checkout.Ingress {
		s.cut.taken[index] = part.Taken
	}
	return s.cut.state.Read(operator, index, part.State)
}

func (s *shop) judgeCut() (int64, string) { return s.cut.judge.Judge(&s.cut) }

func (c *shopCut) Taken(op int32) bool { return c.shop.run.hasTaken(c.taken, uint32(op)) }

// cutStatus is what an order task says, in the words of the judge.
var cutStatus = [...]check.CutStatus{checkout.NotBegun: check.NotBegun, checkout.Begun: check.Begun, checkout.Ended: check.Ended, checkout.EndedPaid: check.EndedPaid}

func (c *shopCut) Status(op int32) check.CutStatus { return cutStatus[c.state.Status(op)] }

func (c *shopCut) Applied(op int32, k check.Key) int {
	if k.IsUser() {
		return c.state.AppliedToCredit(op, k.Number())
	}
	return c.state.AppliedToStock(op, k.Number())
}

// State: the reservations of a saga raise versions, too, whatever becomes of them.
func (c *shopCut) State(k check.Key) (value, version int64) {
	if k.IsUser() {
		value, version = c.state.Credit(k.Number())
	} else {
		value, version = c.state.Stock(k.Number())
	}
	if c.judge.Torn {
		version = -1
	}
	return value, version
}

// countersCut is a checkpoint of the pipeline. Nothing is under way in one: there
// is no feedback, so every request that was taken has been counted at all stages.
type countersCut struct {
	counters *counters
	taken    taken
	state    pipeline.Audit
	judge    check.CutJudge
}

func (c *counters) beginCut() {
	if c.cut.counters == nil {
		c.cut = countersCut{counters: c, taken: make(taken, c.cfg.Ingresses), state: pipeline.NewAudit(c.cfg), judge: check.CutJudge{History: &c.history}}
	}
}

func (c *counters) readPart(operator, index int, part *dataflow.Part) error {
	if operator == 0 {
		c.cut.taken[index] = part.Taken
	}
	return c.cut.state.Read(c.cfg, operator, index, part.State)
}

func (c *counters) judgeCut() (int64, string) { return c.cut.judge.Judge(&c.cut) }

func (c *countersCut) Taken(op int32) bool {
	return c.counters.run.hasTaken(c.taken, uint32(int(op)/c.counters.perOperation()))
}

func (c *countersCut) Status(op int32) check.CutStatus {
	if c.Taken(op) {
		return check.Ended
	}
	return check.NotBegun
}

func (*countersCut) Applied(int32, check.Key) int { return 0 } // there are no checkouts

func (c *countersCut) State(k check.Key) (value, version int64) {
	stage, n := k.Number()/c.counters.perStage(), k.Number()%c.counters.perStage()
	count := c.state.Counts[stage]
	if n >= c.counters.cfg.Keys {
		n, count = n-c.counters.cfg.Keys, c.state.Totals[stage]
	}
	return int64(count[n]), int64(count[n])
}
