package checkout

import "fmt"

// noKey ends the list of locked keys.
const noKey = 1<<32 - 1

func (l *locks) snapshot(w *writer) {
	w.count(len(l.holder))
	for k := range l.holder {
		if l.holder[k] != 0 {
			w.uint32(uint32(k))
			w.uint32(l.holder[k])
			w.uint32(uint32(l.first[k]))
			w.uint32(uint32(l.last[k]))
		}
	}
	w.uint32(noKey)
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
	w.int32s(l.spare)
}

// restore reads locks; lives says which keys are on this task.
func (l *locks) restore(r *reader, orders int, lives func(key int32) bool) error {
	keys := len(l.holder)
	if n := r.Count(0); n != keys {
		return fmt.Errorf("a snapshot of %d keys, the service has %d", n, keys)
	}
	*l = newLocks(keys, l.tasks)
	for before := -1; ; {
		k := r.Uint32()
		if k == noKey || r.Failed {
			break
		}
		if int(k) <= before || int(k) >= keys {
			return fmt.Errorf("a lock on key %d of %d, after one on %d", k, keys, before)
		}
		before = int(k)
		l.holder[k], l.first[k], l.last[k] = r.Uint32(), int32(r.Uint32()), int32(r.Uint32())
		if l.holder[k] == 0 || l.holder[k] > OperationsMax {
			r.Failed = true
			break
		}
		l.held++
	}
	for range r.Count(4) {
		c := claim{op: r.Uint32()}
		if c.op != 0 {
			c.verb, c.from, c.taken, c.next, c.parts = verb(r.Byte()), int32(r.Uint32()), int32(r.Uint32()), int32(r.Uint32()), r.parts()
		}
		l.claims = append(l.claims, c)
	}
	l.spare = r.int32s(nil)
	if r.Failed || !l.valid(orders, lives) {
		return fmt.Errorf("a snapshot of locks is cut off or wrong")
	}
	return nil
}

// valid says whether every claim waits in one queue, the one that it says, and
// every queue ends.
func (l *locks) valid(orders int, lives func(key int32) bool) bool {
	for i := range l.claims {
		if c := &l.claims[i]; c.op != 0 && !c.valid(orders, lives) {
			return false
		}
	}
	queued := make([]bool, len(l.claims))
	for k := range l.holder {
		if (l.first[k] == 0) != (l.last[k] == 0) {
			return false
		}
		end := int32(0)
		for i := l.first[k]; i != 0; i = l.claims[i-1].next {
			if i < 0 || int(i) > len(l.claims) || queued[i-1] {
				return false
			}
			c := &l.claims[i-1]
			if c.op == 0 || int(c.parts[c.taken].key)/l.tasks != k {
				return false
			}
			queued[i-1], end = true, i
		}
		if end != l.last[k] {
			return false
		}
	}
	return validSpare(l.spare, len(l.claims), func(i int32) bool { return l.claims[i].op == 0 }) &&
		validSpare(l.spare, len(l.claims), func(i int32) bool { return !queued[i] })
}

func (c *claim) valid(orders int, lives func(key int32) bool) bool {
	if c.op > OperationsMax || c.verb != lock && c.verb != add && c.verb != read || c.from < 0 || int(c.from) >= orders ||
		c.taken < 0 || int(c.taken) >= len(c.parts) {
		return false
	}
	for _, p := range c.parts {
		if !lives(p.key) {
			return false
		}
	}
	return true
}
