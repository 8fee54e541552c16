// Package sim is the kernel of the simulator: time, the event queue, random streams, distributions and the digest
// of a run. It owns the order in which things happen, and every draw that decides how long they take.
//
// It must not know what an event means: a destination and an argument are two numbers to it. It knows no task, no
// link and no protocol, starts no goroutine, reads no clock and does no floating-point arithmetic, so that the same
// seed gives the same bytes on every machine.
//
// Start at Kernel (kernel.go), which dispatches events and folds them into the digest; Ladder (ladder.go) is the
// queue beneath it, Stream (stream.go) the source of randomness, Dist (dist.go) and Zipf (zipf.go) what is drawn
// from it, and Deadlines (deadlines.go) the place for timeouts that mostly never fire.
package sim
