package causallog

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The in-flight log on disk: files by epoch, each entry with its length and a
// checksum before it. What is spilled leaves memory; what is read back is in
// memory as well until it is forgotten. Entries are spilled in order, so that
// everything before one of them is on disk.

// file holds what was spilled of an epoch. It goes when the epoch is dropped.
type file struct {
	epoch int32
	data  []byte
}

// Damaged is an entry that cannot be read back as it was written.
type Damaged struct {
	Epoch, Index int32
	Text         string
}

func (e *Damaged) Error() string {
	return fmt.Sprintf("buffer %d of epoch %d on disk: %s", e.Index, e.Epoch, e.Text)
}

// Resident is how much of the data is in memory.
func (f *InFlight) Resident() int { return f.resident }

// Spilled is the sequence number before which everything is on disk.
func (f *InFlight) Spilled() uint64 { return max(f.spilled, f.first) }

// Unspilled is how much data lies between the spilled part and a sequence
// number.
func (f *InFlight) Unspilled(to uint64) (bytes int) {
	for seq := f.Spilled(); seq < to; seq++ {
		bytes += int(f.slot(seq).size)
	}
	return bytes
}

// Spill moves the entries before a sequence number out of memory onto disk.
func (f *InFlight) Spill(to uint64) {
	for seq := f.Spilled(); seq < to && seq < f.end; seq++ {
		e := f.slot(seq)
		data := f.file(e.Epoch)
		e.offset = len(*data)
		*data = binary.LittleEndian.AppendUint32(*data, uint32(len(e.Data)))
		*data = binary.LittleEndian.AppendUint32(*data, crc32.ChecksumIEEE(e.Data))
		*data = append(*data, e.Data...)
		f.resident -= len(e.Data)
		e.Data = nil
		f.spilled = seq + 1
	}
	f.release()
}

// file gives the file of an epoch, which is the last or a new one.
func (f *InFlight) file(epoch int32) *[]byte {
	if n := len(f.files); n == 0 || f.files[n-1].epoch != epoch {
		f.files = append(f.files, file{epoch: epoch})
	}
	return &f.files[len(f.files)-1].data
}

// Size is the size of an entry's data, wherever it is.
func (f *InFlight) Size(seq uint64) int { return int(f.slot(seq).size) }

// Ready says whether an entry's data is in memory.
func (f *InFlight) Ready(seq uint64) bool {
	e := f.slot(seq)
	return e.size == 0 || e.Data != nil
}

// ReadBack brings a spilled entry into memory; it stays on disk. What has been
// dropped meanwhile is left alone. The error is *Damaged.
func (f *InFlight) ReadBack(seq uint64) error {
	if seq < f.first || seq >= f.end || f.Ready(seq) {
		return nil
	}
	e := f.slot(seq)
	for i := range f.files {
		if f.files[i].epoch != e.Epoch {
			continue
		}
		data := f.files[i].data[e.offset:]
		if len(data) < 8+int(e.size) || binary.LittleEndian.Uint32(data) != uint32(e.size) {
			return &Damaged{e.Epoch, e.Index, "its length does not fit"}
		}
		sum := binary.LittleEndian.Uint32(data[4:])
		data = data[8 : 8+int(e.size)]
		if crc32.ChecksumIEEE(data) != sum {
			return &Damaged{e.Epoch, e.Index, "its checksum does not fit"}
		}
		e.Data = append([]byte(nil), data...)
		f.resident += len(e.Data)
		return nil
	}
	return &Damaged{e.Epoch, e.Index, "there is no file of the epoch"}
}

// Forget drops from memory what was read back of an entry.
func (f *InFlight) Forget(seq uint64) {
	if seq < f.first || seq >= f.Spilled() {
		return
	}
	e := f.slot(seq)
	f.resident -= len(e.Data)
	e.Data = nil
}

// dropFiles deletes the files of epochs before one.
func (f *InFlight) dropFiles(epoch int32) {
	drop := 0
	for drop < len(f.files) && f.files[drop].epoch < epoch {
		drop++
	}
	if drop > 0 {
		f.files = append(f.files[:0], f.files[drop:]...)
	}
}

// Damage is for tests: it turns a bit of everything that is on disk.
func (f *InFlight) Damage() {
	for i := range f.files {
		for j := range f.files[i].data {
			f.files[i].data[j] ^= 0x10
		}
	}
}
