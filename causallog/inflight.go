package causallog

import "simrun/dataflow"

// InFlight is the in-flight log of one output channel, which is its output
// queue as well: every buffer that was built, in order, until a checkpoint
// covers it. The zero value is empty and ready.
type InFlight struct {
	ring  []Entry // length a power of two; entry seq lies at seq & (length-1)
	first uint64
	end   uint64
	bytes int
	epoch int32 // entries before it were dropped by Truncate
}

// Entry is one buffer of an in-flight log, or a barrier.
type Entry struct {
	Epoch, Index int32
	Next         int32
	Barrier      bool
	Skip         int32
	First        uint64
	Data         []byte
}

// First is the sequence number of the oldest entry, End of the next one.
func (f *InFlight) First() uint64 { return f.first }

// End is described with First.
func (f *InFlight) End() uint64 { return f.end }

// Bytes is the size of the data held.
func (f *InFlight) Bytes() int { return f.bytes }

// At gives an entry, valid until it is dropped.
func (f *InFlight) At(seq uint64) *Entry { return &f.ring[seq&uint64(len(f.ring)-1)] }

// Append keeps a copy of a buffer.
func (f *InFlight) Append(b dataflow.Buffer) uint64 {
	if int(f.end-f.first) == len(f.ring) {
		grown := make([]Entry, max(16, 2*len(f.ring)))
		for seq := f.first; seq < f.end; seq++ {
			grown[seq&uint64(len(grown)-1)] = *f.At(seq)
		}
		f.ring = grown
	}
	e := f.At(f.end)
	*e = Entry{Epoch: b.Epoch, Index: b.Index, Next: b.Next, Barrier: b.Barrier, Skip: b.Skip, First: b.First, Data: append(e.Data[:0], b.Data...)}
	f.bytes += len(b.Data)
	f.end++
	return f.end - 1
}

// Seek finds the entry at a position of the sender. The position behind the
// last entry, or any later one, gives End: it has not been built yet. False if
// the entry was dropped.
func (f *InFlight) Seek(epoch, index int32) (seq uint64, ok bool) {
	if epoch < f.epoch {
		return 0, false
	}
	before := func(e *Entry) bool { return e.Epoch < epoch || e.Epoch == epoch && e.Index < index }
	low, high := f.first, f.end
	for low < high {
		if mid := low + (high-low)/2; before(f.At(mid)) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, true
}

// Truncate drops the entries of epochs before one.
func (f *InFlight) Truncate(epoch int32) {
	f.epoch = max(f.epoch, epoch)
	for f.first < f.end && f.At(f.first).Epoch < epoch {
		f.drop()
	}
}

// TruncateTo drops the entries before a sequence number.
func (f *InFlight) TruncateTo(seq uint64) {
	for f.first < seq && f.first < f.end {
		f.drop()
	}
}

func (f *InFlight) drop() {
	f.bytes -= len(f.At(f.first).Data)
	f.first++
}
