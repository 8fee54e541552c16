// Package pipeline is the smallest acyclic job: a source, stages of keyed
// counters with a full shuffle before each, a sink. It has the shape of the
// synthetic job of the Clonos evaluation. It is pure application code: it does
// not know that it is simulated, nor which protocol guards it, and no stage
// looks whether it has counted an operation before, but for the first, which
// recognizes what a client asks again.
//
// Replies say everything that could go another way in a replay: how far each
// counter was, how many records came in the last window of time, the clock, a
// random number.
//
// Start at Graph (graph.go) and count.go; what travels is in record.go.
package pipeline
