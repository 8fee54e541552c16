package checkout

import (
	"encoding/binary"
	"fmt"
)

// CutStatus is how far an order task has come with an operation.
type CutStatus uint8

const (
	NotBegun CutStatus = iota
	Begun              // it has no reply yet
	Ended              // answered: an add or a read, or a checkout that was not paid
	EndedPaid
)

// Cut is the state of all services as one checkpoint has it, read from the bytes
// of its parts. Cuts may be read into the same memory one after the other.
type Cut struct {
	cfg                         *Config
	stock, credit               []int64 // by item, by user
	stockVersion, creditVersion []int64
	stockApplied, creditApplied [][]byte    // per task: by operation, how often it was applied. Of the part's bytes
	orders                      []CutStatus // by operation
}

// NewCut makes room for cuts of a shop.
func NewCut(cfg *Config) *Cut {
	return &Cut{
		cfg:   cfg,
		stock: make([]int64, cfg.Items), stockVersion: make([]int64, cfg.Items), stockApplied: make([][]byte, cfg.Stocks),
		credit: make([]int64, cfg.Users), creditVersion: make([]int64, cfg.Users), creditApplied: make([][]byte, cfg.Payments),
	}
}

// Read takes in a task's part, whose bytes must stay as they are until the cut has
// been judged.
func (c *Cut) Read(operator, index int, state []byte) error {
	r := readerOf(state)
	switch operator {
	case Order:
		c.readOrder(r, index)
	case Stock:
		c.stockApplied[index] = readService(r, c.stock, c.stockVersion, index, c.cfg.Stocks)
	case Payment:
		c.creditApplied[index] = readService(r, c.credit, c.creditVersion, index, c.cfg.Payments)
	}
	if r.Failed {
		return fmt.Errorf("a part of %s/%d is cut off or wrong", [...]string{Order: "order", Stock: "stock", Payment: "payment"}[operator], index)
	}
	return nil
}

// Begin forgets the cut before.
func (c *Cut) Begin() { clear(c.orders) }

// readService reads what service.snapshot wrote, up to the locks.
func readService(r *reader, values, versions []int64, index, tasks int) (applied []byte) {
	for _, into := range [...][]int64{values, versions} {
		read := r.Take(8 * r.Count(8))
		for n := index; n < len(into); n += tasks {
			if len(read) == 0 {
				r.Failed = true
				return nil
			}
			into[n], read = int64(binary.LittleEndian.Uint64(read)), read[8:]
		}
	}
	return r.Take(r.Count(1))
}

// readOrder reads the table of operations, and of those that were answered whether
// the reply says that they were paid.
func (c *Cut) readOrder(r *reader, index int) {
	table := reader{r.Reader}
	n := r.Count(1)
	for range n {
		switch state(r.Byte()) {
		case underway:
			r.Take(4)
		case answered:
			r.Take(8 + 2)
		}
	}
	replies := r.Take(r.Count(1))
	table.Count(1)
	for i := range n {
		op := i*c.cfg.Orders + index
		for op >= len(c.orders) {
			c.orders = append(c.orders, NotBegun)
		}
		switch state(table.Byte()) {
		case underway:
			table.Take(4)
			c.orders[op] = Begun
		case answered:
			at, length := table.Uint64(), table.Uint16()
			if length < replyHeader || at > uint64(len(replies)) || uint64(length) > uint64(len(replies))-at {
				r.Failed = true
				return
			}
			c.orders[op] = Ended
			if Outcome(replies[at+replyOutcome]) == Paid {
				c.orders[op] = EndedPaid
			}
		}
	}
}

// Stock and Credit give a value, and how often it changed.
func (c *Cut) Stock(item int32) (value, version int64)  { return c.stock[item], c.stockVersion[item] }
func (c *Cut) Credit(user int32) (value, version int64) { return c.credit[user], c.creditVersion[user] }

// Status is how far an operation has come. Of find_order nothing is known.
func (c *Cut) Status(op int32) CutStatus {
	if int(op) < len(c.orders) {
		return c.orders[op]
	}
	return NotBegun
}

// AppliedToStock is how often a checkout was applied, less compensations, by the
// service that has an item. AppliedToCredit is that of a user.
func (c *Cut) AppliedToStock(op, item int32) int {
	return countOf(c.stockApplied[int(item)%c.cfg.Stocks], op)
}

// AppliedToCredit is described with AppliedToStock.
func (c *Cut) AppliedToCredit(op, user int32) int {
	return countOf(c.creditApplied[int(user)%c.cfg.Payments], op)
}

func countOf(counts []byte, op int32) int {
	if int(op) < len(counts) {
		return int(int8(counts[op]))
	}
	return 0
}
