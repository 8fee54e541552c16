package check

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A second opinion agrees with the truth, and a wrong verdict or a wrong order
// is told.
func TestSecondOpinion(t *testing.T) {
	wholes, windows, disagreed, wrong, refused := 0, 0, 0, 0, 0
	for n := range 400 {
		r := rand.New(rand.NewPCG(2, uint64(n)))
		sh := tiny(r, n)
		h, witness := generate(r, sh)
		if h.answered() == 0 {
			continue
		}
		verdict := Linearizable(h, witness).Verdict
		o, err := SecondOpinion(h, witness, verdict)
		if err != nil {
			t.Fatalf("history %d: %v\n%s", n, err, dump(h))
		}
		if o.Whole {
			wholes++
		}
		w, err := windowsAgain(h, witness, verdict)
		if err != nil {
			t.Fatalf("history %d: %v\n%s", n, err, dump(h))
		}
		windows += w.Windows
		for _, other := range []Verdict{Undecided, Violated} {
			if o, err := windowsAgain(h, witness, other); err != nil || o != (Opinion{}) {
				t.Errorf("history %d: windows of one that is %v: %+v, %v", n, other, o, err)
			}
		}
		if o, err := wholeAgain(h, Undecided); err != nil || o.Whole {
			t.Errorf("history %d: an opinion on what nobody decided: %+v, %v", n, o, err)
		}
		backwards := slices.Clone(witness)
		slices.Reverse(backwards)
		if JudgeWitness(h, backwards).Verdict == Violated {
			wrong++
			if o, err := windowsAgain(h, backwards, Ok); err != nil || o != (Opinion{}) {
				t.Errorf("history %d: an opinion on an order that nobody accepts: %+v, %v", n, o, err)
			}
			if JudgeWindows(h, backwards, 200, 0, len(witness), Budget{}).Verdict == Violated {
				refused++
			}
		}
		lie := Violated
		if verdict == Violated {
			lie = Ok
		}
		if _, err := SecondOpinion(h, witness, lie); err != nil {
			disagreed++
		}
	}
	if wrong < 100 || refused < wrong/2 {
		t.Errorf("of %d wrong orders windows refuse %d", wrong, refused)
	}
	if wholes < 300 || windows < 100 || disagreed < 300 {
		t.Errorf("of 400 histories Porcupine decided %d whole, looked at %d windows and denied %d wrong verdicts", wholes, windows, disagreed)
	}
}

// On long orders it looks at windows spread over all of it.
func TestSecondOpinionSamples(t *testing.T) {
	h, witness := big(t, 60_000)
	o, err := SecondOpinion(h, witness, Ok)
	if err != nil || o.Whole || o.Windows != secondMost/secondWindow || o.Operations != secondMost {
		t.Errorf("%+v, %v", o, err)
	}
}

// A history of ordinary size is decided whole within its steps; one operation more
// than it may have, and it is not tried.
func TestSecondOpinionWhole(t *testing.T) {
	h, witness := big(t, secondWhole)
	if o, err := SecondOpinion(h, witness, Ok); err != nil || o != (Opinion{Whole: true}) {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := SecondOpinion(h, nil, Violated); err == nil {
		t.Error("a wrong verdict is confirmed")
	}
	h, witness = big(t, secondWhole+1)
	if o, err := SecondOpinion(h, witness, Ok); err != nil || o.Whole || o.Operations != secondWhole+1 || o.Windows != 13 {
		t.Errorf("%+v, %v", o, err)
	}
}

// Windows in which Porcupine is lost are no opinion.
func TestSecondOpinionIsLost(t *testing.T) {
	h := &History{Stock: []int64{100}, Price: []int64{1}, Credit: []int64{100}}
	witness := []int32{h.Append(Op{Kind: AddStock, Return: 1, Amount: 1, Outcome: OutcomeOK}, nil, nil)}
	for i := range int32(100) { // nobody knows of any what became of it
		op := Op{Kind: AddStock, Client: i, Call: 2 + int64(i), Return: Pending, Amount: 1, Outcome: Unknown}
		witness = append(witness, h.Append(op, nil, nil))
	}
	if v := Linearizable(h, witness).Verdict; v != Ok {
		t.Fatal(v)
	}
	if o, err := windowsAgain(h, witness, Ok); err != nil || o != (Opinion{}) {
		t.Errorf("%+v, %v", o, err)
	}
}
