package cluster

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// A difference says how to make a state of an older one: the new length, then
// runs, each a varint of twice its length, plus one if the run is copied from
// the old state, whose offset follows as a varint; else its bytes follow.
//
// Both states are cut into chunks where their content says so, so that bytes
// which an insertion has moved are found again. A chunk that the old state has
// is grown in both directions as far as the bytes agree.

// Chunks are of 64 bytes on average, 16 at least.
const (
	chunkMin  = 16
	chunkMax  = 1024
	chunkMask = 63 << 8 // of the rolling hash: it sees the last 14 bytes
)

// gear mixes a byte into the rolling hash.
func gear(b byte) uint64 {
	x := (uint64(b) + 1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	return x ^ x>>27
}

var gears = func() (table [256]uint64) {
	for b := range table {
		table[b] = gear(byte(b))
	}
	return table
}()

// chunkEnd is where the chunk that begins at a place ends, and the hash of its
// content.
func chunkEnd(data []byte, from int) (end int, content uint64) {
	rolling := uint64(0)
	content = 0xcbf29ce484222325
	for end = from; end < len(data); {
		b := data[end]
		rolling = rolling<<1 + gears[b]
		content = (content ^ uint64(b)) * 0x100000001b3
		end++
		if n := end - from; n >= chunkMin && rolling&chunkMask == 0 || n == chunkMax {
			break
		}
	}
	return end, content
}

// appendDifference appends what makes next of base.
func appendDifference(dst, base, next []byte) []byte {
	known := make(map[uint64]int, len(base)/64)
	for at := 0; at < len(base); {
		end, content := chunkEnd(base, at)
		if _, ok := known[content]; !ok {
			known[content] = at
		}
		at = end
	}
	dst = binary.AppendUvarint(dst, uint64(len(next)))
	fresh := 0 // next[fresh:at] was not found
	for at := 0; at < len(next); {
		end, content := chunkEnd(next, at)
		from, ok := known[content]
		if !ok || from+end-at > len(base) || !bytes.Equal(base[from:from+end-at], next[at:end]) {
			at = end
			continue
		}
		for at > fresh && from > 0 && next[at-1] == base[from-1] {
			at, from = at-1, from-1
		}
		for end < len(next) && from+end-at < len(base) && next[end] == base[from+end-at] {
			end++
		}
		dst = appendFresh(dst, next[fresh:at])
		dst = binary.AppendUvarint(dst, uint64(end-at)<<1|1)
		dst = binary.AppendUvarint(dst, uint64(from))
		at, fresh = end, end
	}
	return appendFresh(dst, next[fresh:])
}

func appendFresh(dst, run []byte) []byte {
	if len(run) == 0 {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(len(run))<<1)
	return append(dst, run...)
}

var errDifference = errors.New("a difference that is cut off or reaches beyond the older state")

// applyDifference makes the new state of the old one.
func applyDifference(base, difference []byte) ([]byte, error) {
	length, n := binary.Uvarint(difference)
	if n <= 0 || length > uint64(len(base)+len(difference))<<16 {
		return nil, errDifference
	}
	difference = difference[n:]
	var state []byte
	for len(difference) > 0 {
		run, n := binary.Uvarint(difference)
		if n <= 0 {
			return state, errDifference
		}
		difference = difference[n:]
		size := run >> 1
		if run&1 == 0 {
			if size > uint64(len(difference)) {
				return state, errDifference
			}
			state = append(state, difference[:size]...)
			difference = difference[size:]
			continue
		}
		from, n := binary.Uvarint(difference)
		if n <= 0 || from > uint64(len(base)) || size > uint64(len(base))-from || uint64(len(state))+size > length {
			return state, errDifference
		}
		difference = difference[n:]
		state = append(state, base[from:from+size]...)
	}
	if uint64(len(state)) != length {
		return state, errDifference
	}
	return state, nil
}
