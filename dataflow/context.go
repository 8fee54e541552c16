package dataflow

import (
	"fmt"
	"math/bits"
)

var _ Context = (*Task)(nil)

// decide takes a synchronous decision: as the log has it, or as proposed.
func (t *Task) decide(kind Kind, proposed int64) int64 {
	if t.replaying {
		if d, ok := t.guard.Replayed(kind); ok {
			if t.options.Broken.ReplayClock && kind == Timestamp {
				return proposed
			}
			return d.Value
		}
	}
	t.log(Determinant{Kind: kind, Value: proposed})
	return proposed
}

// log records a determinant without letting it escape to the heap.
func (t *Task) log(d Determinant) {
	t.determinant = d
	t.guard.Record(&t.determinant)
}

// Now implements Context.
func (t *Task) Now() int64 {
	if t.options.Tick > 0 {
		return t.clock
	}
	return t.decide(Timestamp, t.env.Clock())
}

// Apply implements Context. It is decided in program order, not struck.
func (t *Task) Apply(key uint64, compute func(dst []byte) []byte) []byte {
	if t.replaying {
		if d, ok := t.guard.Replayed(Serializable); ok {
			if d.Key != key || d.Count != InLine {
				t.env.Diverged("INV-04", fmt.Sprintf("%s: the log has result %d where %d is computed", t.graph.TaskName(t.id), d.Key, key))
			}
			t.result = append(t.result[:0], d.Answer...)
			return t.result
		}
	}
	t.result = compute(t.result[:0])
	t.log(Determinant{Kind: Serializable, Count: InLine, Key: key, Answer: t.result})
	return t.result
}

// Random implements Context: a counter mixed by two multiplications
// (splitmix64), opened by the epoch's seed.
func (t *Task) Random() uint64 {
	t.random += 0x9e3779b97f4a7c15
	x := t.random
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return bits.RotateLeft64(x^x>>31, 17)
}

// Call implements Context. In replay the call is not made: the log has the
// answer, or the call is made when the replay has ended.
func (t *Task) Call(key uint64, request []byte) {
	if n := len(t.calls); n < cap(t.calls) {
		t.calls = t.calls[:n+1] // the bytes of a call that was answered are used again
	} else {
		t.calls = append(t.calls, call{})
	}
	c := &t.calls[len(t.calls)-1]
	c.key, c.request = key, append(c.request[:0], request...)
	if !t.replaying || t.options.Broken.AnswerInReplay {
		t.env.Ask(key, request)
	}
}

// Answered hands over the answer to an external call. It strikes between two
// records, so it is logged with their count.
func (t *Task) Answered(key uint64, answer []byte) {
	if t.replaying && !t.options.Broken.AnswerInReplay || !t.dropCall(key) {
		return
	}
	t.log(Determinant{Kind: Serializable, Count: t.count, Key: key, Answer: answer})
	t.operator.Answer(t, key, answer)
	t.finish()
}

func (t *Task) dropCall(key uint64) bool {
	for i := range t.calls {
		if t.calls[i].key == key {
			answered, last := t.calls[i], len(t.calls)-1
			copy(t.calls[i:], t.calls[i+1:])
			t.calls[last] = answered
			t.calls = t.calls[:last]
			return true
		}
	}
	return false
}

// SetTimer implements Context.
func (t *Task) SetTimer(delay int64, key uint64) uint64 {
	at := t.env.Clock() + delay
	handle := t.timers.set(at, key)
	if _, first, _ := t.timers.next(); (!t.replaying || t.options.Broken.LiveTimers) && first == handle {
		t.arm()
	}
	return handle
}

// CancelTimer implements Context.
func (t *Task) CancelTimer(handle uint64) { t.timers.take(handle) }

// tick refreshes the cached clock, and logs what it shows (Clonos 4.2).
func (t *Task) tick(now int64) {
	t.tickAt = now + t.options.Tick
	if t.lags && t.options.Broken.ClockLags {
		now = t.clock + t.options.Tick
	}
	t.log(Determinant{Kind: TimerTrigger, Count: t.count, Value: now, Key: TickKey})
	t.clock = now
}

// TimerDue fires the timers that are due by the task's clock, and asks to be
// woken for the next.
func (t *Task) TimerDue() {
	if t.replaying && !t.options.Broken.LiveTimers {
		return
	}
	now := t.env.Clock()
	if t.options.Tick > 0 && now >= t.tickAt {
		t.tick(now)
	}
	for {
		at, handle, ok := t.timers.next()
		if !ok || at > now {
			break
		}
		key, _ := t.timers.take(handle)
		t.log(Determinant{Kind: TimerTrigger, Count: t.count, Value: now, Key: handle})
		t.operator.Timer(t, key)
		t.finish()
	}
	t.arm()
}

// Place implements Context.
func (t *Task) Place(operation uint32) {
	if !t.replaying {
		t.env.Place(operation)
	}
}
