package dataflow

import "encoding/binary"

// Reader takes little-endian values off the front of a snapshot, a task's or an
// operator's. Failed is set once the bytes run out; everything read from then
// on is zero.
type Reader struct {
	Src    []byte
	Failed bool
}

// Done says whether the snapshot was read to its end and no further.
func (r *Reader) Done() bool { return !r.Failed && len(r.Src) == 0 }

// Take gives the next n bytes, nil if there are fewer.
func (r *Reader) Take(n int) []byte {
	if n < 0 || n > len(r.Src) {
		r.Failed, r.Src = true, nil
		return nil
	}
	b := r.Src[:n]
	r.Src = r.Src[n:]
	return b
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 reads 2 bytes.
func (r *Reader) Uint16() uint16 {
	if b := r.Take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// Uint32 reads 4 bytes.
func (r *Reader) Uint32() uint32 {
	if b := r.Take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads 8 bytes.
func (r *Reader) Uint64() uint64 {
	if b := r.Take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Count reads a number of things that take at least so many bytes each, so that
// wrong bytes cannot ask for endless memory.
func (r *Reader) Count(bytesEach int) int {
	n := int(r.Uint32())
	if n*bytesEach > len(r.Src) {
		r.Failed, r.Src = true, nil
		return 0
	}
	return n
}
