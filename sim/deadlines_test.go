package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// Against a list that is searched.
func TestDeadlinesAgainstList(t *testing.T) {
	type entry struct {
		at       Time
		key, seq uint64
	}
	rapid.Check(t, func(t *rapid.T) {
		var d Deadlines
		var list []entry
		var pushed []uint64
		now := Time(0)
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				now += Time(rapid.Int64Range(0, 3).Draw(t, "later"))
				key := rapid.Uint64().Draw(t, "key")
				seq := d.Push(now, key)
				list = append(list, entry{now, key, seq})
				pushed = append(pushed, seq)
			},
			"cancel": func(t *rapid.T) {
				if len(pushed) == 0 {
					t.Skip()
				}
				seq := rapid.SampledFrom(pushed).Draw(t, "seq")
				found := false
				for i, e := range list {
					if e.seq == seq {
						found, list = true, append(list[:i:i], list[i+1:]...)
						break
					}
				}
				if d.Cancel(seq) != found {
					t.Fatalf("Cancel(%d) = %v", seq, !found)
				}
			},
			"pop": func(t *rapid.T) {
				if len(list) == 0 {
					t.Skip()
				}
				d.PopHead()
				list = list[1:]
			},
			"": func(t *rapid.T) {
				at, key, seq, ok := d.Head()
				if d.Len() != len(list) || ok != (len(list) > 0) || ok && (entry{at, key, seq}) != list[0] {
					t.Fatalf("head %d %d %d %v, %d pending, want %v", at, key, seq, ok, d.Len(), list)
				}
			},
		})
	})
}

func TestDeadlinesRefuse(t *testing.T) {
	var d Deadlines
	mustPanic(t, "no deadline", d.PopHead)
	d.Push(5, 0)
	mustPanic(t, "deadline at 4 ns (key 7) pushed behind one at 5 ns", func() { d.Push(4, 7) })
	if d.Cancel(99) {
		t.Error("cancelled what was never pushed")
	}
}

func TestDeadlinesDoNotAllocate(t *testing.T) {
	var d Deadlines
	now := Time(0)
	round := func() {
		for range 100 {
			now++
			seq := d.Push(now+1000, 1)
			if now%5 != 0 {
				d.Cancel(seq)
			}
			if at, _, _, ok := d.Head(); ok && at <= now {
				d.PopHead()
			}
		}
	}
	for range 100 {
		round()
	}
	if n := testing.AllocsPerRun(100, round); n > 0 {
		t.Errorf("%.2f allocations per round", n)
	}
}

func BenchmarkDeadlines(b *testing.B) {
	var d Deadlines
	for i := range Time(b.N) {
		seq := d.Push(i+10000, uint64(i))
		if i%5 != 0 {
			d.Cancel(seq)
		}
		if at, _, _, ok := d.Head(); ok && at <= i {
			d.PopHead()
		}
	}
}
