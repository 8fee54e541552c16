package check

import "fmt"

// JudgeWitness judges one order of the operations: the one in which the
// services say they decided. Ok is a certificate of linearizability that
// trusts nothing but the history; Violated says that this order is wrong,
// which does not yet mean that every order is. Linear, without allocation per
// operation.
func JudgeWitness(h *History, witness []int32) Finding {
	complaint := replayWitness(h, witness)
	f := Finding{Name: "linearizable", Verdict: Ok, LookedAt: int64(len(witness))}
	if complaint.Rule != fits {
		b := &blamer{finding: &f}
		b.accuse(complaint.about(), "%s", complaint.words(h, witness))
	}
	return f
}

// orderRule names what an order of operations broke.
type orderRule uint8

const (
	fits      orderRule = iota
	noSuchOp            // an entry that is no operation
	twice               // an operation that stands in it twice
	realTime            // an operation after one that was called only after it had returned
	clientRun           // an operation after a later one of its own client
	illegal             // a step that the specification forbids
	missing             // a completed operation that is left out
)

// complaint is the first thing wrong with an order. The zero complaint is none.
type complaint struct {
	Rule     orderRule
	Place    int // index into the order
	Op       int32
	Other    int32 // the operation that contradicts Op, for realTime and clientRun
	Mismatch Mismatch
}

// entryOf splits an entry of a witness into an operation and what became of
// it. A complement is an unknown checkout that was decided unpaid.
func entryOf(entry int32) (op int32, unpaid bool) {
	if entry < 0 {
		return ^entry, true
	}
	return entry, false
}

// replayWitness checks, in one pass: every completed operation stands in the
// order once. Points inside the closed intervals can be chosen monotonously,
// which is to say that no operation returned before one placed ahead of it was
// called. Each client's operations keep their order, even at equal times. And
// every step is legal.
func replayWitness(h *History, order []int32) complaint {
	state := NewState(h)
	placed := make([]bool, len(h.Ops))
	lastOf := make([]int32, h.clients()) // per client: its last placed operation, plus 1
	latest, completed := int32(-1), 0    // the placed operation with the latest call
	for place, entry := range order {
		i, unpaid := entryOf(entry)
		if int(i) >= len(h.Ops) || unpaid && (h.Ops[i].Kind != Checkout || h.Ops[i].Outcome != Unknown) {
			return complaint{Rule: noSuchOp, Place: place, Op: entry}
		}
		op := &h.Ops[i]
		if placed[i] {
			return complaint{Rule: twice, Place: place, Op: i}
		}
		placed[i] = true
		if latest >= 0 && op.Return < h.Ops[latest].Call {
			return complaint{Rule: realTime, Place: place, Op: i, Other: latest}
		}
		if latest < 0 || op.Call > h.Ops[latest].Call {
			latest = i
		}
		if last := lastOf[op.Client] - 1; last >= 0 && !h.before(last, i) {
			return complaint{Rule: clientRun, Place: place, Op: i, Other: last}
		}
		lastOf[op.Client] = i + 1
		if op.Return != Pending {
			completed++
		}
		if m := state.Apply(op, state.outcomeOf(op, unpaid)); m.Rule != Legal {
			return complaint{Rule: illegal, Place: place, Op: i, Mismatch: m}
		}
	}
	for i := range h.Ops {
		if !placed[i] && h.Ops[i].Return != Pending {
			return complaint{Rule: missing, Place: len(order), Op: int32(i)}
		}
	}
	return complaint{}
}

// outcomeOf is what became of op: what its client was told or, if that is
// unknown, the effect it asked for, unless the shop could not have paid it.
func (s *State) outcomeOf(op *Op, unpaid bool) Outcome {
	switch {
	case op.Outcome != Unknown:
		return op.Outcome
	case op.Kind != Checkout:
		return OutcomeOK
	case unpaid || !s.canPay(op):
		return Declined
	}
	return Paid
}

// canPay tells whether a checkout could be paid in this state.
func (s *State) canPay(op *Op) bool {
	fits := true
	lines := s.h.LinesOf(op)
	for _, line := range lines {
		s.need[line.Item] += line.Quantity
	}
	for _, line := range lines {
		fits = fits && s.need[line.Item] <= s.cells[2*line.Item]
		s.need[line.Item] = 0
	}
	return fits && s.h.Total(op) <= s.Value(UserKey(op.User))
}

// about is what a complaint accuses.
func (c complaint) about() About {
	switch c.Rule {
	case noSuchOp:
		return About{Rule: "no_operation"}
	case illegal:
		return c.Mismatch.about(c.Op)
	case realTime, clientRun:
		return About{Rule: "out_of_order", Ops: []int32{c.Op, c.Other}}
	}
	return About{Rule: [...]string{twice: "decided_twice", missing: "never_decided"}[c.Rule], Ops: []int32{c.Op}}
}

// words says a complaint in plain words, with another operation that
// contradicts the one complained of if there is one.
func (c complaint) words(h *History, order []int32) string {
	switch c.Rule {
	case noSuchOp:
		return fmt.Sprintf("entry %d of the decided order is %d, which stands for no operation that may stand there", c.Place, c.Op)
	case twice:
		return h.opName(c.Op) + " was decided twice"
	case realTime:
		return fmt.Sprintf("%s was decided after %s, but had returned at %d, before the other was called at %d",
			h.opName(c.Op), h.opName(c.Other), h.Ops[c.Op].Return, h.Ops[c.Other].Call)
	case clientRun:
		return fmt.Sprintf("%s was decided after %s, which its client called later", h.opName(c.Op), h.opName(c.Other))
	case missing:
		return h.opName(c.Op) + " was answered, but never decided"
	}
	text := h.sentence(c.Op, c.Mismatch)
	if c.Mismatch.Rule == WrongStatus {
		return text
	}
	if other := h.sameVersion(c.Op, c.Mismatch); other >= 0 {
		return fmt.Sprintf("%s; %s was told that it made version %d", text, h.opName(other), c.Mismatch.Told)
	}
	for place := c.Place - 1; place >= 0; place-- {
		if i, _ := entryOf(order[place]); h.affects(i, c.Mismatch.Key) {
			return fmt.Sprintf("%s after %s", text, h.opName(i))
		}
	}
	return text + " at the start"
}

// affects tells whether operation i, as far as its client knows, has an effect
// on k.
func (h *History) affects(i int32, k Key) bool {
	op := &h.Ops[i]
	switch {
	case op.Kind == AddStock:
		return k == ItemKey(op.Item)
	case op.Kind == AddCredit:
		return k == UserKey(op.User)
	case op.Kind != Checkout || op.Outcome != Paid && op.Outcome != Unknown:
		return false
	case k == UserKey(op.User):
		return true
	}
	for _, line := range h.LinesOf(op) {
		if k == ItemKey(line.Item) {
			return true
		}
	}
	return false
}

// sameVersion finds another operation that claims the version that op i was
// told, or -1.
func (h *History) sameVersion(i int32, m Mismatch) int32 {
	if m.Rule != WrongVersion || !h.affects(i, m.Key) {
		return -1
	}
	for j := range h.Ops {
		if int32(j) == i || !h.affects(int32(j), m.Key) {
			continue
		}
		for _, seen := range h.AfterOf(&h.Ops[j]) {
			if seen.Key == m.Key && seen.Version == m.Told {
				return int32(j)
			}
		}
	}
	return -1
}
