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
		backwards := slices.Clone(witness)
		slices.Reverse(backwards)
		if JudgeWitness(h, backwards).Verdict == Violated {
			wrong++
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
