package checkout

import (
	"fmt"
)

// key is an item or a user.
type key struct {
	user   bool
	number int32
}

// shop is the specification: one sequential machine.
type shop struct {
	cfg     *Config
	value   map[key]int64
	version map[key]int64
	status  map[uint32]Status
}

func newShop(cfg *Config) *shop {
	m := &shop{cfg: cfg, value: map[key]int64{}, version: map[key]int64{}, status: map[uint32]Status{}}
	for i := range cfg.Items {
		m.value[key{false, i}] = cfg.Stock
	}
	for u := range cfg.Users {
		m.value[key{true, u}] = cfg.Credit
	}
	return m
}

func (m *shop) affect(k key, by int64) {
	m.value[k] += by
	m.version[k]++
}

// apply takes one step and says what is wrong with the reply, if anything.
func (m *shop) apply(r *Request, reply *Reply) error {
	wanted := map[key]bool{} // keys that the reply has to tell of
	switch r.Kind {
	case AddStock:
		wanted[key{false, r.Item}] = true
		m.affect(key{false, r.Item}, r.Amount)
	case AddCredit:
		wanted[key{true, r.User}] = true
		m.affect(key{true, r.User}, r.Amount)
	case ReadStock, ReadCredit:
		k := key{false, r.Item}
		if r.Kind == ReadCredit {
			k = key{true, r.User}
		}
		wanted[k] = true
		if reply.Value != m.value[k] {
			return fmt.Errorf("read %d, the value was %d", reply.Value, m.value[k])
		}
	case FindOrder:
		if reply.Status != m.status[r.Order] {
			return fmt.Errorf("found %v, the order was %v", reply.Status, m.status[r.Order])
		}
	case Checkout:
		if err := m.checkout(r, reply, wanted); err != nil {
			return err
		}
	}
	if reply.Kind != r.Kind || (reply.Outcome == OutcomeOK) != (r.Kind != Checkout) {
		return fmt.Errorf("a %v was answered %v to a %v", r.Kind, reply.Outcome, reply.Kind)
	}
	if len(reply.After) != len(wanted) {
		return fmt.Errorf("%d keys told, %d expected", len(reply.After), len(wanted))
	}
	for _, seen := range reply.After {
		k := key{seen.User, seen.Number}
		if !wanted[k] || seen.Value != m.value[k] || seen.Version != m.version[k] {
			return fmt.Errorf("told %+v, it was %d at version %d (expected: %v)", seen, m.value[k], m.version[k], wanted[k])
		}
	}
	return nil
}

func (m *shop) checkout(r *Request, reply *Reply, wanted map[key]bool) error {
	need := map[key]int64{}
	user, total := key{true, r.User}, int64(0)
	for _, line := range r.Lines {
		need[key{false, line.Item}] += line.Quantity
		total += line.Quantity * m.cfg.Price[line.Item]
	}
	lacks := map[key]bool{}
	for k, units := range need {
		if units > m.value[k] {
			lacks[k] = true
		}
	}
	if (reply.Outcome == Paid) != (reply.Receipt != 0 && reply.PaidAt != 0 && reply.Authorisation == 1000+uint64(r.Op)) {
		return fmt.Errorf("%v with receipt %d at %d, authorisation %d", reply.Outcome, reply.Receipt, reply.PaidAt, reply.Authorisation)
	}
	m.status[r.Op] = StatusRejected
	switch reply.Outcome {
	case Paid:
		if len(lacks) > 0 || m.value[user] < total {
			return fmt.Errorf("paid, but %d items and credit %d of %d", len(lacks), m.value[user], total)
		}
		m.status[r.Op] = StatusPaid
		need[user] = total
		for k, units := range need {
			m.affect(k, -units)
			wanted[k] = true
		}
	case OutOfStock:
		if len(reply.After) != 1 || !lacks[key{reply.After[0].User, reply.After[0].Number}] {
			return fmt.Errorf("out of stock for %v, of which there is enough", reply.After)
		}
		wanted[key{false, reply.After[0].Number}] = true
	case InsufficientCredit:
		if m.value[user] >= total {
			return fmt.Errorf("credit of %d is enough for %d", m.value[user], total)
		}
		wanted[user] = true
	}
	return nil
}

// linearizable replays the witness: every operation has one place, places
// respect real time, and each reply is what a sequential shop says.
func (s *scenario) linearizable(h *history) error {
	m := newShop(&s.Config)
	placed := map[uint32]bool{}
	var began int64 // the latest call of those placed so far
	for i, op := range h.Places {
		if placed[op] {
			return fmt.Errorf("operation %d has two places", op)
		}
		placed[op] = true
		if h.Return[op] < began {
			return fmt.Errorf("operation %d returned before one began that is placed before it", op)
		}
		began = max(began, h.Call[op])
		if err := m.apply(&s.Requests[op], &h.Replies[op]); err != nil {
			return fmt.Errorf("place %d, operation %d: %w", i, op, err)
		}
	}
	if len(placed) != len(s.Requests) {
		return fmt.Errorf("%d operations, %d places", len(s.Requests), len(placed))
	}
	for k, version := range m.version {
		found := h.Audit.StockVersion
		if k.user {
			found = h.Audit.CreditVersion
		}
		if found[k.number] != version {
			return fmt.Errorf("%+v ends at version %d, the audit says %d", k, version, found[k.number])
		}
	}
	return nil
}

// conserves compares what clients were told with the state at the end.
func (s *scenario) conserves(h *history) error {
	stock, credit := make([]int64, s.Items), make([]int64, s.Users)
	for i := range stock {
		stock[i] = s.Stock
	}
	for u := range credit {
		credit[u] = s.Credit
	}
	for op := range s.Requests {
		r, outcome := &s.Requests[op], h.Replies[op].Outcome
		want, times := StatusAbsent, int32(0)
		switch {
		case r.Kind == AddStock:
			stock[r.Item] += r.Amount
		case r.Kind == AddCredit:
			credit[r.User] += r.Amount
		case r.Kind == Checkout && outcome == Paid:
			want, times = StatusPaid, 1
			for _, line := range r.Lines {
				stock[line.Item] -= line.Quantity
				credit[r.User] -= line.Quantity * s.Price[line.Item]
			}
		case r.Kind == Checkout:
			want = StatusRejected
		}
		if found := nth(h.Audit.Orders, op); found != want {
			return fmt.Errorf("operation %d was told %v, its order is %v", op, outcome, found)
		}
		if found := nth(h.Audit.Applied, op); found != times {
			return fmt.Errorf("operation %d was told %v and applied %d times", op, outcome, found)
		}
	}
	for i := range stock {
		if stock[i] != h.Audit.Stock[i] || stock[i] < 0 {
			return fmt.Errorf("%d units of item %d left, the audit says %d", stock[i], i, h.Audit.Stock[i])
		}
	}
	for u := range credit {
		if credit[u] != h.Audit.Credit[u] || credit[u] < 0 {
			return fmt.Errorf("user %d has %d left, the audit says %d", u, credit[u], h.Audit.Credit[u])
		}
	}
	if h.Audit.LocksHeld != 0 || h.Audit.OpenOperations != 0 {
		return fmt.Errorf("%d locks held, %d operations open", h.Audit.LocksHeld, h.Audit.OpenOperations)
	}
	return nil
}

// nth is zero beyond the end.
func nth[T any](list []T, i int) (v T) {
	if i < len(list) {
		v = list[i]
	}
	return v
}
