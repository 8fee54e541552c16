package cluster

import (
	"fmt"

	"simrun/check"
	"simrun/checkout"
	"simrun/dataflow"
)

func (s *shop) place(n uint32)       { s.places.note(n) }
func (*shop) placed(n uint32) uint32 { return n }
func (s *shop) entry(n uint32) int32 { return int32(n) }

func (s *shop) audit(tasks [][]dataflow.Operator) (any, error) {
	audit, err := checkout.AuditOf(s.cfg, tasks)
	if err != nil {
		return nil, err
	}
	s.found = &audit
	return s.found, nil
}

func (s *shop) unfinished() string {
	if a := s.found; a.LocksHeld > 0 || a.OpenOperations > 0 {
		return fmt.Sprintf("%d locks are held and %d operations are open in the services", a.LocksHeld, a.OpenOperations)
	}
	return ""
}

func (s *shop) evidence() *check.Evidence {
	e := &check.Evidence{History: &s.history, Witness: s.witness(), HasLedger: true, Authorisations: s.captured[:s.run.clients.issued]}
	for _, entry := range s.provider.model.Ledger() {
		e.Captures = append(e.Captures, check.Capture{Order: int32(entry.Order), Authorisation: entry.Authorisation, Times: entry.Times, Refused: entry.Refused, Unfounded: entry.Unfounded})
	}
	if a := s.found; a != nil {
		e.Audit = &check.Audit{Stock: a.Stock, Credit: a.Credit, Applied: a.Applied}
		if s.cfg.Transactions == checkout.TwoPhaseCommit {
			e.Audit.StockVersion, e.Audit.CreditVersion = a.StockVersion, a.CreditVersion
		}
		for _, status := range a.Orders {
			e.Audit.Orders = append(e.Audit.Orders, check.Status(status))
		}
	}
	return e
}

// witness is the order in which the services decided operations. Of those
// whose client was not told, what the audit found counts.
func (s *shop) witness() []int32 {
	var order []int32
	for _, n := range s.places.order() {
		if op := &s.history.Ops[n]; op.Outcome != check.Unknown || op.Kind != check.Checkout {
			order = append(order, n)
			continue
		}
		if s.found == nil || int(n) >= len(s.found.Orders) {
			continue
		}
		switch s.found.Orders[n] {
		case checkout.StatusPaid:
			order = append(order, n)
		case checkout.StatusRejected:
			order = append(order, ^n)
		}
	}
	return order
}
