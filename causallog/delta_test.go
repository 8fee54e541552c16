package causallog

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
)

func varints(fields ...uint64) []byte {
	var b []byte
	for _, f := range fields {
		b = binary.AppendUvarint(b, f)
	}
	return b
}

// TestMalformedDeltas: what is before the malformed bytes is merged, what is
// after them is not.
func TestMalformedDeltas(t *testing.T) {
	l := NewLayout(shop(t, 1, 2, 1, 1), FullSharing)
	logs := uint64(l.Logs())
	for name, bad := range map[string][]byte{
		"no such log":               append(varints(logs, 0, 0, 1), 7),
		"epoch of 32 bits":          append(varints(0, math.MaxInt32+1, 0, 1), 7),
		"epoch far ahead":           append(varints(0, epochsAhead+1, 0, 1), 7),
		"offset of 32 bits":         append(varints(0, 0, math.MaxInt32+1, 1), 7),
		"offset of 64 bits":         append(varints(0, 0, math.MaxUint64, 1), 7),
		"more bytes than there are": append(varints(0, 0, 0, 9), 1, 2, 3),
		"length of 64 bits":         varints(0, 0, 0, math.MaxUint64),
		"cut off":                   varints(0, 0, 0),
		"varint without an end":     {0x80},
		"varint of 11 bytes":        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewStore(l, l.Graph().Broker(), 0)
			delta := append(appendPiece(nil, 1, 0, 0, []byte{0, 1}), bad...)
			if name != "cut off" && name != "length of 64 bits" && name != "varint without an end" {
				delta = appendPiece(delta, 2, 0, 0, []byte{0, 2})
			}
			if name == "more bytes than there are" {
				delta = delta[:6+len(bad)]
			}
			m, err := s.Merge(delta, noChannel, nil)
			var malformed *Malformed
			if !errors.As(err, &malformed) {
				t.Fatalf("%v", err)
			}
			if s.Len(1, 0) != 2 || s.Size() != 2 || m.New != 2 {
				t.Errorf("%d bytes are held, %+v", s.Size(), m)
			}
		})
	}
	good := appendPiece(appendPiece(nil, 1, 0, 0, []byte{0, 1}), LogID(logs-1), epochsAhead, 0, []byte{7})
	if m, err := NewStore(l, l.Graph().Broker(), 0).Merge(good, noChannel, nil); err != nil || m.Pieces != 2 || m.New != 3 {
		t.Errorf("a well-formed delta: %+v, %v", m, err)
	}
}

func TestGapOfOneByte(t *testing.T) {
	l := NewLayout(shop(t, 1, 2, 1, 1), FullSharing)
	s := NewStore(l, l.Graph().Broker(), 0)
	s.AppendBytes(1, 0, []byte{0, 1})
	var gap *Gap
	if _, err := s.Merge(appendPiece(nil, 1, 0, 3, []byte{0, 2}), noChannel, nil); !errors.As(err, &gap) || gap.Offset != 3 || gap.Held != 2 || s.Size() != 2 {
		t.Errorf("%v, %d bytes", err, s.Size())
	}
	if m, err := s.Merge(appendPiece(nil, 1, 0, 1, []byte{1, 0, 2}), noChannel, nil); err != nil || m.Old != 1 || m.New != 2 || string(s.Bytes(1, 0)) != "\x00\x01\x00\x02" {
		t.Errorf("%+v, %v: %x", m, err, s.Bytes(1, 0))
	}
}

// Two stores that talk in both directions do not tell each other what they
// have just been told.
func TestWhatTheOtherHasShownIsNotSentBack(t *testing.T) {
	g := shop(t, 1, 1, 1, 1)
	w := newWorld(g, FullSharing)
	there, back := channelNamed(t, g, "order/0>stock/0"), channelNamed(t, g, "stock/0>order/0")
	ingress := w.layout.Main(taskNamed(t, g, "ingress/0"))
	w.stores[1].AppendBytes(ingress, 0, []byte{0, 1, 0, 2})
	w.stores[1].AppendBytes(ingress, 1, []byte{0, 3})
	w.send(there)
	if m, err := w.deliver(there); err != nil || m.New != 6 {
		t.Fatalf("%+v, %v", m, err)
	}
	if delta := w.send(back); len(delta) != 0 {
		t.Errorf("sent back: %x", delta)
	}
	w.reset(back)
	if _, n := DeltaSizes(w.send(back)); n != 6 {
		t.Errorf("a new connection brings %d bytes, want 6", n)
	}
}

func TestCursorNeverGoesBack(t *testing.T) {
	g := shop(t, 1, 1, 1, 1)
	l := NewLayout(g, FullSharing)
	c := NewStore(l, 2, 0).NewCursor(channelNamed(t, g, "stock/0>order/0"))
	for _, step := range []struct {
		epoch  int32
		offset int
		bytes  int
		want   place
	}{
		{1, 0, 5, place{1, 5, 5}},
		{0, 0, 90, place{1, 5, 5}},
		{1, 2, 2, place{1, 5, 5}},
		{1, 2, 7, place{1, 9, 9}},
		{2, 0, 1, place{2, 1, 1}},
	} {
		c.heldThere(&piece{log: 0, epoch: step.epoch, offset: step.offset, data: make([]byte, step.bytes)})
		if got := c.at[c.index[0]]; got != step.want {
			t.Errorf("after bytes %d to %d of epoch %d: %+v, want %+v", step.offset, step.offset+step.bytes, step.epoch, got, step.want)
		}
	}
	before := append([]place(nil), c.at...)
	c.heldThere(&piece{log: l.Main(1), epoch: 7, data: make([]byte, 5)}) // order's own log is not shared with order
	for i := range before {
		if c.at[i] != before[i] {
			t.Errorf("%s has moved", l.Name(c.shared[i]))
		}
	}
}

// A cursor that stands in an epoch that was dropped goes on at the start of the
// first that is kept.
func TestCursorInADroppedEpoch(t *testing.T) {
	g := shop(t, 1, 1, 1, 1)
	l := NewLayout(g, FullSharing)
	s := NewStore(l, 1, 0)
	c := s.NewCursor(channelNamed(t, g, "order/0>stock/0"))
	s.AppendBytes(1, 0, []byte{0, 1, 0, 2})
	s.AppendDelta(nil, c)
	s.AppendBytes(1, 0, []byte{0, 3})
	s.AppendBytes(1, 1, []byte{0, 4})
	s.AppendBytes(1, 3, []byte{0, 5, 0, 6}) // epochs may skip
	s.Truncate(1)
	receiver := NewStore(l, 2, 1)
	if m, err := receiver.Merge(s.AppendDelta(nil, c), channelNamed(t, g, "order/0>stock/0"), nil); err != nil || m.New != 6 || equal(s, receiver) != nil {
		t.Errorf("%+v, %v, %v", m, err, equal(s, receiver))
	}
	if equal(s, NewStore(l, 2, 1)) == nil {
		t.Error("an empty store equals a full one")
	}
}

func TestFilterKeepsWholePieces(t *testing.T) {
	delta := appendPiece(nil, 1, 0, 0, []byte{0, 1})
	delta = appendPiece(delta, 200, 3, 300, make([]byte, 200))
	delta = appendPiece(delta, 2, 1, 5, []byte{0, 2})
	want := string(appendPiece(appendPiece(nil, 1, 0, 0, []byte{0, 1}), 2, 1, 5, []byte{0, 2}))
	if got := Filter(append([]byte(nil), delta...), func(id LogID, epoch int32) bool { return id != 200 && epoch != 3 }); string(got) != want {
		t.Errorf("%x, want %x", got, want)
	}
	if header, n := DeltaSizes(delta); header != 4+7+4 || n != 204 {
		t.Errorf("%d bytes of headers, %d of determinants", header, n)
	}
	if header, n := DeltaSizes(append(delta[:6:6], 9, 9)); header != 4 || n != 2 {
		t.Errorf("behind malformed bytes: %d, %d", header, n)
	}
}
