package causallog

import (
	"encoding/binary"
	"fmt"
	"math"
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

func appendPiece(dst []byte, id LogID, epoch int32, offset int, data []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(id))
	dst = binary.AppendUvarint(dst, uint64(epoch))
	dst = binary.AppendUvarint(dst, uint64(offset))
	dst = binary.AppendUvarint(dst, uint64(len(data)))
	return append(dst, data...)
}

// take decodes the piece at the front of a delta and gives the size of its
// header; 0 if there is no well-formed piece of one of the logs.
func (p *piece) take(delta []byte, logs int) (header int) {
	var field [4]uint64
	for i := range field {
		if header < len(delta) && delta[header] < 0x80 { // most are of one byte
			field[i] = uint64(delta[header])
			header++
			continue
		}
		v, n := binary.Uvarint(delta[header:])
		if n <= 0 {
			return 0
		}
		field[i] = v
		header += n
	}
	id, epoch, offset, length := field[0], field[1], field[2], field[3]
	if id >= uint64(logs) || epoch > math.MaxInt32 || offset > math.MaxInt32 || length > uint64(len(delta)-header) {
		return 0
	}
	p.log, p.epoch, p.offset = LogID(id), int32(epoch), int(offset)
	p.data = delta[header : header+int(length)]
	return header
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
