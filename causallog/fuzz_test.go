package causallog

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"simrun/dataflow"
)

// known says whether an error is one that Merge documents.
func known(err error) bool {
	var conflict *Conflict
	var gap *Gap
	var ahead *Ahead
	var malformed *Malformed
	return err == nil || errors.As(err, &conflict) || errors.As(err, &gap) || errors.As(err, &ahead) || errors.As(err, &malformed)
}

func seeds(f *testing.F) *Layout {
	l := NewLayout(shop(f, 1, 2, 1, 1), FullSharing)
	s := NewStore(l, taskNamed(f, l.Graph(), "order/0"), 0)
	for i := range one {
		if err := s.Append(l.Main(s.Owner()), &one[i]); err != nil {
			f.Fatal(err)
		}
	}
	s.AppendBytes(l.Main(0), 0, []byte{0, 1})
	s.AppendBytes(l.Main(0), 1, []byte{0, 2})
	delta := s.AppendAnswer(nil, 0)
	for _, cut := range []int{0, 1, 3, len(delta) / 2, len(delta) - 1, len(delta)} {
		f.Add(delta[:cut])
	}
	f.Add(appendPiece(nil, 1, 0, 100, []byte{1}))
	f.Add(appendPiece(nil, 1, math.MaxInt32, 0, []byte{1}))
	f.Add(appendPiece(nil, 99, 0, 0, []byte{1}))
	f.Add(appendPiece(appendPiece(nil, 2, 3, 0, []byte{0, 7}), 2, 3, 1, []byte{8}))
	f.Add(bytes.Repeat([]byte{0xff}, 40))
	return l
}

// FuzzMerge: no bytes make a store panic, forget, or hold what it cannot
// account for; merging the same once more appends nothing.
func FuzzMerge(f *testing.F) {
	l := seeds(f)
	stock := taskNamed(f, l.Graph(), "stock/0")
	f.Fuzz(func(t *testing.T, delta []byte) {
		s := NewStore(l, stock, 1)
		s.AppendBytes(l.Main(stock), 1, []byte{0, 1})
		s.AppendBytes(l.Main(1), 1, []byte{0, 1, 0, 2})
		m, err := s.Merge(delta, channelNamed(t, l.Graph(), "order/0>stock/0"), s.NewCursor(channelNamed(t, l.Graph(), "stock/0>order/0")))
		if !known(err) {
			t.Fatalf("an error of another kind: %v", err)
		}
		if s.Size() != 6+m.New || m.New+m.Old > len(delta) || m.Pieces > len(delta) {
			t.Fatalf("%d bytes held after %+v of %d bytes", s.Size(), m, len(delta))
		}
		if !bytes.Equal(s.Bytes(l.Main(stock), 1), []byte{0, 1}) || !bytes.HasPrefix(s.Bytes(l.Main(1), 1), []byte{0, 1, 0, 2}) {
			t.Fatal("what was held has changed")
		}
		header, determinants := DeltaSizes(delta)
		if header+determinants > len(delta) || err == nil && header+determinants != len(delta) {
			t.Fatalf("%d bytes are counted as %d and %d", len(delta), header, determinants)
		}
		if again, _ := s.Merge(delta, noChannel, nil); err == nil && again.New != 0 {
			t.Fatalf("the second time %d bytes are new", again.New)
		}
	})
}

// FuzzGather: whatever answers say, what is installed is sent and gathered as
// it is.
func FuzzGather(f *testing.F) {
	l := seeds(f)
	f.Fuzz(func(t *testing.T, answer []byte) {
		g := NewGather(l, 0)
		if err := g.Add(answer); !known(err) {
			t.Fatalf("an error of another kind: %v", err)
		}
		s := g.Install(taskNamed(t, l.Graph(), "order/0"))
		again := NewGather(l, 0)
		if err := again.Add(s.AppendAnswer(nil, 0)); err != nil {
			t.Fatal(err)
		}
		if other := again.Install(s.Owner()); other.Size() != s.Size() || equal(s, other) != nil {
			t.Fatalf("%d bytes were gathered, %d of them again: %v", s.Size(), other.Size(), equal(s, other))
		}
		r := NewReplay(s, l.Main(s.Owner()), 0)
		for e := int32(0); ; e++ {
			for r.Next(e) != nil {
			}
			if !r.Later(e) {
				break
			}
		}
		if !r.Exhausted() {
			t.Fatal("a plan that was followed to its end has something left")
		}
	})
}

// FuzzReadDeterminant: what is read is written to the same bytes.
func FuzzReadDeterminant(f *testing.F) {
	for i := range one {
		f.Add(AppendDeterminant(nil, &one[i]))
	}
	f.Add([]byte{3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, src []byte) {
		var d dataflow.Determinant
		n, err := ReadDeterminant(src, &d)
		if err != nil {
			if n != 0 {
				t.Fatalf("%d bytes taken with %v", n, err)
			}
			return
		}
		if again := AppendDeterminant(nil, &d); n != DeterminantBytes(&d) || !bytes.Equal(again, src[:n]) {
			t.Fatalf("read %x as %+v, written as %x", src[:n], d, again)
		}
	})
}
