package causallog

import (
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// TestStoresFollowTheModel: whatever is appended, sent, delivered, lost with
// its connection, truncated, gathered and repeated, every store holds what plain
// maps hold, every merge succeeds (no gap, no conflict, none ahead of its
// owner), a log is repeated byte for byte, and with full sharing holdings are
// causally closed (cyclic dataflows, I2-I4).
func TestStoresFollowTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := followsTheModel(t, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// followsTheModel takes drawn steps, until one goes wrong.
func followsTheModel(t *rapid.T, s *slip) (err error) {
	if s == nil {
		s = &slip{}
	}
	g := rapid.SampledFrom(shops()).Draw(t, "graph")
	m := newModel(g, rapid.SampledFrom([]int{FullSharing, 0, 1, 2, 3}).Draw(t, "depth"))
	task := rapid.Map(rapid.IntRange(0, g.Tasks()-2), func(i int) dataflow.TaskID { return dataflow.TaskID(i) })
	channel := rapid.Map(rapid.IntRange(0, len(g.Channels)-1), func(i int) dataflow.ChannelID { return dataflow.ChannelID(i) })
	step := func(f func(t *rapid.T) error) func(*rapid.T) {
		return func(t *rapid.T) {
			if err == nil {
				err = f(t)
			}
		}
	}
	repeat := func(t *rapid.T, id dataflow.TaskID) error {
		if s.repeat != nil && s.repeat(m, id) {
			return nil
		}
		return m.repeat(id, rapid.IntRange(0, 9).Draw(t, "log"))
	}
	buffer := func(t *rapid.T, c dataflow.ChannelID) error {
		if m.repeats[m.graph.Channels[c].From] == nil { // else it sends what it has built already
			m.append(m.layout.Cuts(c), &dataflow.Determinant{Kind: dataflow.BufferBuilt, Value: int64(rapid.IntRange(1, 9).Draw(t, "bytes"))})
		}
		if m.send(c); s.send != nil {
			s.send(m, c)
		}
		return nil
	}
	deliver := func(c dataflow.ChannelID) error {
		if s.deliver != nil && len(m.transit[c]) > 0 && s.deliver(m, c) {
			return m.delivered(c)
		}
		return m.deliver(c)
	}
	t.Repeat(map[string]func(*rapid.T){
		"decide": step(func(t *rapid.T) error {
			id, d := task.Draw(t, "task"), rapid.SampledFrom(one[:6]).Draw(t, "determinant")
			if m.repeats[id] != nil {
				return repeat(t, id)
			}
			m.append(m.layout.Main(id), &d)
			return nil
		}),
		"buffer":  step(func(t *rapid.T) error { return buffer(t, channel.Draw(t, "channel")) }),
		"deliver": step(func(t *rapid.T) error { return deliver(channel.Draw(t, "channel")) }),
		"round": step(func(t *rapid.T) error { // everybody tells everybody
			for c := range g.Channels {
				if err := buffer(t, dataflow.ChannelID(c)); err != nil {
					return err
				}
				for len(m.transit[c]) > 0 {
					if err := deliver(dataflow.ChannelID(c)); err != nil {
						return err
					}
				}
			}
			return nil
		}),
		"repeat": step(func(t *rapid.T) error {
			id := task.Draw(t, "task")
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				if m.repeats[id] == nil {
					return nil
				}
				if err := repeat(t, id); err != nil {
					return err
				}
			}
			return nil
		}),
		"epoch": step(func(t *rapid.T) error {
			id := task.Draw(t, "task")
			if m.repeats[id] != nil {
				return repeat(t, id)
			}
			m.append(m.layout.Main(id), &dataflow.Determinant{Kind: dataflow.EpochEnd, Key: uint64(m.stores[id].Epoch() + 1)})
			m.stores[id].StartEpoch(m.stores[id].Epoch() + 1)
			return nil
		}),
		"checkpoint": step(func(*rapid.T) error { // who lags behind begins an epoch; what all have begun is complete
			for id, s := range m.stores[:g.Tasks()-1] {
				if m.repeats[id] == nil && s.Epoch() <= m.done {
					m.append(m.layout.Main(dataflow.TaskID(id)), &dataflow.Determinant{Kind: dataflow.EpochEnd, Key: uint64(s.Epoch() + 1)})
					s.StartEpoch(s.Epoch() + 1)
				}
			}
			m.complete()
			return nil
		}),
		"complete": step(func(*rapid.T) error { m.complete(); return nil }),
		"truncate": step(func(t *rapid.T) error {
			id := dataflow.TaskID(rapid.IntRange(0, g.Tasks()-1).Draw(t, "task"))
			if s.truncate != nil && s.truncate(m, id) {
				m.truncated(id)
				return nil
			}
			m.truncate(id)
			return nil
		}),
		"connect": step(func(t *rapid.T) error {
			c := channel.Draw(t, "channel")
			if s.connect == nil || !s.connect(m, c) {
				m.world.reset(c)
			}
			m.transit[c] = nil
			return nil
		}),
		"crash": step(func(t *rapid.T) error {
			id := task.Draw(t, "task")
			if err := m.crash(id); err != nil {
				return err
			}
			if s.gathered != nil {
				s.gathered(m, id)
			}
			return nil
		}),
		"": step(func(*rapid.T) error { return m.check() }),
	})
	return err
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
