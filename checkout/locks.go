package checkout

// locks are the exclusive locks on a service's keys. A claim takes its keys in
// ascending order, waiting its turn at each; since all checkouts take all locks
// in one order, none waits for another in a circle. Keys are named by their
// slots on this task.
type locks struct {
	tasks  int      // key number n has slot n / tasks
	holder []uint32 // per slot: operation + 1 that holds it, 0: free. A free key has no queue
	first  []int32  // per slot: first waiting claim + 1
	last   []int32  // per slot: last waiting claim + 1; 0 where first is
	claims []claim  // slots; free where op is 0, else in exactly one queue, but for the one being served
	spare  []int32  // exactly the free slots of claims
	held   int      // keys that are locked
}

// claim is a request that waits for keys.
type claim struct {
	op    uint32 // operation + 1
	verb  verb   // lock, add or read
	from  int32  // order task that asked
	taken int32  // keys taken so far: it waits in the queue of parts[taken]
	next  int32  // the next claim in the same queue + 1
	parts []part // at least one; its slot's memory is used again
}

func newLocks(keys, tasks int) locks {
	return locks{tasks: tasks, holder: make([]uint32, keys), first: make([]int32, keys), last: make([]int32, keys)}
}

// claim enters a request. Parts must be in ascending order of keys.
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
// not, it waits in the queue of the next. A key that its operation holds
// already (a protocol repeated the request) is taken again.
func (l *locks) take(i int32) bool {
	c := &l.claims[i]
	for int(c.taken) < len(c.parts) {
		k := int(c.parts[c.taken].key) / l.tasks
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
	i := l.first[k] - 1
	if i < 0 {
		l.holder[k] = 0
		l.held--
		return -1
	}
	c := &l.claims[i]
	l.first[k] = c.next
	if c.next == 0 {
		l.last[k] = 0
	}
	l.holder[k] = c.op
	c.taken++
	return i
}
