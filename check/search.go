package check

import (
	"cmp"
	"fmt"
	"slices"
)

// JudgeSearch decides linearizability by an exact search that needs neither an
// order nor versions (Wing and Gong 1993, with Lowe's just-in-time
// linearization, 2017). It walks through calls and returns in time and puts an
// operation into the order only when a return forces it. Four facts keep it
// small:
//
//   - The state is a function of the set of operations in the order, because
//     an effect is fixed by its outcome. A set that failed once fails again, so
//     failed sets are remembered (by 128-bit hash). With c clients there are at
//     most 2^c sets per event.
//   - A legal step without effect may be taken at once, without alternative.
//   - Only operations that the forced one depends on, directly or through
//     others, need to be tried before it (overlap.go).
//   - An unknown operation is never forced. What find_order tells of an unknown
//     checkout settles whether it was paid; otherwise being unpaid is as good as
//     never happening.
//
// It is Undecided when the budget of steps runs out. An Ok is replayed by the
// witness judge before it is given.
func JudgeSearch(h *History, budget Budget) Finding {
	s := newSearch(h, budget)
	f := Finding{Name: "linearizable", LookedAt: int64(len(h.Ops))}
	switch s.run() {
	case Ok:
		f.Verdict = Ok
		if c := replayWitness(h, s.order()); c.Rule != fits {
			panic("check: the search found an order that the witness judge rejects: " + c.words(h, s.order()))
		}
	case Violated:
		b := &blamer{finding: &f}
		b.accuse(s.farWhy.about(s.farOp), "%s", s.complaint())
	default:
		f.Verdict = Undecided
		f.Detail = fmt.Sprintf("the search ran out of its %d steps; it got as far as the return of %s at %d",
			s.budget, h.opName(s.farOp), h.Ops[s.farOp].Return)
	}
	return f
}

// Budget bounds a search in steps, tried operations, so that an answer is
// reproducible.
type Budget struct {
	Steps int64 // 0: DefaultSteps
}

// DefaultSteps is some thirty seconds of search. RunSteps is what a run may
// spend on a history that neither its witness nor its versions decide.
const (
	DefaultSteps = 250_000_000
	RunSteps     = 10_000_000
)

func (b Budget) steps() int64 {
	if b.Steps == 0 {
		return DefaultSteps
	}
	return b.Steps
}

// event is a call or a return. Calls come before returns of the same time,
// because intervals are closed.
type event struct {
	time    int64
	returns bool
	op      int32
}

// search is the state of a depth-first search; all of it but the memo is taken
// back by trail.
type search struct {
	h      *History
	state  *State
	events []event
	at     int       // the next event
	as     []Outcome // per operation: what its step is
	prior  []int32   // per operation: the one before it of its client, or -1
	free   []bool    // per operation: its step has no effect that another could miss
	taken  []bool
	live   ring // operations called and not yet returned, in order of call

	trail   []move
	frames  []frame
	choices []int32 // slab of the frames' alternatives
	set     [2]uint64
	memo    memo
	overlap *overlap

	budget, spent int64
	far           int // the furthest event that ever forced an operation, or -1
	farOp         int32
	farWhy        Mismatch // why that could not be put into the order at first
}

// move is something to take back: an event passed, or an operation taken.
type move struct {
	op   int32
	kind moveKind
	mark int32 // taken: the journal before it
}

type moveKind uint8

const (
	called moveKind = iota
	returned
	taken
)

// frame is a forced return with the alternatives for the next step.
type frame struct {
	op       int32
	trail    int32
	from     int32 // its alternatives: choices[from:]
	next     int32 // the next alternative; -1: the forced operation itself
	expanded bool  // alternatives beyond the forced operation are known
	set      [2]uint64
}

func newSearch(h *History, budget Budget) *search {
	s := &search{h: h, state: NewState(h), budget: budget.steps(), far: -1}
	s.state.journal = new([]change)
	s.as, s.free = make([]Outcome, len(h.Ops)), make([]bool, len(h.Ops))
	s.taken, s.prior = make([]bool, len(h.Ops)), make([]int32, len(h.Ops))
	s.live = newRing(len(h.Ops))
	s.overlap = newOverlap(h)
	for _, run := range h.clientRuns() {
		for k, i := range run {
			if s.prior[i] = -1; k > 0 {
				s.prior[i] = run[k-1]
			}
		}
	}
	book := newOrderBook(h)
	for i := range h.Ops {
		op := &h.Ops[i]
		s.as[i] = op.Outcome
		if op.Return == Pending {
			if op.Kind != Checkout && op.Kind != AddStock && op.Kind != AddCredit {
				continue // has no effect and told nothing
			}
			if s.as[i] = OutcomeOK; op.Kind == Checkout {
				if s.as[i] = Paid; book.fate(op.Order) == Declined {
					s.as[i] = Declined
				}
			}
		} else {
			s.events = append(s.events, event{op.Return, true, int32(i)})
		}
		s.events = append(s.events, event{op.Call, false, int32(i)})
		// A rejection takes a step that only a find_order told absent can miss.
		s.free[i] = op.Kind == ReadStock || op.Kind == ReadCredit || op.Kind == FindOrder ||
			op.Kind == Checkout && s.as[i] != Paid && book.told[StatusAbsent][op.Order] == 0
	}
	slices.SortFunc(s.events, func(a, b event) int {
		switch {
		case a.time != b.time:
			return cmp.Compare(a.time, b.time)
		case a.returns != b.returns && a.returns:
			return 1
		case a.returns != b.returns:
			return -1
		case a.returns && a.op != b.op && h.before(b.op, a.op):
			return 1
		case a.returns && a.op != b.op:
			return -1
		}
		return cmp.Compare(a.op, b.op)
	})
	return s
}

// run searches. Violated means that every order was ruled out.
func (s *search) run() Verdict {
	for {
		if s.forward() {
			return Ok
		}
		if s.spent > s.budget || s.memo.full() {
			return Undecided
		}
		if !s.choose() {
			if len(s.frames) == 0 {
				return Violated
			}
			return Undecided
		}
	}
}

// forward passes events until the history is over (true) or a return forces an
// operation that is not in the order yet; that is then the top frame.
func (s *search) forward() bool {
	for ; s.at < len(s.events); s.at++ {
		e := s.events[s.at]
		if !e.returns {
			s.live.push(e.op)
			s.trail = append(s.trail, move{op: e.op, kind: called})
			if s.free[e.op] {
				s.sweep()
			}
			continue
		}
		if s.taken[e.op] {
			s.live.drop(e.op)
			s.trail = append(s.trail, move{op: e.op, kind: returned})
			continue
		}
		if s.at > s.far {
			s.far, s.farOp, s.farWhy = s.at, e.op, Mismatch{}
		}
		s.frames = append(s.frames, frame{op: e.op, trail: int32(len(s.trail)), from: int32(len(s.choices)), next: -1, set: s.set})
		return false
	}
	return true
}

// choose takes the next alternative of the top frame, and leaves frames that
// have none left. False: no frame is left, or the budget is spent.
func (s *search) choose() bool {
	for len(s.frames) > 0 {
		f := &s.frames[len(s.frames)-1]
		s.rewind(int(f.trail))
		if f.next < 0 {
			f.next = 0
			if s.memo.has(f.set) {
				f.expanded = true
			} else if s.take(f.op) {
				return true
			}
		}
		if !f.expanded {
			f.expanded = true
			s.choices = s.overlap.before(s, f.op, s.choices)
		}
		for int(f.from+f.next) < len(s.choices) {
			i := s.choices[f.from+f.next]
			f.next++
			if s.take(i) {
				return true
			}
		}
		if s.spent > s.budget || s.memo.full() {
			return false
		}
		s.memo.add(f.set)
		s.choices = s.choices[:f.from]
		s.frames = s.frames[:len(s.frames)-1]
	}
	return false
}
