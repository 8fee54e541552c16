package causallog

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

func buffer(epoch, index int32, data ...byte) dataflow.Buffer {
	return dataflow.Buffer{Epoch: epoch, Index: index, Skip: int32(len(data) / 2), First: uint64(index), Data: data}
}

func TestInFlightKeepsWhatWasBuilt(t *testing.T) {
	var f InFlight
	if f.First() != 0 || f.End() != 0 || f.Bytes() != 0 {
		t.Fatal("the zero value is not empty")
	}
	data := []byte("abcdef")
	f.Append(buffer(1, 0, data...))
	copy(data, "zzzzzz") // the caller's bytes are valid during the call only
	if seq := f.Append(dataflow.Buffer{Epoch: 1, Index: 1, Barrier: true, Next: 3, First: 9}); seq != 1 {
		t.Errorf("sequence number %d", seq)
	}
	if e := f.At(0); string(e.Data) != "abcdef" || e.Epoch != 1 || e.Index != 0 || e.Skip != 3 || e.Barrier {
		t.Errorf("%+v", e)
	}
	if e := f.At(1); !e.Barrier || e.Next != 3 || e.Index != 1 || e.First != 9 || len(e.Data) != 0 {
		t.Errorf("%+v", e)
	}
	if f.Bytes() != 6 || f.End() != 2 {
		t.Errorf("%d bytes, end %d", f.Bytes(), f.End())
	}
}

func TestInFlightSeeks(t *testing.T) {
	var f InFlight
	for _, p := range []position{{1, 0}, {1, 1}, {1, 2}, {3, 0}, {3, 1}} { // epochs may skip
		f.Append(buffer(p.epoch, p.index, 7))
	}
	for _, tc := range []struct {
		epoch, index int32
		seq          uint64
		ok           bool
	}{
		{1, 0, 0, true}, {1, 2, 2, true}, {1, 3, 3, true}, {2, 0, 3, true}, {3, 1, 4, true},
		{3, 2, 5, true},  // the next position
		{9, 40, 5, true}, // not built yet
	} {
		if seq, ok := f.Seek(tc.epoch, tc.index); seq != tc.seq || ok != tc.ok {
			t.Errorf("(%d,%d): %d, %v; want %d, %v", tc.epoch, tc.index, seq, ok, tc.seq, tc.ok)
		}
	}
	f.TruncateTo(2)
	if _, ok := f.Seek(1, 1); ok || f.First() != 2 {
		t.Error("a dropped entry is found")
	}
	if seq, ok := f.Seek(1, 2); !ok || seq != 2 {
		t.Error("the oldest entry is not found")
	}
	f.Truncate(3)
	if _, ok := f.Seek(2, 9); ok || f.First() != 3 || f.Bytes() != 2 {
		t.Errorf("first %d, %d bytes", f.First(), f.Bytes())
	}
	f.Truncate(5)
	if _, ok := f.Seek(4, 0); ok || f.First() != 5 {
		t.Error("an epoch that a checkpoint covers is found")
	}
	if seq, ok := f.Seek(5, 0); !ok || seq != 5 {
		t.Error("the start of the checkpoint's epoch is not found")
	}
	f.Truncate(2)
	if _, ok := f.Seek(4, 0); ok {
		t.Error("truncation went back")
	}
}

// A truncation of a log that is empty counts too: a recovering sender has
// built nothing yet, and will never build what is before the checkpoint.
func TestInFlightTruncatedEmpty(t *testing.T) {
	var f InFlight
	f.Truncate(4)
	if _, ok := f.Seek(3, 0); ok {
		t.Error("an epoch before the checkpoint is found")
	}
	if seq, ok := f.Seek(4, 17); !ok || seq != 0 {
		t.Error("a position that will be built is not found")
	}
}

func TestInFlightBeyondItsEndPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	var f InFlight
	f.Append(buffer(0, 0, 1))
	f.At(1)
}

// TestInFlightFollowsASlice: after any appends and truncations the log holds
// what a plain slice holds.
func TestInFlightFollowsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f InFlight
		var plain []dataflow.Buffer // from first on
		var first uint64
		next, built := position{}, byte(0)
		drop := func(n int) {
			plain, first = plain[n:], first+uint64(n)
		}
		t.Repeat(map[string]func(*rapid.T){
			"buffer": func(t *rapid.T) {
				size := rapid.SampledFrom([]int{0, 1, 9, 700, chunkBytesMin, 3 * chunkBytesMin}).Draw(t, "bytes")
				built++
				b := buffer(next.epoch, next.index, bytes.Repeat([]byte{built}, size)...)
				next.index++
				f.Append(b)
				plain = append(plain, b)
			},
			"barrier": func(*rapid.T) {
				b := dataflow.Buffer{Epoch: next.epoch, Index: next.index, Barrier: true, Next: next.epoch + 1}
				next = position{epoch: next.epoch + 1}
				f.Append(b)
				plain = append(plain, b)
			},
			"truncate": func(t *rapid.T) {
				epoch := rapid.Int32Range(0, next.epoch).Draw(t, "epoch")
				n := 0
				for n < len(plain) && plain[n].Epoch < epoch {
					n++
				}
				drop(n)
				f.Truncate(epoch)
			},
			"truncate to": func(t *rapid.T) {
				n := rapid.IntRange(0, len(plain)).Draw(t, "entries")
				drop(n)
				f.TruncateTo(f.First() + uint64(n))
			},
			"": func(t *rapid.T) {
				if err := compare(&f, plain, first); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

func compare(f *InFlight, plain []dataflow.Buffer, first uint64) error {
	if f.First() != first || f.End() != first+uint64(len(plain)) {
		return fmt.Errorf("holds %d to %d, want %d entries from %d on", f.First(), f.End(), len(plain), first)
	}
	size := 0
	for i := range plain {
		b, seq := &plain[i], first+uint64(i)
		e := f.At(seq)
		if e.Epoch != b.Epoch || e.Index != b.Index || e.Barrier != b.Barrier || e.Next != b.Next || e.Skip != b.Skip || e.First != b.First || !bytes.Equal(e.Data, b.Data) {
			return fmt.Errorf("entry %d: (%d,%d), %d bytes; want (%d,%d), %d bytes", seq, e.Epoch, e.Index, len(e.Data), b.Epoch, b.Index, len(b.Data))
		}
		if got, ok := f.Seek(b.Epoch, b.Index); !ok || got != seq {
			return fmt.Errorf("(%d,%d) is sought at %d, want %d", b.Epoch, b.Index, got, seq)
		}
		size += len(b.Data)
	}
	if f.Bytes() != size {
		return fmt.Errorf("%d bytes, want %d", f.Bytes(), size)
	}
	return nil
}

// TestTheSliceSaysNo: the comparison sees a changed byte, a lost entry, a shift.
func TestTheSliceSaysNo(t *testing.T) {
	var f InFlight
	plain := []dataflow.Buffer{buffer(0, 0, 1, 2), buffer(0, 1, 3)}
	for _, b := range plain {
		f.Append(b)
	}
	if err := compare(&f, plain, 0); err != nil {
		t.Fatal(err)
	}
	if compare(&f, plain[1:], 0) == nil || compare(&f, plain, 1) == nil {
		t.Error("another range is accepted")
	}
	f.At(0).Data[1]++
	if compare(&f, plain, 0) == nil {
		t.Error("a changed byte is accepted")
	}
}
