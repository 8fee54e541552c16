package check

// memo remembers sets of operations after which the search failed, by 128-bit
// hash, in a table of open addresses. Two different sets share a hash with a
// chance of 2^-128 for each pair.
type memo struct {
	table [][2]uint64 // a power of two; the zero entry is empty
	used  int
}

// memoMost bounds the table at 512 MiB.
const memoMost = 1 << 25

func (m *memo) full() bool { return len(m.table) == memoMost && m.used > memoMost/4*3 }

func (m *memo) has(set [2]uint64) bool {
	if m.used == 0 {
		return false
	}
	for at := set[0]; ; at++ {
		switch m.table[at&uint64(len(m.table)-1)] {
		case set:
			return true
		case [2]uint64{}:
			return false
		}
	}
}

func (m *memo) add(set [2]uint64) {
	if m.has(set) || m.full() {
		return
	}
	if m.used >= len(m.table)/4*3 {
		old := m.table
		m.table = make([][2]uint64, max(1024, 2*len(old)))
		for _, set := range old {
			if set != ([2]uint64{}) {
				m.place(set)
			}
		}
	}
	m.place(set)
	m.used++
}

func (m *memo) place(set [2]uint64) {
	mask := uint64(len(m.table) - 1)
	at := set[0] & mask
	for m.table[at] != ([2]uint64{}) {
		at = (at + 1) & mask
	}
	m.table[at] = set
}

// scramble is the finalizer of splitmix64 (Steele, Lea and Flood 2014).
func scramble(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// ring is a linked list of operations that takes back a drop, if that is the
// last change not yet taken back (Knuth's dancing links).
type ring struct {
	left, right []int32 // the last place is the head
}

func newRing(n int) ring {
	r := ring{make([]int32, n+1), make([]int32, n+1)}
	r.left[n], r.right[n] = int32(n), int32(n)
	return r
}

func (r ring) head() int32 { return int32(len(r.left) - 1) }

func (r ring) push(i int32) {
	head := r.head()
	last := r.left[head]
	r.left[i], r.right[i] = last, head
	r.right[last], r.left[head] = i, i
}

func (r ring) drop(i int32) {
	r.right[r.left[i]], r.left[r.right[i]] = r.right[i], r.left[i]
}

func (r ring) restore(i int32) {
	r.right[r.left[i]], r.left[r.right[i]] = i, i
}

// first and after walk the list; -1 is the end.
func (r ring) first() int32        { return r.end(r.right[r.head()]) }
func (r ring) after(i int32) int32 { return r.end(r.right[i]) }

func (r ring) end(i int32) int32 {
	if i == r.head() {
		return -1
	}
	return i
}
