package check

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// arbitrary draws a tiny history whose replies come from nowhere: nearly all
// are illegal, in ways that no broken shop would hit upon.
func arbitrary() *rapid.Generator[*History] {
	return rapid.Custom(func(t *rapid.T) *History {
		small := func(label string, low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, label) }
		h := &History{Stock: []int64{small("stock", 0, 3), 2}, Credit: []int64{small("credit", 0, 4)}, Price: []int64{1, 1}}
		clock := [3]int64{}
		for n := range small("ops", 1, 6) {
			c := small("client", 0, 2)
			if clock[c] == Pending {
				continue
			}
			op := Op{Kind: Kind(small("kind", 0, 5)), Client: int32(c), Order: int32(n), Amount: small("amount", 1, 2), Value: small("value", 0, 4)}
			op.Item, op.Status = int32(small("item", 0, 1)), Status(small("status", 0, 2))
			op.Call = clock[c] + small("think", 0, 2)
			op.Return = op.Call + small("latency", 0, 3)
			lines := []Line{}
			switch op.Kind {
			case Checkout:
				op.Outcome = Outcome(small("outcome", 1, 4))
				lines = append(lines, Line{op.Item, small("quantity", 1, 2)})
				if rapid.Bool().Draw(t, "second line") {
					lines = append(lines, Line{int32(small("item", 0, 1)), 1})
				}
			case FindOrder:
				op.Order = int32(small("order", 0, n))
			}
			var after []Seen
			if small("pending", 0, 5) == 5 {
				op.Return, op.Outcome = Pending, Unknown
			} else if rapid.Bool().Draw(t, "tells") {
				for _, k := range []Key{ItemKey(0), ItemKey(1), UserKey(0)} {
					touches := op.Kind == Checkout && k.IsUser()
					for _, line := range lines {
						touches = touches || k == ItemKey(line.Item)
					}
					touches = touches || k == ItemKey(op.Item) && (op.Kind == AddStock || op.Kind == ReadStock)
					touches = touches || k.IsUser() && (op.Kind == AddCredit || op.Kind == ReadCredit)
					if touches && small("tell", 0, 4) > 0 {
						after = append(after, Seen{k, small("value", 0, 4), small("version", 0, 3)})
					}
				}
			}
			clock[c] = op.Return
			h.Append(op, lines, after)
		}
		return h
	})
}

// Whatever the replies, no judge contradicts brute force.
func TestArbitraryHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := arbitrary().Draw(t, "history")
		if Harness(h).Verdict != Ok {
			t.Fatal("not a history")
		}
		want := Violated
		if bruteForce(h) {
			want = Ok
		}
		if JudgeSearch(h, Budget{}).Verdict != want {
			t.Fatal("the search is wrong")
		}
		if JudgeBounds(h).Verdict == Violated && want != Violated {
			t.Fatal("the bounds are wrong")
		}
		if JudgePorcupine(h, Budget{}).Verdict != want {
			t.Fatal("Porcupine is wrong")
		}
		if v := JudgeVersions(h).Verdict; v != Undecided && v != want {
			t.Fatal("the versions judge is wrong")
		}
		var file bytes.Buffer
		if WriteHistory(&file, h) != nil {
			t.Fatal("writing failed")
		}
		read, err := ReadHistory(&file, "again")
		if err != nil || bruteForce(read) != (want == Ok) {
			t.Fatal("writing and reading changed the history")
		}
	})
}

// A witness is accepted exactly if its steps are legal one after the other, it
// leaves nothing out, and real time and the clients agree with it: compared
// with the same said naively, on orders good and bad.
func TestWitnessJudge(t *testing.T) {
	accepted := 0
	for n := range 4000 {
		r := rand.New(rand.NewPCG(13, uint64(n)))
		h, witness := generate(r, tiny(r, n))
		if len(witness) == 0 {
			continue
		}
		for range r.IntN(3) {
			a, b := r.IntN(len(witness)), r.IntN(len(witness))
			witness[a], witness[b] = witness[b], witness[a]
		}
		switch r.IntN(6) {
		case 0:
			witness = witness[:len(witness)-1]
		case 1:
			witness = append(witness, witness[r.IntN(len(witness))])
		}
		f := JudgeWitness(h, witness)
		if naive(h, witness) != (f.Verdict == Ok) {
			t.Fatalf("history %d: witness judge says %s %s\n%v\n%s", n, f.Verdict, f.Detail, witness, dump(h))
		}
		if f.Verdict == Ok {
			accepted++
			if !bruteForce(h) {
				t.Fatalf("history %d: accepted, but not linearizable", n)
			}
		} else if f.Detail == "" {
			t.Fatalf("history %d: rejected without a word", n)
		}
	}
	if accepted < 500 || accepted > 3500 {
		t.Errorf("one-sided: %d accepted", accepted)
	}
}

func naive(h *History, witness []int32) bool {
	b := &brute{h: h, done: make([]bool, len(h.Ops)), value: map[Key]int64{}, version: map[Key]int64{}, status: map[int32]Status{}}
	for n, v := range h.Stock {
		b.value[ItemKey(int32(n))] = v
	}
	for n, v := range h.Credit {
		b.value[UserKey(int32(n))] = v
	}
	for place, entry := range witness {
		i, unpaid := entryOf(entry)
		op := &h.Ops[i]
		if b.done[i] {
			return false
		}
		b.done[i] = true
		for _, before := range witness[:place] {
			j, _ := entryOf(before)
			if op.Return < h.Ops[j].Call || op.Client == h.Ops[j].Client && h.before(i, j) {
				return false
			}
		}
		as := op.Outcome
		if as == Unknown && op.Kind == Checkout {
			if as = Paid; unpaid {
				as = Declined
			} else if value, version, status := clone(b.value), clone(b.version), clone(b.status); !b.checkout(op, Paid) {
				b.value, b.version, b.status, as = value, version, status, Declined
			} else {
				continue
			}
		}
		if !b.legal(op, as) {
			return false
		}
	}
	for i := range h.Ops {
		if !b.done[i] && h.Ops[i].Return != Pending {
			return false
		}
	}
	return true
}

// The place of an operation in the file decides nothing but the order of one
// client's instants.
func TestShuffledHistories(t *testing.T) {
	for n := range 3000 {
		r := rand.New(rand.NewPCG(17, uint64(n)))
		h, _ := generate(r, tiny(r, n))
		r.Shuffle(len(h.Ops), func(i, j int) { h.Ops[i], h.Ops[j] = h.Ops[j], h.Ops[i] })
		want := Violated
		if bruteForce(h) {
			want = Ok
		}
		if s := JudgeSearch(h, Budget{}); s.Verdict != want {
			t.Fatalf("history %d: search says %s, truth is %s", n, s.Verdict, want)
		}
		if p := JudgePorcupine(h, Budget{}); p.Verdict != want {
			t.Fatalf("history %d: Porcupine says %s, truth is %s", n, p.Verdict, want)
		}
		if b := JudgeBounds(h); b.Verdict == Violated && want != Violated {
			t.Fatalf("history %d: bounds say %s, truth is %s", n, b.Verdict, want)
		}
		if v := JudgeVersions(h); v.Verdict != Undecided && v.Verdict != want {
			t.Fatalf("history %d: versions judge says %s, truth is %s", n, v.Verdict, want)
		}
	}
}
