package causallog

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// drawDelta draws a delta as a store makes one: at most one piece of a log's
// epoch.
func drawDelta(t *rapid.T, l *Layout) (delta []byte, pieces int) {
	for id := range LogID(l.Logs()) {
		for epoch := int32(1); epoch < 4; epoch++ {
			if rapid.IntRange(0, 5).Draw(t, "there") == 0 {
				delta = appendPiece(delta, id, epoch, rapid.IntRange(0, 9000).Draw(t, "offset"), rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "bytes"))
				pieces++
			}
		}
	}
	return delta, pieces
}

// ordered gives the pieces of a delta, by log and epoch.
func ordered(l *Layout, delta []byte) [][]byte {
	list := make([][]byte, 4*l.Logs())
	eachPiece(delta, func(p *piece) { list[4*int(p.log)+int(p.epoch)] = appendPiece(nil, p.log, p.epoch, p.offset, p.data) })
	return list
}

// What is written in a released encoding is read back as it was, and its headers
// are as large as they are counted to be.
func TestReleasedEncodingsKeepDeltas(t *testing.T) {
	l := NewLayout(shop(t, 2, 2, 3, 1), FullSharing)
	r := NewReleased(l)
	rapid.Check(t, func(t *rapid.T) {
		delta, _ := drawDelta(t, l)
		for _, e := range []Encoding{Flat, Hierarchical} {
			wire := r.Append(nil, delta, e, 7)
			back, err := r.Decode(nil, wire, e)
			if err != nil {
				t.Fatal(err)
			}
			want := ordered(l, delta)
			for i, got := range ordered(l, back) {
				if !bytes.Equal(got, want[i]) {
					t.Fatalf("encoding %d: piece %d is %x, want %x", e, i, got, want[i])
				}
			}
			s := NewStore(l, 0, 0)
			s.tally.deltas++
			eachPiece(delta, func(p *piece) {
				if l.IsMain(p.log) {
					s.sentMain(p.log, p.epoch)
				} else {
					s.sentCuts(p.log, p.epoch, len(p.data))
				}
			})
			s.endDelta()
			_, determinants := DeltaSizes(delta)
			if got := s.tally.HeaderBytes(e); got != int64(len(wire)-determinants) {
				t.Fatalf("encoding %d: headers of %d bytes, counted %d", e, len(wire)-determinants, got)
			}
		}
	})
}

// The sizes that Clonos' released encodings are known to have.
func TestSizesOfReleasedEncodings(t *testing.T) {
	l := NewLayout(shop(t, 2, 2, 3, 1), FullSharing)
	r := NewReleased(l)
	order := taskNamed(t, l.Graph(), "order/0")
	own := appendPiece(nil, l.Main(order), 3, 10, []byte("main"))
	own = appendPiece(own, l.Cuts(channelNamed(t, l.Graph(), "order/0>stock/1")), 3, 5, []byte("cuts."))
	for _, c := range []struct {
		delta []byte
		e     Encoding
		bytes int
	}{
		{nil, Flat, 12}, {nil, Hierarchical, 12}, // when nothing is new
		{own, Flat, 51 + 9}, {own, Hierarchical, 50 + 9}, // the own main log and the channel's cuts
	} {
		if wire := r.Append(nil, c.delta, c.e, 3); len(wire) != c.bytes {
			t.Errorf("encoding %d: %d bytes, want %d: %x", c.e, len(wire), c.bytes, wire)
		}
	}
}

// Bytes that are no delta are an error.
func FuzzDecodeReleased(f *testing.F) {
	l := NewLayout(shop(f, 1, 2, 2, 1), FullSharing)
	r := NewReleased(l)
	delta := appendPiece(nil, 1, 2, 3, []byte("abc"))
	delta = appendPiece(delta, l.Cuts(2), 2, 0, []byte("12345"))
	for _, e := range []Encoding{Flat, Hierarchical} {
		wire := r.Append(nil, delta, e, 0)
		f.Add(wire, e == Flat)
		f.Add(wire[:len(wire)-1], e == Flat)
		f.Add(wire, e != Flat)
		for i := range wire {
			wire[i] ^= 0x80
			f.Add(bytes.Clone(wire), e == Flat)
			wire[i] ^= 0x80
		}
	}
	f.Fuzz(func(t *testing.T, wire []byte, flat bool) {
		e := Hierarchical
		if flat {
			e = Flat
		}
		decoded, err := r.Decode(nil, wire, e)
		var malformed *Malformed
		if err != nil && !errors.As(err, &malformed) {
			t.Fatal(err)
		}
		n := 0
		eachPiece(decoded, func(p *piece) { n += len(p.data) })
		if n > len(wire) {
			t.Errorf("%d bytes of determinants from %d bytes", n, len(wire))
		}
	})
}

// What was sent is counted by kind as reading each delta would, whatever is
// sent, skipped and dropped; what was received is counted as it is merged.
func TestKindsAreCounted(t *testing.T) {
	g := shop(t, 1, 2, 2, 1)
	l := NewLayout(g, FullSharing)
	order, order1, stock := taskNamed(t, g, "order/0"), taskNamed(t, g, "order/1"), taskNamed(t, g, "stock/0")
	there, back, away := channelNamed(t, g, "order/0>stock/0"), channelNamed(t, g, "stock/0>order/0"), channelNamed(t, g, "order/0>stock/1")
	rapid.Check(t, func(t *rapid.T) {
		a, b := NewStore(l, order, 0), NewStore(l, stock, 0)
		a.CountSent()
		b.CountSent()
		toB, toA := a.NewCursor(there), b.NewCursor(back)
		other := a.NewCursor(away)
		var want [2][16]int64
		var received, kept int64
		send := func(from int, s *Store, c *Cursor, to *Store, reverse *Cursor) {
			delta := s.AppendDelta(nil, c)
			eachPiece(delta, func(p *piece) {
				for data := p.data; len(data) > 0; {
					var d dataflow.Determinant
					n, err := ReadDeterminant(data, &d)
					if err != nil {
						t.Fatal(err)
					}
					want[from][d.Kind] += int64(n)
					data = data[n:]
				}
			})
			if to != nil {
				m, err := to.Merge(delta, [2]dataflow.ChannelID{there, back}[from], reverse)
				if err != nil {
					t.Fatal(err)
				}
				received += int64(m.New + m.Old)
				kept += int64(m.New)
			}
		}
		log := func(s *Store, owner dataflow.TaskID) {
			d := one[rapid.IntRange(0, len(one)-1).Draw(t, "kind")]
			if d.Kind == dataflow.BufferBuilt {
				s.Append(l.Cuts(g.Outputs(owner)[0]), &d)
				return
			}
			s.Append(l.Main(owner), &d)
		}
		epoch := int32(0)
		third := l.Main(order1)
		master := [][]byte{nil} // what order/1 has logged, by epoch
		hear := func(s *Store) {
			for e := s.From(); e <= epoch; e++ {
				s.AppendBytes(third, e, master[e][s.Len(third, e):])
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"log a":   func(*rapid.T) { log(a, order) },
			"log b":   func(*rapid.T) { log(b, stock) },
			"a to b":  func(*rapid.T) { send(0, a, toB, b, toA) },
			"b to a":  func(*rapid.T) { send(1, b, toA, a, toB) },
			"a away":  func(*rapid.T) { send(0, a, other, nil, nil) },
			"again":   func(*rapid.T) { toB.Reset() },
			"third":   func(*rapid.T) { master[epoch] = AppendDeterminant(master[epoch], &one[0]) },
			"a hears": func(*rapid.T) { hear(a) },
			"b hears": func(*rapid.T) { hear(b) },
			"epoch": func(*rapid.T) {
				epoch++
				master = append(master, nil)
				a.StartEpoch(epoch)
				b.StartEpoch(epoch)
			},
			"truncate": func(t *rapid.T) { n := rapid.Int32Range(0, epoch).Draw(t, "to"); a.Truncate(n); b.Truncate(n) },
			"": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "look") > 0 {
					return // looking ends runs: let them grow
				}
				for i, s := range []*Store{a, b} {
					if got := s.Tally().SentBytes; got != want[i] {
						t.Fatalf("store %d counts %v, sent %v", i, got, want[i])
					}
				}
				if x, y := a.Tally(), b.Tally(); x.New+x.Again+y.New+y.Again != received || x.New+y.New != kept {
					t.Fatalf("received %d, %d of them new; counted %+v and %+v", received, kept, x, y)
				}
			},
		})
		for i, s := range []*Store{a, b} {
			if got := s.Tally().SentBytes; got != want[i] {
				t.Fatalf("store %d counts %v, sent %v", i, got, want[i])
			}
		}
	})
}
