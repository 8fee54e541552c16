package rewind

import (
	"cmp"
	"reflect"
	"slices"
	"unsafe"
)

// Memory is all the memory that a root leads to, with what it held when it was
// taken. It keeps that memory alive.
type Memory struct {
	plain []plain
	bytes []byte // what the plain ranges held, one after the other
	typed []typed
}

// plain is a range of memory without pointers.
type plain struct {
	at   unsafe.Pointer
	size int
}

// typed is a range of memory with pointers, and a copy of what it held. Both are
// slices: the collector may look at the memory at any time, and reflect copies
// slices as the language does.
type typed struct {
	now, then reflect.Value
}

// Take copies the memory that root leads to. Root is a pointer.
func Take(root any) *Memory {
	pieces, bare := outermost(reached(root)), 0
	for _, p := range pieces {
		if !p.plan.pointers {
			bare += p.size()
		}
	}
	m := &Memory{bytes: make([]byte, 0, bare)}
	for _, p := range pieces {
		if !p.plan.pointers {
			m.plain = append(m.plain, plain{p.at, p.size()})
			m.bytes = append(m.bytes, unsafe.Slice((*byte)(p.at), p.size())...)
			continue
		}
		now := reflect.SliceAt(p.plan.of, p.at, p.n)
		then := reflect.MakeSlice(now.Type(), p.n, p.n)
		reflect.Copy(then, now)
		m.typed = append(m.typed, typed{now, then})
	}
	return m
}

// Restore puts back what the memory held. What was allocated since is not
// reached from the root any more. It may be called again and again.
func (m *Memory) Restore() {
	held := m.bytes
	for i := range m.plain {
		p := &m.plain[i]
		copy(unsafe.Slice((*byte)(p.at), p.size), held)
		held = held[p.size:]
	}
	for i := range m.typed {
		reflect.Copy(m.typed[i].now, m.typed[i].then)
	}
}

// Size is how many ranges there are, and how many bytes they have.
func (m *Memory) Size() (ranges, bytes int) {
	bytes = len(m.bytes)
	for i := range m.typed {
		then := m.typed[i].then
		bytes += then.Len() * int(then.Type().Elem().Size())
	}
	return len(m.plain) + len(m.typed), bytes
}

// outermost leaves out the pieces within others.
func outermost(list []piece) []piece {
	slices.SortFunc(list, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(b.end, a.end))
	})
	kept, end := list[:0], uintptr(0)
	for _, p := range list {
		if p.end > end {
			kept, end = append(kept, p), p.end
		}
	}
	return kept
}
