package check

import "io"

// Budget bounds a search in steps.
type Budget struct {
	Steps int64 // 0: DefaultSteps
}

// Linearizable judges the history. witness may be nil.
func Linearizable(h *History, witness []int32) Finding {
	return Finding{Name: "linearizable", Verdict: Undecided, Detail: "not judged yet"}
}

// Judge makes every check of a run, in the order of the contract.
func Judge(e *Evidence) []Finding {
	return []Finding{Harness(e.History), Linearizable(e.History, e.Witness), ExactlyOnce(e), RepliesKept(e),
		ConservationStock(e), ConservationMoney(e), ProviderLedger(e), Progress(e)}
}

// CheckHistory judges a history that came from a file.
func CheckHistory(h *History, budget Budget) []Finding {
	return []Finding{Harness(h), Linearizable(h, nil)}
}

// Harness judges what the other checks assume about the history.
func Harness(h *History) Finding { return Finding{Name: "harness", Verdict: Undecided} }

// ExactlyOnce and the others judge the evidence.
func ExactlyOnce(e *Evidence) Finding { return Finding{Name: "exactly_once", Verdict: Undecided} }
func RepliesKept(e *Evidence) Finding { return Finding{Name: "replies_kept", Verdict: Undecided} }
func ConservationStock(e *Evidence) Finding {
	return Finding{Name: "conservation_stock", Verdict: Undecided}
}
func ConservationMoney(e *Evidence) Finding {
	return Finding{Name: "conservation_money", Verdict: Undecided}
}
func ProviderLedger(e *Evidence) Finding { return Finding{Name: "provider_ledger", Verdict: Undecided} }
func Progress(e *Evidence) Finding       { return Finding{Name: "progress", Verdict: Undecided} }

// WriteHistory writes h as JSON Lines, ReadHistory reads it; name stands in
// the error, which is of type BadInput.
func WriteHistory(w io.Writer, h *History) error             { return nil }
func ReadHistory(r io.Reader, name string) (*History, error) { return nil, nil }
