package dataflow

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainTimer is an armed timer of the timers' plain counterpart, which is a list.
type plainTimer struct {
	at          int64
	key, handle uint64
}

// TestTimersFollowAList: whatever is set, by a clock that may go back, cancelled,
// fired and restored, the next timer is the one that is due first, and of those
// that are due at once the one set first.
func TestTimersFollowAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := timersFollow(t, (*timers).next); err != nil {
			t.Fatal(err)
		}
	})
}

// Negative control: timers that fire in the order in which they were set wait
// behind one that is due late.
func TestTheListFindsTimersThatWait(t *testing.T) {
	found := rapid.Custom(func(t *rapid.T) error {
		return timersFollow(t, func(all *timers) (int64, uint64, bool) {
			if all.head == len(all.list) {
				return 0, 0, false
			}
			return all.list[all.head].at, all.first, true
		})
	})
	tried := 0
	for tried < 50 && found.Example(tried) == nil {
		tried++
	}
	if tried == 50 {
		t.Error("50 runs find nothing")
	}
}

func timersFollow(t *rapid.T, next func(*timers) (int64, uint64, bool)) (err error) {
	var all timers
	var list []plainTimer
	now, set := int64(1000), uint64(0)
	first := func() int {
		best := 0
		for i := range list {
			if list[i].at < list[best].at {
				best = i
			}
		}
		return best
	}
	take := func(i int) {
		e := list[i]
		if key, ok := all.take(e.handle); !ok || key != e.key {
			err = fmt.Errorf("timer %d has key %d, %v; want %d", e.handle, key, ok, e.key)
		}
		if _, again := all.take(e.handle); again {
			err = fmt.Errorf("timer %d is taken twice", e.handle)
		}
		list = slices.Delete(list, i, i+1)
	}
	t.Repeat(map[string]func(*rapid.T){
		"set": func(t *rapid.T) {
			for range rapid.IntRange(1, 40).Draw(t, "timers") {
				now += 3
				handle := all.set(now+50, 7*set)
				if handle != set {
					err = fmt.Errorf("timer %d has handle %d", set, handle)
				}
				list = append(list, plainTimer{now + 50, 7 * set, handle})
				set++
			}
		},
		"skew": func(t *rapid.T) { now += rapid.Int64Range(-400, 400).Draw(t, "by") },
		"cancel": func(t *rapid.T) {
			if len(list) > 0 {
				take(rapid.IntRange(0, len(list)-1).Draw(t, "timer"))
			}
		},
		"fire": func(t *rapid.T) {
			for range min(len(list), rapid.IntRange(1, 60).Draw(t, "timers")) {
				take(first())
			}
		},
		"restore": func(*rapid.T) {
			saved := all.encode(nil)
			all = timers{}
			r := &Reader{Src: saved}
			if all.decode(r); r.Failed {
				err = fmt.Errorf("%x is no snapshot of timers", saved)
			}
		},
		"": func(*rapid.T) {
			if err != nil {
				return
			}
			at, handle, ok := next(&all)
			if ok != (len(list) > 0) || all.armed() != len(list) {
				err = fmt.Errorf("%d timers are armed, of %d; next %v", all.armed(), len(list), ok)
			} else if ok && (handle != list[first()].handle || at != list[first()].at) {
				err = fmt.Errorf("timer %d is next, at %d; want %d, at %d", handle, at, list[first()].handle, list[first()].at)
			}
		},
	})
	return err
}

// Of two timers the second may be due first, and of those due at once the one set first is next.
func TestTimersOutOfOrder(t *testing.T) {
	for _, c := range []struct {
		due  []int64
		want []uint64 // handles, as they fire
	}{
		{[]int64{100, 50}, []uint64{1, 0}},
		{[]int64{100, 50, 50}, []uint64{1, 2, 0}},
		{[]int64{100, 100, 50}, []uint64{2, 0, 1}},
		{[]int64{10, 100, 50, 70}, []uint64{0, 2, 3, 1}},
		{[]int64{50, 100, 60, 100}, []uint64{0, 2, 1, 3}},
	} {
		var all timers
		for _, at := range c.due {
			all.set(at, 0)
		}
		var got []uint64
		for {
			_, handle, ok := all.next()
			if !ok {
				break
			}
			got = append(got, handle)
			all.take(handle)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("due at %v they fire as %v, want %v", c.due, got, c.want)
		}
	}
}
