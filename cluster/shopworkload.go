package cluster

import (
	"simrun/check"
	"simrun/sim"
)

// linesMost bounds what a distribution with a tail can draw.
const linesMost = 1000

func (s *shop) issue(n uint32, client int32) {
	w := &s.run.cfg.Workload
	kinds := s.run.clients.draw(purposeKind)
	keys := s.run.clients.draw(purposeKeys)
	op := check.Op{Client: client, Call: int64(s.run.kernel.Now()), Return: check.Pending, Outcome: check.Unknown}
	draw := int64(kinds.Uint64n(1_000_000))
	kind := 0
	for kind < len(w.MixPPM)-1 && draw >= w.MixPPM[kind] {
		draw -= w.MixPPM[kind]
		kind++
	}
	lines := s.lines[:0]
	switch kind {
	case 0:
		op.Kind, op.Order, op.User = check.Checkout, int32(n), s.user(&keys)
		for range min(max(w.Lines.Draw(&kinds), 1), linesMost) {
			lines = append(lines, check.Line{Item: s.item(&keys), Quantity: max(w.Quantity.Draw(&kinds), 1)})
		}
	case 1:
		op.Kind, op.Item, op.Amount = check.AddStock, s.item(&keys), max(w.Quantity.Draw(&kinds), 1)
	case 2:
		op.Kind, op.User, op.Amount = check.AddCredit, s.user(&keys), 1+int64(kinds.Uint64n(100))
	case 3:
		s.drawRead(&op, n, &kinds, &keys)
	}
	s.history.Append(op, lines, nil)
	s.lines = lines
}

// drawRead reads stock, credit or an order, in equal parts. The order is one
// of the last thousand operations; where that is no checkout, a stock is read.
func (s *shop) drawRead(op *check.Op, n uint32, kinds, keys *sim.Stream) {
	switch kinds.Uint64n(3) {
	case 0:
		op.Kind, op.Item = check.ReadStock, s.item(keys)
	case 1:
		op.Kind, op.User = check.ReadCredit, s.user(keys)
	case 2:
		op.Kind, op.Item = check.ReadStock, s.item(keys)
		if n == 0 {
			return
		}
		back := 1 + int(kinds.Uint64n(uint64(min(1000, n))))
		if order := int(n) - back; s.history.Ops[order].Kind == check.Checkout {
			op.Kind, op.Order = check.FindOrder, int32(order)
		}
	}
}

func (s *shop) item(keys *sim.Stream) int32 {
	if s.items != nil {
		return int32(s.items.Draw(keys))
	}
	return int32(keys.Uint64n(uint64(s.cfg.Items)))
}

func (s *shop) user(keys *sim.Stream) int32 {
	if s.users != nil {
		return int32(s.users.Draw(keys))
	}
	return int32(keys.Uint64n(uint64(s.cfg.Users)))
}
