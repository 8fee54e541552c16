package causallog

import (
	"fmt"
	"strings"

	"simrun/dataflow"
)

// model is the plain counterpart of a world: logs in maps, deltas that carry
// everything the channel shares, no cursors. It predicts what each store holds.
type model struct {
	*world
	full    bool
	hold    []logs     // per task
	transit [][]parcel // per channel
	depends [][]mark   // per task and log: what it may depend on
	repeats []*repeats // per task: nil unless it repeats its own logs
	from    []int32    // per task: the checkpoint that it has truncated to, or come back from
	done    int32      // the last completed checkpoint
	ghosts  int        // dependencies looked at
}

type address struct {
	log   LogID
	epoch int32
}

type logs map[address][]byte

// parcel is a delta of the model.
type parcel struct {
	logs    logs
	depends []mark
}

// mark is how far a log is depended on.
type mark struct {
	epoch  int32
	offset int
}

func (m mark) before(n mark) bool {
	return m.epoch < n.epoch || m.epoch == n.epoch && m.offset < n.offset
}

func newModel(g *dataflow.Graph, depth int) *model {
	m := &model{world: newWorld(g, depth), full: NewLayout(g, depth).Full(), transit: make([][]parcel, len(g.Channels)), repeats: make([]*repeats, g.Tasks()), from: make([]int32, g.Tasks())}
	for range g.Tasks() {
		m.hold = append(m.hold, logs{})
		m.depends = append(m.depends, make([]mark, m.layout.Logs()))
	}
	return m
}

func (m *model) append(id LogID, d *dataflow.Determinant) {
	owner := m.layout.Owner(id)
	a := address{id, m.stores[owner].Epoch()}
	if err := m.stores[owner].Append(id, d); err != nil {
		panic(err)
	}
	m.hold[owner][a] = AppendDeterminant(m.hold[owner][a], d)
	m.depends[owner][id] = mark{a.epoch, len(m.hold[owner][a])}
}

func (m *model) send(c dataflow.ChannelID) {
	from := m.graph.Channels[c].From
	p := parcel{logs: logs{}, depends: append([]mark(nil), m.depends[from]...)}
	for _, id := range m.layout.Shared(c) {
		for a, data := range m.hold[from] {
			if a.log == id {
				p.logs[a] = append([]byte(nil), data...)
			}
		}
	}
	m.world.send(c)
	m.transit[c] = append(m.transit[c], p)
}

func (m *model) deliver(c dataflow.ChannelID) error {
	if len(m.transit[c]) == 0 {
		return nil
	}
	if err := m.delivered(c); err != nil {
		return err
	}
	_, err := m.world.deliver(c)
	return err
}

// delivered is the model's side of a delivery.
func (m *model) delivered(c dataflow.ChannelID) error {
	to := m.graph.Channels[c].To
	p := m.transit[c][0]
	m.transit[c] = m.transit[c][1:]
	m.take(to, p.logs)
	for id := range p.depends {
		if m.depends[to][id].before(p.depends[id]) {
			m.depends[to][id] = p.depends[id]
		}
	}
	return nil
}

func (m *model) take(to dataflow.TaskID, from logs) {
	for a, data := range from {
		if a.epoch >= m.stores[to].From() && len(data) > len(m.hold[to][a]) {
			m.hold[to][a] = data
		}
	}
}

// complete completes the newest checkpoint that all tasks have begun.
func (m *model) complete() {
	least := m.stores[0].Epoch()
	for _, s := range m.stores[:m.graph.Tasks()-1] {
		least = min(least, s.Epoch())
	}
	m.done = least
}

func (m *model) truncate(t dataflow.TaskID) {
	m.stores[t].Truncate(m.done)
	m.truncated(t)
}

// truncated is the model's side of a truncation.
func (m *model) truncated(t dataflow.TaskID) {
	m.from[t] = max(m.from[t], m.done)
	for a := range m.hold[t] {
		if a.epoch < m.done {
			delete(m.hold[t], a)
		}
	}
}

func (m *model) crash(t dataflow.TaskID) error {
	if err := m.world.crash(t, m.done); err != nil {
		return err
	}
	m.hold[t], m.from[t] = logs{}, m.done
	for other := range m.hold {
		if dataflow.TaskID(other) != t {
			m.take(t, m.hold[other])
		}
	}
	m.depends[t] = make([]mark, m.layout.Logs())
	for a, data := range m.hold[t] { // of what it gathered it may depend on what reaches it
		u := m.layout.Owner(a.log)
		if n := (mark{a.epoch, len(data)}); (u == t || m.graph.Distance(u, t) > 0) && m.depends[t][a.log].before(n) {
			m.depends[t][a.log] = n
		}
	}
	for c := range m.transit {
		if ch := m.graph.Channels[c]; ch.From == t || ch.To == t {
			m.transit[c] = nil
		}
	}
	m.beginRepeat(t)
	return nil
}

// check compares every store with the model, every replica with its owner, and
// what is held with what is depended on.
func (m *model) check() error {
	for t, s := range m.stores {
		if err := m.holds(s, m.hold[t], m.from[t]); err != nil {
			return err
		}
		if err := m.prefixes(s); err != nil {
			return err
		}
		if err := m.closed(dataflow.TaskID(t)); err != nil {
			return err
		}
	}
	return nil
}

// holds: a store holds what it should, and nothing of what was dropped. Of epochs
// that a complete checkpoint covers it may lack an end: a sender takes it that
// who shows a later epoch has them, and who sent that may have dropped them.
func (m *model) holds(s *Store, want logs, from int32) error {
	size := 0
	for id := range LogID(m.layout.Logs()) {
		for e := int32(0); e <= max(s.Last(id), m.stores[m.layout.Owner(id)].Epoch()); e++ {
			got, want := string(s.Bytes(id, e)), string(want[address{id, e}])
			if size += len(got); got != want && (e >= m.done || e < from || !strings.HasPrefix(want, got)) || e < from && got != "" {
				return fmt.Errorf("%s holds %x of %s, epoch %d; expected %x", m.graph.TaskName(s.Owner()), got, m.layout.Name(id), e, want)
			}
		}
	}
	if s.Size() != size {
		return fmt.Errorf("%s holds %d bytes and counts %d", m.graph.TaskName(s.Owner()), size, s.Size())
	}
	return nil
}

// prefixes: a replica is no longer than its original and agrees with it.
func (m *model) prefixes(s *Store) error {
	for id := range LogID(m.layout.Logs()) {
		owner := m.stores[m.layout.Owner(id)]
		for e := max(s.From(), owner.From()); e <= s.Last(id); e++ {
			if replica, own := string(s.Bytes(id, e)), string(owner.Bytes(id, e)); len(replica) > len(own) || replica != own[:len(replica)] {
				return fmt.Errorf("%s holds %x of %s, epoch %d; its owner has %x", m.graph.TaskName(s.Owner()), replica, m.layout.Name(id), e, own)
			}
		}
	}
	return nil
}

// closed: with full sharing a task holds all main logs, and all cut logs of
// channels on a cycle, as far as it may depend on them.
func (m *model) closed(t dataflow.TaskID) error {
	if !m.full {
		return nil
	}
	for id, need := range m.depends[t] {
		id := LogID(id)
		if need.epoch < m.done || !m.layout.IsMain(id) && m.graph.Distance(m.graph.Channels[m.layout.Channel(id)].To, m.layout.Owner(id)) == 0 {
			continue
		}
		m.ghosts++
		if held := m.stores[t].Len(id, need.epoch); held < need.offset {
			return fmt.Errorf("%s depends on byte %d of %s, epoch %d, and holds %d", m.graph.TaskName(t), need.offset, m.layout.Name(id), need.epoch, held)
		}
	}
	return nil
}
