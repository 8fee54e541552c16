package check

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
)

// big is a run of a simulator: many clients, many keys, replies that tell all.
func big(b testing.TB, ops int) (*History, []int32) {
	r := rand.New(rand.NewPCG(1, 1))
	h := &History{}
	const items, users, clients = 10_000, 10_000, 64
	for range items {
		h.Stock, h.Price = append(h.Stock, 100_000), append(h.Price, 1+r.Int64N(100))
	}
	for range users {
		h.Credit = append(h.Credit, 1_000_000_000)
	}
	for i := range ops { // all calls and returns within 64 places of each other
		call := int64(i) * 10
		op := Op{Client: int32(i % clients), Order: int32(i), Item: r.Int32N(items), User: r.Int32N(users), Call: call, Return: call + 10*clients - 5}
		var lines []Line
		switch x := r.IntN(100); {
		case x < 90:
			op.Kind, op.Outcome = Checkout, Paid
			for n := range 1 + r.Int32N(3) {
				lines = append(lines, Line{(op.Item + n) % items, 1})
			}
		case x < 96:
			op.Kind, op.Amount = AddStock+Kind(x%2), 5
		default:
			op.Kind = ReadStock + Kind(x%2)
		}
		h.Append(op, lines, nil)
	}
	state := NewState(h)
	witness := make([]int32, ops)
	for i := range h.Ops {
		op := &h.Ops[i]
		witness[i] = int32(i)
		state.force(int32(i))
		op.AfterFrom = int32(len(h.After))
		for _, k := range h.keysOf(int32(i)) {
			h.After = append(h.After, Seen{k, state.Value(k), state.Version(k)})
		}
		op.AfterTo = int32(len(h.After))
		if op.Kind == ReadStock || op.Kind == ReadCredit {
			op.Value = h.After[op.AfterFrom].Value
		}
	}
	return h, witness
}

func report(b *testing.B, ops int) {
	b.ReportMetric(float64(ops)*float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

const bigOps = 600_000

func BenchmarkWitness(b *testing.B) {
	h, witness := big(b, bigOps)
	for b.Loop() {
		if f := JudgeWitness(h, witness); f.Verdict != Ok {
			b.Fatal(f.Detail)
		}
	}
	report(b, bigOps)
}

func BenchmarkVersions(b *testing.B) {
	h, _ := big(b, bigOps)
	b.ReportAllocs()
	for b.Loop() {
		if f := JudgeVersions(h); f.Verdict != Ok {
			b.Fatal(f.Detail)
		}
	}
	report(b, bigOps)
}

func BenchmarkHarness(b *testing.B) {
	h, _ := big(b, bigOps)
	for b.Loop() {
		if f := Harness(h); f.Verdict != Ok {
			b.Fatal(f.Detail)
		}
	}
	report(b, bigOps)
}

func BenchmarkWindows(b *testing.B) {
	h, witness := big(b, 50_000)
	for b.Loop() {
		if f := JudgeWindows(h, witness, 200, 8, len(witness), Budget{}); f.Verdict != Ok {
			b.Fatal(f.Detail)
		}
	}
	report(b, 50_000)
}

func BenchmarkSearch(b *testing.B) {
	h, _ := big(b, 100_000)
	for b.Loop() {
		if f := JudgeSearch(h, Budget{}); f.Verdict != Ok {
			b.Fatal(f.Detail)
		}
	}
	report(b, 100_000)
}

func BenchmarkWriteHistory(b *testing.B) {
	h, _ := big(b, bigOps)
	for b.Loop() {
		if err := WriteHistory(io.Discard, h); err != nil {
			b.Fatal(err)
		}
	}
	report(b, bigOps)
}

func BenchmarkReadHistory(b *testing.B) {
	h, _ := big(b, bigOps)
	var file bytes.Buffer
	if err := WriteHistory(&file, h); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadHistory(bytes.NewReader(file.Bytes()), "big"); err != nil {
			b.Fatal(err)
		}
	}
	report(b, bigOps)
}

// The witness judge allocates for the history as a whole, not per operation.
func TestWitnessJudgeAllocatesLittle(t *testing.T) {
	h, witness := big(t, 20_000)
	if n := testing.AllocsPerRun(3, func() { JudgeWitness(h, witness) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkBounds(b *testing.B) {
	h, _ := big(b, bigOps)
	for b.Loop() {
		if f := JudgeBounds(h); f.Verdict == Violated {
			b.Fatal(f.Detail)
		}
	}
	report(b, bigOps)
}
