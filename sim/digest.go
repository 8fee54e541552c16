package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// BlockEvents is the number of events in a block of the digest.
const BlockEvents = 1024

// Captured is one step of a captured block: an event and the notes made while it was handled. Step counts from 1 as
// Kernel.Step does; step 0 has no event and holds the notes made before the first.
type Captured struct {
	Step  uint64
	Event Event
	Notes []uint64
}

// A digest condenses the events and notes of a run. Each is folded into the 64-bit state of its block by a map that
// is a bijection of the state: two runs that differ in one event cannot come together again by later equal events.
// SHA-256 is taken over the states of all blocks.
type digest struct {
	seed   uint64
	state  uint64   // of the current block
	blocks []uint64 // of the blocks before

	capturing bool // the current block is the one asked for
	wanted    bool
	block     int
	captured  []Captured
}

// newDigest takes memory for the digests of blocks.
func newDigest(seed uint64, blocks []uint64) digest {
	return digest{seed: seed, state: golden, blocks: blocks}
}

const (
	factorTime  = 0xff51afd7ed558ccd
	factorPlace = 0xc4ceb9fe1a85ec53
	factorNote  = 0x9fb21c651e98df25
	factorState = 0xd6e8feb86659fd93
)

// event folds in the event that follows step others.
func (d *digest) event(step uint64, e Event) {
	if step%BlockEvents == 0 && step > 0 {
		d.close()
	}
	x := uint64(e.At)*factorTime ^ bits.RotateLeft64((uint64(e.Dst)<<32|uint64(e.Arg))*factorPlace, 32)
	d.state = (bits.RotateLeft64(d.state, 27) ^ x) * factorState
	if d.capturing {
		d.captured = append(d.captured, Captured{Step: step + 1, Event: e})
	}
}

// note folds in content. The rotation differs from that of an event, so that the one is not taken for the other.
func (d *digest) note(x uint64) {
	d.state = (bits.RotateLeft64(d.state, 41) ^ x*factorNote) * factorState
	if d.capturing {
		d.captureNote(x)
	}
}

func (d *digest) captureNote(x uint64) {
	if len(d.captured) == 0 {
		d.captured = append(d.captured, Captured{})
	}
	last := &d.captured[len(d.captured)-1]
	last.Notes = append(last.Notes, x)
}

// close ends the current block. The notes of its last event are in it: a block ends when the next event comes.
func (d *digest) close() {
	d.blocks = append(d.blocks, finalise(d.state))
	d.state = golden
	d.capturing = d.wanted && d.block == len(d.blocks)
}

func (d *digest) capture(block int, step uint64) {
	if step > 0 {
		panic("sim: Capture after the run has begun")
	}
	d.wanted, d.block = true, block
	d.capturing = block == 0
}

// all returns the digests of all blocks, the current one included.
func (d *digest) all() []uint64 {
	return append(append(make([]uint64, 0, len(d.blocks)+1), d.blocks...), finalise(d.state))
}

func (d *digest) sum(step uint64) [32]byte {
	buffer := make([]byte, 0, 8*(len(d.blocks)+3))
	buffer = binary.LittleEndian.AppendUint64(buffer, d.seed)
	buffer = binary.LittleEndian.AppendUint64(buffer, step)
	for _, b := range d.all() {
		buffer = binary.LittleEndian.AppendUint64(buffer, b)
	}
	return sha256.Sum256(buffer)
}

// FirstDifference returns the first block in which two runs differ, and false if they are equal. If one run is a
// prefix of the other, that is the block in which it ends.
func FirstDifference(a, b []uint64) (block int, found bool) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i, true
		}
	}
	return min(len(a), len(b)), len(a) != len(b)
}

// FirstDifferentStep returns the index of the first step in which two captures of one block differ, and false if they
// are equal. The index may be the length of one of them: that run ended there.
func FirstDifferentStep(a, b []Captured) (index int, found bool) {
	for i := range min(len(a), len(b)) {
		if a[i].Step != b[i].Step || a[i].Event != b[i].Event || !equalNotes(a[i].Notes, b[i].Notes) {
			return i, true
		}
	}
	return min(len(a), len(b)), len(a) != len(b)
}

func equalNotes(a, b []uint64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
