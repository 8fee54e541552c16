package causallog

import (
	"testing"

	"simrun/dataflow"
)

// recovered is written's log in the hands of a new incarnation.
func recovered(t *testing.T) (*Store, LogID) {
	old, id := written(t)
	g := NewGather(old.layout, 2)
	if err := g.Add(old.AppendAnswer(nil, 2)); err != nil {
		t.Fatal(err)
	}
	return g.Install(old.Owner()), id
}

func TestRepeatingAppendsNothing(t *testing.T) {
	s, id := recovered(t)
	size := s.Size()
	for i := range 3 {
		if matched, conflict := s.Regenerate(id, &one[i]); !matched || conflict != nil {
			t.Fatalf("determinant %d: matched %v, %v", i, matched, conflict)
		}
	}
	if s.Leftover(id, 2) != 0 || s.Size() != size {
		t.Fatalf("%d left, %d of %d bytes", s.Leftover(id, 2), s.Size(), size)
	}
	if matched, conflict := s.Regenerate(id, order(1)); matched || conflict != nil || s.Size() != size+2 || s.Len(id, 2) != 16+2 {
		t.Errorf("behind the log: matched %v, %v, %d bytes", matched, conflict, s.Len(id, 2))
	}
}

func TestWhatIsLeftOfAnEpochStays(t *testing.T) {
	s, id := recovered(t)
	appended(t, s, id, &one[0])
	s.StartEpoch(4)
	if s.Leftover(id, 2) != 14 || s.Leftover(id, 4) != s.Len(id, 4) || s.Leftover(id, 3) != 0 {
		t.Errorf("left of epoch 2 %d, of 3 %d, of 4 %d", s.Leftover(id, 2), s.Leftover(id, 3), s.Leftover(id, 4))
	}
	replica := s.layout.Main(0)
	s.AppendBytes(replica, 2, []byte{0, 1})
	if s.Leftover(replica, 2) != 0 || s.Expect(replica, 2) != nil {
		t.Error("a replica is to be repeated")
	}
}

// A log repeated otherwise is found whatever differs: a byte, the kind, the end.
func TestRepeatingOtherwiseIsAConflict(t *testing.T) {
	for name, tc := range map[string]struct {
		first  dataflow.Determinant
		offset int
	}{
		"other channel":         {*order(4), 1},
		"other kind":            {one[7], 0},
		"longer than installed": {dataflow.Determinant{Kind: dataflow.Serializable, Answer: make([]byte, 300)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, id := recovered(t)
			matched, conflict := s.Regenerate(id, &tc.first)
			if matched || conflict == nil || conflict.Offset != tc.offset || conflict.Epoch != 2 || conflict.Log != "order/0" {
				t.Fatalf("matched %v, %v", matched, conflict)
			}
			if n := s.Len(id, 2); n != 16 {
				t.Errorf("the log has %d bytes, had 16", n)
			}
			s.Forsake(id)
			if s.Leftover(id, 2) != 0 || s.Len(id, 4) != 0 || s.Size() != s.Len(id, 2) {
				t.Errorf("forsaken: %d left, %d bytes of epoch 4, %d in all", s.Leftover(id, 2), s.Len(id, 4), s.Size())
			}
			appended(t, s, id, order(1))
		})
	}
	s, id := recovered(t)
	appended(t, s, id, &one[0])
	appended(t, s, id, &one[1])
	if err := s.Append(id, &one[7]); err == nil {
		t.Error("a determinant that reaches beyond the installed log is accepted")
	}
	if err := s.Append(id, order(1)); err != nil || s.Len(id, 2) != 18 {
		t.Errorf("behind a conflict: %v, %d bytes", err, s.Len(id, 2))
	}
}

// What the task sends while it repeats its log is all that is installed.
func TestInstalledLogIsSentBeforeItIsRepeated(t *testing.T) {
	s, id := recovered(t)
	c := s.NewCursor(channelNamed(t, s.layout.Graph(), "order/0>stock/0"))
	if _, n := DeltaSizes(s.AppendDelta(nil, c)); n != s.Size() {
		t.Errorf("%d bytes of determinants, want %d", n, s.Size())
	}
	appended(t, s, id, &one[0])
	if delta := s.AppendDelta(nil, c); len(delta) != 0 {
		t.Errorf("what was repeated is sent again: %x", delta)
	}
}

func TestDroppedEpochsAreNotKept(t *testing.T) {
	s, id := recovered(t)
	s.Truncate(3)
	appended(t, s, id, &one[0])
	s.AppendBytes(id, 2, []byte{1})
	if s.Len(id, 2) != 0 || s.Bytes(id, 1) != nil || s.Size() != s.Len(id, 4) || s.From() != 3 {
		t.Errorf("%d bytes of epoch 2; %d in all", s.Len(id, 2), s.Size())
	}
	s.Truncate(1)
	if s.From() != 3 {
		t.Error("truncation went back")
	}
}

// An installed log may end inside a determinant only if its bytes are wrong.
func TestRepeatingBeyondACutOffDeterminantIsAConflict(t *testing.T) {
	l := NewLayout(shop(t, 1, 2, 1, 1), FullSharing)
	g := NewGather(l, 0)
	if err := g.Add(appendPiece(nil, 1, 0, 0, []byte{1, 0, 0})); err != nil {
		t.Fatal(err)
	}
	s := g.Install(1)
	matched, conflict := s.Regenerate(1, &dataflow.Determinant{Kind: dataflow.Timestamp})
	if matched || conflict == nil || conflict.Offset != 3 || len(conflict.Held) != 0 || len(conflict.Got) != 6 {
		t.Errorf("matched %v, %v", matched, conflict)
	}
}

func TestRawBytesOfAnOwnLogCountAsWritten(t *testing.T) {
	l := NewLayout(shop(t, 1, 2, 1, 1), FullSharing)
	s := NewStore(l, 1, 0)
	s.AppendBytes(1, 0, []byte{0, 1})
	appended(t, s, 1, order(2))
	if got := s.Bytes(1, 0); string(got) != "\x00\x01\x00\x02" || s.Leftover(1, 0) != 0 {
		t.Errorf("%x, %d left", got, s.Leftover(1, 0))
	}
	again, id := recovered(t)
	again.AppendBytes(id, 2, []byte{0, 1})
	if again.Leftover(id, 2) != 18 {
		t.Errorf("%d bytes are to be repeated, want 18", again.Leftover(id, 2))
	}
}
