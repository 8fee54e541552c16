package dataflow

import (
	"bytes"
	"testing"
)

// fullCheckpoint is a checkpoint with something of everything in it: state,
// timers, calls, half a record, recorded buffers.
func fullCheckpoint(t *testing.T) (checkpoint []byte, snapshot int) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.op.state = []byte("state")
	s.op.on = func(ctx Context, record string) {
		handle := ctx.SetTimer(10, 1)
		ctx.SetTimer(10, 2)
		ctx.CancelTimer(handle + 1)
		ctx.Call(uint64(len(record)), []byte(record))
		ctx.Emit(1, 0, []byte("x"))
	}
	cut := cutAt([]string{"one", "four", "sixsix"}, []int{8, 5})
	s.receive(2, cut[0])
	s.receive(0, data(0, "zero"), barrier(1))
	s.receive(1, barrier(1))
	snapshot = len(s.task.encode(nil))
	s.op.on = nil
	s.receive(2, cut[1:]...)
	s.receive(2, barrier(1))
	s.receive(3, data(0, "other"), barrier(1))
	return s.captured[1], snapshot
}

func restored(t *testing.T, checkpoint []byte) (*stand, error) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.task = NewTask(s.graph, s.task.id, s.op, Unguarded{}, s, Options{BufferBytes: 100})
	return s, s.task.Restore(checkpoint)
}

func TestRestoreRepeatsTheSnapshot(t *testing.T) {
	checkpoint, snapshot := fullCheckpoint(t)
	s, err := restored(t, checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.task.encode(nil); !bytes.Equal(got, checkpoint[:snapshot]) {
		t.Errorf("restored and encoded again:\n%q\nwas\n%q", got, checkpoint[:snapshot])
	}
	s.task.Start()
	s.steps()
	s.expect("ask 3: one", "ask 4: zero", "take input 2 tag 0", "edge 1 from 0: four", "take input 2 tag 0",
		"edge 1 from 0: sixsix", "take input 3 tag 0", "edge 1 from 1: other")
}

func TestRestoreRejectsWhatIsCutOff(t *testing.T) {
	checkpoint, snapshot := fullCheckpoint(t)
	whole := 0
	for n := range checkpoint {
		if _, err := restored(t, checkpoint[:n]); err == nil {
			whole++
			if n < snapshot {
				t.Errorf("the first %d bytes of a snapshot of %d are accepted", n, snapshot)
			}
		}
	}
	if whole != 3 { // between the recorded buffers a checkpoint with fewer of them ends
		t.Errorf("%d prefixes are accepted, want 3", whole)
	}
	misplaced := append([]byte(nil), checkpoint...)
	misplaced[snapshot] = 0
	if _, err := restored(t, misplaced); err == nil {
		t.Error("a buffer recorded on a regular input is accepted")
	}
}

// A judge that reads a part reads what a new incarnation is given.
func TestReadPartIsWhatIsRestored(t *testing.T) {
	checkpoint, snapshot := fullCheckpoint(t)
	g := testGraph()
	id := g.Task(middle, 0)
	if p, err := g.ReadPart(id, checkpoint); err != nil || string(p.State) != "state" || p.Taken != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	for n := range snapshot {
		if p, err := g.ReadPart(id, checkpoint[:n]); err == nil {
			t.Errorf("the first %d bytes of a snapshot of %d give %+v", n, snapshot, p)
		}
	}
	s := newStand(t, source, 1, Options{}, nil)
	s.op.state = []byte("where it reads")
	s.receive(0, data(0, "a", "b", "c"))
	if p, err := g.ReadPart(s.task.id, s.task.encode(nil)); err != nil || p.Taken != 3 || string(p.State) != "where it reads" {
		t.Errorf("of a source that has taken 3 records: %+v, %v", p, err)
	}
}

// held is how many bytes a task holds because of a checkpoint.
func (s *stand) held() (n int) {
	n = 32*cap(s.task.timers.list) + 32*cap(s.task.calls) + len(s.op.state)
	for _, c := range s.task.calls {
		n += cap(c.request)
	}
	for i := range s.task.inputs {
		in := &s.task.inputs[i]
		n += cap(in.remainder)
		for in.queue.n > 0 {
			n += 64 + cap(in.queue.pop().Data)
		}
	}
	return n
}

// Hostile bytes are an error, or a state in which the task goes on: never a
// panic, an endless loop, or memory beyond a multiple of the input.
func FuzzRestore(f *testing.F) {
	checkpoint, snapshot := fullCheckpoint(nil)
	f.Add(checkpoint)
	f.Add(checkpoint[:snapshot])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, checkpoint []byte) {
		s, err := restored(t, checkpoint)
		if err == nil {
			if p, err := s.graph.ReadPart(s.task.id, checkpoint); err != nil || !bytes.Equal(p.State, s.op.state) {
				t.Errorf("%q is restored, a judge reads %q: %v", s.op.state, p.State, err)
			}
			s.task.Start()
			s.steps()
			s.clock = 1 << 62
			s.task.TimerDue()
			s, _ = restored(t, checkpoint)
		}
		if got, most := s.held(), 64*len(checkpoint)+1024; got > most {
			t.Errorf("%d bytes are held because of %d, at most %d would do", got, len(checkpoint), most)
		}
	})
}
