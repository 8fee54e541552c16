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
	Whole      bool // Porcupine decided the whole history as well, with the same verdict
}

// SecondOpinion lets Porcupine judge again what Linearizable has decided: the
// whole history where it is small, within a budget of steps; and windows of an
// order that the witness judge accepts, each from the state that the order
// leaves before it. The two engines share nothing but the specification. That
// they differ is an error of this program, whichever is wrong.
func SecondOpinion(h *History, witness []int32, verdict Verdict) (Opinion, error) {
	var o Opinion
	if (verdict == Ok || verdict == Violated) && len(h.Ops) <= secondWhole {
		switch p := JudgePorcupine(h, Budget{Steps: secondSteps * int64(len(h.Ops))}); {
		case p.Verdict == Undecided:
		case p.Verdict != verdict:
			return o, fmt.Errorf("the judges say that the history is %v, Porcupine that it is %v: %s", verdict, p.Verdict, p.Detail)
		default:
			o.Whole = true
		}
	}
	if verdict != Ok || len(witness) == 0 || JudgeWitness(h, witness).Verdict != Ok {
		return o, nil
	}
	w := JudgeWindows(h, witness, secondWindow, secondPlaces, secondMost/secondWindow, Budget{Steps: windowSteps})
	if w.Verdict == Violated {
		return o, fmt.Errorf("the witness judge accepts an order that Porcupine does not: %s", w.Detail)
	}
	if w.Verdict == Ok {
		o.Operations = int(w.LookedAt)
		o.Windows = (o.Operations + secondWindow - 1) / secondWindow
	}
	return o, nil
}
