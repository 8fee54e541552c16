package cluster

import "testing"

// Each pair of incarnations has a connection of its own: what is late on one holds up
// nothing on another, whichever end was replaced, and frames of one keep their order.
func TestConnectionsAreApart(t *testing.T) {
	r, err := New(clonos.with())
	if err != nil {
		t.Fatal(err)
	}
	w := &r.wire
	pairs := [][2]uint32{{1, 1}, {1, 2}, {2, 1}, {2, 2}}
	for i, p := range pairs {
		w.connect(0, p[0]+10, p[1]+10)
		late := w.link(0, p[0]+10, p[1]+10).Deliver(1000 * ms)
		if again := w.link(0, p[0]+10, p[1]+10).Deliver(0); again < late {
			t.Errorf("%v: a frame arrives at %d, and the one behind it at %d", p, late, again)
		}
		for _, other := range pairs[i+1:] {
			if w.find(0, other[0]+10, other[1]+10) != nil {
				t.Errorf("%v goes the way of %v", other, p)
			}
		}
	}
	if w.find(1, 11, 11) != nil {
		t.Error("another channel goes the same way")
	}
}

// A connection that is opened during a cut is cut, one that is opened after it is not.
func TestConnectionsOfACut(t *testing.T) {
	r, err := New(clonos.with())
	if err != nil {
		t.Fatal(err)
	}
	c := r.graph.Outputs(taskID("order/0"))[0]
	from, to := r.graph.Channels[c].From, r.graph.Channels[c].To
	end := func(t int) cutEnd { return r.cutEnd(Target{Kind: TargetTask, Index: t}) }
	r.wire.cuts = append(r.wire.cuts, cutWire{end(int(from)), end(int(to)), 500 * ms})
	r.wire.connect(c, 1, 1)
	if at := r.wire.link(c, 1, 1).CutUntil(); at != 500*ms {
		t.Errorf("cut until %d", at)
	}
	r.wire.cuts = nil
	r.wire.connect(c, 1, 2)
	if at := r.wire.link(c, 1, 2).CutUntil(); at != 0 {
		t.Errorf("nothing is cut, but until %d", at)
	}
}
