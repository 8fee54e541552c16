package causallog

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"simrun/dataflow"
)

// written is a store of order/0 whose main log has three determinants in epoch
// 2, none in epoch 3 and two in epoch 4.
func written(t *testing.T) (*Store, LogID) {
	l := NewLayout(shop(t, 1, 2, 1, 1), FullSharing)
	s := NewStore(l, taskNamed(t, l.Graph(), "order/0"), 2)
	id := l.Main(s.Owner())
	for i := range 3 {
		appended(t, s, id, &one[i])
	}
	s.StartEpoch(4)
	appended(t, s, id, &one[3])
	appended(t, s, id, &one[4])
	return s, id
}

func appended(t *testing.T, s *Store, id LogID, d *dataflow.Determinant) {
	t.Helper()
	if err := s.Append(id, d); err != nil {
		t.Fatal(err)
	}
}

func TestReplayReadsALogEpochByEpoch(t *testing.T) {
	s, id := written(t)
	r := NewReplay(s, id, 2)
	if _, ok := r.Peek(1); ok {
		t.Error("an epoch before the plan has determinants")
	}
	if first, last := s.Epochs(id); first != 2 || last != 4 {
		t.Errorf("epochs %d to %d", first, last)
	}
	position := 0
	for i := range 3 {
		if d, ok := r.Peek(2); !ok || !reflect.DeepEqual(*d, one[i]) || r.Exhausted() || !r.Later(2) || r.Position(2) != position {
			t.Fatalf("determinant %d: %+v, %v at %d", i, d, ok, r.Position(2))
		}
		if d, ok := r.Peek(4); !ok || d.Kind != one[3].Kind {
			t.Fatalf("the first of epoch 4 is %+v", d)
		}
		if d := r.Next(2); d.Kind != one[i].Kind || !bytes.Equal(r.Raw(), AppendDeterminant(nil, &one[i])) {
			t.Fatalf("determinant %d: consumed %+v, raw %x", i, d, r.Raw())
		}
		position += DeterminantBytes(&one[i])
	}
	if _, ok := r.Peek(2); ok || r.Next(2) != nil || r.Next(3) != nil || !r.Later(3) || r.Position(3) != 0 {
		t.Error("more determinants than were written")
	}
	if d := r.Next(4); string(d.Answer) != "approved" {
		t.Errorf("answer %q", d.Answer)
	}
	if d, _ := r.Peek(4); d.Kind != dataflow.TimerTrigger || r.Exhausted() {
		t.Errorf("%+v", d)
	}
	r.Next(4)
	if !r.Exhausted() || r.Later(2) || r.Err() != nil {
		t.Errorf("exhausted %v, later %v, %v", r.Exhausted(), r.Later(2), r.Err())
	}
}

// The plan is what the store held when the replay began.
func TestReplayIgnoresWhatIsAppendedLater(t *testing.T) {
	s, id := written(t)
	r := NewReplay(s, id, 4)
	if r.Later(4) {
		t.Error("something is left of epochs after the last")
	}
	appended(t, s, id, order(9))
	s.Truncate(5)
	s.StartEpoch(5)
	appended(t, s, id, order(8))
	for i := 3; i < 5; i++ {
		if d := r.Next(4); d == nil || !reflect.DeepEqual(*d, one[i]) {
			t.Fatalf("determinant %d: %+v, %v", i, d, r.Err())
		}
	}
	if !r.Exhausted() {
		t.Error("more than was written")
	}
}

func TestReplayOfNothingIsExhausted(t *testing.T) {
	s, id := written(t)
	for _, r := range []*Replay{NewReplay(s, id, 5), NewReplay(s, s.layout.Cuts(0), 2)} {
		if _, ok := r.Peek(5); ok || !r.Exhausted() || r.Later(0) {
			t.Error("an empty plan has something left")
		}
	}
}

func TestReplayEndsAtMalformedBytes(t *testing.T) {
	s, id := written(t)
	s.AppendBytes(id, 4, []byte{6, 6, 6})
	s.AppendBytes(id, 5, []byte{0, 1})
	r := NewReplay(s, id, 4)
	r.Next(4)
	r.Next(4)
	if r.Err() != nil || r.Exhausted() {
		t.Fatalf("ended early: %v", r.Err())
	}
	if _, ok := r.Peek(4); ok || r.Err() == nil || !r.Exhausted() || r.Later(4) || r.Next(5) != nil {
		t.Errorf("%v, exhausted %v", r.Err(), r.Exhausted())
	}
}

func TestGatherKeepsTheLongest(t *testing.T) {
	s, id := written(t)
	short := NewStore(s.layout, s.layout.Graph().Broker(), 2)
	short.AppendBytes(id, 2, s.Bytes(id, 2)[:2])
	short.AppendBytes(s.layout.Cuts(0), 3, []byte{7, 0, 0, 0, 1})
	long, brief := s.AppendAnswer(nil, 2), short.AppendAnswer(nil, 2)
	for _, answers := range [][][]byte{{long, brief}, {brief, long}, {brief, {}, long, long}} {
		g := NewGather(s.layout, 2)
		bytes := 0
		for _, a := range answers {
			bytes += len(a)
			if err := g.Add(a); err != nil {
				t.Fatal(err)
			}
		}
		if g.Bytes() != int64(bytes) {
			t.Errorf("%d bytes, want %d", g.Bytes(), bytes)
		}
		got := g.Install(s.Owner())
		if got.Owner() != s.Owner() || got.Size() != s.Size()+5 || string(got.Bytes(id, 2)) != string(s.Bytes(id, 2)) {
			t.Errorf("installed %d bytes of %d", got.Size(), s.Size()+5)
		}
		if n := got.Leftover(id, 2) + got.Leftover(id, 4); n != s.Size() {
			t.Errorf("%d bytes are to be repeated, want %d: own logs are installed at once", n, s.Size())
		}
	}
}

func TestGatherRefusesTwoVersionsAndForgets(t *testing.T) {
	s, id := written(t)
	other := NewStore(s.layout, s.layout.Graph().Broker(), 2)
	other.AppendBytes(id, 2, []byte{0, 4})
	g := NewGather(s.layout, 2)
	if err := g.Add(s.AppendAnswer(nil, 2)); err != nil {
		t.Fatal(err)
	}
	var conflict *Conflict
	if err := g.Add(other.AppendAnswer(nil, 2)); !errors.As(err, &conflict) || conflict.Offset != 1 || !bytes.Equal(conflict.Got, []byte{4}) || !bytes.Equal(conflict.Held, []byte{3}) {
		t.Errorf("%v", err)
	}
	g.Reset()
	if g.Bytes() != 0 {
		t.Errorf("%d bytes after Reset", g.Bytes())
	}
	if err := g.Add(other.AppendAnswer(nil, 2)); err != nil {
		t.Errorf("after Reset: %v", err)
	}
	if got := g.Install(s.Owner()); got.Size() != 2 || got.From() != 2 {
		t.Errorf("%d bytes from epoch %d on", got.Size(), got.From())
	}
	if g := NewGather(s.layout, 4); g.Add(s.AppendAnswer(nil, 2)) != nil || g.Install(s.Owner()).Len(id, 2) != 0 {
		t.Error("an epoch that a checkpoint covers was gathered")
	}
	if _, n := DeltaSizes(s.AppendAnswer(nil, 3)); n != s.Len(id, 4) {
		t.Errorf("an answer from epoch 3 on has %d bytes of the log, want %d", n, s.Len(id, 4))
	}
}
