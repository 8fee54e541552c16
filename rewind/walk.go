package rewind

import (
	"fmt"
	"reflect"
	"unsafe"
)

// place is where n values of a type begin, one after the other.
type place struct {
	at   unsafe.Pointer
	plan *plan
}

// piece is a range of memory: n values at a place. Its addresses are good for
// as long as the place keeps it.
type piece struct {
	place
	n          int
	begin, end uintptr
}

func (p *piece) size() int { return int(p.end - p.begin) }

// plan says where a type has pointers.
type plan struct {
	of       reflect.Type
	pointers bool
	slots    []slot
}

// slot is a pointer, slice, interface or function in a value.
type slot struct {
	offset uintptr
	kind   reflect.Kind
	of     reflect.Type // the slot's own
	to     *plan        // what a pointer or slice leads to
}

// Fixed is what never changes once it is made, with all that it leads to. It is
// not copied, and may be shared with others that run at the same time.
type Fixed interface{ NeverChanges() }

var fixed = reflect.TypeFor[Fixed]()

// walk goes through all memory that a root leads to.
type walk struct {
	plans map[reflect.Type]*plan
	seen  map[place]int // how many values there
	todo  []place
}

// reached lists the pieces of memory that a root leads to; some are within others.
func reached(root any) []piece {
	v := reflect.ValueOf(root)
	w := walk{plans: map[reflect.Type]*plan{}, seen: map[place]int{}}
	w.meet(v.UnsafePointer(), w.planOf(v.Type().Elem()), 1)
	for len(w.todo) > 0 {
		p := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		w.values(p.at, p.plan, w.seen[p])
	}
	pieces := make([]piece, 0, len(w.seen))
	for p, n := range w.seen {
		begin := uintptr(p.at)
		pieces = append(pieces, piece{p, n, begin, begin + uintptr(n)*p.plan.of.Size()})
	}
	return pieces
}

// meet notes values that a pointer or slice leads to.
func (w *walk) meet(at unsafe.Pointer, of *plan, n int) {
	if at == nil || of.of.Size() == 0 {
		return
	}
	p := place{at, of}
	if w.seen[p] >= n {
		return
	}
	w.seen[p] = n
	if of.pointers {
		w.todo = append(w.todo, p)
	}
}

// values follows the slots of values.
func (w *walk) values(at unsafe.Pointer, p *plan, n int) {
	for i := range uintptr(n) {
		for j := range p.slots {
			s := &p.slots[j]
			w.slot(unsafe.Add(at, i*p.of.Size()+s.offset), s)
		}
	}
}

func (w *walk) slot(at unsafe.Pointer, s *slot) {
	switch s.kind {
	case reflect.Pointer:
		w.meet(*(*unsafe.Pointer)(at), s.to, 1)
	case reflect.Slice:
		// to the end of its capacity: what is there may come into use again
		v := (*[]byte)(at)
		w.meet(unsafe.Pointer(unsafe.SliceData(*v)), s.to, cap(*v))
	case reflect.Interface:
		w.dynamic(reflect.NewAt(s.of, at).Elem().Elem())
	case reflect.Func: // its code never changes; see the package's rule on what it may use
	default:
		if !reflect.NewAt(s.of, at).Elem().IsZero() {
			panic(fmt.Sprintf("rewind: memory of type %v cannot be followed", s.of))
		}
	}
}

// dynamic follows what an interface holds: a pointer, or a value that never
// changes but may lead further.
func (w *walk) dynamic(v reflect.Value) {
	switch {
	case !v.IsValid():
	case v.Type().Implements(fixed):
	case v.Kind() == reflect.Pointer:
		w.meet(v.UnsafePointer(), w.planOf(v.Type().Elem()), 1)
	default:
		if p := w.planOf(v.Type()); p.pointers {
			boxed := reflect.New(p.of)
			boxed.Elem().Set(v)
			w.values(boxed.UnsafePointer(), p, 1)
		}
	}
}

func (w *walk) planOf(t reflect.Type) *plan {
	p := w.plans[t]
	if p == nil {
		p = &plan{of: t}
		w.plans[t] = p // before its slots: a type may lead to itself
		w.slots(p, t, 0)
	}
	return p
}

// slots lists the slots of a part of a type.
func (w *walk) slots(p *plan, t reflect.Type, offset uintptr) {
	s := slot{offset: offset, kind: t.Kind(), of: t}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			w.slots(p, f.Type, offset+f.Offset)
		}
		return
	case reflect.Array:
		for i := range t.Len() {
			w.slots(p, t.Elem(), offset+uintptr(i)*t.Elem().Size())
		}
		return
	case reflect.Pointer:
		if t.Implements(fixed) {
			p.pointers = true
			return
		}
		s.to = w.planOf(t.Elem())
	case reflect.Slice:
		s.to = w.planOf(t.Elem())
	case reflect.String: // never changes, but the collector looks at it
		p.pointers = true
		return
	case reflect.Interface, reflect.Func, reflect.Map, reflect.Chan, reflect.UnsafePointer:
	default:
		return
	}
	p.pointers = true
	p.slots = append(p.slots, s)
}
