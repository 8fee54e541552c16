package causallog

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// A delta is a row of pieces: log, epoch, offset and length as unsigned varints
// (5 to 8 bytes as a rule, where the flat encoding of Clonos has 11 or 28),
// then that many bytes of the log. A piece stands for itself, so deltas may be
// joined and cut between pieces.

// piece is one decoded piece of a delta. Its data is a view of the delta.
type piece struct {
	log    LogID
	epoch  int32
	offset int
	data   []byte
}

// headerMost is the most that a header takes.
const headerMost = 4 * binary.MaxVarintLen64

func appendPiece(dst []byte, id LogID, epoch int32, offset int, data []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, headerMost+len(data))[:at+headerMost]
	at = putUvarint(dst, at, uint64(id))
	at = putUvarint(dst, at, uint64(epoch))
	at = putUvarint(dst, at, uint64(offset))
	at = putUvarint(dst, at, uint64(len(data)))
	return append(dst[:at], data...)
}

// putUvarint writes a number at a place in bytes and gives the place behind it.
func putUvarint(b []byte, at int, v uint64) (behind int) {
	for v >= 0x80 {
		b[at] = byte(v) | 0x80
		v >>= 7
		at++
	}
	b[at] = byte(v)
	return at + 1
}

// take decodes the piece at the front of a delta and gives the size of its
// header; 0 if there is no well-formed piece of one of the logs.
func (p *piece) take(delta []byte, logs int) (header int) {
	var id, epoch, offset, length uint64
	if len(delta) >= 4*shortBytes {
		id, header = short(delta, 0)
		epoch, header = short(delta, header)
		offset, header = short(delta, header)
		length, header = short(delta, header)
	}
	if header == 0 || id|epoch|offset|length >= shortEnd {
		var field [4]uint64
		if header = long(delta, &field); header == 0 {
			return 0
		}
		id, epoch, offset, length = field[0], field[1], field[2], field[3]
	}
	if id >= uint64(logs) || epoch > math.MaxInt32 || offset > math.MaxInt32 || length > uint64(len(delta)-header) {
		return 0
	}
	p.log, p.epoch, p.offset = LogID(id), int32(epoch), int(offset)
	p.data = delta[header : header+int(length)]
	return header
}

// Nearly all numbers in headers take at most shortBytes bytes, and are then
// below shortEnd.
const (
	shortBytes = 3
	shortEnd   = 1 << (7 * shortBytes)
)

// short decodes the number at a place in bytes and gives the place behind it. Of
// one that is longer than shortBytes it gives shortEnd or more.
func short(b []byte, at int) (v uint64, behind int) {
	v = uint64(b[at])
	if v < 0x80 {
		return v, at + 1
	}
	v += uint64(b[at+1])<<7 - 0x80
	if v < 0x80<<7 {
		return v, at + 2
	}
	return v + uint64(b[at+2])<<14 - 0x80<<7, at + 3
}

// long decodes numbers of any size and gives the size of all; 0 if they are cut
// off or beyond 64 bits.
func long(b []byte, field *[4]uint64) (size int) {
	for i := range field {
		v, n := binary.Uvarint(b[size:])
		if n <= 0 {
			return 0
		}
		field[i] = v
		size += n
	}
	return size
}

func malformed(rest []byte, logs int) *Malformed {
	shown := rest[:min(len(rest), 16)]
	return &Malformed{Text: fmt.Sprintf("%x, with %d bytes left, begins no piece of one of %d logs", shown, len(rest), logs)}
}

// DeltaSizes tells the headers of a delta from its determinants, in bytes. It
// stops where the delta is malformed.
func DeltaSizes(delta []byte) (header, determinants int) {
	var p piece
	for len(delta) > 0 {
		n := p.take(delta, math.MaxInt32)
		if n == 0 {
			break
		}
		header += n
		determinants += len(p.data)
		delta = delta[n+len(p.data):]
	}
	return header, determinants
}

// Filter keeps the pieces of a delta for which keep is true, in place. It
// stops where the delta is malformed.
func Filter(delta []byte, keep func(id LogID, epoch int32) bool) []byte {
	kept := delta[:0]
	var p piece
	for len(delta) > 0 {
		n := p.take(delta, math.MaxInt32)
		if n == 0 {
			break
		}
		size := n + len(p.data)
		if keep(p.log, p.epoch) {
			kept = append(kept, delta[:size]...)
		}
		delta = delta[size:]
	}
	return kept
}
