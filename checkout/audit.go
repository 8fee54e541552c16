package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// Audit is the state of all services, read once when nothing moves.
type Audit struct {
	Stock, Credit               []int64 // by item, by user
	StockVersion, CreditVersion []int64
	Orders                      []Status // by the checkout's operation number
	Applied                     []int32  // by operation: how often a service applied it, the most of all
	LocksHeld                   int
	OpenOperations              int
}

// AuditOf reads the tasks of a job: operators[operator][index].
func AuditOf(cfg *Config, operators [][]dataflow.Operator) (Audit, error) {
	a := Audit{
		Stock: make([]int64, cfg.Items), StockVersion: make([]int64, cfg.Items),
		Credit: make([]int64, cfg.Users), CreditVersion: make([]int64, cfg.Users),
	}
	if len(operators) != Egress+1 {
		return a, fmt.Errorf("%d operators, the shop has %d", len(operators), Egress+1)
	}
	for _, op := range operators[Stock] {
		s, ok := op.(*stock)
		if !ok {
			return a, fmt.Errorf("a %T where a stock task should be", op)
		}
		a.service(&s.service, a.Stock, a.StockVersion)
	}
	for _, op := range operators[Payment] {
		p, ok := op.(*payment)
		if !ok {
			return a, fmt.Errorf("a %T where a payment task should be", op)
		}
		a.service(&p.service, a.Credit, a.CreditVersion)
		a.OpenOperations += len(p.asked) - len(p.spare)
	}
	for _, op := range operators[Order] {
		o, ok := op.(*order)
		if !ok {
			return a, fmt.Errorf("a %T where an order task should be", op)
		}
		a.order(o)
	}
	return a, nil
}

func (a *Audit) service(s *service, values, versions []int64) {
	for k := range s.value {
		n := k*s.tasks + s.index
		values[n], versions[n] = s.value[k], s.version[k]
	}
	for op, count := range s.counts {
		for op >= len(a.Applied) {
			a.Applied = append(a.Applied, 0)
		}
		a.Applied[op] = max(a.Applied[op], int32(count))
	}
	a.LocksHeld += s.locks.held
}

func (a *Audit) order(o *order) {
	a.OpenOperations += o.count
	for i := range o.table {
		e := &o.table[i]
		status := o.status(e)
		if e.state == underway && o.open[e.slot].reply.Outcome == Paid {
			status = StatusPaid
		}
		if status == StatusAbsent {
			continue
		}
		op := i*o.cfg.Orders + o.index
		for op >= len(a.Orders) {
			a.Orders = append(a.Orders, StatusAbsent)
		}
		a.Orders[op] = status
	}
}
