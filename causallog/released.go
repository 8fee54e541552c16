package causallog

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"simrun/dataflow"
)

// Encoding is how the headers of a delta are written on the wire.
type Encoding uint8

const (
	Varint       Encoding = iota // ours: piece.go
	Flat                         // as released by Clonos: a whole address a piece
	Hierarchical                 // as released, "grouping": pieces under their task and output edge
)

// In the released encodings a delta is a row of groups, one an epoch (Clonos has
// one: a delta of ours may bring what several owners wrote in several epochs):
//
//	size of the head (4) epoch (8) entries, then the bytes of all entries
//	flat:         task (2) main or cuts (1) [output edge's id (16) subpartition (1)] offset (4) length (4)
//	hierarchical: task (2) has main (1) [offset (4) length (4)] output edges (1), each: id (16) subpartitions (1),
//	              each: subpartition (1) offset (4) length (4)
//
// A delta without anything new is a group without entries.
const (
	groupBytes     = 4 + 8
	spanBytes      = 4 + 4
	ownerBytes     = 2 + 1 + 1
	partitionBytes = 16 + 1
	flatMainBytes  = 2 + 1 + spanBytes
	flatCutsBytes  = flatMainBytes + partitionBytes
)

// Released turns deltas into a released encoding and back.
type Released struct {
	layout *Layout
	pieces []piece
}

// NewReleased makes a translator for the logs of a layout.
func NewReleased(l *Layout) *Released { return &Released{layout: l} }

// Append appends a delta in a released encoding. An empty one has an epoch all
// the same.
func (r *Released) Append(dst, delta []byte, e Encoding, epoch int32) []byte {
	r.pieces = r.pieces[:0]
	eachPiece(delta, func(p *piece) { r.pieces = append(r.pieces, *p) })
	if len(r.pieces) == 0 {
		dst = binary.BigEndian.AppendUint32(dst, groupBytes)
		return binary.BigEndian.AppendUint64(dst, uint64(epoch))
	}
	l := r.layout
	// total order: a delta has one piece of a log's epoch
	slices.SortFunc(r.pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.epoch, b.epoch), cmp.Compare(l.owners[a.log], l.owners[b.log]), cmp.Compare(a.log, b.log))
	})
	for first := 0; first < len(r.pieces); {
		last := first
		for last < len(r.pieces) && r.pieces[last].epoch == r.pieces[first].epoch {
			last++
		}
		group := r.pieces[first:last]
		begin := len(dst)
		dst = binary.BigEndian.AppendUint32(dst, 0)
		dst = binary.BigEndian.AppendUint64(dst, uint64(group[0].epoch))
		if e == Flat {
			dst = r.appendFlat(dst, group)
		} else {
			dst = r.appendHierarchical(dst, group)
		}
		binary.BigEndian.PutUint32(dst[begin:], uint32(len(dst)-begin))
		for i := range group {
			dst = append(dst, group[i].data...)
		}
		first = last
	}
	return dst
}

func (r *Released) appendFlat(dst []byte, group []piece) []byte {
	for i := range group {
		p := &group[i]
		dst = binary.BigEndian.AppendUint16(dst, uint16(r.layout.owners[p.log]))
		if r.layout.IsMain(p.log) {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
			dst = r.appendPartition(dst, p.log)
			dst = append(dst, r.layout.subpartition[p.log])
		}
		dst = p.appendSpan(dst)
	}
	return dst
}

func (r *Released) appendHierarchical(dst []byte, group []piece) []byte {
	for i := 0; i < len(group); {
		owner := r.layout.owners[group[i].log]
		dst = binary.BigEndian.AppendUint16(dst, uint16(owner))
		if r.layout.IsMain(group[i].log) {
			dst = append(dst, 1)
			dst = group[i].appendSpan(dst)
			i++
		} else {
			dst = append(dst, 0)
		}
		partitions := len(dst)
		dst = append(dst, 0)
		for i < len(group) && r.layout.owners[group[i].log] == owner {
			partition := r.layout.partition[group[i].log]
			dst[partitions]++
			dst = r.appendPartition(dst, group[i].log)
			subpartitions := len(dst)
			dst = append(dst, 0)
			for i < len(group) && !r.layout.IsMain(group[i].log) && r.layout.partition[group[i].log] == partition {
				dst[subpartitions]++
				dst = append(dst, r.layout.subpartition[group[i].log])
				dst = group[i].appendSpan(dst)
				i++
			}
		}
	}
	return dst
}

// appendPartition appends the id of an output edge of one task: Clonos draws 128
// random bits, here it is a number.
func (r *Released) appendPartition(dst []byte, id LogID) []byte {
	dst = binary.BigEndian.AppendUint64(dst, 0)
	return binary.BigEndian.AppendUint64(dst, uint64(r.layout.partition[id]))
}

func (p *piece) appendSpan(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(p.offset))
	return binary.BigEndian.AppendUint32(dst, uint32(len(p.data)))
}

// Decode appends what the released encoding of a delta says, in ours. The error
// is *Malformed; what came before it is appended.
func (r *Released) Decode(dst, wire []byte, e Encoding) ([]byte, error) {
	for len(wire) > 0 {
		if len(wire) < groupBytes {
			return dst, wireError(wire)
		}
		head, epoch := int(binary.BigEndian.Uint32(wire)), binary.BigEndian.Uint64(wire[4:])
		if head < groupBytes || head > len(wire) || epoch > 1<<31-1 {
			return dst, wireError(wire)
		}
		d := headReader{layout: r.layout, head: wire[groupBytes:head], data: wire[head:], epoch: int32(epoch)}
		for len(d.head) > 0 && !d.failed {
			if e == Flat {
				dst = d.flat(dst)
			} else {
				dst = d.owner(dst)
			}
		}
		if d.failed {
			return dst, wireError(wire)
		}
		wire = d.data
	}
	return dst, nil
}

func wireError(rest []byte) *Malformed {
	return &Malformed{Text: fmt.Sprintf("%x, with %d bytes left, begins no group of a delta", rest[:min(len(rest), 16)], len(rest))}
}

// headReader takes entries off the head of a group, and their bytes off what
// follows it.
type headReader struct {
	layout     *Layout
	head, data []byte
	epoch      int32
	failed     bool
}

func (d *headReader) take(n int) uint64 {
	if len(d.head) < n {
		d.failed, d.head = true, nil
		return 0
	}
	var v uint64
	for _, b := range d.head[:n] {
		v = v<<8 | uint64(b)
	}
	d.head = d.head[n:]
	return v
}

// entry reads a span and appends the piece.
func (d *headReader) entry(dst []byte, id LogID, known bool) []byte {
	offset, length := d.take(4), d.take(4)
	if d.failed || !known || offset > 1<<31-1 || length > uint64(len(d.data)) {
		d.failed = true
		return dst
	}
	dst = appendPiece(dst, id, d.epoch, int(offset), d.data[:length])
	d.data = d.data[length:]
	return dst
}

func (d *headReader) flat(dst []byte) []byte {
	task, isMain := d.take(2), d.take(1)
	if isMain > 1 {
		d.failed = true
	}
	if isMain == 1 {
		return d.entry(dst, LogID(task), task < uint64(d.layout.mains))
	}
	partition := d.partition()
	id, known := d.layout.cutsAt(dataflow.TaskID(task), partition, uint8(d.take(1)))
	return d.entry(dst, id, known)
}

func (d *headReader) partition() uint64 {
	if d.take(8) != 0 {
		d.failed = true
	}
	return d.take(8)
}

func (d *headReader) owner(dst []byte) []byte {
	task := d.take(2)
	switch d.take(1) {
	case 0:
	case 1:
		dst = d.entry(dst, LogID(task), task < uint64(d.layout.mains))
	default:
		d.failed = true
	}
	for partitions := d.take(1); partitions > 0 && !d.failed; partitions-- {
		partition := d.partition()
		for subpartitions := d.take(1); subpartitions > 0 && !d.failed; subpartitions-- {
			id, known := d.layout.cutsAt(dataflow.TaskID(task), partition, uint8(d.take(1)))
			dst = d.entry(dst, id, known)
		}
	}
	return dst
}
