package recovery

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

func TestGhostsCompare(t *testing.T) {
	g := NewGhosts(shop(1, 1, 1))
	var m Monitors
	g.Received(0, 1, 0, 0, 11)
	g.Received(0, 1, 0, 1, 12)
	g.Received(0, 1, 2, 0, 13) // the epoch between had nothing but its barrier
	again := func(epoch, index int32, hash uint64, looked, broke int64) {
		t.Helper()
		g.Regenerated(&m, 0, epoch, index, hash)
		if m.Looked[INV04] != looked || m.Broke[INV04] != broke {
			t.Errorf("looked at %d, broke %d, want %d, %d", m.Looked[INV04], m.Broke[INV04], looked, broke)
		}
	}
	again(0, 0, 11, 1, 0)
	again(0, 1, 12, 2, 0)
	again(2, 0, 13, 3, 0)
	again(0, 2, 99, 3, 0) // nobody has received it
	again(1, 0, 99, 3, 0)
	again(3, 0, 99, 3, 0)
	again(2, 0, 99, 5, 1) // a violation is looked at as well
	if want := "ingress/0>order/0: buffer 0 of epoch 2"; !strings.Contains(m.First[INV04], want) {
		t.Errorf("first %q, want %q", m.First[INV04], want)
	}
	g.Truncate(1)
	again(0, 0, 99, 5, 1)
	again(2, 0, 13, 6, 1)
	g.Received(0, 1, 0, 0, 11) // of an epoch that nobody can ask for
	again(0, 0, 99, 6, 1)
	g.Forget(0, 1, 1) // a new receiver has nothing
	again(2, 0, 99, 6, 1)
	g.Received(0, 1, 1, 0, 14)
	again(1, 0, 14, 7, 1)
}

// TestGhostsCount: an epoch that ends again after fewer or more buffers than
// were received of it is found, though no buffer differs.
func TestGhostsCount(t *testing.T) {
	g := NewGhosts(shop(1, 1, 1))
	g.Forget(0, 1, 1)
	g.Received(0, 1, 1, 0, 11)
	g.Received(0, 1, 1, 1, 12)
	for _, c := range []struct {
		epoch, buffers int32
		looked, broke  int64
	}{{1, 2, 1, 0}, {2, 0, 1, 0}, {0, 7, 0, 0}, {1, 1, 2, 1}, {1, 3, 2, 1}, {2, 1, 2, 1}} {
		var m Monitors
		g.Ended(&m, 0, c.epoch, c.buffers)
		if m.Looked[INV04] != c.looked || m.Broke[INV04] != c.broke {
			t.Errorf("epoch %d with %d buffers: looked at %d, broke %d", c.epoch, c.buffers, m.Looked[INV04], m.Broke[INV04])
		}
	}
}

// TestGhostsAgree compares ghosts with a map.
func TestGhostsAgree(t *testing.T) {
	type place struct {
		c            dataflow.ChannelID
		epoch, index int32
	}
	graph := shop(1, 1, 1)
	rapid.Check(t, func(t *rapid.T) {
		g, model := NewGhosts(graph), map[place]uint64{}
		from := make([]int32, len(graph.Channels))
		channel := rapid.Map(rapid.IntRange(0, len(graph.Channels)-1), func(i int) dataflow.ChannelID { return dataflow.ChannelID(i) })
		epoch, hash := rapid.Int32Range(0, 5), rapid.Uint64Range(0, 3)
		t.Repeat(map[string]func(*rapid.T){
			"received": func(t *rapid.T) {
				p := place{channel.Draw(t, "channel"), epoch.Draw(t, "epoch"), 0}
				for ; p.epoch >= from[p.c]; p.index++ {
					if _, there := model[p]; !there {
						break
					}
				}
				h := hash.Draw(t, "hash")
				g.Received(p.c, 1, p.epoch, p.index, h)
				g.Received(p.c, 1, p.epoch, p.index+2, h) // out of turn: a gap, which INV-06 reports
				if p.epoch >= from[p.c] {
					model[p] = h
				}
			},
			"regenerated": func(t *rapid.T) {
				p := place{channel.Draw(t, "channel"), epoch.Draw(t, "epoch"), rapid.Int32Range(0, 3).Draw(t, "index")}
				h := hash.Draw(t, "hash")
				var m Monitors
				g.Regenerated(&m, p.c, p.epoch, p.index, h)
				was, there := model[p]
				if (m.Looked[INV04] > 0) != there || (m.Broke[INV04] > 0) != (there && was != h) {
					t.Fatalf("%v as %d: looked at %d, broke %d; it was %d, %v", p, h, m.Looked[INV04], m.Broke[INV04], was, there)
				}
			},
			"forget": func(t *rapid.T) {
				c, n := channel.Draw(t, "channel"), epoch.Draw(t, "epoch")
				g.Forget(c, n, 1)
				from[c] = n
				drop(model, func(p place) bool { return p.c == c })
			},
			"truncate": func(t *rapid.T) {
				n := epoch.Draw(t, "epoch")
				g.Truncate(n)
				for c := range from {
					from[c] = max(from[c], n)
				}
				drop(model, func(p place) bool { return p.epoch < n })
			},
		})
	})
}

func drop[K comparable, V any](m map[K]V, gone func(K) bool) {
	for k := range m {
		if gone(k) {
			delete(m, k)
		}
	}
}

// TestHash: the values are the same on every machine; each bit counts, and so
// does the length.
func TestHash(t *testing.T) {
	for text, want := range map[string]uint64{
		"":                    0x0,
		"a":                   0x351dcb0741d2dddd,
		"stock":               0x2bb6933196afa563,
		"checkout":            0x69d5e19b53c6b98f,
		"checkout of 3 items": 0x17f62f14b9175bad,
	} {
		if got := Hash([]byte(text)); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
	seen := map[uint64][]byte{}
	differs := func(b []byte) {
		h := Hash(b)
		if other, ok := seen[h]; ok {
			t.Fatalf("%x and %x have the same hash", b, other)
		}
		seen[h] = append([]byte(nil), b...)
	}
	for n := range 40 {
		b := make([]byte, n)
		differs(b)
		for i := range b {
			for bit := range 8 {
				b[i] = 1 << bit
				differs(b)
			}
			b[i] = 0
		}
	}
}

// A sender may build again for a receiver that has died, which nobody has told
// it: what the new receiver has, or has not, says nothing about that.
func TestGhostsOfAnotherReceiver(t *testing.T) {
	g := NewGhosts(shop(1, 1, 1))
	if g.Receiver(0) != 1 {
		t.Errorf("the first receiver is %d", g.Receiver(0))
	}
	g.Forget(0, 0, 3)
	if g.Receiver(0) != 3 {
		t.Errorf("the receiver is %d", g.Receiver(0))
	}
}

// A receiver that was replaced and does not know goes on receiving: that says
// nothing about what its successor has.
func TestGhostsOfAReplacedReceiver(t *testing.T) {
	g, watch := NewGhosts(shop(1, 1, 1)), &Monitors{}
	g.Forget(0, 0, 2)
	g.Received(0, 1, 0, 0, 11)
	g.Forget(0, 0, 1)
	if g.Receiver(0) != 2 {
		t.Errorf("the receiver is %d", g.Receiver(0))
	}
	if g.Regenerated(watch, 0, 0, 0, 12); watch.Broke[INV04] != 0 {
		t.Error(watch.First[INV04])
	}
	g.Received(0, 2, 0, 0, 13)
	if g.Regenerated(watch, 0, 0, 0, 12); watch.Broke[INV04] != 1 {
		t.Error("what its successor received does not count")
	}
}
