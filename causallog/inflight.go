package causallog

import (
	"fmt"

	"simrun/dataflow"
)

// InFlight is the in-flight log of one output channel, which is its output
// queue as well: every buffer that was built, in order, until a checkpoint
// covers it. The zero value is empty and ready.
type InFlight struct {
	ring  []Entry // length a power of two; entry seq lies at seq & (length-1)
	first uint64
	end   uint64
	bytes int
	arena arena

	resident int    // bytes of data in memory
	spilled  uint64 // entries before it are on disk (spill.go)
	files    []file
	// dropped is the first position that was not dropped: what is before it can
	// no longer be asked for. Entries lie at or behind it.
	dropped position
}

// NewInFlight makes an empty log that takes its memory from where the layout's
// logs do.
func NewInFlight(l *Layout) InFlight { return InFlight{arena: arena{memory: l.memory}} }

type position struct{ epoch, index int32 }

func (p position) before(q position) bool {
	return p.epoch < q.epoch || p.epoch == q.epoch && p.index < q.index
}

// Entry is one buffer of an in-flight log, or a barrier.
type Entry struct {
	Epoch, Index int32
	Next         int32
	Barrier      bool
	Skip         int32
	First        uint64
	Data         []byte // nil: on disk, or dropped

	size   int32  // of Data
	chunk  uint64 // where Data lies in the arena
	offset int    // where it lies in the file of its epoch
}

func (e *Entry) position() position { return position{e.Epoch, e.Index} }

// First is the sequence number of the oldest entry, End of the next one.
func (f *InFlight) First() uint64 { return f.first }

// End is described with First.
func (f *InFlight) End() uint64 { return f.end }

// Bytes is the size of the data held, in memory or on disk.
func (f *InFlight) Bytes() int { return f.bytes }

// At gives an entry: the pointer is valid until the next Append, its data until
// it is dropped. Whoever asks for an entry that was dropped, as a protocol that
// truncates too early may, gets one without data, or a later one in its place.
func (f *InFlight) At(seq uint64) *Entry {
	if seq >= f.end {
		panic(fmt.Sprintf("causallog: entry %d of an in-flight log that ends at %d", seq, f.end))
	}
	return f.slot(seq)
}

func (f *InFlight) slot(seq uint64) *Entry { return &f.ring[seq&uint64(len(f.ring)-1)] }

// Append keeps a copy of a buffer and gives its sequence number. Positions
// must ascend.
func (f *InFlight) Append(b dataflow.Buffer) uint64 {
	if int(f.end-f.first) == len(f.ring) {
		f.grow()
	}
	e := f.slot(f.end)
	*e = Entry{Epoch: b.Epoch, Index: b.Index, Next: b.Next, Barrier: b.Barrier, Skip: b.Skip, First: b.First, size: int32(len(b.Data))}
	e.Data, e.chunk = f.arena.copy(b.Data)
	f.bytes += len(b.Data)
	f.resident += len(b.Data)
	f.end++
	return f.end - 1
}

func (f *InFlight) grow() {
	if len(f.ring) == 0 {
		if f.ring = f.arena.memory.ring(); f.ring != nil {
			return
		}
	}
	grown := make([]Entry, max(16, 2*len(f.ring)))
	for seq := f.first; seq < f.end; seq++ {
		grown[seq&uint64(len(grown)-1)] = *f.slot(seq)
	}
	f.ring = grown
}

// Seek finds the entry at a position of the sender. A position behind the last
// entry gives End: it has not been built yet. That may be far behind, where the
// receiver has what a recovering sender is about to build again. False if the
// entry was dropped.
func (f *InFlight) Seek(epoch, index int32) (seq uint64, ok bool) {
	want := position{epoch, index}
	if want.before(f.dropped) {
		return 0, false
	}
	low, high := f.first, f.end
	for low < high {
		if mid := low + (high-low)/2; f.slot(mid).position().before(want) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, true
}

// Truncate drops the entries of epochs before one.
func (f *InFlight) Truncate(epoch int32) {
	for f.first < f.end && f.slot(f.first).Epoch < epoch {
		f.drop()
	}
	if len(f.files) > 0 {
		f.dropFiles(epoch)
	}
	if start := (position{epoch: epoch}); f.dropped.before(start) {
		f.dropped = start
	}
	f.release()
}

// TruncateTo drops the entries before a sequence number.
func (f *InFlight) TruncateTo(seq uint64) {
	for f.first < seq && f.first < f.end {
		f.drop()
	}
	f.release()
}

func (f *InFlight) drop() {
	e := f.slot(f.first)
	f.bytes -= int(e.size)
	f.resident -= len(e.Data)
	f.dropped = position{e.Epoch, e.Index + 1}
	e.Data = nil
	f.first++
}

// release gives back the memory of what was dropped or spilled, but for the
// chunk that is being filled.
func (f *InFlight) release() {
	if kept := f.Spilled(); kept < f.end {
		f.arena.release(f.slot(kept).chunk)
	}
}
