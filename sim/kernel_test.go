package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustPanic(t *testing.T, with string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), with) {
			t.Errorf("panicked with %v, want %q", r, with)
		}
	}()
	f()
}

func TestKernelCounts(t *testing.T) {
	k := NewKernel(1, TiesByRule)
	k.At(10, 1, 2)
	k.After(5, 3, 4)
	if at, ok := k.NextTime(); at != 5 || !ok || k.Pending() != 2 || k.Step() != 0 || k.Now() != 0 {
		t.Fatalf("before the run: next %d %v, pending %d, step %d, now %d", at, ok, k.Pending(), k.Step(), k.Now())
	}
	if e, ok := k.Next(); e != (Event{5, 3, 4}) || !ok || k.Now() != 5 || k.Step() != 1 || k.Pending() != 1 {
		t.Fatalf("first %v %v, now %d, step %d, pending %d", e, ok, k.Now(), k.Step(), k.Pending())
	}
	k.After(0, 5, 6)
	if e, _ := k.Next(); e != (Event{5, 5, 6}) {
		t.Fatalf("second %v", e)
	}
	k.Next()
	if e, ok := k.Next(); ok || k.Now() != 10 || k.Step() != 3 {
		t.Fatalf("after the last: %v %v, now %d, step %d", e, ok, k.Now(), k.Step())
	}
}

func TestKernelRefusesThePast(t *testing.T) {
	for _, ties := range []Ties{TiesByRule, TiesShuffled} {
		k := NewKernel(1, ties)
		k.At(7, 1, 1)
		k.Next()
		mustPanic(t, "step 1: event for destination 3 (argument 4) scheduled at 5 ns, 2 ns before the present 7 ns", func() { k.At(5, 3, 4) })
		mustPanic(t, "scheduled at 6 ns", func() { k.After(-1, 3, 4) })
	}
}

// dispatch runs the events given to it and returns them in the order of dispatch. Some schedule another at once.
func dispatch(seed uint64, ties Ties, events []Event) []Event {
	k := NewKernel(seed, ties)
	for _, e := range events {
		k.At(e.At, e.Dst, e.Arg)
	}
	var out []Event
	for {
		e, ok := k.Next()
		if !ok {
			return out
		}
		out = append(out, e)
		if e.Arg%5 == 0 {
			k.After(0, e.Dst, e.Arg+10001)
		}
	}
}

func TestTiesShuffled(t *testing.T) {
	byTime := func(a, b Event) int { return int(a.At - b.At) }
	whole := func(a, b Event) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return int(a.Arg) - int(b.Arg)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "events")
		times := rapid.Int64Range(1, 20).Draw(t, "times")
		destinations := rapid.Uint32Range(1, 6).Draw(t, "destinations")
		events := make([]Event, n)
		for i := range events {
			events[i] = Event{Time(rapid.Int64Range(0, times).Draw(t, "at")), rapid.Uint32Range(0, destinations).Draw(t, "dst"), uint32(i)}
		}
		ruled, shuffled := dispatch(1, TiesByRule, events), dispatch(1, TiesShuffled, events)
		if !slices.Equal(shuffled, dispatch(1, TiesShuffled, events)) {
			t.Fatal("one seed gives two orders")
		}
		if !slices.IsSortedFunc(shuffled, byTime) {
			t.Fatal("not in the order of time")
		}
		// Per destination, nothing has changed.
		for d := range destinations + 1 {
			other := func(e Event) bool { return e.Dst != d }
			a, b := slices.DeleteFunc(slices.Clone(ruled), other), slices.DeleteFunc(slices.Clone(shuffled), other)
			if !slices.Equal(a, b) {
				t.Fatalf("destination %d: by rule %v, shuffled %v", d, a, b)
			}
		}
		slices.SortFunc(ruled, whole)
		slices.SortFunc(shuffled, whole)
		if !slices.Equal(ruled, shuffled) {
			t.Fatal("not a permutation")
		}
	})
}

// Each of the six orders of three events must come up about as often.
func TestTiesShuffledEvenly(t *testing.T) {
	const seeds = 6000
	counts := map[string]int{}
	for seed := range uint64(seeds) {
		counts[fmt.Sprint(dispatch(seed, TiesShuffled, []Event{{9, 1, 1}, {9, 2, 2}, {9, 3, 3}}))]++
	}
	if len(counts) != 6 {
		t.Errorf("%d orders", len(counts))
	}
	for order, n := range counts {
		if n < seeds/6*8/10 || n > seeds/6*12/10 {
			t.Errorf("%s: %d of %d", order, n, seeds)
		}
	}
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	for _, pending := range []int{16, 1024, 131072} {
		run := pholdKernel(newPhold(pending))
		run(8 * pending)
		// Blocks grow by 8 bytes per 1,024 events: fewer than one growth in the events measured.
		if n := testing.AllocsPerRun(20, func() { run(2000) }); n > 0 {
			t.Errorf("%d pending: %.2f allocations per 2,000 events", pending, n)
		}
	}
	k := NewKernel(1, TiesShuffled)
	for i := range uint32(1000) {
		k.At(0, i%50, i)
	}
	run := func() {
		for range 2000 {
			e, _ := k.Next()
			k.At((e.At/10+1)*10, e.Dst, e.Arg)
			k.Note(uint64(e.Arg))
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n > 0 {
		t.Errorf("shuffled: %.2f allocations per 2,000 events", n)
	}
}
