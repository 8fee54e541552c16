package check

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// medium draws a run of 5,000 operations of 50 clients whose replies tell all.
func medium(n int, d damage, pending int) (*History, []int32) {
	r := rand.New(rand.NewPCG(19, uint64(n)))
	return generate(r, shape{clients: 50, ops: 5000, items: 200, users: 300, stock: 60, credit: 300, reads: 0.1, gap: 1000,
		pending: pending, after: 1, damage: d})
}

// Far beyond what a search could do, versions see every kind of damage that
// leaves a trace, and the witness of an intact shop is accepted.
func TestDamageInLargeHistories(t *testing.T) {
	for d := intact; d < damages; d++ {
		seen := 0
		for n := range 4 {
			h, witness := medium(n, d, n%2*5)
			f, w := Linearizable(h, witness), JudgeWitness(h, witness)
			switch {
			case d == intact && (f.Verdict != Ok || w.Verdict != Ok):
				t.Errorf("intact history %d: %s %s", n, f.Detail, w.Detail)
			case d == intact:
				if v := JudgeVersions(h); v.Verdict != Ok {
					t.Errorf("intact history %d: versions judge says %s: %s", n, v.Verdict, v.Detail)
				}
			case f.Verdict == Undecided:
				t.Errorf("damage %d, history %d: undecided: %s", d, n, f.Detail)
			case f.Verdict == Violated:
				seen++
				if w.Verdict == Ok {
					t.Errorf("damage %d, history %d: the witness is accepted", d, n)
				}
			}
		}
		if d != intact && seen == 0 {
			t.Errorf("damage %d never seen", d)
		}
	}
}

// A wrong witness of a right history accuses nobody.
func TestWrongWitnessOfRightHistory(t *testing.T) {
	h, witness := medium(1, intact, 0)
	witness[10], witness[4000] = witness[4000], witness[10]
	if f := JudgeWitness(h, witness); f.Verdict != Violated {
		t.Error("the witness is accepted")
	}
	if f := Linearizable(h, witness); f.Verdict != Ok || f.Detail != "" {
		t.Errorf("%+v", f)
	}
	forget(h, 1)
	if f := linearizable(h, witness, Budget{Steps: 100}); f.Verdict != Undecided ||
		!strings.Contains(f.Detail, "the order in which the services decided is wrong: ") {
		t.Errorf("%+v", f)
	}
}

// What cannot be judged is Undecided, not Ok.
func TestNothingToJudge(t *testing.T) {
	empty := &History{Stock: []int64{1}, Credit: []int64{1}, Price: []int64{1}}
	broken := &History{Stock: []int64{1}, Credit: []int64{1}, Price: []int64{1}}
	broken.Append(Op{Kind: ReadStock, Value: 1, Call: 2, Return: 1}, nil, nil)
	for _, h := range []*History{empty, broken} {
		if f := Linearizable(h, nil); f.Verdict != Undecided || f.Detail == "" {
			t.Errorf("%+v", f)
		}
	}
}

// Complaints of the witness judge name the operations.
func TestWitnessComplaints(t *testing.T) {
	h := soundEvidence().History
	for _, c := range []struct {
		witness []int32
		words   string
	}{
		{[]int32{0, 1, 2, 4, 5}, "add_stock i0 at 70 by c2 was told version 4 of the stock of i0, but it is at version 3 after checkout o1 by c0"},
		{[]int32{0, 1, 2, ^3, 4, 5}, "was told version 4 of the stock of i0, but it is at version 3"},
		{[]int32{1, 0, 2, 3, 4, 5}, "checkout o1 by c0 was told version 2 of the stock of i0, but it is at version 1 at the start"},
		{[]int32{0, 1, 3, 5, 2, 4}, "checkout o2 by c0 was decided after add_credit u0 at 90 by c2, but had returned at 60, before the other was called at 90"},
		{[]int32{0, 1, 2, 3, 5, 4}, "add_stock i0 at 70 by c2 was decided after add_credit u0 at 90 by c2, which its client called later"},
		{[]int32{0, 0, 1, 2, 3, 4, 5}, "checkout o0 by c0 was decided twice"},
		{[]int32{0, 1, 2, 3, 4}, "add_credit u0 at 90 by c2 was answered, but never decided"},
		{[]int32{0, 1, 2, 3, 4, 77}, "entry 5 of the decided order is 77"},
		{[]int32{^0, 1, 2, 3, 4, 5}, "entry 0 of the decided order is -1"},
	} {
		if f := JudgeWitness(h, c.witness); f.Verdict != Violated || !strings.Contains(f.Detail, c.words) {
			t.Errorf("%v: %s", c.witness, f.Detail)
		}
	}
}

// A page shows the window around the violation, and is the same every time.
func TestPage(t *testing.T) {
	for n := range 6 {
		h, witness := medium(n, doubleCharge, n)
		around := Culprit(h, witness)
		if around < 0 {
			continue
		}
		var first, second bytes.Buffer
		marks := []Mark{{Row: "stock/0", From: h.Ops[around].Call, To: h.Ops[around].Return, Text: "crash"}}
		if err := WritePage(&first, h, around, marks); err != nil {
			t.Fatal(err)
		}
		if err := WritePage(&second, h, around, marks); err != nil {
			t.Fatal(err)
		}
		window, _ := h.window(around)
		if !bytes.Equal(first.Bytes(), second.Bytes()) || len(window) > pageMost || first.Len() > 1<<20 {
			t.Errorf("history %d: %d operations, %d and %d bytes", n, len(window), first.Len(), second.Len())
		}
		if !strings.Contains(first.String(), h.describe(around)) || !strings.Contains(first.String(), "crash") {
			t.Errorf("history %d: the page lacks %s", n, h.describe(around))
		}
	}
}
