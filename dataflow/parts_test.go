package dataflow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRingsAreQueues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var buffers bufferRing
		var inputs inputRing
		var model []int
		for i, push := range rapid.SliceOfN(rapid.Bool(), 0, 200).Draw(t, "pushes") {
			if push {
				buffers.push(Buffer{First: uint64(i)})
				inputs.push(i)
				model = append(model, i)
			} else if len(model) > 0 {
				front, b, in := buffers.front().First, buffers.pop(), inputs.pop()
				if int(front) != model[0] || int(b.First) != model[0] || in != model[0] {
					t.Fatalf("popped %d, %d and %d, want %d", front, b.First, in, model[0])
				}
				model = model[1:]
			}
			if buffers.n != len(model) || inputs.n != len(model) {
				t.Fatalf("%d and %d queued, want %d", buffers.n, inputs.n, len(model))
			}
		}
	})
}

// Timers against a plain list; a handle stays the same over a snapshot.
func TestTimersFireInOrder(t *testing.T) {
	type armed struct {
		handle, key uint64
		at          int64
	}
	rapid.Check(t, func(t *rapid.T) {
		var timers timers
		var model []armed
		var all []uint64 // every handle ever given
		find := func(handle uint64) int {
			return slices.IndexFunc(model, func(a armed) bool { return a.handle == handle })
		}
		take := func(handle uint64) {
			i := find(handle)
			key, ok := timers.take(handle)
			if ok != (i >= 0) || ok && key != model[i].key {
				t.Fatalf("take(%d) gives %d, %v", handle, key, ok)
			}
			if ok {
				model = slices.Delete(model, i, i+1)
			}
		}
		for now, do := range rapid.SliceOfN(rapid.IntRange(0, 9), 0, 300).Draw(t, "what") {
			switch {
			case do < 5:
				handle := timers.set(int64(now), uint64(do))
				if slices.Contains(all, handle) {
					t.Fatalf("handle %d is given twice", handle)
				}
				all = append(all, handle)
				model = append(model, armed{handle, uint64(do), int64(now)})
			case do < 7 && len(all) > 0: // any: armed, cancelled or fired
				take(all[now*7%len(all)])
			case do < 9 && len(model) > 0:
				take(model[0].handle)
			case do == 9:
				r := &Reader{Src: timers.encode(nil)}
				clear(timers.list) // nothing of the old ones may be used
				timers.decode(r)
				if r.Failed || len(r.Src) > 0 {
					t.Fatal("timers are not decoded as encoded")
				}
			}
			at, handle, ok := timers.next()
			if ok != (len(model) > 0) || ok && (handle != model[0].handle || at != model[0].at) || timers.armed() != len(model) {
				t.Fatalf("next is %d, %d, %v of %d; want %v", at, handle, ok, timers.armed(), model)
			}
		}
	})
}
