package check

import "slices"

// orders: an order id belongs to one checkout only.
func (j *flawJudge) orders() {
	first := make([]int32, j.h.orders()) // per order: its checkout, plus 1
	for i := range j.h.Ops {
		op := &j.h.Ops[i]
		if op.Kind != Checkout {
			continue
		}
		if other := first[op.Order] - 1; other >= 0 {
			j.add(int32(i), "%s is already the order of %s", j.h.OrderName(op.Order), j.h.opName(other))
			continue
		}
		first[op.Order] = int32(i) + 1
	}
}

// clients: the operations of one client do not overlap, and nothing follows
// one that never returned.
func (j *flawJudge) clients() {
	for _, run := range j.h.clientRuns() {
		for k := 1; k < len(run); k++ {
			before, after := &j.h.Ops[run[k-1]], &j.h.Ops[run[k]]
			if after.Call >= before.Return {
				continue
			}
			if before.Return == Pending {
				j.add(run[k], "%s called again at %d, but %s never returned",
					j.h.ClientName(after.Client), after.Call, j.h.opName(run[k-1]))
			} else {
				j.add(run[k], "%s called again at %d, but %s returned only at %d",
					j.h.ClientName(after.Client), after.Call, j.h.opName(run[k-1]), before.Return)
			}
		}
	}
}

// clientRuns gives, per client, its operations in order.
func (h *History) clientRuns() [][]int32 {
	counts := make([]int32, h.clients())
	for i := range h.Ops {
		counts[h.Ops[i].Client]++
	}
	slab, runs := make([]int32, len(h.Ops)), make([][]int32, len(counts))
	for client, count := range counts {
		runs[client], slab = slab[:0:count], slab[count:]
	}
	for i := range h.Ops {
		client := h.Ops[i].Client
		runs[client] = append(runs[client], int32(i))
	}
	for _, run := range runs {
		byTime := func(a, b int32) int {
			switch {
			case a == b:
				return 0
			case h.before(a, b):
				return -1
			}
			return 1
		}
		if !slices.IsSortedFunc(run, byTime) {
			slices.SortFunc(run, byTime)
		}
	}
	return runs
}

// before is the order of two operations of one client.
func (h *History) before(i, j int32) bool {
	a, b := &h.Ops[i], &h.Ops[j]
	if a.Call != b.Call {
		return a.Call < b.Call
	}
	if a.Return != b.Return {
		return a.Return < b.Return
	}
	return i < j
}
