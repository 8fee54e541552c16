package check

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// forget drops what replies tell, and divides times, as a coarse clock would.
func forget(h *History, tick int64) {
	h.After = nil
	for i := range h.Ops {
		op := &h.Ops[i]
		op.AfterFrom, op.AfterTo = 0, 0
		op.Call /= tick
		if op.Return != Pending {
			op.Return /= tick
		}
	}
}

// hard draws a history at the limit of what check promises to decide: 2,000
// operations, 8 clients, hot items that sell out, a fifth of them reads, several
// unknown, legal or not, with and without equal times.
func hard(n int) *History {
	r := rand.New(rand.NewPCG(9, uint64(n)))
	sh := shape{clients: 8, ops: 2000, items: 1 + r.IntN(4), users: 1 + r.IntN(4), stock: 1500, credit: 3000, reads: 0.2, gap: 1000, pending: n % 3 * 2}
	if r.IntN(2) == 0 {
		sh.stock, sh.credit = 50, 200
	}
	if n%4 > 0 {
		sh.damage = 1 + damage(r.IntN(int(damages)-1))
	}
	h, _ := generate(r, sh)
	forget(h, []int64{1, 300, 1000}[n%3])
	return h
}

// The contract: any history of up to 2,000 operations and 8 clients is decided.
func TestSearchDecidesHardHistories(t *testing.T) {
	count := map[Verdict]int{}
	most := int64(0)
	for n := range 60 {
		h := hard(n)
		s := newSearch(h, Budget{})
		v := s.run()
		if count[v]++; v != Ok && v != Violated {
			t.Errorf("history %d: %s after %d steps", n, v, s.spent)
		}
		most = max(most, s.spent)
	}
	t.Logf("%d legal, %d illegal; at most %d steps", count[Ok], count[Violated], most)
	if count[Ok] < 10 || count[Violated] < 10 {
		t.Error("one-sided")
	}
}

// The last operation of a long history contradicts the rest, so that every
// order of all before it has to be ruled out.
func TestSearchRulesOutAll(t *testing.T) {
	for n := range 12 {
		h := hard(4 * n)
		end := int64(0)
		for i := range h.Ops {
			if h.Ops[i].Return != Pending {
				end = max(end, h.Ops[i].Return)
			}
		}
		h.Append(Op{Kind: ReadStock, Client: 8, Value: 1_000_000, Call: end + 1, Return: end + 2}, nil, nil)
		f := JudgeSearch(h, Budget{})
		if f.Verdict != Violated || !strings.Contains(f.Detail, "was told that the stock of i0 is 1000000") {
			t.Errorf("history %d: %+v", n, f)
		}
	}
}

// Porcupine and the search agree where Porcupine can follow, and a budget that
// runs out gives Undecided from both, every time.
func TestSearchAgreesWithPorcupine(t *testing.T) {
	for n := range 40 {
		r := rand.New(rand.NewPCG(11, uint64(n)))
		sh := shape{clients: 5, ops: 200, items: 3, users: 3, stock: 40, credit: 90, reads: 0.2, gap: 50, pending: n % 2, damage: damage(n % int(damages))}
		h, _ := generate(r, sh)
		forget(h, 1)
		s, p := JudgeSearch(h, Budget{}), JudgePorcupine(h, Budget{Steps: 5_000_000})
		if s.Verdict != p.Verdict {
			t.Errorf("history %d: search says %s, Porcupine %s %s", n, s.Verdict, p.Verdict, p.Detail)
		}
		few := Budget{Steps: 20}
		if s, p := JudgeSearch(h, few), JudgePorcupine(h, few); s.Verdict != Undecided || p.Verdict != Undecided || s.Detail != JudgeSearch(h, few).Detail {
			t.Errorf("history %d: within 20 steps: search says %s, Porcupine %s", n, s.Verdict, p.Verdict)
		}
	}
}
