package checkout

import "fmt"

// locks are the exclusive locks on a service's keys. A claim takes its keys in
// ascending order, waiting its turn at each; since all checkouts take all locks
// in one order, none waits for another in a circle.
type locks struct {
	holder []uint32 // per key: operation + 1 that holds it, 0: free
	first  []int32  // per key: first waiting claim + 1
	last   []int32  // per key: last waiting claim + 1
	claims []claim  // slots; a slot is free where op is 0
	spare  []int32
	held   int // keys that are locked
}

// claim is a request that waits for keys.
type claim struct {
	op    uint32 // operation + 1
	verb  verb
	from  int32 // order task that asked
	taken int32 // keys taken so far
	next  int32 // the next claim in the same key's queue + 1
	parts []part
}

func newLocks(keys int) locks {
	return locks{holder: make([]uint32, keys), first: make([]int32, keys), last: make([]int32, keys)}
}

// claim enters a request. Parts must be in ascending order of slots.
func (l *locks) claim(m *message, from int) int32 {
	var i int32
	if n := len(l.spare); n > 0 {
		i = l.spare[n-1]
		l.spare = l.spare[:n-1]
	} else {
		l.claims = append(l.claims, claim{})
		i = int32(len(l.claims) - 1)
	}
	c := &l.claims[i]
	*c = claim{op: m.op + 1, verb: m.verb, from: int32(from), parts: append(c.parts[:0], m.parts...)}
	return i
}

// take goes on taking a claim's keys. It says whether it has all of them; if
// not, it waits in the queue of the next.
func (l *locks) take(i int32, slot func(key int32) int) bool {
	c := &l.claims[i]
	for int(c.taken) < len(c.parts) {
		k := slot(c.parts[c.taken].key)
		if h := l.holder[k]; h != 0 && h != c.op {
			c.next = 0
			if l.last[k] == 0 {
				l.first[k] = i + 1
			} else {
				l.claims[l.last[k]-1].next = i + 1
			}
			l.last[k] = i + 1
			return false
		}
		if l.holder[k] == 0 {
			l.held++
		}
		l.holder[k] = c.op
		c.taken++
	}
	return true
}

// done frees the slot of a claim that has all its keys.
func (l *locks) done(i int32) {
	l.claims[i].op = 0
	l.spare = append(l.spare, i)
}

// release frees a key that an operation holds and gives the claim that waits
// for it, which has the key then; -1 if there is none.
func (l *locks) release(k int, op uint32) int32 {
	if l.holder[k] != op+1 {
		return -1
	}
	l.holder[k] = 0
	l.held--
	i := l.first[k] - 1
	if i < 0 {
		return -1
	}
	c := &l.claims[i]
	l.first[k] = c.next
	if c.next == 0 {
		l.last[k] = 0
	}
	l.holder[k] = c.op
	l.held++
	c.taken++
	return i
}

func (l *locks) snapshot(w *writer) {
	w.count(len(l.holder))
	for k := range l.holder {
		if l.holder[k] != 0 || l.first[k] != 0 {
			w.uint32(uint32(k))
			w.uint32(l.holder[k])
			w.uint32(uint32(l.first[k]))
			w.uint32(uint32(l.last[k]))
		}
	}
	w.uint32(1<<32 - 1)
	w.count(len(l.claims))
	for i := range l.claims {
		c := &l.claims[i]
		w.uint32(c.op)
		if c.op == 0 {
			continue
		}
		w.byte(byte(c.verb))
		w.uint32(uint32(c.from))
		w.uint32(uint32(c.taken))
		w.uint32(uint32(c.next))
		w.parts(c.parts)
	}
	w.count(len(l.spare))
	for _, i := range l.spare {
		w.uint32(uint32(i))
	}
}

func (l *locks) restore(r *reader) error {
	keys := len(l.holder)
	if n := r.count(0); n != keys {
		return fmt.Errorf("a snapshot of %d keys, the service has %d", n, keys)
	}
	*l = newLocks(keys)
	for {
		k := r.uint32()
		if k == 1<<32-1 || r.failed {
			break
		}
		if int(k) >= keys {
			return fmt.Errorf("a lock on key %d of %d", k, keys)
		}
		l.holder[k], l.first[k], l.last[k] = r.uint32(), int32(r.uint32()), int32(r.uint32())
		if l.holder[k] != 0 {
			l.held++
		}
	}
	for range r.count(4) {
		c := claim{op: r.uint32()}
		if c.op != 0 {
			c.verb, c.from, c.taken, c.next, c.parts = verb(r.byte()), int32(r.uint32()), int32(r.uint32()), int32(r.uint32()), r.parts()
		}
		if r.failed {
			break
		}
		l.claims = append(l.claims, c)
	}
	for range r.count(4) {
		l.spare = append(l.spare, int32(r.uint32()))
	}
	return l.valid(r)
}

// valid rejects numbers that lead nowhere.
func (l *locks) valid(r *reader) error {
	bad := r.failed
	within := func(i int32) bool { return i >= 0 && int(i) <= len(l.claims) }
	for k := range l.holder {
		bad = bad || !within(l.first[k]) || !within(l.last[k])
	}
	for i := range l.claims {
		c := &l.claims[i]
		bad = bad || !within(c.next) || c.taken < 0 || int(c.taken) > len(c.parts)
	}
	for _, i := range l.spare {
		bad = bad || i < 0 || int(i) >= len(l.claims)
	}
	if bad {
		return fmt.Errorf("a snapshot of locks is cut off or wrong")
	}
	return nil
}
