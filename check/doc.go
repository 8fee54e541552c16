// Package check judges histories of checkout operations: it turns what clients
// saw, and what an audit found at the end, into findings.
//
// It owns the history and its JSON Lines form, the sequential specification of
// the shop (spec.go, one page: start there), and every judge. It must not know
// how a history came about: not the dataflow, not the protocols, not the
// simulator. It is the only package that imports porcupine.
//
// Judges never guess. Ok means that a legal order of the operations was found,
// or that every item looked at was right; Violated means that none can exist;
// all else is Undecided, with the reason. Budgets are counted in steps, never
// in time, so that an answer is reproducible.
//
// Reading order: history.go, spec.go, witness.go, versions.go, bounds.go, search.go,
// linearizable.go (how they are combined), evidence.go and the checks after it.
package check
