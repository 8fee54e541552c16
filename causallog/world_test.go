package causallog

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"simrun/dataflow"
)

// shop is ingress -> order <-> stock, order -> egress: the cyclic graph of
// these tests, with the broker behind egress.
func shop(t testing.TB, ingresses, orders, stocks, egresses int) *dataflow.Graph {
	t.Helper()
	g, err := dataflow.NewGraph(shopOperators(ingresses, orders, stocks, egresses), shopEdges)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func shopOperators(ingresses, orders, stocks, egresses int) []dataflow.OperatorSpec {
	return []dataflow.OperatorSpec{{Name: "ingress", Parallelism: ingresses}, {Name: "order", Parallelism: orders},
		{Name: "stock", Parallelism: stocks}, {Name: "egress", Parallelism: egresses}}
}

var shopEdges = []dataflow.EdgeSpec{{From: 0, To: 1}, {From: 1, To: 2}, {From: 1, To: 3}, {From: 2, To: 1}}

// shops are those that random tests draw from.
var shops = sync.OnceValue(func() []*dataflow.Graph {
	var list []*dataflow.Graph
	for _, orders := range []int{2, 1} {
		g, err := dataflow.NewGraph(shopOperators(1, orders, 1, 1), shopEdges)
		if err != nil {
			panic(err)
		}
		list = append(list, g)
	}
	return list
})

// world is the stores of all tasks of a graph and the deltas in transit.
type world struct {
	graph   *dataflow.Graph
	layout  *Layout
	stores  []*Store
	cursors []*Cursor  // per channel
	transit [][][]byte // per channel, oldest first
}

func newWorld(g *dataflow.Graph, depth int) *world {
	w := &world{graph: g, layout: NewLayout(g, depth), transit: make([][][]byte, len(g.Channels))}
	for t := range g.Tasks() {
		w.stores = append(w.stores, NewStore(w.layout, dataflow.TaskID(t), 0))
	}
	for c := range g.Channels {
		w.cursors = append(w.cursors, w.stores[g.Channels[c].From].NewCursor(dataflow.ChannelID(c)))
	}
	return w
}

// send puts a delta on a channel.
func (w *world) send(c dataflow.ChannelID) []byte {
	delta := w.stores[w.graph.Channels[c].From].AppendDelta(nil, w.cursors[c])
	w.transit[c] = append(w.transit[c], delta)
	return delta
}

// deliver merges the oldest delta of a channel.
func (w *world) deliver(c dataflow.ChannelID) (Merged, error) {
	delta := w.transit[c][0]
	w.transit[c] = w.transit[c][1:]
	return w.stores[w.graph.Channels[c].To].Merge(delta, c, w.reverse(c))
}

// reverse is the cursor of the channel that goes back, nil if there is none.
func (w *world) reverse(c dataflow.ChannelID) *Cursor {
	for _, back := range w.graph.Outputs(w.graph.Channels[c].To) {
		if w.graph.Channels[back].To == w.graph.Channels[c].From {
			return w.cursors[back]
		}
	}
	return nil
}

// reset begins a new connection: what is in transit is lost.
func (w *world) reset(c dataflow.ChannelID) {
	w.cursors[c].Reset()
	w.transit[c] = nil
}

// crash puts a new incarnation in a task's place, with what all others hold
// from an epoch on.
func (w *world) crash(id dataflow.TaskID, from int32) error {
	g := NewGather(w.layout, from)
	for t, s := range w.stores {
		if dataflow.TaskID(t) != id {
			if err := g.Add(s.AppendAnswer(nil, from)); err != nil {
				return err
			}
		}
	}
	w.stores[id] = g.Install(id)
	for c := range w.graph.Channels {
		ch := &w.graph.Channels[c]
		if ch.From == id {
			w.cursors[c] = w.stores[id].NewCursor(ch.ID)
		}
		if ch.From == id || ch.To == id {
			w.reset(ch.ID)
		}
	}
	return nil
}

// equal compares two stores, from the later of their first epochs on.
func equal(a, b *Store) error {
	for id := range LogID(a.layout.Logs()) {
		for e := max(a.From(), b.From()); e <= max(a.Last(id), b.Last(id)); e++ {
			if !bytes.Equal(a.Bytes(id, e), b.Bytes(id, e)) {
				return fmt.Errorf("%s, epoch %d: %x and %x", a.layout.Name(id), e, a.Bytes(id, e), b.Bytes(id, e))
			}
		}
	}
	return nil
}

func channelNamed(t testing.TB, g *dataflow.Graph, name string) dataflow.ChannelID {
	t.Helper()
	for c := range g.Channels {
		if g.ChannelName(dataflow.ChannelID(c)) == name {
			return dataflow.ChannelID(c)
		}
	}
	t.Fatalf("no channel %s", name)
	return 0
}

func taskNamed(t testing.TB, g *dataflow.Graph, name string) dataflow.TaskID {
	t.Helper()
	for id := range g.Tasks() {
		if g.TaskName(dataflow.TaskID(id)) == name {
			return dataflow.TaskID(id)
		}
	}
	t.Fatalf("no task %s", name)
	return 0
}

// one is a determinant of each kind.
var one = []dataflow.Determinant{
	{Kind: dataflow.Order, Channel: 3},
	{Kind: dataflow.Timestamp, Value: 1_000_000_007},
	{Kind: dataflow.RNG, Value: 0xfeedbeef},
	{Kind: dataflow.Serializable, Count: 17, Key: 99, Answer: []byte("approved")},
	{Kind: dataflow.TimerTrigger, Count: 18, Value: 2_000_000_000, Key: 5},
	{Kind: dataflow.TimerTrigger, Count: 19, Value: 2_000_000_001, Key: dataflow.TickKey},
	{Kind: dataflow.SourceCheckpoint, Count: 19, Value: 3_000_000_000, Key: 2},
	{Kind: dataflow.IgnoreCheckpoint, Count: 20, Key: 3},
	{Kind: dataflow.BufferBuilt, Value: 32768},
	{Kind: dataflow.EpochEnd, Key: 2},
}

func order(channel uint8) *dataflow.Determinant {
	return &dataflow.Determinant{Kind: dataflow.Order, Channel: channel}
}
