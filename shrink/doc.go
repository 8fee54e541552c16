// Package shrink makes a failing scenario small: from any scenario that fails
// to a smallest one that fails in the same class.
//
// It owns what smaller means (Size), what the same failure is (Class) and which
// reductions are tried. It must not know how a run is simulated or judged:
// package scenarios does. Keys that no reduction names stay as they are.
//
// The same scenario gives the same bytes, whatever the number of workers: the
// first success in a fixed order counts, and no clock bounds the search. Start at
// Shrink (shrink.go), then passes (passes.go): the reductions in their order.
package shrink
