package causallog

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// slice is the plain counterpart of an in-flight log: every buffer that was ever
// built, the first that is held, which are in memory.
type slice struct {
	log     InFlight
	built   []dataflow.Buffer
	first   int
	spilled int
	memory  []bool // per buffer
	next    position
	dropped position
}

// lapse is one thing that an in-flight log does wrong, and the slice does not.
type lapse struct {
	name     string
	seek     func(epoch, index int32) (int32, int32)
	truncate func(f *InFlight, epoch int32)
	spilled  func(f *InFlight)
	append   func(b dataflow.Buffer) dataflow.Buffer
	forget   func(f *InFlight, seq uint64) // after it
}

var lapses = []lapse{
	{name: "the next position is sought", seek: func(epoch, index int32) (int32, int32) { return epoch, index + 1 }},
	{name: "the epoch alone is sought", seek: func(epoch, _ int32) (int32, int32) { return epoch, 0 }},
	{name: "one epoch too many is dropped", truncate: func(f *InFlight, epoch int32) { f.Truncate(epoch + 1) }},
	{name: "nothing is dropped", truncate: func(*InFlight, int32) {}},
	{name: "entries are dropped and their epoch is not", truncate: func(f *InFlight, epoch int32) {
		seq, _ := f.Seek(epoch, 0)
		f.TruncateTo(seq)
	}},
	{name: "the disk turns bits", spilled: func(f *InFlight) { f.Damage() }},
	{name: "what is spilled is read back at once", spilled: func(f *InFlight) { f.ReadBack(f.Spilled() - 1) }},
	{name: "what was read back stays", forget: func(f *InFlight, seq uint64) { f.ReadBack(seq) }},
	{name: "a buffer loses its last byte", append: func(b dataflow.Buffer) dataflow.Buffer {
		b.Data = b.Data[:max(0, len(b.Data)-1)]
		return b
	}},
	{name: "a barrier forgets what it begins", append: func(b dataflow.Buffer) dataflow.Buffer { b.Next = 0; return b }},
}

// TestInFlightFollowsASlice: whatever is appended, sought, truncated, spilled,
// read back and forgotten, the log holds what a plain slice holds.
func TestInFlightFollowsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := followsASlice(t, &lapse{}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestTheSliceFindsLapses: the same steps find each of them.
func TestTheSliceFindsLapses(t *testing.T) {
	for i := range lapses {
		found := rapid.Custom(func(t *rapid.T) error { return followsASlice(t, &lapses[i]) })
		tried := 0
		for tried < 100 && found.Example(tried) == nil {
			tried++
		}
		whole := rapid.Custom(func(t *rapid.T) error { return followsASlice(t, &lapse{}) })
		if err := whole.Example(tried); err != nil {
			t.Errorf("without it, run %d: %v", tried, err)
		}
		if t.Logf("%s: found in run %d", lapses[i].name, tried); tried == 100 {
			t.Errorf("%s: 100 runs find nothing", lapses[i].name)
		}
	}
}

func followsASlice(t *rapid.T, l *lapse) (err error) {
	s := &slice{}
	step := func(f func(t *rapid.T) error) func(*rapid.T) {
		return func(t *rapid.T) {
			if err == nil {
				err = f(t)
			}
		}
	}
	entry := rapid.Custom(func(t *rapid.T) int { return rapid.IntRange(0, len(s.built)).Draw(t, "entry") })
	t.Repeat(map[string]func(*rapid.T){
		"buffer": step(func(t *rapid.T) error {
			size := rapid.SampledFrom([]int{0, 1, 9, 700, chunkBytesMin, 3 * chunkBytesMin}).Draw(t, "bytes")
			b := buffer(s.next.epoch, s.next.index, bytes.Repeat([]byte{byte(len(s.built) + 1)}, size)...)
			return s.append(b, l)
		}),
		"barrier": step(func(*rapid.T) error {
			return s.append(dataflow.Buffer{Epoch: s.next.epoch, Index: s.next.index, Barrier: true, Next: s.next.epoch + 1}, l)
		}),
		"truncate": step(func(t *rapid.T) error {
			epoch := rapid.Int32Range(0, s.next.epoch).Draw(t, "epoch")
			for s.first < len(s.built) && s.built[s.first].Epoch < epoch {
				s.drop()
			}
			if p := (position{epoch: epoch}); s.dropped.before(p) {
				s.dropped = p
			}
			if l.truncate != nil {
				l.truncate(&s.log, epoch)
			} else {
				s.log.Truncate(epoch)
			}
			return nil
		}),
		"truncate to": step(func(t *rapid.T) error {
			seq := entry.Draw(t, "to")
			for s.first < seq {
				s.drop()
			}
			s.log.TruncateTo(uint64(seq))
			return nil
		}),
		"spill": step(func(t *rapid.T) error {
			to := entry.Draw(t, "to")
			for seq := max(s.first, s.spilled); seq < to; seq++ {
				s.memory[seq], s.spilled = false, seq+1
			}
			if s.log.Spill(uint64(to)); l.spilled != nil && s.log.Spilled() > s.log.First() {
				l.spilled(&s.log)
			}
			return nil
		}),
		"read back": step(func(t *rapid.T) error {
			seq := entry.Draw(t, "seq")
			if seq >= s.first && seq < len(s.built) {
				s.memory[seq] = true
			}
			return s.log.ReadBack(uint64(seq))
		}),
		"forget": step(func(t *rapid.T) error {
			seq := entry.Draw(t, "seq")
			if seq >= s.first && seq < s.spilled {
				s.memory[seq] = false
			}
			if s.log.Forget(uint64(seq)); l.forget != nil {
				l.forget(&s.log, uint64(seq))
			}
			return nil
		}),
		"seek": step(func(t *rapid.T) error {
			epoch, index := rapid.Int32Range(0, s.next.epoch+1).Draw(t, "epoch"), rapid.Int32Range(0, 6).Draw(t, "index")
			return s.seek(epoch, index, l)
		}),
		"": step(func(*rapid.T) error { return s.compare() }),
	})
	return err
}

func (s *slice) append(b dataflow.Buffer, l *lapse) error {
	if s.next.index++; b.Barrier {
		s.next = position{epoch: b.Epoch + 1}
	}
	s.built, s.memory = append(s.built, b), append(s.memory, true)
	if l.append != nil {
		b = l.append(b)
	}
	if seq := s.log.Append(b); int(seq) != len(s.built)-1 {
		return fmt.Errorf("buffer %d is entry %d", len(s.built)-1, seq)
	}
	return nil
}

func (s *slice) drop() {
	b := &s.built[s.first]
	s.dropped = position{b.Epoch, b.Index + 1}
	s.first++
}

// seek looks for the first buffer that is not before a position.
func (s *slice) seek(epoch, index int32, l *lapse) error {
	want := s.first
	for want < len(s.built) && (position{s.built[want].Epoch, s.built[want].Index}).before(position{epoch, index}) {
		want++
	}
	held := !(position{epoch, index}).before(s.dropped)
	e, i := epoch, index
	if l.seek != nil {
		e, i = l.seek(epoch, index)
	}
	if seq, ok := s.log.Seek(e, i); ok != held || ok && int(seq) != want {
		return fmt.Errorf("(%d,%d) is sought at %d, %v; want %d, %v", epoch, index, seq, ok, want, held)
	}
	return nil
}

func (s *slice) compare() error {
	f := &s.log
	if int(f.First()) != s.first || int(f.End()) != len(s.built) {
		return fmt.Errorf("holds %d to %d, want %d to %d", f.First(), f.End(), s.first, len(s.built))
	}
	held, resident, unspilled := 0, 0, 0
	for seq := s.first; seq < len(s.built); seq++ {
		b, e := &s.built[seq], f.At(uint64(seq))
		if e.Epoch != b.Epoch || e.Index != b.Index || e.Barrier != b.Barrier || e.Next != b.Next || e.Skip != b.Skip || e.First != b.First || f.Size(uint64(seq)) != len(b.Data) {
			return fmt.Errorf("entry %d is (%d,%d), %d bytes; want (%d,%d), %d bytes", seq, e.Epoch, e.Index, f.Size(uint64(seq)), b.Epoch, b.Index, len(b.Data))
		}
		held += len(b.Data)
		if seq >= s.spilled {
			unspilled += len(b.Data)
		}
		switch {
		case s.memory[seq]:
			resident += len(b.Data)
			if !bytes.Equal(e.Data, b.Data) || !f.Ready(uint64(seq)) {
				return fmt.Errorf("entry %d is %x, want %x", seq, e.Data, b.Data)
			}
		case len(e.Data) > 0:
			return fmt.Errorf("entry %d is in memory", seq)
		}
	}
	if f.Bytes() != held || f.Resident() != resident || f.Unspilled(f.End()) != unspilled || int(f.Spilled()) != max(s.first, s.spilled) {
		return fmt.Errorf("%d bytes, %d in memory, %d never spilled, spilled to %d; want %d, %d, %d, %d",
			f.Bytes(), f.Resident(), f.Unspilled(f.End()), f.Spilled(), held, resident, unspilled, max(s.first, s.spilled))
	}
	for _, file := range f.files {
		if file.epoch < f.dropped.epoch && len(file.data) > 0 && s.first < len(s.built) && file.epoch < s.built[s.first].Epoch && s.dropped.index == 0 {
			return fmt.Errorf("a file of epoch %d is left, dropped up to %v", file.epoch, f.dropped)
		}
	}
	return nil
}
