package causallog

import (
	"testing"

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
