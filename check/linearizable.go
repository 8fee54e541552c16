package check

// Linearizable decides whether the clients could have been talking to one
// sequential shop, with the means that fit, in this order:
//
//  1. The witness, if there is one: an order that it accepts is a certificate,
//     whoever made it. If it rejects the order, that proves nothing yet: the
//     services may have told a wrong order and still have served their clients
//     right. So the history is judged without it:
//  2. by versions, if replies tell them: linear, and decides almost all of
//     those histories;
//  3. by bounds, which show most violations by one reply at once;
//  4. by exact search: decides any history of few clients.
//
// A verdict of 2, 3 or 4 stands, whatever the witness said: judges see what
// clients saw. If they cannot decide, the answer is Undecided, never Violated,
// and Detail says what is wrong with the witness. A history that is none
// (Harness), or in which nothing was answered, is Undecided too.
func Linearizable(h *History, witness []int32) Finding {
	return linearizable(h, witness, Budget{Steps: RunSteps})
}

func linearizable(h *History, witness []int32, budget Budget) Finding {
	if harness := Harness(h); harness.Verdict != Ok {
		return Finding{Name: "linearizable", Verdict: Undecided, LookedAt: h.answered(), Detail: "the history is broken: " + harness.Detail}
	}
	return decide(h, witness, budget)
}

// Unanswered is why a history without answers is undecided.
const Unanswered = "no operation was answered"

// decide is linearizable for a history that Harness finds whole.
func decide(h *History, witness []int32, budget Budget) Finding {
	f := Finding{Name: "linearizable", Verdict: Undecided, LookedAt: h.answered()}
	if f.LookedAt == 0 {
		f.Detail = Unanswered
		return f
	}
	accused := ""
	if witness != nil {
		w := JudgeWitness(h, witness)
		if w.Verdict == Ok {
			f.Verdict = Ok
			return f
		}
		accused = w.Detail
	}
	doubt := ""
	if len(h.After) > 0 {
		if v := JudgeVersions(h); v.Verdict != Undecided {
			f.Verdict, f.Detail, f.About = v.Verdict, v.Detail, v.About
			return f
		} else {
			doubt = v.Detail
		}
	}
	if b := JudgeBounds(h); b.Verdict == Violated {
		f.Verdict, f.Detail, f.About = b.Verdict, b.Detail, b.About
		return f
	}
	s := JudgeSearch(h, budget)
	f.Verdict, f.Detail, f.About = s.Verdict, s.Detail, s.About
	if f.Verdict == Undecided {
		if doubt != "" {
			f.Detail = doubt + "; " + f.Detail
		}
		if accused != "" {
			f.Detail = "the order in which the services decided is wrong: " + accused + "; " + f.Detail
		}
	}
	return f
}

// answered counts the operations that returned.
func (h *History) answered() int64 {
	var n int64
	for i := range h.Ops {
		if h.Ops[i].Return != Pending {
			n++
		}
	}
	return n
}

// CheckHistory judges a history that came from a file. Porcupine judges small
// ones too; it panics if the two disagree.
func CheckHistory(h *History, budget Budget) []Finding {
	f := linearizable(h, nil, budget)
	if _, err := SecondOpinion(h, nil, f.Verdict); err != nil {
		panic("check: " + err.Error())
	}
	return []Finding{Harness(h), f}
}

// Judge makes every check of a run, in the order of the contract. If the
// history itself is broken, nothing else can be told from it.
func Judge(e *Evidence) []Finding {
	findings := []Finding{Harness(e.History)}
	shared := *e
	shared.sums = new([]account)
	checks := [...]struct {
		name  string
		judge func(*Evidence) Finding
	}{
		{"linearizable", func(e *Evidence) Finding { return decide(e.History, e.Witness, Budget{Steps: RunSteps}) }},
		{"exactly_once", ExactlyOnce},
		{"replies_kept", RepliesKept},
		{"conservation_stock", ConservationStock},
		{"conservation_money", ConservationMoney},
		{"provider_ledger", ProviderLedger},
		{"progress", Progress},
	}
	broken := findings[0].Verdict != Ok
	for _, check := range checks {
		if broken {
			findings = append(findings, Finding{Name: check.name, Verdict: Undecided, Detail: "the history is broken: " + findings[0].Detail})
			continue
		}
		findings = append(findings, check.judge(&shared))
	}
	return findings
}
