package check

// bruteForce decides a tiny history by trying every order that real time and
// the clients allow, with every fate of the unknown operations. It knows the
// rules of the shop from the contract, not from spec.go.
func bruteForce(h *History) bool {
	b := &brute{h: h, done: make([]bool, len(h.Ops)), value: map[Key]int64{}, version: map[Key]int64{}, status: map[int32]Status{}}
	for n, v := range h.Stock {
		b.value[ItemKey(int32(n))] = v
	}
	for n, v := range h.Credit {
		b.value[UserKey(int32(n))] = v
	}
	return b.place()
}

type brute struct {
	h       *History
	done    []bool
	value   map[Key]int64
	version map[Key]int64
	status  map[int32]Status
}

func (b *brute) place() bool {
	finished := true
	for i := range b.h.Ops {
		finished = finished && (b.done[i] || b.h.Ops[i].Return == Pending)
	}
	if finished {
		return true
	}
	for i := range b.h.Ops {
		if b.done[i] || !b.mayCome(i) {
			continue
		}
		op := &b.h.Ops[i]
		outcomes := []Outcome{op.Outcome}
		if op.Outcome == Unknown {
			if outcomes = []Outcome{OutcomeOK}; op.Kind == Checkout {
				outcomes = []Outcome{Paid, Declined}
			}
		}
		for _, as := range outcomes {
			old := *b
			b.value, b.version, b.status = clone(b.value), clone(b.version), clone(b.status)
			b.done[i] = true
			if b.legal(op, as) && b.place() {
				return true
			}
			b.done[i] = false
			b.value, b.version, b.status = old.value, old.version, old.status
		}
	}
	return false
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	c := make(map[K]V, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// mayCome: nothing unplaced returned before i was called, and no earlier
// operation of its client is unplaced.
func (b *brute) mayCome(i int) bool {
	op := &b.h.Ops[i]
	for j := range b.h.Ops {
		if j == i || b.done[j] {
			continue
		}
		other := &b.h.Ops[j]
		if other.Return < op.Call || other.Client == op.Client && b.h.before(int32(j), int32(i)) {
			return false
		}
	}
	return true
}

func (b *brute) legal(op *Op, as Outcome) bool {
	item, user := ItemKey(op.Item), UserKey(op.User)
	switch op.Kind {
	case AddStock:
		b.value[item] += op.Amount
		b.version[item]++
	case AddCredit:
		b.value[user] += op.Amount
		b.version[user]++
	case ReadStock:
		if op.Outcome != Unknown && b.value[item] != op.Value {
			return false
		}
	case ReadCredit:
		if op.Outcome != Unknown && b.value[user] != op.Value {
			return false
		}
	case FindOrder:
		if op.Outcome != Unknown && b.status[op.Order] != op.Status {
			return false
		}
	case Checkout:
		if !b.checkout(op, as) {
			return false
		}
	}
	for _, seen := range b.h.AfterOf(op) {
		if b.value[seen.Key] != seen.Value || b.version[seen.Key] != seen.Version {
			return false
		}
	}
	return true
}

func (b *brute) checkout(op *Op, as Outcome) bool {
	need, total := map[Key]int64{}, int64(0)
	for _, line := range b.h.LinesOf(op) {
		need[ItemKey(line.Item)] += line.Quantity
		total += line.Quantity * b.h.Price[line.Item]
	}
	exceeded := false
	for k, units := range need {
		exceeded = exceeded || units > b.value[k]
	}
	user := UserKey(op.User)
	poor := b.value[user] < total
	b.status[op.Order] = StatusRejected
	switch as {
	case OutOfStock:
		return exceeded
	case InsufficientCredit:
		return poor
	case Declined:
		return true
	}
	b.status[op.Order] = StatusPaid
	for k, units := range need {
		b.value[k] -= units
		b.version[k]++
	}
	b.value[user] -= total
	b.version[user]++
	return !exceeded && !poor
}
