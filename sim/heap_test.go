package sim

// A Heap is the plain queue that the ladder is tested and measured against: a 4-ary heap of values, with a sequence
// number so that events of equal time leave in the order in which they came. Nothing in it is slower than it must be.
type Heap struct {
	items    []heapItem
	sequence uint64
}

type heapItem struct {
	at       Time
	sequence uint64
	dst, arg uint32
}

func (a *heapItem) before(b *heapItem) bool {
	return a.at < b.at || a.at == b.at && a.sequence < b.sequence
}

func (h *Heap) Len() int { return len(h.items) }

func (h *Heap) Push(e Event) {
	item := heapItem{e.At, h.sequence, e.Dst, e.Arg}
	h.sequence++
	h.items = append(h.items, item)
	items := h.items
	i := len(items) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !item.before(&items[parent]) {
			break
		}
		items[i] = items[parent]
		i = parent
	}
	items[i] = item
}

func (h *Heap) Pop() (Event, bool) {
	items := h.items
	if len(items) == 0 {
		return Event{}, false
	}
	top := items[0]
	n := len(items) - 1
	item := items[n]
	items = items[:n]
	h.items = items
	if n > 0 {
		i := 0
		for {
			child := 4*i + 1
			if child >= n {
				break
			}
			family := items[child:min(child+4, n)]
			least := 0
			for other := 1; other < len(family); other++ {
				if family[other].before(&family[least]) {
					least = other
				}
			}
			if !family[least].before(&item) {
				break
			}
			items[i] = family[least]
			i = child + least
		}
		items[i] = item
	}
	return Event{top.at, top.dst, top.arg}, true
}
