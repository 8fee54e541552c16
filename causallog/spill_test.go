package causallog

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// What is spilled leaves memory and comes back byte for byte, whatever is
// appended, sent and truncated meanwhile.
func TestSpillingKeepsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f InFlight
		var want [][]byte // per sequence number
		var epochs []int32
		epoch, index := int32(1), int32(0)
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				data := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "data")
				f.Append(dataflow.Buffer{Epoch: epoch, Index: index, Data: data})
				want, epochs = append(want, data), append(epochs, epoch)
				index++
			},
			"epoch": func(t *rapid.T) { epoch, index = epoch+1, 0 },
			"spill": func(t *rapid.T) {
				to := rapid.Uint64Range(f.First(), f.End()).Draw(t, "to")
				before := f.Spilled()
				f.Spill(to)
				if f.Spilled() != max(before, to) {
					t.Fatalf("spilled up to %d, asked for %d", f.Spilled(), to)
				}
			},
			"read": func(t *rapid.T) {
				seq := rapid.Uint64Range(0, f.End()).Draw(t, "seq")
				if err := f.ReadBack(seq); err != nil {
					t.Fatal(err)
				}
				if seq >= f.First() && seq < f.End() && (!f.Ready(seq) || !bytes.Equal(f.At(seq).Data, want[seq])) {
					t.Fatalf("entry %d comes back as %d bytes of %d", seq, len(f.At(seq).Data), len(want[seq]))
				}
			},
			"forget":   func(t *rapid.T) { f.Forget(rapid.Uint64Range(0, f.End()).Draw(t, "seq")) },
			"truncate": func(t *rapid.T) { f.Truncate(rapid.Int32Range(1, epoch).Draw(t, "before")) },
			"": func(t *rapid.T) {
				resident, held, onDisk := 0, 0, 0
				for seq := f.First(); seq < f.End(); seq++ {
					e := f.At(seq)
					held += len(want[seq])
					resident += len(e.Data)
					if seq >= f.Spilled() && !bytes.Equal(e.Data, want[seq]) || len(e.Data) > 0 && !bytes.Equal(e.Data, want[seq]) {
						t.Fatalf("entry %d is %d bytes, want %d", seq, len(e.Data), len(want[seq]))
					}
				}
				for _, file := range f.files {
					if f.First() < f.End() && file.epoch < epochs[f.First()] && len(file.data) > 0 && file.epoch < f.dropped.epoch {
						t.Fatalf("a file of epoch %d is left, dropped up to %v", file.epoch, f.dropped)
					}
					onDisk += len(file.data)
				}
				if f.Resident() != resident || f.Bytes() != held || f.Spilled() > f.First() && onDisk == 0 {
					t.Fatalf("%d bytes in memory, counted %d; %d held, counted %d; %d on disk", resident, f.Resident(), held, f.Bytes(), onDisk)
				}
			},
		})
	})
}

// Damage on disk is an error that names the entry.
func TestDamageIsNoticed(t *testing.T) {
	for what, spoil := range map[string]func(data []byte){
		"a bit of the data": func(data []byte) { data[len(data)-1] ^= 1 },
		"the length":        func(data []byte) { data[0] ^= 1 },
		"the checksum":      func(data []byte) { data[5] ^= 1 },
	} {
		var f InFlight
		f.Append(buffer(2, 7, 1, 2, 3))
		f.Append(buffer(2, 8, 4))
		f.Spill(1)
		if f.Ready(0) || !f.Ready(1) || f.At(0).Data != nil {
			t.Fatal("what was spilled is in memory")
		}
		spoil(f.files[0].data)
		var damaged *Damaged
		if err := f.ReadBack(0); !errors.As(err, &damaged) || damaged.Index != 7 || f.Ready(0) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var f InFlight
	f.Append(buffer(2, 7, 1, 2, 3))
	f.Spill(1)
	f.files = nil
	if err := f.ReadBack(0); err == nil {
		t.Error("what is in no file is read back")
	}
}
