package checkout

import "encoding/binary"

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

// reader takes values off the front of a snapshot; failed is set once they run
// out, and everything read from then on is zero.
type reader struct {
	src    []byte
	failed bool
}

// done says whether the snapshot was read to its end and no further.
func (r *reader) done() bool { return !r.failed && len(r.src) == 0 }

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.src) {
		r.failed, r.src = true, nil
		return nil
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// count reads a number of things that take at least so many bytes each, so that
// wrong bytes cannot ask for endless memory.
func (r *reader) count(bytesEach int) int {
	n := int(r.uint32())
	if n*bytesEach > len(r.src) {
		r.failed, r.src = true, nil
		return 0
	}
	return n
}

func (r *reader) bytes() []byte { return append([]byte(nil), r.take(r.count(1))...) }

func (r *reader) int32s(into []int32) []int32 {
	for range r.count(4) {
		into = append(into, int32(r.uint32()))
	}
	return into
}

// int64s fills a slice whose length is known.
func (r *reader) int64s(into []int64) bool {
	if r.count(8) != len(into) {
		r.failed = true
		return false
	}
	for i := range into {
		into[i] = int64(r.uint64())
	}
	return !r.failed
}

func (r *reader) parts() []part {
	n := r.count(partBytes)
	parts := make([]part, 0, n)
	for range n {
		parts = append(parts, part{int32(r.uint32()), int64(r.uint64()), int64(r.uint64())})
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
