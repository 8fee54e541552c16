package check

// State is the shop as one sequential machine: the specification against which
// every judge judges. A checkout is one atomic step.
type State struct {
	h       *History
	cells   []int64 // per slot: value, version; then per order: status
	need    []int64 // by item: all zero between steps
	journal *[]change
}

// change is an overwritten cell, for undo.
type change struct {
	cell int
	old  int64
}

// NewState is the state before the first operation of h.
func NewState(h *History) *State {
	s := &State{h: h, cells: make([]int64, 2*h.slots()+h.orders()), need: make([]int64, len(h.Stock))}
	for item, units := range h.Stock {
		s.cells[2*item] = units
	}
	for user, money := range h.Credit {
		s.cells[2*(len(h.Stock)+user)] = money
	}
	return s
}

// Value and Version tell a key, Status an order.
func (s *State) Value(k Key) int64         { return s.cells[2*s.h.slot(k)] }
func (s *State) Version(k Key) int64       { return s.cells[2*s.h.slot(k)+1] }
func (s *State) Status(order int32) Status { return Status(s.cells[s.orderCell(order)]) }
func (s *State) orderCell(order int32) int { return 2*s.h.slots() + int(order) }

// Apply takes one step and says whether it is legal: whether a shop in this
// state may answer op as the client was told. An operation of unknown outcome
// has no reply to contradict; the caller says what became of it: Paid or
// Declined for a checkout, OutcomeOK for any other. For every other operation
// as is op.Outcome. After an illegal step the state is spoilt.
func (s *State) Apply(op *Op, as Outcome) Mismatch {
	switch op.Kind {
	case Checkout:
		if m := s.checkout(op, as); m.Rule != Legal {
			return m
		}
	case AddStock:
		s.affect(int(op.Item), op.Amount)
	case AddCredit:
		s.affect(len(s.h.Stock)+int(op.User), op.Amount)
	}
	if op.Outcome == Unknown {
		return Mismatch{}
	}
	return s.reply(op)
}

// checkout: paid takes every line from its stock and the total from the
// credit. out_of_stock needs a line that exceeds its stock, insufficient_credit
// a credit below the total; where both hold either may be told. declined needs
// nothing. Whatever is not paid changes nothing but the order's status. An
// item on several lines counts once, with their sum.
func (s *State) checkout(op *Op, as Outcome) Mismatch {
	lines, user := s.h.LinesOf(op), len(s.h.Stock)+int(op.User)
	var total int64
	for _, line := range lines {
		s.need[line.Item] += line.Quantity
		total += line.Quantity * s.h.Price[line.Item]
	}
	var short Mismatch // the first item that lacks units
	for _, line := range lines {
		units := s.need[line.Item]
		s.need[line.Item] = 0
		if stock := s.cells[2*line.Item]; units > stock && short.Rule == Legal {
			short = Mismatch{Rule: StockLacks, Key: ItemKey(line.Item), Told: units, Found: stock}
		} else if units > 0 && as == Paid && short.Rule == Legal {
			s.affect(int(line.Item), -units)
		}
	}
	credit := s.cells[2*user]
	switch as {
	case Paid:
		if short.Rule != Legal {
			return short
		}
		if credit < total {
			return Mismatch{Rule: CreditLacks, Key: UserKey(op.User), Told: total, Found: credit}
		}
		s.affect(user, -total)
		s.set(s.orderCell(op.Order), int64(StatusPaid))
		return Mismatch{}
	case OutOfStock:
		if short.Rule == Legal {
			return Mismatch{Rule: StockSuffices, Key: ItemKey(lines[0].Item), Found: s.cells[2*lines[0].Item]}
		}
	case InsufficientCredit:
		if credit >= total {
			return Mismatch{Rule: CreditSuffices, Key: UserKey(op.User), Told: total, Found: credit}
		}
	}
	s.set(s.orderCell(op.Order), int64(StatusRejected))
	return Mismatch{}
}

// reply compares what the client was told with the state after the step.
func (s *State) reply(op *Op) Mismatch {
	switch op.Kind {
	case ReadStock:
		if found := s.cells[2*op.Item]; found != op.Value {
			return Mismatch{WrongValue, ItemKey(op.Item), op.Value, found}
		}
	case ReadCredit:
		if found := s.cells[2*(len(s.h.Stock)+int(op.User))]; found != op.Value {
			return Mismatch{WrongValue, UserKey(op.User), op.Value, found}
		}
	case FindOrder:
		if found := s.Status(op.Order); found != op.Status {
			return Mismatch{Rule: WrongStatus, Told: int64(op.Status), Found: int64(found)}
		}
	}
	for _, seen := range s.h.AfterOf(op) {
		cell := 2 * s.h.slot(seen.Key)
		if found := s.cells[cell+1]; found != seen.Version {
			return Mismatch{WrongVersion, seen.Key, seen.Version, found}
		}
		if found := s.cells[cell]; found != seen.Value {
			return Mismatch{WrongValue, seen.Key, seen.Value, found}
		}
	}
	return Mismatch{}
}

// affect is one effect on one key: its version rises by exactly 1.
func (s *State) affect(slot int, delta int64) {
	s.set(2*slot, s.cells[2*slot]+delta)
	s.set(2*slot+1, s.cells[2*slot+1]+1)
}

func (s *State) set(cell int, value int64) {
	if s.journal != nil {
		*s.journal = append(*s.journal, change{cell, s.cells[cell]})
	}
	s.cells[cell] = value
}

// undo takes back all changes after mark, a length of the journal.
func (s *State) undo(mark int) {
	for i := len(*s.journal) - 1; i >= mark; i-- {
		c := (*s.journal)[i]
		s.cells[c.cell] = c.old
	}
	*s.journal = (*s.journal)[:mark]
}
