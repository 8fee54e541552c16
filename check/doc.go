// Package check judges histories of checkout operations: it turns what clients
// saw, and what an audit found at the end, into findings.
//
// It owns the history and its JSON Lines form, the sequential specification of
// the shop (spec.go, one page: start there), and every judge. It must not know
// how a history came about: not the dataflow, not the protocols, not the
// simulator. It is the only package that imports porcupine.
//
// Judges never guess: what is neither shown to be right nor shown to be wrong is
// Undecided, with the reason. Budgets are counted in steps, never in time. Then
// read history.go, witness.go, versions.go, bounds.go, search.go, linearizable.go
// (how they are combined), evidence.go and the checks after it.
package check
