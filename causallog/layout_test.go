package causallog

import (
	"slices"
	"strings"
	"testing"

	"simrun/dataflow"
)

func names(l *Layout, ids []LogID) string {
	var words []string
	for _, id := range ids {
		words = append(words, l.Name(id))
	}
	return strings.Join(words, " ")
}

func TestLogsAreNumberedTasksFirst(t *testing.T) {
	g := shop(t, 1, 2, 1, 1)
	l := NewLayout(g, FullSharing)
	if want := g.Tasks() - 1 + len(g.Channels); l.Logs() != want || l.Graph() != g {
		t.Fatalf("%d logs, want %d: the broker has none", l.Logs(), want)
	}
	for id := range LogID(l.Logs()) {
		if l.IsMain(id) {
			if l.Main(l.Owner(id)) != id || l.Name(id) != g.TaskName(l.Owner(id)) {
				t.Errorf("main log %d: owner %d, name %s", id, l.Owner(id), l.Name(id))
			}
			continue
		}
		if c := l.Channel(id); l.Cuts(c) != id || l.Owner(id) != g.Channels[c].From || l.Name(id) != g.ChannelName(c) {
			t.Errorf("cut log %d: channel %d, owner %d, name %s", id, c, l.Owner(id), l.Name(id))
		}
	}
}

// Clonos 5.3: the sharing depth says how far a log travels.
func TestSharingByDepth(t *testing.T) {
	g := shop(t, 1, 2, 1, 1)
	for _, tc := range []struct {
		depth         int
		channel, want string
	}{
		{0, "order/0>stock/0", ""},
		{0, "egress/0>broker", ""},
		{1, "ingress/0>order/0", "ingress/0 ingress/0>order/0"},
		{1, "order/0>stock/0", "order/0 order/0>stock/0"},
		{1, "order/0>egress/0", "order/0 order/0>stock/0 order/0>egress/0"},
		{1, "egress/0>broker", "order/0 order/1 egress/0 order/0>stock/0 order/1>stock/0 order/0>egress/0 order/1>egress/0 egress/0>broker"},
		{2, "order/0>stock/0", "ingress/0 order/0 order/1 ingress/0>order/0 ingress/0>order/1 order/0>stock/0 order/1>stock/0"}, // full: no two tasks are further apart
		{FullSharing, "ingress/0>order/0", "ingress/0 ingress/0>order/0"},
		{FullSharing, "stock/0>order/0", "ingress/0 order/1 stock/0 ingress/0>order/0 ingress/0>order/1 order/1>stock/0 stock/0>order/0 stock/0>order/1"},
	} {
		l := NewLayout(g, tc.depth)
		got := names(l, l.Shared(channelNamed(t, g, tc.channel)))
		if got != tc.want {
			t.Errorf("depth %d, %s:\n got %s\nwant %s", tc.depth, tc.channel, got, tc.want)
		}
	}
}

// On a chain of four, depth 2 forwards a log by one task.
func TestSharingByDepthOnAChain(t *testing.T) {
	g, err := dataflow.NewGraph([]dataflow.OperatorSpec{{Name: "a", Parallelism: 1}, {Name: "b", Parallelism: 1}, {Name: "c", Parallelism: 1}, {Name: "d", Parallelism: 1}},
		[]dataflow.EdgeSpec{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}})
	if err != nil {
		t.Fatal(err)
	}
	for depth, want := range map[int]string{1: "c/0 c/0>d/0", 2: "b/0 c/0 b/0>c/0 c/0>d/0", 3: "a/0 b/0 c/0 a/0>b/0 b/0>c/0 c/0>d/0"} {
		l := NewLayout(g, depth)
		if got := names(l, l.Shared(channelNamed(t, g, "c/0>d/0"))); got != want || l.Full() != (depth == 3) {
			t.Errorf("depth %d, c/0>d/0: %s, want %s; full %v", depth, got, want, l.Full())
		}
	}
}

// reaches says whether a directed path leads from a to b.
func reaches(g *dataflow.Graph, a, b dataflow.TaskID) bool { return g.Distance(a, b) > 0 }

func TestFullSharingReachesWhoeverCanDepend(t *testing.T) {
	g := shop(t, 2, 3, 2, 2)
	l := NewLayout(g, FullSharing)
	for q := range dataflow.TaskID(g.Tasks()) {
		for u := range g.Broker() {
			want := u == q || reaches(g, u, q)
			if got := slices.Contains(l.Held(q), l.Main(u)); got != want {
				t.Errorf("%s can hold the log of %s: %v, want %v", g.TaskName(q), g.TaskName(u), got, want)
			}
		}
	}
}

// Cyclic dataflows, 8: a depth of the graph's depth is full sharing; on a cycle
// the rule of hops alone would not forward on paths that are not the shortest.
func TestDepthOfTheGraphIsFullSharing(t *testing.T) {
	g := shop(t, 2, 2, 2, 2)
	full, deep, shallow := NewLayout(g, FullSharing), NewLayout(g, g.Depth()), NewLayout(g, 1)
	if !full.Full() || !deep.Full() || shallow.Full() || NewLayout(g, 0).Full() {
		t.Error("Full is wrong")
	}
	fewer := 0
	for c := range g.Channels {
		id := dataflow.ChannelID(c)
		if !slices.Equal(full.Shared(id), deep.Shared(id)) {
			t.Errorf("%s differs", g.ChannelName(id))
		}
		if len(shallow.Shared(id)) < len(full.Shared(id)) {
			fewer++
		}
	}
	if fewer == 0 {
		t.Error("depth 1 shares as much as full sharing")
	}
}

func TestEveryDepthIsClosedAndNobodyIsSentItsOwn(t *testing.T) {
	g := shop(t, 1, 3, 2, 2)
	for depth := FullSharing; depth <= g.Depth()+1; depth++ {
		l := NewLayout(g, depth)
		for c := range g.Channels {
			ch := &g.Channels[c]
			shared := l.Shared(ch.ID)
			if !slices.IsSorted(shared) || depth == 0 && len(shared) > 0 {
				t.Errorf("depth %d, %s shares %s", depth, g.ChannelName(ch.ID), names(l, shared))
			}
			for _, id := range shared {
				if l.Owner(id) == ch.To || !slices.Contains(l.Held(ch.From), id) || !slices.Contains(l.Held(ch.To), id) {
					t.Errorf("depth %d, %s shares %s", depth, g.ChannelName(ch.ID), l.Name(id))
				}
			}
			if depth != 0 && !slices.Contains(shared, l.Cuts(ch.ID)) {
				t.Errorf("depth %d: the cuts of %s do not travel on it", depth, g.ChannelName(ch.ID))
			}
		}
		for u := range g.Broker() {
			if !slices.Contains(l.Held(u), l.Main(u)) {
				t.Errorf("depth %d: %s does not hold its own log", depth, g.TaskName(u))
			}
		}
	}
}
