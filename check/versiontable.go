package check

import (
	"fmt"
	"math"
)

// versionTable is what replies tell about the versions of every key: who made
// each, who saw it, and what its value was. Versions of a key are rows of the
// table, from its initial version 0 to the highest one told.
type versionTable struct {
	h      *History
	first  []int32 // per slot: the row of version 0; one more at the end
	owner  []int32 // per row: the operation that made it, or -1; -1 in row 0
	teller []int32 // per row: an operation that was told its value, or -1
	value  []int64 // per row: the value told, where teller is not -1
	reader []int32 // per row: the first entry of After, plus 1, that saw it without making it
	next   []int32 // per entry of After: the next one of the same row, plus 1
	opOf   []int32 // per entry of After: its operation

	dueBy    []int64 // per row: the earliest return of a reply that tells of it or of a later version
	madeFrom []int64 // per row: the latest call among the makers up to it
	tail     []bool  // per slot: some effect may follow the last version told

	missing []int32 // rows above 0 without an owner, ascending
	loose   int64   // completed operations whose reply does not tell what their place depends on

	accused About // what the last text that proves a violation is about
}

// accuse notes what a proof is about and returns its text.
func (t *versionTable) accuse(rule string, k Key, ops []int32, format string, args ...any) string {
	t.accused = About{Rule: rule, Keys: []Key{k}, Ops: ops}
	return fmt.Sprintf(format, args...)
}

// newVersionTable reads all replies. Text is what proves that no order can be
// legal: two makers of one version, two values of one version, or a version
// beyond the number of operations that could have made it.
func newVersionTable(h *History) (t *versionTable, text string) {
	t = &versionTable{h: h, next: make([]int32, len(h.After)), opOf: make([]int32, len(h.After))}
	if text = t.layOut(); text != "" {
		return t, text
	}
	for i := range h.Ops {
		op := &h.Ops[i]
		for e := op.AfterFrom; e < op.AfterTo; e++ {
			if text = t.tell(int32(i), e); text != "" {
				return t, text
			}
		}
	}
	for slot := 0; slot < h.slots(); slot++ {
		for row := t.first[slot] + 1; row < t.first[slot+1]; row++ {
			if t.owner[row] < 0 {
				t.missing = append(t.missing, row)
			}
		}
	}
	return t, ""
}

// layOut counts the rows of every key.
func (t *versionTable) layOut() string {
	h := t.h
	top := make([]int64, h.slots())
	limit := make([]int64, h.slots()) // effects that the key can have had, at most
	for i := range h.Ops {
		op := &h.Ops[i]
		switch {
		case op.Kind == AddStock:
			limit[op.Item]++
		case op.Kind == AddCredit:
			limit[len(h.Stock)+int(op.User)]++
		case op.Kind == Checkout && (op.Outcome == Paid || op.Outcome == Unknown):
			limit[len(h.Stock)+int(op.User)]++
			for _, line := range h.LinesOf(op) {
				limit[line.Item]++
			}
		}
	}
	for i := range h.Ops {
		for _, seen := range h.AfterOf(&h.Ops[i]) {
			slot := h.slot(seen.Key)
			if seen.Version < 0 || seen.Version > limit[slot] {
				return t.accuse("version_beyond", seen.Key, []int32{int32(i)}, "%s was told version %d of %s, but no more than %d can have changed it",
					h.opName(int32(i)), seen.Version, h.keyName(seen.Key), limit[slot])
			}
			top[slot] = max(top[slot], seen.Version)
		}
	}
	t.first = make([]int32, h.slots()+1)
	for slot := range top {
		t.first[slot+1] = t.first[slot] + int32(top[slot]) + 1
	}
	rows := t.first[h.slots()]
	t.owner, t.teller = make([]int32, rows), make([]int32, rows)
	t.value, t.reader = make([]int64, rows), make([]int32, rows)
	for row := range t.owner {
		t.owner[row], t.teller[row] = -1, -1
	}
	return ""
}

// tell enters what operation i was told in entry e of After.
func (t *versionTable) tell(i, e int32) string {
	h, seen := t.h, t.h.After[e]
	slot := h.slot(seen.Key)
	row := t.first[slot] + int32(seen.Version)
	t.opOf[e] = i
	if !h.effective(i) {
		t.next[e], t.reader[row] = t.reader[row], e+1
	} else if other := t.owner[row]; other >= 0 {
		return t.accuse("version_made_twice", seen.Key, []int32{i, other}, "%s and %s were both told that they made version %d of %s",
			h.opName(other), h.opName(i), seen.Version, h.keyName(seen.Key))
	} else if seen.Version == 0 {
		return t.accuse("version_made_twice", seen.Key, []int32{i}, "%s was told that it made version 0 of %s, which is the initial one", h.opName(i), h.keyName(seen.Key))
	} else {
		t.owner[row] = i
	}
	other := t.teller[row]
	if other < 0 {
		t.teller[row], t.value[row] = i, seen.Value
	} else if t.value[row] != seen.Value {
		return t.accuse("value_changed", seen.Key, []int32{i, other}, "%s was told that %s is %d at version %d, but %s was told %d",
			h.opName(i), h.keyName(seen.Key), seen.Value, seen.Version, h.opName(other), t.value[row])
	}
	return ""
}

// effective tells whether operation i is known to have had an effect.
func (h *History) effective(i int32) bool {
	op := &h.Ops[i]
	return op.Outcome == Paid || op.Outcome == OutcomeOK && (op.Kind == AddStock || op.Kind == AddCredit)
}

// delta is what operation i adds to k when it takes effect.
func (h *History) delta(i int32, k Key) int64 {
	op := &h.Ops[i]
	if op.Kind != Checkout {
		return op.Amount
	}
	if k.IsUser() {
		return -h.Total(op)
	}
	var units int64
	for _, line := range h.LinesOf(op) {
		if line.Item == k.Number() {
			units += line.Quantity
		}
	}
	return -units
}

// values walks every key from version to version and says where what was told
// cannot come from what was done: every order of legal steps passes the same
// versions with the same values, and none is below 0. owner is t.owner, or a
// copy with makers put in for missing rows.
func (t *versionTable) values(owner []int32) string {
	h := t.h
	for slot := 0; slot < h.slots(); slot++ {
		k := h.keyAt(slot)
		first, value, known := t.first[slot], t.initial(slot), true
		if teller := t.teller[first]; teller >= 0 && t.value[first] != value {
			return t.accuse("wrong_value", k, []int32{teller}, "%s was told that %s is %d at version 0, but it started as %d", h.opName(teller), h.keyName(k), t.value[first], value)
		}
		for row := first + 1; row < t.first[slot+1]; row++ {
			maker, teller := owner[row], t.teller[row]
			known = known && maker >= 0
			if known {
				before := value
				value += h.delta(maker, k)
				if value < 0 {
					return t.accuse("oversold", k, []int32{maker}, "%s took %d from %s, which was %d at version %d",
						h.opName(maker), before-value, h.keyName(k), before, row-1-first)
				}
				if teller >= 0 && t.value[row] != value {
					return t.accuse("wrong_value", k, pair(teller, maker), "%s was told that %s is %d at version %d, but it was %d at version %d and %s changed it by %d",
						h.opName(teller), h.keyName(k), t.value[row], row-first, before, row-1-first, h.opName(maker), value-before)
				}
			}
			if teller >= 0 {
				value, known = t.value[row], true
			}
			if known && value < 0 {
				return t.accuse("below_zero", k, []int32{teller}, "%s was told that %s is %d at version %d, below 0", h.opName(teller), h.keyName(k), value, row-first)
			}
		}
	}
	return ""
}

// times finds when versions can have been current, and where they need not
// have ended with the last one told.
func (t *versionTable) times() {
	h := t.h
	t.dueBy, t.madeFrom = make([]int64, len(t.owner)), make([]int64, len(t.owner))
	t.tail = make([]bool, h.slots())
	for slot := range t.tail {
		due, made := Pending, int64(math.MinInt64)
		for row := t.first[slot+1] - 1; row >= t.first[slot]; row-- {
			if t.owner[row] >= 0 {
				due = min(due, h.Ops[t.owner[row]].Return)
			}
			for e := t.reader[row]; e > 0; e = t.next[e-1] {
				due = min(due, h.Ops[t.opOf[e-1]].Return)
			}
			t.dueBy[row] = due
		}
		for row := t.first[slot]; row < t.first[slot+1]; row++ {
			if t.owner[row] >= 0 {
				made = max(made, h.Ops[t.owner[row]].Call)
			}
			t.madeFrom[row] = made
		}
	}
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Outcome == Unknown || h.effective(int32(i)) && !h.tellsAll(op) {
			h.eachKey(int32(i), func(k Key) { t.tail[h.slot(k)] = true })
		}
	}
}

// initial is the value of a slot at the start.
func (t *versionTable) initial(slot int) int64 {
	if slot < len(t.h.Stock) {
		return t.h.Stock[slot]
	}
	return t.h.Credit[slot-len(t.h.Stock)]
}

// keyOf gives the key and version of a row.
func (t *versionTable) keyOf(row int32) (Key, int32) {
	low, high := 0, t.h.slots()
	for high-low > 1 {
		if middle := (low + high) / 2; t.first[middle] <= row {
			low = middle
		} else {
			high = middle
		}
	}
	return t.h.keyAt(low), row - t.first[low]
}

// pair lists two operations, or one if they are the same.
func pair(a, b int32) []int32 {
	if a == b {
		return []int32{a}
	}
	return []int32{a, b}
}

// tellers are the operations that were told of a version that nobody made: of
// the row itself, or else of the nearest row above it.
func (t *versionTable) tellers(row int32) []int32 {
	k, _ := t.keyOf(row)
	for end := t.first[t.h.slot(k)+1]; row < end; row++ {
		if t.teller[row] >= 0 {
			return []int32{t.teller[row]}
		}
	}
	return nil
}
