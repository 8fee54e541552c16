package check

import "fmt"

// showsDirtyRead: a read tells of a version that somebody else was told, or that
// there is at the end, with another value, or that there never was in the end:
// it saw what was taken back.
func showsDirtyRead(e *Evidence) string {
	h := e.History
	return h.eachRead(func(i int, read Seen) string {
		last, known := e.lastVersion(read.Key)
		if !known && e.Audit != nil && !e.everTold(read.Key, read.Value) {
			return fmt.Sprintf("%s was told that %s is %d, which nothing that took effect made it", h.opName(int32(i)), h.keyName(read.Key), read.Value)
		}
		if known && read.Version > last {
			return fmt.Sprintf("%s was told version %d of %s, but at the end it is at version %d", h.opName(int32(i)), read.Version, h.keyName(read.Key), last)
		}
		for j := range h.Ops {
			if seen, ok := h.seenOf(&h.Ops[j], read.Key); ok && seen.Version == read.Version && seen.Value != read.Value {
				return fmt.Sprintf("%s was told that version %d of %s is %d, and %s that it is %d", h.opName(int32(i)), read.Version,
					h.keyName(read.Key), read.Value, h.opName(int32(j)), seen.Value)
			}
		}
		return ""
	})
}

// eachRead gives what show says first of a value that a read was told; empty if it
// says nothing of any.
func (h *History) eachRead(show func(i int, read Seen) string) string {
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Kind != ReadStock && op.Kind != ReadCredit {
			continue
		}
		for _, read := range h.AfterOf(op) {
			if words := show(i, read); words != "" {
				return words
			}
		}
	}
	return ""
}

// everTold says whether a key had a value at the start, or by an operation that
// took effect and was told so.
func (e *Evidence) everTold(k Key, value int64) bool {
	h := e.History
	start := h.Stock
	if k.IsUser() {
		start = h.Credit
	}
	if start[k.Number()] == value {
		return true
	}
	for i := range h.Ops {
		if seen, ok := h.seenOf(&h.Ops[i], k); ok && seen.Value == value && h.affects(int32(i), k) {
			return true
		}
	}
	return false
}

// lastVersion is how often the audit found a key changed, where that counts
// operations that took effect.
func (e *Evidence) lastVersion(k Key) (int64, bool) {
	if e.Audit == nil {
		return 0, false
	}
	versions := e.Audit.StockVersion
	if k.IsUser() {
		versions = e.Audit.CreditVersion
	}
	if int(k.Number()) >= len(versions) {
		return 0, false
	}
	return versions[k.Number()], true
}

// showsStaleRead: a read tells of an older version than was told to somebody before
// it was asked.
func showsStaleRead(e *Evidence) string {
	h := e.History
	return h.eachRead(func(i int, read Seen) string {
		for j := range h.Ops {
			if seen, ok := h.seenOf(&h.Ops[j], read.Key); ok && h.Ops[j].Return < h.Ops[i].Call && seen.Version > read.Version {
				return fmt.Sprintf("%s was told version %d of %s, but %s was told version %d before", h.opName(int32(i)), read.Version,
					h.keyName(read.Key), h.opName(int32(j)), seen.Version)
			}
		}
		return ""
	})
}
