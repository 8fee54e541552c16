// Package causallog holds determinants: their encoding, the logs that a task
// keeps of itself and of others, what travels on a buffer, what a recovering
// task gathers and follows, and the in-flight log of a channel. It is pure
// data: it decides nothing about protocols and moves nothing.
//
// A task has a main log and one log of buffer cuts per output channel, each in
// segments by epoch. An entry's address is (log, its owner's epoch, offset),
// never the epoch of the buffer that carried it.
//
// Start at Layout (layout.go), which numbers logs and says who shares what; then
// Store (store.go), what travels (delta.go, piece.go), Gather, and how a replay
// follows (replay.go) and repeats a log (regenerate.go); InFlight stands apart.
package causallog
