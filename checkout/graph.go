package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// Transactions says how a checkout that touches several tasks is isolated.
type Transactions uint8

const (
	TwoPhaseCommit Transactions = iota // exclusive locks in key order: linearizable
	Saga                               // reservations that are compensated: others see them
)

// Config is the shop.
type Config struct {
	Transactions                                  Transactions
	Items, Users                                  int32
	Stock, Credit                                 int64   // of each item, of each user, at the start
	Price                                         []int64 // per item
	Ingresses, Orders, Stocks, Payments, Egresses int
	Window                                        int   // operations that an order task drives at a time, at most
	GiveUp                                        int64 // ns after which payment gives up on the provider
	Broken                                        Broken
}

// The operators of the graph, in declared order.
const (
	Ingress = iota
	Order
	Stock
	Payment
	Egress
)

// Numbers of edges among an operator's inputs and outputs.
const (
	fromIngress, fromStock, fromPayment = 0, 1, 2 // inputs of order
	toStock, toPayment, toEgress        = 0, 1, 2 // outputs of order
)

// Graph is ingress -> order <-> stock, payment -> egress. An error is a shop
// that cannot be opened.
func Graph(cfg Config) (*dataflow.Graph, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return dataflow.NewGraph(
		[]dataflow.OperatorSpec{
			{Name: "ingress", Parallelism: cfg.Ingresses}, {Name: "order", Parallelism: cfg.Orders},
			{Name: "stock", Parallelism: cfg.Stocks}, {Name: "payment", Parallelism: cfg.Payments},
			{Name: "egress", Parallelism: cfg.Egresses},
		},
		[]dataflow.EdgeSpec{
			{From: Ingress, To: Order}, {From: Order, To: Stock}, {From: Order, To: Payment}, {From: Order, To: Egress},
			{From: Stock, To: Order}, {From: Payment, To: Order},
		})
}

func (c *Config) validate() error {
	switch {
	case c.Transactions > Saga:
		return fmt.Errorf("transactions %d: neither 2pc nor saga", c.Transactions)
	case c.Items < 1 || c.Users < 1:
		return fmt.Errorf("a shop of %d items and %d users", c.Items, c.Users)
	case c.Stock < 0 || c.Credit < 0:
		return fmt.Errorf("a shop opens with %d units of each item and %d of credit, below 0", c.Stock, c.Credit)
	case len(c.Price) != int(c.Items):
		return fmt.Errorf("%d prices for %d items", len(c.Price), c.Items)
	case c.Window < 1 || c.GiveUp < 1:
		return fmt.Errorf("a window of %d operations, %d ns for the provider: both are 1 or more", c.Window, c.GiveUp)
	}
	for item, price := range c.Price {
		if price < 0 {
			return fmt.Errorf("item %d has the price %d, below 0", item, price)
		}
	}
	return nil
}

// New makes an operator's task in its initial state.
func New(cfg *Config, operator, index int) dataflow.Operator {
	switch operator {
	case Ingress:
		return &ingress{cfg: cfg}
	case Order:
		return newOrder(cfg, index)
	case Stock:
		return newStock(cfg, index)
	case Payment:
		return newPayment(cfg, index)
	case Egress:
		return &egress{}
	}
	panic(fmt.Sprintf("checkout has no operator %d", operator))
}

// home is the order task that an operation belongs to: a checkout's own, and
// find_order goes where its checkout is.
func (c *Config) home(kind Kind, op, order uint32) int {
	if kind == FindOrder {
		op = order
	}
	return int(op) % c.Orders
}
