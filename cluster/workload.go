package cluster

import (
	"simrun/check"
	"simrun/checkout"
	"simrun/sim"
)

func (c *clients) draw(purpose sim.Purpose) sim.Stream {
	return sim.NewStream(c.run.cfg.Seed, uint64(c.issued), 0, purpose)
}

// linesMost bounds what a distribution with a tail can draw.
const linesMost = 1000

// drawOperation appends the next operation to the history.
func (c *clients) drawOperation(client int32) {
	r := c.run
	w := &r.cfg.Workload
	s := c.draw(purposeKind)
	keys := c.draw(purposeKeys)
	op := check.Op{Client: client, Call: int64(r.kernel.Now()), Return: check.Pending, Outcome: check.Unknown}
	draw := int64(s.Uint64n(1_000_000))
	kind := 0
	for kind < len(w.MixPPM)-1 && draw >= w.MixPPM[kind] {
		draw -= w.MixPPM[kind]
		kind++
	}
	lines := c.lines[:0]
	switch kind {
	case 0:
		op.Kind, op.Order, op.User = check.Checkout, int32(c.issued), c.user(&keys)
		for range min(max(w.Lines.Draw(&s), 1), linesMost) {
			lines = append(lines, check.Line{Item: c.item(&keys), Quantity: max(w.Quantity.Draw(&s), 1)})
		}
	case 1:
		op.Kind, op.Item, op.Amount = check.AddStock, c.item(&keys), max(w.Quantity.Draw(&s), 1)
	case 2:
		op.Kind, op.User, op.Amount = check.AddCredit, c.user(&keys), 1+int64(s.Uint64n(100))
	case 3:
		c.drawRead(&op, &s, &keys)
	}
	c.history.Append(op, lines, nil)
	c.lines = lines
}

// drawRead reads stock, credit or an order, in equal parts. The order is one
// of the last thousand operations; where that is no checkout, a stock is read.
func (c *clients) drawRead(op *check.Op, s, keys *sim.Stream) {
	switch s.Uint64n(3) {
	case 0:
		op.Kind, op.Item = check.ReadStock, c.item(keys)
	case 1:
		op.Kind, op.User = check.ReadCredit, c.user(keys)
	case 2:
		op.Kind, op.Item = check.ReadStock, c.item(keys)
		if c.issued == 0 {
			return
		}
		back := 1 + int(s.Uint64n(uint64(min(1000, c.issued))))
		if order := c.issued - back; c.history.Ops[order].Kind == check.Checkout {
			op.Kind, op.Order = check.FindOrder, int32(order)
		}
	}
}

func (c *clients) item(s *sim.Stream) int32 {
	if c.items != nil {
		return int32(c.items.Draw(s))
	}
	return int32(s.Uint64n(uint64(c.run.cfg.Job.Items)))
}

func (c *clients) user(s *sim.Stream) int32 {
	if c.users != nil {
		return int32(c.users.Draw(s))
	}
	return int32(s.Uint64n(uint64(c.run.cfg.Job.Users)))
}

// request encodes an operation's request.
func (c *clients) request(n uint32) []byte {
	op := &c.history.Ops[n]
	c.asked = checkout.Request{Op: n, Kind: checkout.Kind(op.Kind), User: op.User, Item: op.Item, Amount: op.Amount, Order: uint32(op.Order),
		Lines: c.asked.Lines[:0]}
	for _, line := range c.history.LinesOf(op) {
		c.asked.Lines = append(c.asked.Lines, checkout.Line{Item: line.Item, Quantity: line.Quantity})
	}
	c.encoded = checkout.AppendRequest(c.encoded[:0], &c.asked)
	return c.encoded
}
