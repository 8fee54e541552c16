package check

import "fmt"

// What a second opinion may cost: operations that Porcupine looks at in
// windows, their size, how many places each may move, and steps.
// Porcupine decides the history of a run in one to four steps per operation, or
// is lost.
const (
	secondMost   = 20_000
	secondWindow = 200
	secondPlaces = 8
	secondSteps  = 16     // an operation of a whole history
	windowSteps  = 20_000 // a window
	secondWhole  = 2_500  // operations
)

// Opinion is what Porcupine looked at for a second opinion.
type Opinion struct {
	Operations int  // in windows of the witness order, spread evenly over it
	Windows    int  // of them, all accepted
	Whole      bool // Porcupine decided the whole history, with the same verdict
}

// SecondOpinion lets Porcupine judge again what Linearizable has decided: the
// whole history where it is small, within a budget of steps; or else windows of
// an order that the witness judge accepts, each from the state that the order
// leaves before it. The two engines share nothing but the specification. That
// they differ is an error of this program, whichever is wrong.
func SecondOpinion(h *History, witness []int32, verdict Verdict) (Opinion, error) {
	if o, err := wholeAgain(h, verdict); o.Whole || err != nil {
		return o, err
	}
	return windowsAgain(h, witness, verdict)
}

// wholeAgain judges a small history.
func wholeAgain(h *History, verdict Verdict) (Opinion, error) {
	if verdict != Ok && verdict != Violated || len(h.Ops) > secondWhole {
		return Opinion{}, nil
	}
	switch p := JudgePorcupine(h, Budget{Steps: secondSteps * int64(len(h.Ops))}); p.Verdict {
	case Undecided:
		return Opinion{}, nil
	case verdict:
		return Opinion{Whole: true}, nil
	default:
		return Opinion{}, fmt.Errorf("the judges say that the history is %v, Porcupine that it is %v: %s", verdict, p.Verdict, p.Detail)
	}
}

// windowsAgain judges windows of an order that the witness judge accepts.
func windowsAgain(h *History, witness []int32, verdict Verdict) (Opinion, error) {
	if verdict != Ok || len(witness) == 0 || JudgeWitness(h, witness).Verdict != Ok {
		return Opinion{}, nil
	}
	w := JudgeWindows(h, witness, secondWindow, secondPlaces, secondMost/secondWindow, Budget{Steps: windowSteps})
	if w.Verdict == Violated {
		return Opinion{}, fmt.Errorf("the witness judge accepts an order that Porcupine does not: %s", w.Detail)
	}
	if w.Verdict != Ok {
		return Opinion{}, nil
	}
	n := int(w.LookedAt)
	return Opinion{Operations: n, Windows: (n + secondWindow - 1) / secondWindow}, nil
}
