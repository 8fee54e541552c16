package causallog

import (
	"slices"
	"testing"

	"simrun/dataflow"
)

func chain(t *testing.T, tasks int) *dataflow.Graph {
	var specs []dataflow.OperatorSpec
	var edges []dataflow.EdgeSpec
	for i, name := range []string{"a", "b", "c", "d"} {
		specs = append(specs, dataflow.OperatorSpec{Name: name, Parallelism: tasks})
		if i > 0 {
			edges = append(edges, dataflow.EdgeSpec{From: i - 1, To: i})
		}
	}
	g, err := dataflow.NewGraph(specs, edges)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// beyond says whether a log has no business on a channel.
func (l *Layout) beyond(c dataflow.ChannelID, id LogID) bool {
	return l.neededOn(c)[id>>6]>>(id&63)&1 == 0
}

// What the layout shares, found by following logs along channels, is what
// receivers need, said by distances. With full sharing it is all of that.
func TestWhatIsSharedIsNeeded(t *testing.T) {
	for name, g := range map[string]*dataflow.Graph{"shop": shop(t, 2, 3, 2, 2), "shop of more than 64 logs": shop(t, 3, 4, 4, 3), "chain": chain(t, 2)} {
		for depth := FullSharing; depth <= g.Depth()+1; depth++ {
			l := NewLayout(g, depth)
			for c := range dataflow.ChannelID(len(g.Channels)) {
				for id := range LogID(l.Logs()) {
					shared, needed := slices.Contains(l.Shared(c), id), !l.beyond(c, id)
					if shared && !needed || needed && !shared && (l.IsMain(id) || l.Full()) {
						t.Errorf("%s, depth %d, %s: %s is shared %v, needed %v", name, depth, g.ChannelName(c), l.Name(id), shared, needed)
					}
				}
			}
		}
	}
}

// Cuts that go to siblings whom nothing brings back to them are beyond need,
// however they are forwarded then.
func TestCutsForSiblingsAreBeyondNeed(t *testing.T) {
	for _, tc := range []struct {
		name          string
		graph         *dataflow.Graph
		channel, want string
	}{
		{"on a chain", chain(t, 2), "b/0>c/1", "a/0>b/1 a/1>b/1 b/0>c/0"},
		{"of a source's receiver", shop(t, 1, 2, 1, 1), "ingress/0>order/1", "ingress/0>order/0"},
		{"on a cycle, what no path leads back from", shop(t, 1, 2, 2, 1), "order/0>stock/1", "order/0>egress/0 order/1>egress/0"},
	} {
		l := NewMistaken(tc.graph, FullSharing, Mistakes{Siblings: true})
		c := channelNamed(t, tc.graph, tc.channel)
		var stray []LogID
		for _, id := range l.Shared(c) {
			if l.beyond(c, id) {
				stray = append(stray, id)
			}
		}
		if got := names(l, stray); got != tc.want {
			t.Errorf("%s: beyond need on %s: %s, want %s", tc.name, tc.channel, got, tc.want)
		}
	}
}

// What one hop more would share is beyond need.
func TestOneHopTooFarIsBeyondNeed(t *testing.T) {
	g, further := chain(t, 2), 0
	for depth := range g.Depth() {
		l, deeper := NewLayout(g, depth), NewLayout(g, depth+1)
		for c := range dataflow.ChannelID(len(g.Channels)) {
			for _, id := range deeper.Shared(c) {
				if !slices.Contains(l.Shared(c), id) && l.IsMain(id) {
					if further++; !l.beyond(c, id) {
						t.Errorf("depth %d, %s: %s is not beyond need", depth, g.ChannelName(c), l.Name(id))
					}
				}
			}
		}
	}
	if further == 0 {
		t.Error("a hop more shares no more")
	}
}

// A merge takes in what is beyond need, counts it and names it. An answer tells
// everything, and nothing of it is beyond need.
func TestMergeCountsWhatIsBeyondNeed(t *testing.T) {
	g := chain(t, 2)
	l := NewMistaken(g, FullSharing, Mistakes{Siblings: true})
	c := channelNamed(t, g, "b/0>c/1")
	from, to := NewStore(l, g.Channels[c].From, 0), NewStore(l, g.Channels[c].To, 0)
	stray := l.Cuts(channelNamed(t, g, "b/0>c/0"))
	cursor := from.NewCursor(c)
	for _, id := range []LogID{l.Main(from.Owner()), stray, l.Cuts(c)} {
		from.AppendBytes(id, 0, []byte{1, 2})
	}
	delta := from.AppendDelta(nil, cursor)
	if m, err := to.Merge(delta, c, nil); err != nil || m.Pieces != 3 || m.Beyond != 1 || m.Stray != stray || m.New != 6 {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := NewStore(l, nobody, 0).Merge(delta, noChannel, nil); err != nil || m.Beyond != 0 {
		t.Errorf("an answer: %+v, %v", m, err)
	}
}
