package dataflow

// Env is the world as a task meets it: the only way in which simulated code
// reaches time, chance and others. The cluster implements it; no two
// incarnations of a task meet the same one.
type Env interface {
	// Clock reads the machine's clock, in nanoseconds.
	Clock() int64
	// Entropy draws 64 fresh random bits.
	Entropy() uint64
	// Opened tells that the first bytes were put into an open output buffer:
	// it must be flushed before long.
	Opened(output int)
	// Built hands over a finished buffer of an output. The bytes are valid
	// during the call only.
	Built(output int, b Buffer)
	// Ask makes an external call whose answer arrives as Task.Answered.
	Ask(key uint64, request []byte)
	// Arm asks for Task.TimerDue at or after the instant. A later call
	// replaces an earlier one.
	Arm(at int64)
	// Taken tells that a buffer or barrier was taken from the queue of an
	// input; nothing of it has been processed. What was restored from a
	// checkpoint has Tag 0 and Epoch -1. Valid during the call only.
	Taken(input int, b *Buffer)
	// Recycle takes back the bytes of a received buffer.
	Recycle(data []byte)
	// Processed tells that the operator has handled a record and nothing of
	// what it did has left yet. It answers whether the task dies here.
	Processed() (dies bool)
	// Snapshotted tells that the local snapshot of the epoch was taken.
	Snapshotted(epoch int32)
	// Captured hands over a whole checkpoint: the local snapshot and what was
	// recorded on feedback channels until the barrier returned.
	Captured(epoch int32, snapshot []byte)
	// Running tells that the replay has ended.
	Running()
	// Place passes on Context.Place.
	Place(operation uint32)
	// Diverged reports that the run disagrees with its determinants or a
	// channel with its positions; invariant names the broken one ("INV-04").
	Diverged(invariant, what string)
}

// Buffer is what travels on a channel: bytes of records, or one barrier.
// Position (Epoch, Index): epochs are the sender's; the barrier is the last
// buffer of its epoch.
type Buffer struct {
	Epoch, Index int32
	Barrier      bool   // the buffer is the barrier of epoch Next
	Next         int32  // of a barrier: the epoch that it begins
	Fresh        bool   // first of a connection that does not continue the bytes of the one before
	Skip         int32  // bytes at the start of Data that end a record begun in an earlier buffer
	Tag          uint32 // opaque: carried from Task.Receive to Env.Taken
	First        uint64 // records of the channel that ended in earlier buffers
	Data         []byte // records, each with its length in 2 bytes before it; a record may straddle buffers
}

// BarrierBytes is the size of a barrier on the wire.
const BarrierBytes = 8

// recordHeader is the size of a record's length.
const recordHeader = 2
