package scenarios

import (
	"fmt"

	"simrun/check"
	"simrun/checkout"
	"simrun/cluster"
	"simrun/pipeline"
)

// job is what scenarios know of a job: how it is laid out, how it is set up, and
// which keys say nothing about it.
type job struct {
	operators func(s *Scenario) []Operator
	setUp     func(s *Scenario, cfg *cluster.Config)
	depth     func(s *Scenario) int // sharing depth that reaches every task
	notes     func(s *Scenario, out *cluster.Outcome) []string
	unused    []string // keys that do not apply
}

var jobs = map[string]*job{
	"checkout": {
		operators: func(s *Scenario) []Operator {
			p := &s.Parallelism
			return []Operator{{ingress, 0, p.Ingress}, {order, 0, p.Order}, {stock, 0, p.Stock}, {payment, 0, p.Payment}, {egress, 0, p.Egress}}
		},
		setUp:  openShop,
		depth:  func(*Scenario) int { return 2 }, // by way of order
		notes:  shopNotes,
		unused: []string{"parallelism.count", "costs.record.count", "pipeline"},
	},
	"pipeline": {
		operators: func(s *Scenario) []Operator {
			p := &s.Parallelism
			list := []Operator{{ingress, 0, p.Ingress}}
			for stage := 1; stage <= s.Pipeline.Stages; stage++ {
				list = append(list, Operator{count, stage, p.Count})
			}
			return append(list, Operator{egress, 0, p.Egress})
		},
		setUp: layPipeline,
		depth: func(s *Scenario) int { return s.Pipeline.Stages + 1 }, // from one end to the other
		notes: func(*Scenario, *cluster.Outcome) []string { return []string{} },
		unused: []string{"parallelism.order", "parallelism.stock", "parallelism.payment",
			"costs.record.order", "costs.record.stock", "costs.record.payment", "checkout", "workload.mix"},
	},
}

func (s *Scenario) job() *job {
	if j := jobs[s.Job]; j != nil {
		return j
	}
	return jobs["checkout"]
}

// The words of operators, as parallelism and costs.record have them. A pipeline
// has one count for each stage.
const (
	ingress = iota
	order
	stock
	payment
	egress
	count
)

var operators = [...]string{"ingress", "order", "stock", "payment", "egress", "count"}

// Operator is an operator of a scenario's job.
type Operator struct {
	word, stage int // stage: of count, from 1 on
	Tasks       int
}

// Name is the operator's name in targets: "stock", "count1".
func (o Operator) Name() string {
	if o.word == count {
		return pipeline.StageName(o.stage)
	}
	return operators[o.word]
}

// Operators lists the operators of the job in the order of their numbers.
func (s *Scenario) Operators() []Operator { return s.job().operators(s) }

// operator finds the number of a target's operator, -1 if the job has none such.
func (s *Scenario) operator(t Target) int {
	for i, o := range s.Operators() {
		if o.word == t.Operator && o.stage == t.Stage {
			return i
		}
	}
	return -1
}

// Tasks names all tasks of the job in the order of their numbers.
func (s *Scenario) Tasks() []string {
	var names []string
	for _, o := range s.Operators() {
		for i := range o.Tasks {
			names = append(names, fmt.Sprintf("%s/%d", o.Name(), i))
		}
	}
	return names
}

func openShop(s *Scenario, cfg *cluster.Config) {
	p, c := &s.Parallelism, &s.Checkout
	cfg.Shop = checkout.Config{
		Items: int32(c.Items.Count), Users: int32(c.Users.Count), Stock: c.Items.Stock, Credit: c.Users.Credit,
		Price:     s.prices(),
		Ingresses: p.Ingress, Orders: p.Order, Stocks: p.Stock, Payments: p.Payment, Egresses: p.Egress,
		Window: c.Window, GiveUp: int64(c.Provider.Timeout),
	}
	if c.Transactions == "saga" {
		cfg.Shop.Transactions = checkout.Saga
	}
	cfg.ProviderLatency, cfg.ProviderDeclinePPM = c.Provider.Latency.Dist(), c.Provider.DeclinePPM
}

func layPipeline(s *Scenario, cfg *cluster.Config) {
	p := &s.Parallelism
	cfg.Pipeline = &pipeline.Config{Stages: s.Pipeline.Stages, Keys: int32(s.Pipeline.Keys), Window: int64(s.Pipeline.Window),
		Ingresses: p.Ingress, Counts: p.Count, Egresses: p.Egress}
}

// shopNotes are what a run of checkout has to say besides verdicts: for a shop of one item,
// the four counters of the consistency test that TU Delft's class project sets
// (delftdata/wdm-project-benchmark): units and money that the system lost or
// made up, compared with what clients were told and with what must be.
func shopNotes(s *Scenario, out *cluster.Outcome) []string {
	notes := []string{}
	if s.Checkout.Transactions == "saga" {
		notes = append(notes, "sagas do not promise to be linearizable: others see the reservations of one that fails later")
	}
	if s.Checkout.Items.Count != 1 || out.Evidence.Audit == nil || !buysPieces(out.Evidence.History) {
		return notes
	}
	h, a := out.Evidence.History, out.Evidence.Audit
	var paid, told, credit, spent int64
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Kind == check.Checkout && op.Outcome == check.Paid {
			for _, line := range h.LinesOf(op) {
				told += line.Quantity
			}
			spent += h.Total(op)
			paid++
		}
	}
	for _, c := range a.Credit {
		credit += c
	}
	start := int64(len(a.Credit)) * s.Checkout.Users.Credit
	sold := s.Checkout.Items.Stock - a.Stock[0]
	wanted := min(s.Checkout.Items.Stock, int64(len(h.Ops)))
	return append(notes,
		fmt.Sprintf("%d checkouts were paid, the stock is %d, the total credit is %d", paid, a.Stock[0], credit),
		fmt.Sprintf("stock: %d units missing of those that should be sold, %d units away from what clients were told", wanted-sold, sold-told),
		fmt.Sprintf("money: %d missing of what should be spent, %d away from what clients were told", wanted*h.Price[0]-(start-credit), start-credit-spent))
}

// buysPieces says whether all that clients ask for is to buy one piece each: with reads,
// top-ups and larger checkouts those sums would be of other things, and blame runs that are right.
func buysPieces(h *check.History) bool {
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Kind != check.Checkout {
			return false
		}
		pieces := int64(0)
		for _, line := range h.LinesOf(op) {
			pieces += line.Quantity
		}
		if pieces != 1 {
			return false
		}
	}
	return true
}
