package rewind

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"
)

type leaf struct {
	n    int
	name string
}

type shape interface{ grow() }

func (l *leaf) grow() { l.n++ }

type box struct{ inside *leaf } // in an interface as it is: a value that leads further

func (b box) grow() { b.inside.n++ }

type tree struct {
	left, right *tree
	value       leaf
	inner       *int // points into another object
	numbers     []int
	bytes       []byte
	leaves      []leaf
	many        []*leaf
	pair        [2]*leaf
	shape       shape
	any         any
	do          func()
}

func grown() *tree {
	t := &tree{numbers: make([]int, 2, 8), bytes: []byte("some bytes"), leaves: make([]leaf, 3, 4), many: []*leaf{{1, "a"}, nil, {2, "b"}}, shape: &leaf{3, "c"}, any: box{&leaf{4, "d"}}}
	t.left = &tree{right: t, value: leaf{5, "e"}, numbers: t.numbers[1:2]} // a cycle, and a slice of a slice
	t.pair = [2]*leaf{{6, "f"}, t.many[0]}
	t.inner = &t.left.value.n
	t.do = func() { t.value.n++ }
	return t
}

// told tells all that a tree leads to.
func told(t *tree) string {
	text := fmt.Sprint(t.value, *t.inner, len(t.numbers), t.numbers[:cap(t.numbers)], t.bytes, t.leaves[:cap(t.leaves)], *t.many[0], t.many[1], t.many[2],
		*t.pair[0], t.pair[1] == t.many[0], t.shape, t.right)
	if t.left != nil {
		text += fmt.Sprint(t.left.value, t.left.left, t.left.right == t, t.inner == &t.left.value.n, t.left.numbers)
	}
	if b, ok := t.any.(box); ok {
		text += fmt.Sprint(*b.inside)
	}
	return text
}

// changes are of every kind that a program makes.
var changes = []func(t *tree){
	func(t *tree) { t.value = leaf{9, "z"} },
	func(t *tree) { t.left.value.name = "z" },
	func(t *tree) { *t.inner = 9 },
	func(t *tree) { t.inner = new(int) },
	func(t *tree) { t.numbers[0], t.numbers[1] = 9, 9 },
	func(t *tree) { t.numbers = append(t.numbers, 9) }, // behind what was in use
	func(t *tree) { t.numbers = t.numbers[:0] },
	func(t *tree) { t.bytes[9] = '!' },
	func(t *tree) { t.leaves = append(t.leaves, leaf{9, "z"}, leaf{9, "z"}) },
	func(t *tree) { t.leaves[0].name = "z" },
	func(t *tree) { t.many[0].n = 9 },
	func(t *tree) { t.many[2], t.many[1] = nil, &leaf{9, "z"} },
	func(t *tree) { t.pair[0], t.pair[1] = t.pair[1], t.pair[0] },
	func(t *tree) { t.shape.grow() },
	func(t *tree) { t.shape = nil },
	func(t *tree) { t.any.(box).inside.n = 9 },
	func(t *tree) { t.any = 9 },
	func(t *tree) { t.left = nil },
	func(t *tree) { t.right = new(tree) },
	func(t *tree) { t.do() },
}

// Whatever was done to memory is undone, again and again.
func TestRestore(t *testing.T) {
	root := grown()
	want := told(root)
	m := Take(root)
	for i, change := range changes {
		for range 2 {
			change(root)
			if told(root) == want {
				t.Errorf("change %d changes nothing", i)
			}
			runtime.GC()
			if m.Restore(); told(root) != want {
				t.Fatalf("change %d is not undone:\n%s\n%s", i, told(root), want)
			}
		}
	}
	for _, change := range changes {
		change(root)
		root.shape, root.any, root.left = &leaf{}, box{&leaf{}}, root // what the next ones change
	}
	if m.Restore(); told(root) != want {
		t.Errorf("all changes are not undone:\n%s\n%s", told(root), want)
	}
}

// The memory is kept alive by what was taken alone.
func TestRestoreWhatIsGone(t *testing.T) {
	root := grown()
	want := told(root)
	m := Take(root)
	for range 20 {
		*root = tree{left: &tree{}, numbers: make([]int, 1000)}
		runtime.GC()
		for range 1000 {
			garbage = append(garbage[:0:0], make([]byte, 64)...)
		}
		if m.Restore(); told(root) != want {
			t.Fatalf("%s\n%s", told(root), want)
		}
	}
}

var garbage []byte

// Slices of one array that overlap, none within another, and one that is longer
// than another that begins with it.
func TestOverlapping(t *testing.T) {
	numbers, names := make([]int, 20), make([]leaf, 20)
	root := &struct {
		early, late, later []int
		short, long        []leaf
	}{numbers[0:10:10], numbers[5:15:15], numbers[8:20], names[:2:2], names[:6]}
	m := Take(root)
	for i := range numbers {
		numbers[i], names[i].name = 9, "z"
	}
	m.Restore()
	for i := range numbers {
		if numbers[i] != 0 || names[i].name != "" {
			t.Errorf("place %d is not put back: %d, %q", i, numbers[i], names[i].name)
		}
	}
}

// What the collector looks at is copied as what it is, even where nothing is
// followed: it may be all that keeps a string alive.
func TestPointersAreTyped(t *testing.T) {
	w := walk{plans: map[reflect.Type]*plan{}}
	for value, want := range map[any]bool{0: false, [2]int8{}: false, struct{ a, b uint64 }{}: false,
		"": true, [2]string{}: true, struct{ t *table }{}: true, struct{ a any }{}: true, struct{ m *int }{}: true} {
		if p := w.planOf(reflect.TypeOf(value)); p.pointers != want {
			t.Errorf("%T: pointers %v", value, p.pointers)
		}
	}
}

type table struct{ n int }

func (*table) NeverChanges() {}

// What is fixed is left alone: others may read it at that moment.
func TestFixedIsNotWritten(t *testing.T) {
	shared := &table{1}
	root := &struct {
		one *table
		any any
		own table // a part of the root, which is not shared
	}{shared, shared, table{1}}
	m := Take(root)
	shared.n, root.own.n, root.one = 2, 2, nil
	if m.Restore(); shared.n != 2 || root.own.n != 1 || root.one != shared {
		t.Errorf("%+v, %+v", root, shared)
	}
}

// Each piece of memory is copied once: not what is within another.
func TestSize(t *testing.T) {
	numbers := make([]int64, 100)
	root := &struct {
		all, part []int64
		one       *int64
		leaves    []leaf
		field     *int
		self      any
	}{all: numbers[:50], part: numbers[10:20], one: &numbers[99], leaves: make([]leaf, 3)}
	root.field, root.self = &root.leaves[0].n, root // begins where the leaves do
	m := Take(root)
	ranges, bytes := m.Size()
	if want := 100*8 + 3*int(reflect.TypeFor[leaf]().Size()) + int(reflect.TypeOf(root).Elem().Size()); ranges != 3 || bytes != want {
		t.Errorf("%d ranges of %d bytes, of 3 of %d", ranges, bytes, want)
	}
	if len(m.bytes) != cap(m.bytes) {
		t.Errorf("room for %d bytes of %d", cap(m.bytes), len(m.bytes))
	}
}

// What cannot be followed is told, and not passed over.
func TestTakeRefuses(t *testing.T) {
	for _, root := range []any{
		&struct{ m map[int]int }{map[int]int{}},
		&struct{ c []chan int }{[]chan int{make(chan int)}},
		&struct{ a any }{struct{ m map[int]int }{map[int]int{}}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T was taken", root)
				}
			}()
			Take(root)
		}()
	}
	Take(&struct{ m map[int]int }{}) // nil leads nowhere
}

// What a function alone uses is not found: the package's rule.
func TestFunctionsHideWhatTheyUse(t *testing.T) {
	hidden := 0
	root := &struct{ do func() }{func() { hidden++ }}
	m := Take(root)
	root.do()
	if m.Restore(); hidden != 1 {
		t.Error("it is found: then the rule is not needed")
	}
}
