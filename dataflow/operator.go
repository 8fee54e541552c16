package dataflow

// Operator is the application code of one task: single-threaded, passive, and
// blind to the protocol that guards it. It acts only when it is handed an
// input and sees the world only through its Context.
//
// Everything that it does must follow from its state and its inputs: whatever
// else it needs (time, randomness, answers from outside) comes from the
// Context, which is what makes a replay agree with the run it repeats.
type Operator interface {
	// Record handles one record that arrived on an input edge (the number of
	// the edge among the operator's inputs, in declared order; the source
	// counts as edge 0 of a source operator) from the numbered task of the
	// edge's origin. The record's bytes are valid during the call only.
	Record(ctx Context, edge, from int, record []byte)
	// Timer handles a timer that came due and was not cancelled.
	Timer(ctx Context, key uint64)
	// Answer handles the answer to an external call. The bytes are valid
	// during the call only.
	Answer(ctx Context, key uint64, answer []byte)
	// Snapshot appends the whole state; Restore replaces the state by one that
	// Snapshot wrote. A fresh operator holds its initial state.
	Snapshot(dst []byte) []byte
	Restore(src []byte) error
}

// Context is what an operator sees of the world. Each method may be used only
// during a call of the operator.
type Context interface {
	// Emit sends a record on an output edge (numbered among the operator's
	// outputs, in declared order; the sink counts as the edge after them) to
	// the numbered task of the edge's target. The bytes are copied.
	Emit(edge, to int, record []byte)
	// Now reads the task's clock, in nanoseconds. Each reading is logged, unless
	// the clock is cached (Options.Tick): then each tick is.
	Now() int64
	// Random draws from the stream that the epoch's logged seed opens.
	Random() uint64
	// Call asks the outside world; the answer comes back as Answer(key, ...).
	// A call may be made again after a failure, so it must have no lasting
	// effect; the answer may then be another one.
	Call(key uint64, request []byte)
	// SetTimer arms a timer that fires Timer(key) after the delay in
	// nanoseconds. All timers of one operator have the same delay. The handle
	// cancels it.
	SetTimer(delay int64, key uint64) (handle uint64)
	CancelTimer(handle uint64)
	// Apply computes something that the operator could not compute again: it reads
	// what is neither its state nor its input. compute appends the result, of
	// 65,535 bytes at most, and is called at once, but never in replay where the
	// log has the result: so it must have no lasting effect. The key tells one use
	// from another; the result is valid until the next Apply.
	Apply(key uint64, compute func(dst []byte) []byte) []byte
	// Place tells the judge, not the system, that the numbered operation holds
	// all its locks at this instant: its place in the order of decisions. It
	// has no effect on anything simulated and is ignored in replay.
	Place(operation uint32)
}
