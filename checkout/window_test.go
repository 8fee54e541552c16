package checkout

import (
	"slices"
	"testing"
)

// What is restored is a queue only if the window is full, and no two have one ticket.
func TestRestoredQueue(t *testing.T) {
	at := func(s stage, ticket int32) operation { return operation{stage: s, end: ticket} }
	for _, c := range []struct {
		open   []operation
		window int
		queue  []int32
		ok     bool
	}{
		{nil, 2, nil, true},
		{[]operation{at(locking, 3), at(free, 0)}, 2, nil, true},
		{[]operation{at(queued, 9), at(locking, 1), at(queued, 4), at(paying, 1)}, 2, []int32{2, 0}, true},
		{[]operation{at(queued, 4), at(locking, 1), at(queued, 4), at(paying, 1)}, 2, nil, false}, // one ticket
		{[]operation{at(queued, 4), at(locking, 1), at(free, 0)}, 2, nil, false},                  // there is room
		{[]operation{at(queued, 4), at(locking, 1), at(single, 0), at(paying, 1)}, 2, nil, false}, // more than the window
	} {
		o := &order{cfg: &Config{Window: c.window}, open: c.open}
		for i := range c.open {
			if c.open[i].stage != free {
				o.count++
			}
		}
		if ok := o.restoreQueue(); ok != c.ok || ok && !slices.Equal(o.queue, c.queue) {
			t.Errorf("%+v: %v, %v", c.open, o.queue, ok)
		}
	}
}
