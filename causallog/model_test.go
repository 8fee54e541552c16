package causallog

import (
	"fmt"

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
	m := &model{world: newWorld(g, depth), full: NewLayout(g, depth).Full(), transit: make([][]parcel, len(g.Channels))}
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
	to := m.graph.Channels[c].To
	p := m.transit[c][0]
	m.transit[c] = m.transit[c][1:]
	m.take(to, p.logs)
	for id := range p.depends {
		if m.depends[to][id].before(p.depends[id]) {
			m.depends[to][id] = p.depends[id]
		}
	}
	_, err := m.world.deliver(c)
	return err
}

func (m *model) take(to dataflow.TaskID, from logs) {
	for a, data := range from {
		if a.epoch >= m.stores[to].From() && len(data) > len(m.hold[to][a]) {
			m.hold[to][a] = data
		}
	}
}

func (m *model) truncate(t dataflow.TaskID) {
	m.stores[t].Truncate(m.done)
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
	m.hold[t] = logs{}
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
	return m.repeat(t)
}

// repeat plays an incarnation's own logs again, to their end.
func (m *model) repeat(t dataflow.TaskID) error {
	s, epoch := m.stores[t], m.done
	for _, id := range m.layout.Held(t) {
		if m.layout.Owner(id) != t {
			continue
		}
		r := NewReplay(s, id, m.done)
		for e := m.done; ; e++ {
			s.StartEpoch(e)
			for d := r.Next(e); d != nil; d = r.Next(e) {
				if d.Kind == dataflow.EpochEnd {
					epoch = max(epoch, int32(d.Key))
				}
				if matched, conflict := s.Regenerate(id, d); conflict != nil || !matched {
					return fmt.Errorf("%s, epoch %d: repeated %v, conflict %v", m.layout.Name(id), e, matched, conflict)
				}
			}
			if s.Leftover(id, e) != 0 {
				return fmt.Errorf("%s, epoch %d: %d bytes left", m.layout.Name(id), e, s.Leftover(id, e))
			}
			if !r.Later(e) {
				break
			}
		}
		if !r.Exhausted() || r.Err() != nil {
			return fmt.Errorf("%s: the plan is not exhausted: %v", m.layout.Name(id), r.Err())
		}
	}
	s.StartEpoch(epoch)
	return nil
}

// check compares every store with the model, every replica with its owner, and
// what is held with what is depended on.
func (m *model) check() error {
	for t, s := range m.stores {
		size := 0
		for a, data := range m.hold[t] {
			if string(s.Bytes(a.log, a.epoch)) != string(data) {
				return fmt.Errorf("%s holds %x of %s, epoch %d; expected %x", m.graph.TaskName(s.Owner()), s.Bytes(a.log, a.epoch), m.layout.Name(a.log), a.epoch, data)
			}
			size += len(data)
		}
		if s.Size() != size {
			return fmt.Errorf("%s holds %d bytes; expected %d", m.graph.TaskName(s.Owner()), s.Size(), size)
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
