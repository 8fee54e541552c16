package causallog

import (
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// TestStoresFollowTheModel: whatever is appended, sent, delivered, lost with
// its connection, truncated and recovered, every store holds what plain maps
// hold, every merge succeeds (no gap, no conflict, none ahead of its owner),
// and with full sharing holdings are causally closed (cyclic dataflows, I2-I4).
func TestStoresFollowTheModel(t *testing.T) {
	graphs := []*dataflow.Graph{shop(t, 1, 2, 1, 1), shop(t, 1, 1, 1, 1)}
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom(graphs).Draw(t, "graph")
		m := newModel(g, rapid.SampledFrom([]int{FullSharing, 0, 1, 2, 3}).Draw(t, "depth"))
		task := rapid.Map(rapid.IntRange(0, g.Tasks()-2), func(i int) dataflow.TaskID { return dataflow.TaskID(i) })
		channel := rapid.Map(rapid.IntRange(0, len(g.Channels)-1), func(i int) dataflow.ChannelID { return dataflow.ChannelID(i) })
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"decide": func(t *rapid.T) {
				d := rapid.SampledFrom(one[:6]).Draw(t, "determinant")
				m.append(m.layout.Main(task.Draw(t, "task")), &d)
			},
			"buffer": func(t *rapid.T) {
				c := channel.Draw(t, "channel")
				m.append(m.layout.Cuts(c), &dataflow.Determinant{Kind: dataflow.BufferBuilt, Value: int64(rapid.IntRange(1, 9).Draw(t, "bytes"))})
				m.send(c)
			},
			"deliver": func(t *rapid.T) { must(m.deliver(channel.Draw(t, "channel"))) },
			"epoch": func(t *rapid.T) {
				id := task.Draw(t, "task")
				m.append(m.layout.Main(id), &dataflow.Determinant{Kind: dataflow.EpochEnd, Key: uint64(m.stores[id].Epoch() + 1)})
				m.stores[id].StartEpoch(m.stores[id].Epoch() + 1)
			},
			"complete": func(*rapid.T) {
				least := m.stores[0].Epoch()
				for _, s := range m.stores[:g.Tasks()-1] {
					least = min(least, s.Epoch())
				}
				m.done = least
			},
			"truncate": func(t *rapid.T) {
				m.truncate(dataflow.TaskID(rapid.IntRange(0, g.Tasks()-1).Draw(t, "task")))
			},
			"connect": func(t *rapid.T) {
				c := channel.Draw(t, "channel")
				m.world.reset(c)
				m.transit[c] = nil
			},
			"crash": func(t *rapid.T) { must(m.crash(task.Draw(t, "task"))) },
			"":      func(*rapid.T) { must(m.check()) },
		})
	})
}

// filled is a model in which everybody has heard of everybody.
func filled(t *testing.T, keep func(LogID, int32) bool) (*model, error) {
	m := newModel(shop(t, 1, 2, 1, 1), FullSharing)
	var failed error
	for round := range 6 {
		for c := range m.graph.Channels {
			id, from := dataflow.ChannelID(c), m.graph.Channels[c].From
			m.append(m.layout.Main(from), order(uint8(round)))
			m.append(m.layout.Cuts(id), &dataflow.Determinant{Kind: dataflow.BufferBuilt, Value: 9})
			m.send(id)
			m.world.transit[c][0] = Filter(m.world.transit[c][0], keep)
			if err := m.deliver(id); failed == nil {
				failed = err
			}
		}
	}
	if failed == nil {
		failed = m.check()
	}
	return m, failed
}

func everything(LogID, int32) bool { return true }

// TestTheModelSaysNo: what the model accepts it rejects once one thing is wrong.
func TestTheModelSaysNo(t *testing.T) {
	m, err := filled(t, everything)
	if err != nil || m.ghosts == 0 {
		t.Fatalf("the filled model is refused: %v; %d dependencies looked at", err, m.ghosts)
	}
	stock := taskNamed(t, m.graph, "stock/0")
	order0 := m.layout.Main(taskNamed(t, m.graph, "order/0"))
	data := m.stores[stock].Bytes(order0, 0)
	data[1]++
	if m.check() == nil {
		t.Error("a changed replica is accepted")
	}
	if m.prefixes(m.stores[stock]) == nil {
		t.Error("a replica that differs from its original is accepted")
	}
	data[1]--
	m.stores[stock].AppendBytes(order0, 0, make([]byte, 100))
	if m.prefixes(m.stores[stock]) == nil {
		t.Error("a replica longer than its original is accepted")
	}
	if m, err := filled(t, func(id LogID, _ int32) bool { return id != order0 }); err == nil || m.closed(stock) == nil {
		t.Error("a log that is kept back leaves the holdings closed")
	}
}
