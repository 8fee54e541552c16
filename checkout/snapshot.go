package checkout

import "encoding/binary"

// writer appends values to a snapshot.
type writer struct{ dst []byte }

func (w *writer) byte(b byte)     { w.dst = append(w.dst, b) }
func (w *writer) uint32(v uint32) { w.dst = binary.LittleEndian.AppendUint32(w.dst, v) }
func (w *writer) uint64(v uint64) { w.dst = binary.LittleEndian.AppendUint64(w.dst, v) }
func (w *writer) count(n int)     { w.uint32(uint32(n)) }

func (w *writer) bytes(b []byte) {
	w.count(len(b))
	w.dst = append(w.dst, b...)
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
// out.
type reader struct {
	src    []byte
	failed bool
}

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

func (r *reader) bytes() []byte {
	return append([]byte(nil), r.take(r.count(1))...)
}

func (r *reader) int64s(into []int64) bool {
	if r.count(8) != len(into) {
		r.failed = true
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
