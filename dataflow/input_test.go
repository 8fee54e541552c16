package dataflow

import "testing"

// An input that is held back is not read, others are, and it is read again when
// there is room: backpressure.
func TestStalledInputResumes(t *testing.T) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.task.Hold(HeldRegular)
	s.op.on = func(_ Context, record string) {
		if record == "open" {
			s.task.Hold(HeldNone)
		}
	}
	s.receive(0, data(0, "a"), data(1, "b"), barrier(1))
	s.receive(1, data(0, "c"))
	s.expect()
	s.receive(2, data(0, "still held"))
	s.expect("take input 2 tag 0", "edge 1 from 0: still held")
	s.receive(2, data(1, "open"))
	s.expect("take input 2 tag 0", "edge 1 from 0: open",
		"take input 0 tag 0", "edge 0 from 0: a", "take input 0 tag 0", "edge 0 from 0: b", "take input 0 tag 0",
		"take input 1 tag 0", "edge 0 from 1: c")
}

// Credit is returned and ghosts are merged when a buffer is taken: before
// anything of it has an effect.
func TestTakenComesFirst(t *testing.T) {
	s := newStand(t, middle, 0, Options{}, nil)
	b := data(0, "a", "b")
	b.Tag = 5
	s.task.Receive(0, b)
	end := barrier(1)
	end.Tag = 6
	s.task.Receive(0, end)
	s.expect()
	s.steps()
	s.expect("take input 0 tag 5", "edge 0 from 0: a", "edge 0 from 0: b", "take input 0 tag 6")
}

// emit makes the operator send what it is handed on.
func emit(ctx Context, record string) { ctx.Emit(0, 0, []byte(record)) }

func TestIdle(t *testing.T) {
	s := newStand(t, middle, 0, Options{BufferBytes: 100}, nil)
	idle := func(want bool, when string) {
		t.Helper()
		if s.task.Idle() != want {
			t.Errorf("idle is %v, %s", !want, when)
		}
	}
	idle(true, "at the start")
	s.task.Receive(0, data(0, "a", "b"))
	idle(false, "with a buffer queued")
	s.task.Step()
	idle(false, "with a record left in the buffer")
	s.task.Step()
	idle(true, "when the buffer is read")

	s.op.on = emit
	s.receive(0, data(2, "c"))
	idle(false, "with an open output buffer")
	s.task.Flush(0)
	idle(true, "when it is flushed")

	var handle uint64
	s.op.on = func(ctx Context, _ string) { handle = ctx.SetTimer(10, 1) }
	s.receive(0, data(3, "d"))
	idle(false, "with an armed timer")
	s.clock = 10
	s.task.TimerDue()
	idle(true, "when it has fired")
	s.receive(0, data(4, "e"))
	s.task.CancelTimer(handle)
	idle(true, "when it is cancelled")

	s.op.on = func(ctx Context, _ string) { ctx.Call(7, []byte("q")) }
	s.receive(0, data(5, "f"))
	idle(false, "with a call unanswered")
	s.task.Answered(8, nil)
	idle(false, "when another call is answered")
	s.task.Answered(7, nil)
	idle(true, "when it is answered")
}

// Calls that were not answered are in the snapshot and are made again.
func TestUnansweredCallsAreMadeAgain(t *testing.T) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.op.on = func(ctx Context, record string) { ctx.Call(uint64(len(record)), []byte(record)) }
	s.receive(0, data(0, "a", "bb", "ccc", "dddd"))
	s.task.Answered(2, []byte("yes"))
	s.receive(0, data(4, "eeeee"))
	for i := range 2 {
		s.receive(i, barrier(1))
		s.receive(2+i, barrier(1))
	}
	again := newStand(t, middle, 0, Options{}, nil)
	again.task = NewTask(again.graph, again.task.id, again.op, Unguarded{}, again, Options{BufferBytes: 10})
	if err := again.task.Restore(s.captured[1]); err != nil {
		t.Fatal(err)
	}
	again.task.Start()
	again.expect("ask 1: a", "ask 3: ccc", "ask 4: dddd", "ask 5: eeeee")
}

// What a full buffer leaves over opens the next one: it must be flushed, too.
func TestFullBufferLeavesAnOpenOne(t *testing.T) {
	s := newStand(t, source, 0, Options{BufferBytes: 4}, nil)
	s.op.on = emit
	s.receive(0, data(0, "abcde"))
	if len(s.built[0]) != 1 || s.task.Open(0) != 3 {
		t.Fatalf("%d buffers built, %d bytes open", len(s.built[0]), s.task.Open(0))
	}
	if s.opened != 2 {
		t.Errorf("told %d times that a buffer is open, want 2", s.opened)
	}
	s.task.Flush(0)
	s.task.Flush(0)
	if len(s.built[0]) != 2 || s.built[0][1].Skip != 3 {
		t.Errorf("built %v", s.built[0])
	}
}
