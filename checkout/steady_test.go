package checkout

import (
	"testing"

	"simrun/dataflow"
)

// belt is a shop whose records go round without leaving anything behind: a
// context that allocates nothing once it is warm.
type belt struct {
	graph     *dataflow.Graph
	operators [][]dataflow.Operator
	bytes     []byte
	queue     []carried
	calls     []asking
	answer    []byte
	timers    uint64
	replies   int
	alive     int // timers armed
	record    []byte
}

type carried struct {
	operator, task, edge, from int
	start, end                 int
}

// seat is the belt as one task sees it; made once for each.
type seat struct {
	b               *belt
	operator, index int
}

// targets of the output edges of ingress, order, stock and payment, and the
// number of the edge among the inputs there.
var targets = [][][2]int{{{Order, fromIngress}}, {{Stock, 0}, {Payment, 0}, {Egress, 0}}, {{Order, fromStock}}, {{Order, fromPayment}}}

func (s *seat) Emit(edge, to int, record []byte) {
	b := s.b
	if s.operator == Egress {
		b.replies++
		return
	}
	from := len(b.bytes)
	b.bytes = append(b.bytes, record...)
	t := targets[s.operator][edge]
	b.queue = append(b.queue, carried{t[0], to, t[1], s.index, from, len(b.bytes)})
}
func (s *seat) Now() int64                                             { return 1 }
func (s *seat) Random() uint64                                         { return 4 }
func (s *seat) Place(uint32)                                           {}
func (s *seat) Apply(_ uint64, compute func(dst []byte) []byte) []byte { return compute(nil) }
func (s *seat) CancelTimer(uint64)                                     { s.b.alive-- }
func (s *seat) SetTimer(int64, uint64) uint64                          { s.b.alive++; s.b.timers++; return s.b.timers }
func (s *seat) Call(key uint64, _ []byte)                              { s.b.calls = append(s.b.calls, asking{s.index, key}) }

func steadyConfig(transactions Transactions, keys int32) *Config {
	cfg := &Config{Transactions: transactions, Items: keys, Users: keys, Stock: 1 << 30, Credit: 1 << 30, Price: make([]int64, keys),
		Ingresses: 2, Orders: 2, Stocks: 2, Payments: 2, Egresses: 2, Window: 100, GiveUp: 1000}
	for i := range cfg.Price {
		cfg.Price[i] = 3
	}
	return cfg
}

// load gives a function that takes the next few operations through the shop:
// checkouts that meet at one key, top-ups, reads and find_order.
func (b *belt) load(cfg *Config) func() {
	seats := make([][]*seat, Egress+1)
	for op := range b.operators {
		for i := range b.operators[op] {
			seats[op] = append(seats[op], &seat{b, op, i})
		}
	}
	op := uint32(0)
	r := Request{Lines: make([]Line, 0, 3)}
	return func() {
		b.bytes, b.queue = b.bytes[:0], b.queue[:0]
		for _, kind := range [...]Kind{Checkout, Checkout, AddStock, AddCredit, ReadStock, ReadCredit, FindOrder} {
			item := int32(op) % (cfg.Items - 2)
			r = Request{Op: op, Kind: kind, Item: item, User: int32(op) % cfg.Users, Amount: 1, Order: op - op%7, Lines: r.Lines[:0]}
			if kind == Checkout {
				r.Lines = append(r.Lines, Line{item + 1, 1}, Line{0, 1}, Line{item, 1})
			}
			b.record = AppendRequest(b.record[:0], &r)
			b.operators[Ingress][op%2].Record(seats[Ingress][op%2], 0, 0, b.record)
			op++
		}
		for i := 0; i < len(b.queue) || len(b.calls) > 0; {
			if i < len(b.queue) {
				c := b.queue[i]
				i++
				b.operators[c.operator][c.task].Record(seats[c.operator][c.task], c.edge, c.from, b.bytes[c.start:c.end])
				continue
			}
			c := b.calls[len(b.calls)-1]
			b.calls = b.calls[:len(b.calls)-1]
			b.answer = EncodeAnswer(b.answer[:0], c.key%3 != 0, 5)
			b.operators[Payment][c.payment].Answer(seats[Payment][c.payment], c.key, b.answer)
		}
	}
}

func newBelt(t testing.TB, cfg *Config) *belt {
	w := newWorld(t, cfg)
	return &belt{graph: w.graph, operators: w.operators}
}

// Once warm, operations allocate nothing but the growth of tables.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, transactions := range []Transactions{TwoPhaseCommit, Saga} {
		cfg := steadyConfig(transactions, 50)
		b := newBelt(t, cfg)
		next := b.load(cfg)
		for range 3000 {
			next()
		}
		before := b.replies
		if n := testing.AllocsPerRun(2000, next); n > 0 {
			t.Errorf("transactions %d: %v allocations for 7 operations", transactions, n)
		}
		if n := b.replies - before; n != 7*2001 || b.alive != 0 {
			t.Errorf("transactions %d: %d replies to %d operations, %d timers armed", transactions, n, 7*2001, b.alive)
		}
		// The measure notices one allocation among the seven operations.
		var leak *Request
		if n := testing.AllocsPerRun(200, func() { next(); leak = &Request{Op: uint32(b.replies)} }); n < 1 || leak.Op == 0 {
			t.Errorf("an allocation for every seven operations is measured as %v", n)
		}
	}
}

func BenchmarkOperations(b *testing.B) {
	cfg := steadyConfig(TwoPhaseCommit, 100000)
	belt := newBelt(b, cfg)
	next := belt.load(cfg)
	b.ReportAllocs()
	for b.Loop() {
		next()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(7*b.N), "ns/operation")
}

// The tasks of a shop with 100,000 items and users.
func BenchmarkSnapshot(b *testing.B) {
	cfg := steadyConfig(TwoPhaseCommit, 100000)
	belt := newBelt(b, cfg)
	next := belt.load(cfg)
	for range 20000 {
		next()
	}
	for _, op := range []int{Order, Stock, Payment} {
		b.Run([]string{Order: "order", Stock: "stock", Payment: "payment"}[op], func(b *testing.B) {
			var snapshot []byte
			for b.Loop() {
				snapshot = belt.operators[op][0].Snapshot(snapshot[:0])
			}
			b.SetBytes(int64(len(snapshot)))
		})
	}
}
