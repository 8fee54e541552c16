package checkout

import (
	"cmp"
	"slices"

	"simrun/dataflow"
)

// An order task drives at most Window operations at a time; those that come on
// top are queued in its state: exactly the open ones beyond the window. It must
// not refuse its input instead. A barrier would stand behind what is refused,
// and its operations may wait for locks of another order task, whose messages
// are held back at a stock task by the alignment of that very checkpoint: each
// would wait for the other for ever.

// enqueue lets an operation wait for the window.
func (o *order) enqueue(slot int32) {
	p := &o.open[slot]
	p.stage, p.end = queued, 0
	if n := len(o.queue); n > 0 {
		p.end = o.open[o.queue[n-1]].end + 1
	}
	o.queue = append(o.queue, slot)
	o.tally[WindowFull]++
}

// startNext starts the operation that has waited longest, if there is one: another
// has ended.
func (o *order) startNext(ctx dataflow.Context) {
	if len(o.queue) == 0 {
		return
	}
	p := &o.open[o.queue[0]]
	o.queue = append(o.queue[:0], o.queue[1:]...)
	p.stage, p.end = free, 0 // start says where it stands
	o.start(ctx, p)
}

// restoreQueue finds the queue in restored operations. It says whether it can be
// one: nobody waits while the window has room, and no two have the same ticket.
func (o *order) restoreQueue() bool {
	for i := range o.open {
		if o.open[i].stage == queued {
			o.queue = append(o.queue, int32(i))
		}
	}
	slices.SortFunc(o.queue, func(a, b int32) int { return cmp.Compare(o.open[a].end, o.open[b].end) }) // total order: tickets differ, or the state is wrong
	for i := 0; i+1 < len(o.queue); i++ {
		if o.open[o.queue[i]].end == o.open[o.queue[i+1]].end {
			return false
		}
	}
	return len(o.queue) == 0 || o.count-len(o.queue) == o.cfg.Window
}
