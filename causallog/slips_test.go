package causallog

import (
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// slip is one thing that the stores do wrong, and the model does not. Each
// answers true where it has done it in the place of what is right.
type slip struct {
	name     string
	send     func(m *model, c dataflow.ChannelID) bool
	deliver  func(m *model, c dataflow.ChannelID) bool
	truncate func(m *model, t dataflow.TaskID) bool
	gathered func(m *model, t dataflow.TaskID)
	repeat   func(m *model, t dataflow.TaskID) bool
	connect  func(m *model, c dataflow.ChannelID) bool
}

var slips = []slip{
	{name: "a delta gets lost and the connection goes on", deliver: func(m *model, c dataflow.ChannelID) bool {
		m.world.transit[c] = append([][]byte{nil}, m.world.transit[c][1:]...)
		return false
	}},
	{name: "a delta is merged wherever its pieces belong", deliver: func(m *model, c dataflow.ChannelID) bool {
		m.stores[m.graph.Channels[c].To].MergeBlindly(m.world.transit[c][0])
		m.world.transit[c] = m.world.transit[c][1:]
		return true
	}},
	{name: "a delta has the newest epoch alone", send: func(m *model, c dataflow.ChannelID) bool {
		last := len(m.world.transit[c]) - 1
		newest := m.stores[m.graph.Channels[c].From].Epoch()
		m.world.transit[c][last] = Filter(m.world.transit[c][last], func(_ LogID, epoch int32) bool { return epoch == newest })
		return false
	}},
	{name: "a delta has own logs alone", send: func(m *model, c dataflow.ChannelID) bool {
		last, from := len(m.world.transit[c])-1, m.graph.Channels[c].From
		m.world.transit[c][last] = Filter(m.world.transit[c][last], func(id LogID, _ int32) bool { return m.layout.Owner(id) == from })
		return false
	}},
	{name: "a new connection goes on where the old one ended", connect: func(m *model, c dataflow.ChannelID) bool {
		m.world.transit[c] = nil
		return true
	}},
	{name: "one epoch too many is dropped", truncate: func(m *model, t dataflow.TaskID) bool {
		m.stores[t].Truncate(m.done + 1)
		return true
	}},
	{name: "nothing is dropped", truncate: func(*model, dataflow.TaskID) bool { return true }},
	{name: "a gather keeps own logs alone", gathered: func(m *model, t dataflow.TaskID) { m.stores[t].DropReplicas() }},
	{name: "a gather gets a bit wrong", gathered: func(m *model, t dataflow.TaskID) {
		for _, id := range m.layout.Held(t) {
			if m.stores[t].Len(id, m.done) > 0 {
				m.stores[t].Flip(id, m.done, 0)
				return
			}
		}
	}},
	{name: "what was installed is forsaken", repeat: func(m *model, t dataflow.TaskID) bool {
		m.stores[t].Forsake(m.layout.Main(t))
		return false
	}},
	{name: "something else is decided again", repeat: func(m *model, t dataflow.TaskID) bool {
		if m.stores[t].Leftover(m.layout.Main(t), m.stores[t].Epoch()) == 0 {
			return false
		}
		m.stores[t].Append(m.layout.Main(t), &dataflow.Determinant{Kind: dataflow.Order, Channel: 77})
		return false
	}},
}

// TestTheModelFindsSlips: the same steps find each of them, and soon. In most
// what the stores hold differs from what the model holds; what is decided
// otherwise leaves the rest of a plan that does not match.
func TestTheModelFindsSlips(t *testing.T) {
	for i := range slips {
		found := rapid.Custom(func(t *rapid.T) error { return followsTheModel(t, &slips[i]) })
		tried := 0
		for tried < 200 && found.Example(tried) == nil {
			tried++
		}
		whole := rapid.Custom(func(t *rapid.T) error { return followsTheModel(t, nil) })
		if err := whole.Example(tried); err != nil {
			t.Errorf("without it, run %d: %v", tried, err)
		}
		if t.Logf("%s: found in run %d", slips[i].name, tried); tried == 200 {
			t.Errorf("%s: 200 runs find nothing", slips[i].name)
		}
	}
}
