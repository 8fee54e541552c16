package checkout

import (
	"encoding/binary"

	"simrun/dataflow"
)

// writer appends values to a snapshot.
type writer struct{ dst []byte }

func (w *writer) byte(b byte)     { w.dst = append(w.dst, b) }
func (w *writer) uint16(v uint16) { w.dst = binary.LittleEndian.AppendUint16(w.dst, v) }
func (w *writer) uint32(v uint32) { w.dst = binary.LittleEndian.AppendUint32(w.dst, v) }
func (w *writer) uint64(v uint64) { w.dst = binary.LittleEndian.AppendUint64(w.dst, v) }
func (w *writer) count(n int)     { w.uint32(uint32(n)) }

// countAt overwrites a count that was not known when its place was written.
func (w *writer) countAt(at, n int) { binary.LittleEndian.PutUint32(w.dst[at:], uint32(n)) }

func (w *writer) bytes(b []byte) {
	w.count(len(b))
	w.dst = append(w.dst, b...)
}

func (w *writer) int32s(values []int32) {
	w.count(len(values))
	for _, v := range values {
		w.uint32(uint32(v))
	}
}

func (w *writer) int64s(values []int64) {
	w.count(len(values))
	for _, v := range values {
		w.uint64(uint64(v))
	}
}

func (w *writer) parts(parts []part) {
	w.count(len(parts))
	for _, p := range parts {
		w.uint32(uint32(p.key))
		w.uint64(uint64(p.amount))
		w.uint64(uint64(p.version))
	}
}

// reader reads what a writer has written.
type reader struct{ dataflow.Reader }

func readerOf(src []byte) *reader { return &reader{dataflow.Reader{Src: src}} }

func (r *reader) bytes() []byte { return append([]byte(nil), r.Take(r.Count(1))...) }

func (r *reader) int32s(into []int32) []int32 {
	for range r.Count(4) {
		into = append(into, int32(r.Uint32()))
	}
	return into
}

// int64s fills a slice whose length is known.
func (r *reader) int64s(into []int64) bool {
	if r.Count(8) != len(into) {
		r.Failed = true
		return false
	}
	for i := range into {
		into[i] = int64(r.Uint64())
	}
	return !r.Failed
}

func (r *reader) parts() []part {
	n := r.Count(partBytes)
	parts := make([]part, 0, n)
	for range n {
		parts = append(parts, part{int32(r.Uint32()), int64(r.Uint64()), int64(r.Uint64())})
	}
	return parts
}

// validSpare says whether a list of spare slots names every free slot, once
// each, and no other.
func validSpare(spare []int32, slots int, free func(int32) bool) bool {
	named := make([]bool, slots)
	for _, i := range spare {
		if i < 0 || int(i) >= slots || named[i] || !free(i) {
			return false
		}
		named[i] = true
	}
	for i := range named {
		if free(int32(i)) != named[i] {
			return false
		}
	}
	return true
}
