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
	// Applied is how often each operation was applied: 1 for an order that each
	// service which its reply names applied once. Else what is furthest from
	// that: the most of all services, or 0 where one that is named has not.
	Applied        []int32
	LocksHeld      int
	OpenOperations int // of order tasks, and questions to the provider of payment tasks
}

// AuditOf reads the tasks of a job: operators[operator][index].
func AuditOf(cfg *Config, operators [][]dataflow.Operator) (Audit, error) {
	a := Audit{
		Stock: make([]int64, cfg.Items), StockVersion: make([]int64, cfg.Items),
		Credit: make([]int64, cfg.Users), CreditVersion: make([]int64, cfg.Users),
	}
	orders, stocks, payments, err := services(cfg, operators)
	if err != nil {
		return a, err
	}
	for _, s := range stocks {
		a.service(&s.service, a.Stock, a.StockVersion)
	}
	for _, s := range payments {
		a.service(&s.service, a.Credit, a.CreditVersion)
		a.OpenOperations += len(s.asked) - len(s.spare)
	}
	for _, o := range orders {
		if err := a.order(o, stocks, payments); err != nil {
			return a, err
		}
	}
	return a, nil
}

// services finds the tasks that have state.
func services(cfg *Config, operators [][]dataflow.Operator) (orders []*order, stocks []*stock, payments []*payment, err error) {
	if len(operators) != Egress+1 {
		return nil, nil, nil, fmt.Errorf("%d operators, the shop has %d", len(operators), Egress+1)
	}
	if orders, err = tasksOf[*order]("order", operators[Order], cfg.Orders); err != nil {
		return nil, nil, nil, err
	}
	if stocks, err = tasksOf[*stock]("stock", operators[Stock], cfg.Stocks); err != nil {
		return nil, nil, nil, err
	}
	payments, err = tasksOf[*payment]("payment", operators[Payment], cfg.Payments)
	return orders, stocks, payments, err
}

func tasksOf[T dataflow.Operator](name string, operators []dataflow.Operator, n int) ([]T, error) {
	if len(operators) != n {
		return nil, fmt.Errorf("%d tasks of %s, the shop has %d", len(operators), name, n)
	}
	var tasks []T
	for i, op := range operators {
		task, ok := op.(T)
		if !ok {
			return nil, fmt.Errorf("a %T where %s/%d should be", op, name, i)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
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
		if c := int32(count); abs(c) > abs(a.Applied[op]) {
			a.Applied[op] = c
		}
	}
	a.LocksHeld += s.locks.held
}

func abs(n int32) int32 { return max(n, -n) }

func (a *Audit) order(o *order, stocks []*stock, payments []*payment) error {
	a.OpenOperations += o.count
	for i := range o.table {
		e, op := &o.table[i], i*o.cfg.Orders+o.index
		status := o.status(e)
		if e.state == underway && o.open[e.at].reply.Outcome == Paid {
			status = StatusPaid
		}
		if status == StatusAbsent {
			continue
		}
		for op >= len(a.Orders) {
			a.Orders = append(a.Orders, StatusAbsent)
		}
		a.Orders[op] = status
		if status != StatusPaid || e.state != answered {
			continue
		}
		if err := DecodeReply(o.kept(e.at, e.length), &o.reply); err != nil {
			return fmt.Errorf("order/%d keeps a wrong reply to operation %d: %w", o.index, op, err)
		}
		for _, seen := range o.reply.After {
			if seen.Number < 0 {
				return fmt.Errorf("order/%d tells of key %d in the reply to operation %d", o.index, seen.Number, op)
			}
			counts := stocks[int(seen.Number)%len(stocks)].counts
			if seen.User {
				counts = payments[int(seen.Number)%len(payments)].counts
			}
			if op < len(a.Applied) && a.Applied[op] == 1 && (op >= len(counts) || counts[op] == 0) {
				a.Applied[op] = 0
			}
		}
	}
	return nil
}
