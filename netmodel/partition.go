package netmodel

import (
	"fmt"
	"slices"
)

// A Partition is one replayable partition of the broker, on the ingress side: records in order, each at an offset from
// 0 up, until they are trimmed. It never loses one. The zero value is empty and ready for use.
type Partition struct {
	chunks []*chunk // chunk i holds offsets from (firstChunk+i) * chunkRecords; all but the last are full
	spare  []*chunk // trimmed, to be filled again

	firstChunk uint64 // of all chunks ever, the number of chunks[0]
	first      uint64 // the least offset still held; within chunks[0], or equal to end
	end        uint64 // the offset of the next record
}

// chunkRecords is a power of 2, so that an offset splits into chunk and place without a division.
const chunkRecords = 1024

// A chunk holds up to chunkRecords records, one after the other.
type chunk struct {
	data []byte
	ends []int // of each record, where it ends in data
}

// Append adds a copy of a record and returns its offset.
func (p *Partition) Append(record []byte) (offset uint64) {
	if p.end%chunkRecords == 0 {
		p.chunks = append(p.chunks, p.empty())
	}
	c := p.chunks[len(p.chunks)-1]
	c.data = append(c.data, record...)
	c.ends = append(c.ends, len(c.data))
	p.end++
	return p.end - 1
}

// empty returns a chunk to be filled: a trimmed one, or a new one with room for as many bytes as the last one has.
func (p *Partition) empty() *chunk {
	if n := len(p.spare); n > 0 {
		c := p.spare[n-1]
		p.spare = p.spare[:n-1]
		return c
	}
	c := &chunk{ends: make([]int, 0, chunkRecords)}
	if n := len(p.chunks); n > 0 {
		last := len(p.chunks[n-1].data)
		c.data = make([]byte, 0, last+last/16)
	}
	return c
}

// First returns the offset of the first record still held; if there is none, it is End.
func (p *Partition) First() uint64 { return p.first }

// End returns the offset that the next record will get.
func (p *Partition) End() uint64 { return p.end }

// At returns a record, which must not be changed and is valid until it is trimmed. It panics outside [First, End).
func (p *Partition) At(offset uint64) []byte {
	if offset < p.first || offset >= p.end {
		panic(fmt.Sprintf("netmodel: offset %d of a partition that holds %d to %d", offset, p.first, p.end))
	}
	c := p.chunks[offset/chunkRecords-p.firstChunk]
	i := offset % chunkRecords
	start := 0
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.data[start:c.ends[i]:c.ends[i]]
}

// Trim forgets all records before an offset. One that lies before First changes nothing; it panics beyond End.
func (p *Partition) Trim(offset uint64) {
	if offset <= p.first {
		return
	}
	if offset > p.end {
		panic(fmt.Sprintf("netmodel: trim to offset %d of a partition that ends at %d", offset, p.end))
	}
	p.first = offset
	n := int(offset/chunkRecords - p.firstChunk)
	for _, c := range p.chunks[:n] {
		c.data, c.ends = c.data[:0], c.ends[:0]
		p.spare = append(p.spare, c)
	}
	p.chunks = slices.Delete(p.chunks, 0, n)
	p.firstChunk += uint64(n)
}
