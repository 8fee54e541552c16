package causallog

import (
	"encoding/binary"
	"fmt"

	"simrun/dataflow"
)

// BufferBuiltBytes is the size of an entry of a cut log.
const BufferBuiltBytes = 5

// The sizes of encoded determinants; a Serializable has its answer behind.
const (
	orderBytes            = 2
	timestampBytes        = 9
	rngBytes              = 5
	epochEndBytes         = 9
	sourceCheckpointBytes = 23
	ignoreCheckpointBytes = 13
	timerTriggerBytes     = 22
	tickBytes             = 21
	serializableBytes     = 15
)

// tickName is how Clonos writes the callback that refreshes the cached clock: a
// type of callback that has a name, the name's length, the name.
const tickName = "\x01\x00\x00\x00\x03PTS"

// DeterminantBytes is the size of a determinant's encoding.
func DeterminantBytes(d *dataflow.Determinant) int {
	switch d.Kind {
	case dataflow.Order:
		return orderBytes
	case dataflow.Timestamp:
		return timestampBytes
	case dataflow.RNG:
		return rngBytes
	case dataflow.BufferBuilt:
		return BufferBuiltBytes
	case dataflow.EpochEnd:
		return epochEndBytes
	case dataflow.SourceCheckpoint:
		return sourceCheckpointBytes
	case dataflow.IgnoreCheckpoint:
		return ignoreCheckpointBytes
	case dataflow.TimerTrigger:
		if d.Key == dataflow.TickKey {
			return tickBytes
		}
		return timerTriggerBytes
	case dataflow.Serializable:
		return serializableBytes + len(d.Answer)
	}
	panic(fmt.Sprintf("causallog: no encoding of kind %d", d.Kind))
}

// AppendDeterminant appends the encoding of a determinant: the tag, then its
// fields, big endian, without lengths (the released Clonos format; what that
// keeps as Java objects is a call's key and its answer here).
func AppendDeterminant(dst []byte, d *dataflow.Determinant) []byte {
	be := binary.BigEndian
	dst = append(dst, byte(d.Kind))
	switch d.Kind {
	case dataflow.Order:
		return append(dst, d.Channel)
	case dataflow.Timestamp:
		return be.AppendUint64(dst, uint64(d.Value))
	case dataflow.RNG, dataflow.BufferBuilt:
		return be.AppendUint32(dst, uint32(d.Value))
	case dataflow.EpochEnd:
		return be.AppendUint64(dst, d.Key)
	case dataflow.SourceCheckpoint:
		dst = be.AppendUint32(dst, d.Count)
		dst = be.AppendUint64(dst, d.Key)
		dst = be.AppendUint64(dst, uint64(d.Value))
		return append(dst, 0, 0) // type of checkpoint, no storage reference
	case dataflow.IgnoreCheckpoint:
		dst = be.AppendUint32(dst, d.Count)
		return be.AppendUint64(dst, d.Key)
	case dataflow.TimerTrigger:
		dst = be.AppendUint32(dst, d.Count)
		dst = be.AppendUint64(dst, uint64(d.Value))
		if d.Key == dataflow.TickKey {
			return append(dst, tickName...)
		}
		dst = append(dst, 0) // type of callback
		return be.AppendUint64(dst, d.Key)
	case dataflow.Serializable:
		if len(d.Answer) > 1<<16-1 {
			panic(fmt.Sprintf("causallog: an answer of %d bytes; the length field holds 65535", len(d.Answer)))
		}
		dst = be.AppendUint32(dst, d.Count)
		dst = be.AppendUint64(dst, d.Key)
		dst = be.AppendUint16(dst, uint16(len(d.Answer)))
		return append(dst, d.Answer...)
	}
	panic(fmt.Sprintf("causallog: no encoding of kind %d", d.Kind))
}

// ReadDeterminant reads the determinant at the front of bytes and gives its
// size. The answer of a Serializable is a view of the bytes. What it accepts,
// AppendDeterminant encodes to the same bytes.
func ReadDeterminant(src []byte, d *dataflow.Determinant) (int, error) {
	be := binary.BigEndian
	if len(src) == 0 {
		return 0, fmt.Errorf("no determinant: no bytes")
	}
	*d = dataflow.Determinant{Kind: dataflow.Kind(src[0])}
	n := 0
	switch d.Kind {
	case dataflow.Order:
		n = orderBytes
	case dataflow.Timestamp:
		n = timestampBytes
	case dataflow.RNG:
		n = rngBytes
	case dataflow.BufferBuilt:
		n = BufferBuiltBytes
	case dataflow.EpochEnd:
		n = epochEndBytes
	case dataflow.SourceCheckpoint:
		n = sourceCheckpointBytes
	case dataflow.IgnoreCheckpoint:
		n = ignoreCheckpointBytes
	case dataflow.TimerTrigger:
		n = timerTriggerBytes
		if len(src) > 13 && src[13] == tickName[0] {
			n = tickBytes
		}
	case dataflow.Serializable:
		n = serializableBytes
		if len(src) >= n {
			n += int(be.Uint16(src[13:]))
		}
	default:
		return 0, fmt.Errorf("no determinant has tag %d", src[0])
	}
	if len(src) < n {
		return 0, fmt.Errorf("a determinant of kind %v needs %d bytes, %d are left", d.Kind, n, len(src))
	}
	switch d.Kind {
	case dataflow.Order:
		d.Channel = src[1]
	case dataflow.Timestamp:
		d.Value = int64(be.Uint64(src[1:]))
	case dataflow.RNG, dataflow.BufferBuilt:
		d.Value = int64(be.Uint32(src[1:]))
	case dataflow.EpochEnd:
		d.Key = be.Uint64(src[1:])
	case dataflow.SourceCheckpoint:
		if src[21] != 0 || src[22] != 0 {
			return 0, fmt.Errorf("a SourceCheckpoint of type %d with storage reference %d; both are 0", src[21], src[22])
		}
		d.Count, d.Key, d.Value = be.Uint32(src[1:]), be.Uint64(src[5:]), int64(be.Uint64(src[13:]))
	case dataflow.IgnoreCheckpoint:
		d.Count, d.Key = be.Uint32(src[1:]), be.Uint64(src[5:])
	case dataflow.TimerTrigger:
		d.Count, d.Value = be.Uint32(src[1:]), int64(be.Uint64(src[5:]))
		switch {
		case n == tickBytes && string(src[13:n]) == tickName:
			d.Key = dataflow.TickKey
		case n == timerTriggerBytes && src[13] == 0 && be.Uint64(src[14:]) != dataflow.TickKey:
			d.Key = be.Uint64(src[14:])
		default:
			return 0, fmt.Errorf("a TimerTrigger of callback %x; it is 0 and a handle, or %x", src[13:n], tickName)
		}
	case dataflow.Serializable:
		d.Count, d.Key, d.Answer = be.Uint32(src[1:]), be.Uint64(src[5:]), src[serializableBytes:n]
	}
	return n, nil
}
