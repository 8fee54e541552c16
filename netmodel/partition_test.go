package netmodel

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// A partitionStep appends a number of records and then trims: Trim thousandths of what is held then, or with
// ToBoundary to the last boundary between chunks within it.
type partitionStep struct {
	Append     int
	Bytes      int // of the longest record
	Trim       int
	ToBoundary bool
}

var anyPartitionSteps = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) partitionStep {
	return partitionStep{
		Append: rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 3*chunkRecords), rapid.Just(chunkRecords)).Draw(t, "append"),
		Bytes:  rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 40)).Draw(t, "bytes"),
		Trim:   rapid.OneOf(rapid.Just(0), rapid.Just(1000), rapid.IntRange(0, 1000)).Draw(t, "trim"), ToBoundary: rapid.Bool().Draw(t, "to boundary"),
	}
}), 1, 8)

type partitionLike interface {
	Append(record []byte) uint64
	First() uint64
	End() uint64
	At(offset uint64) []byte
	Trim(offset uint64)
}

// replayable: a partition gives back what was appended, at its offset, until it is trimmed.
func replayable(build func() partitionLike) judge[[]partitionStep] {
	return func(steps []partitionStep) error {
		p := build()
		var want [][]byte // from offset 0
		var scratch []byte
		first := 0
		for i, step := range steps {
			for j := range step.Append {
				scratch = append(scratch[:0], make([]byte, j*7%(step.Bytes+1))...)
				for b := range scratch {
					scratch[b] = byte(len(want)>>(b%3*8) + b)
				}
				if offset := p.Append(scratch); offset != uint64(len(want)) {
					return fmt.Errorf("step %d: offset %d, want %d", i, offset, len(want))
				}
				want = append(want, bytes.Clone(scratch))
			}
			to := first + (len(want)-first)*step.Trim/1000
			if boundary := to / chunkRecords * chunkRecords; step.ToBoundary && boundary >= first {
				to = boundary
			}
			p.Trim(uint64(to))
			p.Trim(uint64(to / 2)) // a late one changes nothing
			first = to
			if p.First() != uint64(first) || p.End() != uint64(len(want)) {
				return fmt.Errorf("step %d: holds %d to %d, want %d to %d", i, p.First(), p.End(), first, len(want))
			}
			for offset := first; offset < len(want); offset++ {
				if got := p.At(uint64(offset)); !bytes.Equal(got, want[offset]) {
					return fmt.Errorf("step %d: record %d is %x, want %x", i, offset, got, want[offset])
				}
			}
		}
		return nil
	}
}

func TestPartitionGivesBackWhatWasAppended(t *testing.T) {
	mustHold(t, anyPartitionSteps, replayable(func() partitionLike { return new(Partition) }))
}

// borrowing keeps the caller's bytes instead of a copy.
type borrowing struct {
	Partition
	records [][]byte
}

func (p *borrowing) Append(record []byte) uint64 {
	p.records = append(p.records, record)
	return p.Partition.Append(record)
}
func (p *borrowing) At(offset uint64) []byte { return p.records[offset] }

// greedy trims one record too many.
type greedy struct{ Partition }

func (p *greedy) Trim(offset uint64) { p.Partition.Trim(min(offset+1, p.End())) }

// unclean fills trimmed chunks again without emptying them.
type unclean struct{ Partition }

func (p *unclean) Trim(offset uint64) {
	p.Partition.Trim(offset)
	for _, c := range p.spare {
		c.ends = append(c.ends, 0)
	}
}

func TestPartitionControls(t *testing.T) {
	mustCatch(t, anyPartitionSteps, replayable(func() partitionLike { return new(borrowing) }), "record")
	mustCatch(t, anyPartitionSteps, replayable(func() partitionLike { return new(greedy) }), "holds")
	mustCatch(t, anyPartitionSteps, replayable(func() partitionLike { return new(unclean) }), "record")
}

func TestPartitionRefusesOtherOffsets(t *testing.T) {
	var p Partition
	mustPanic(t, "offset 0 of a partition that holds 0 to 0", func() { p.At(0) })
	for range 5 {
		p.Append([]byte("record"))
	}
	p.Trim(3)
	mustPanic(t, "offset 2 of a partition that holds 3 to 5", func() { p.At(2) })
	mustPanic(t, "offset 5 of a partition that holds 3 to 5", func() { p.At(5) })
	mustPanic(t, "trim to offset 6 of a partition that ends at 5", func() { p.Trim(6) })
	if got := append(p.At(3), '!'); string(got) != "record!" || string(p.At(4)) != "record" {
		t.Errorf("to append to a record changes the next: %q", p.At(4))
	}
}

func TestPartitionDoesNotAllocate(t *testing.T) {
	var p Partition
	record := make([]byte, 100)
	append1 := func() {
		binary.LittleEndian.PutUint64(record, p.End())
		p.Append(record)
		if p.End() >= 2000 {
			p.Trim(p.End() - 2000)
		}
	}
	for range 10_000 {
		append1()
	}
	mustNotAllocate(t, append1)
	if n := len(p.chunks) + len(p.spare); n > 4 {
		t.Errorf("%d chunks for 2,000 records", n)
	}
	// Without a trim there is an allocation for a chunk, its bytes and its ends, and now and then for the list.
	n := testing.AllocsPerRun(20, func() {
		for range 10 * chunkRecords {
			p.Append(record)
		}
	})
	if n > 10*4 {
		t.Errorf("%v allocations for ten chunks", n)
	}
}
