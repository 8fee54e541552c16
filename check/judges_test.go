package check

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// tiny draws a shape that brute force can decide.
func tiny(r *rand.Rand, n int) shape {
	sh := shape{clients: 1 + r.IntN(4), ops: 2 + r.IntN(7), items: 1 + r.IntN(2), users: 1 + r.IntN(2), stock: 5, credit: 12,
		reads: 0.4, gap: 1 + r.Int64N(4), after: []float64{0, 1, 1, 0.7}[r.IntN(4)], pending: []int{0, 0, 1, 2}[r.IntN(4)]}
	if n%2 == 1 {
		sh.damage = 1 + damage(r.IntN(int(damages)-1))
	}
	return sh
}

// All judges agree with brute force on thousands of small histories, half of
// them damaged. A judge that may say Undecided is never wrong when it does not,
// and must decide what it promises to decide.
func TestJudgesAgreeWithBruteForce(t *testing.T) {
	rounds := 6000
	if testing.Short() {
		rounds = 1000
	}
	if more, err := strconv.Atoi(os.Getenv("CHECK_ROUNDS")); err == nil {
		rounds = more
	}
	counts := map[string]int{}
	for n := range rounds {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		sh := tiny(r, n)
		h, witness := generate(r, sh)
		if f := Harness(h); f.Verdict != Ok {
			t.Fatalf("history %d: %s\n%s", n, f.Detail, dump(h))
		}
		want := Violated
		if bruteForce(h) {
			want = Ok
		}
		counts[fmt.Sprintf("truth %s", want)]++
		if w := JudgeWitness(h, witness); w.Verdict == Ok && want != Ok || sh.damage == intact && w.Verdict != Ok {
			t.Fatalf("history %d: witness judge says %s, truth is %s: %s\n%s", n, w.Verdict, want, w.Detail, dump(h))
		}
		if s := JudgeSearch(h, Budget{}); s.Verdict != want {
			t.Fatalf("history %d: search says %s, truth is %s: %s\n%s", n, s.Verdict, want, s.Detail, dump(h))
		}
		if p := JudgePorcupine(h, Budget{}); p.Verdict != want {
			t.Fatalf("history %d: Porcupine says %s, truth is %s\n%s", n, p.Verdict, want, dump(h))
		}
		if l := Linearizable(h, witness); l.Verdict != want && h.answered() > 0 {
			t.Fatalf("history %d: Linearizable says %s, truth is %s\n%s", n, l.Verdict, want, dump(h))
		}
		if sh.damage == intact {
			if w := JudgeWindows(h, witness, 3, 2, len(witness), Budget{}); w.Verdict != Ok {
				t.Fatalf("history %d: windows say %s: %s\n%s", n, w.Verdict, w.Detail, dump(h))
			}
		}
		if b := JudgeBounds(h); b.Verdict == Violated && want != Violated {
			t.Fatalf("history %d: bounds say violated, truth is %s: %s\n%s", n, want, b.Detail, dump(h))
		} else {
			counts[fmt.Sprintf("truth %s, bounds %s", want, b.Verdict)]++
		}
		v := JudgeVersions(h)
		if v.Verdict != Undecided && v.Verdict != want {
			t.Fatalf("history %d: versions judge says %s, truth is %s: %s\n%s", n, v.Verdict, want, v.Detail, dump(h))
		}
		if v.Verdict == Undecided && sh.after == 1 && sh.pending == 0 && len(h.After) > 0 && sh.damage != falseRejection {
			t.Fatalf("history %d: versions judge is undecided: %s\n%s", n, v.Detail, dump(h))
		}
		if sh.after == 1 && len(h.After) > 0 {
			counts[fmt.Sprintf("versions, pending %d: %s", sh.pending, v.Verdict)]++
		}
	}
	t.Log(counts)
}

func dump(h *History) string { return fmt.Sprintf("%+v", *h) }
