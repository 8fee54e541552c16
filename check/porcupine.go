package check

import (
	"fmt"
	"math"

	"github.com/anishathalye/porcupine"
)

// porcupineMost is how many operations are given to Porcupine in one piece: it
// needs the square of their number in bits, however easy they are.
const porcupineMost = 5000

// JudgePorcupine judges a whole history with Porcupine, which trusts nothing
// and shares nothing with the other judges but the specification. It decides
// small histories of little concurrency; a budget counted in steps keeps it
// from others, which are Undecided.
func JudgePorcupine(h *History, budget Budget) Finding {
	f := Finding{Name: "linearizable", Verdict: Undecided, LookedAt: int64(len(h.Ops))}
	if len(h.Ops) > porcupineMost {
		f.Detail = fmt.Sprintf("%d operations are too many for Porcupine", len(h.Ops))
		return f
	}
	m := newModel(h, NewState(h), budget.steps())
	if m.unknown > 64 {
		f.Detail = fmt.Sprintf("%d operations of unknown outcome are too many for Porcupine", m.unknown)
		return f
	}
	legal := porcupine.CheckOperations(m.model(), m.operations())
	switch {
	case legal:
		f.Verdict = Ok
	case m.shop.spent:
		f.Detail = fmt.Sprintf("Porcupine ran out of its %d steps", budget.steps())
	default:
		f.Verdict, f.Detail = Violated, "Porcupine found no legal order"
	}
	return f
}

// JudgeWindows is a second engine for the replay of a witness that the witness
// judge accepts: the order is cut into windows of size operations, and
// Porcupine judges most of them, spread evenly, each from the state that the
// windows before it leave, with every operation free to move by so many places.
// The order itself is a solution of each, so anything but Ok accuses one of the
// two engines. LookedAt counts the operations of the windows judged.
func JudgeWindows(h *History, witness []int32, size, places, most int, budget Budget) Finding {
	f := Finding{Name: "linearizable", Verdict: Ok}
	state := NewState(h)
	m := newModel(h, state, 0)
	windows := (len(witness) + size - 1) / size
	for n := range windows {
		window := witness[n*size : min((n+1)*size, len(witness))]
		if windows > most && n*most/windows == (n+1)*most/windows {
			m.pass(window)
			continue
		}
		f.LookedAt += int64(len(window))
		m.start = m.shop.restart(budget.steps())
		if m.only(window); m.unknown > 64 {
			return Finding{Name: f.Name, Verdict: Undecided, Detail: "too many operations of unknown outcome for Porcupine"}
		}
		list := make([]porcupine.Operation, len(window))
		for n, entry := range window {
			i, _ := entryOf(entry)
			list[n] = m.operation(i)
			list[n].Call, list[n].Return = int64(n-places), int64(n+places)
		}
		legal := porcupine.CheckOperations(m.model(), list)
		m.start.visit()
		if !legal {
			i, _ := entryOf(window[0])
			f.Verdict, f.Detail = Violated, fmt.Sprintf("Porcupine finds no order for the %d operations from %s on", len(window), h.opName(i))
			if m.shop.spent {
				f.Verdict, f.Detail = Undecided, fmt.Sprintf("Porcupine ran out of its %d steps", budget.steps())
			}
			return f
		}
		m.pass(window)
	}
	return f
}

// pass applies the operations of a window in the witness's order.
func (m *model) pass(window []int32) {
	for _, entry := range window {
		i, unpaid := entryOf(entry)
		m.shop.state.Apply(&m.h.Ops[i], m.shop.state.outcomeOf(&m.h.Ops[i], unpaid))
		m.shop.journal = m.shop.journal[:0] // nobody goes back
	}
}

// model is the shop as Porcupine wants it.
type model struct {
	h       *History
	shop    *shop
	start   *version
	prior   []int32   // per operation: the one before it of its client if the two touch in time, or -1
	fate    []Outcome // per operation: what its step is; Unknown: paid if that is possible
	bit     []int32   // per operation: which unknown one it is, or -1
	unknown int
	shown   []Key // keys that describe tells of a state
}

func newModel(h *History, state *State, steps int64) *model {
	m := &model{h: h, prior: make([]int32, len(h.Ops)), fate: make([]Outcome, len(h.Ops)), bit: make([]int32, len(h.Ops))}
	m.shop = newShop(state)
	m.start = m.shop.restart(steps)
	book := newOrderBook(h)
	for i := range h.Ops {
		op := &h.Ops[i]
		m.prior[i], m.bit[i], m.fate[i] = -1, -1, op.Outcome
		if op.Outcome != Unknown {
			continue
		}
		m.bit[i] = int32(m.unknown)
		m.unknown++
		if op.Kind == Checkout && book.fate(op.Order) == Declined {
			m.fate[i] = Declined
		}
	}
	return m
}

// only numbers the unknown operations of a window, and no others, and takes
// from each checkout the fate that the witness tells.
func (m *model) only(window []int32) {
	m.unknown = 0
	for _, entry := range window {
		i, unpaid := entryOf(entry)
		if m.h.Ops[i].Outcome != Unknown {
			continue
		}
		m.bit[i] = int32(m.unknown)
		m.unknown++
		if unpaid {
			m.fate[i] = Declined
		}
	}
}

// operations gives the history. Intervals are closed for Porcupine as for us.
// Two operations of one client that touch in time keep their order by prior,
// which no choice of times can express.
func (m *model) operations() []porcupine.Operation {
	h := m.h
	list := make([]porcupine.Operation, len(h.Ops))
	for i := range h.Ops {
		list[i] = m.operation(int32(i))
	}
	for _, run := range h.clientRuns() {
		for k := 1; k < len(run); k++ {
			if h.Ops[run[k-1]].Return == h.Ops[run[k]].Call {
				m.prior[run[k]] = run[k-1]
			}
		}
	}
	return list
}

func (m *model) operation(i int32) porcupine.Operation {
	op := &m.h.Ops[i]
	o := porcupine.Operation{ClientId: int(op.Client), Input: i, Call: op.Call, Return: op.Return}
	if op.Return == Pending {
		o.Return = math.MaxInt64
	}
	return o
}

// model: an unknown operation comes in somewhere, with its effect if that is
// possible there, and otherwise without; one that never happened comes last.
// States after the same operations are equal if the same unknown ones among
// them took effect.
func (m *model) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return m.start },
		Step: func(state, input, output any) (bool, any) {
			return m.step(state.(*version), input.(int32))
		},
		Equal: func(a, b any) bool { return a.(*version).chosen == b.(*version).chosen },
		Hash:  func(state any) uint64 { return scramble(state.(*version).chosen) },
		DescribeOperation: func(input, output any) string {
			return m.h.describe(input.(int32))
		},
		DescribeState: func(state any) string { return m.describe(state.(*version)) },
	}
}

func (m *model) step(v *version, i int32) (bool, any) {
	op := &m.h.Ops[i]
	if !m.shop.spend() || m.prior[i] >= 0 && v.last(op.Client) != m.prior[i] {
		return false, nil
	}
	as := m.fate[i]
	if as == Unknown {
		if as = OutcomeOK; op.Kind == Checkout {
			v.visit()
			if as = Paid; !m.shop.state.canPay(op) {
				return true, v
			}
		}
	}
	next, legal := v.step(i, as)
	if !legal {
		return false, nil
	}
	if m.bit[i] >= 0 {
		next.chosen |= 1 << uint(m.bit[i])
	}
	return true, next
}
