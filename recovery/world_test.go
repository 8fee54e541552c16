package recovery

import (
	"encoding/binary"
	"fmt"
	"slices"

	"simrun/causallog"
	"simrun/dataflow"
)

// world is a whole job in memory: a manager, agents with their tasks, the
// frames and messages under way between them, a checkpoint store, an outside
// that answers. It does one thing at a time, as it is told. Whatever a dead
// incarnation held is lost.
type world struct {
	graph   *dataflow.Graph
	layout  *causallog.Layout
	policy  Policy
	setting setting
	manager *Manager
	watch   Monitors
	ghosts  *Ghosts

	now      int64
	nodes    []*node // per task but the broker: the incarnation that was started last
	broker   *outside
	frames   []*Frame // by slot
	links    []*link
	mail     [][]Message // per pair of parties, the manager last: in order
	restarts []*restart  // not started yet
	crashed  []death     // not detected yet
	uploads  []upload
	writing  []completion
	dispatch []int32
	asked    []ask
	answers  int
	store    map[part][]byte
	fed      [][]string // per source: its partition
	faults   []string   // what a correct world must not have, monitors aside
	slow     []bool     // per channel, then per party: what comes there comes late
	blind    []Invariant
	seen     seen
	trace    func(format string, args ...any)
}

// setting is what does not change during a run.
type setting struct {
	ingresses, orders, stocks int
	bufferBytes               int
	batch                     int  // records in a buffer of a partition
	line                      bool // the job without a cycle
}

// seen counts what a run has tested.
type seen struct {
	followed  int64 // determinants followed by incarnations that then ran
	later     int   // restarts at a checkpoint
	second    int   // failures while another task was being brought back
	early     int   // messages that came before their time
	dropped   int   // frames of other connections
	rollbacks int
	orphans   int // failures that left one
	cuts      int // of these, how many by cuts alone
}

type (
	// link is one connection: a new one shares nothing with the one before.
	link struct {
		channel          dataflow.ChannelID
		sender, receiver uint32
		frames           []*Frame
	}
	part struct {
		task  dataflow.TaskID
		epoch int32
	}
	death struct {
		task dataflow.TaskID
		inc  uint32
	}
	upload struct {
		n        *node
		epoch    int32
		snapshot []byte
	}
	completion struct {
		epoch   int32
		attempt uint32
	}
	ask struct {
		n   *node
		key uint64
	}
	restart struct {
		id   dataflow.TaskID
		inc  uint32
		view *View
		held []Message // for this incarnation, which has not started
	}
)

func newWorld(p Policy, s setting) *world {
	g := shop(s.ingresses, s.orders, s.stocks)
	if s.line {
		g = line(s.ingresses, s.orders, s.stocks)
	}
	w := &world{
		graph: g, layout: p.Layout(g), policy: p, setting: s, ghosts: NewGhosts(g),
		store: map[part][]byte{}, fed: make([][]string, s.ingresses), trace: func(string, ...any) {},
	}
	w.mail = make([][]Message, (g.Tasks()+1)*(g.Tasks()+1))
	w.slow = make([]bool, len(g.Channels)+g.Tasks()+1)
	w.manager = NewManager(g, &w.policy, w, &w.watch)
	w.broker = &outside{w: w}
	w.broker.agent = NewAgent(w.layout, &w.policy, g.Broker(), 1, w.broker, &w.watch, w.ghosts)
	for id := range g.Broker() {
		w.nodes = append(w.nodes, w.newNode(id, 1, 0))
	}
	w.broker.agent.Start(nil, w.manager.View())
	for _, n := range w.nodes {
		n.agent.Start(n.task, w.manager.View())
	}
	return w
}

func (w *world) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
	w.trace("FAULT %s", w.faults[len(w.faults)-1])
}

func (w *world) party(t dataflow.TaskID) int {
	if t == ManagerID {
		return w.graph.Tasks()
	}
	return int(t)
}

// Send implements Control and is how agents send.
func (w *world) Send(m Message) {
	w.trace("%s", w.describe(&m))
	pair := w.party(m.From)*(w.graph.Tasks()+1) + w.party(m.To)
	w.mail[pair] = append(w.mail[pair], m)
}

// receive hands the oldest message of a pair to its receiver: to nobody if the
// incarnation is dead, later if it has not started.
func (w *world) receive(pair int) {
	m := w.mail[pair][0]
	w.mail[pair] = w.mail[pair][1:]
	switch {
	case m.To == ManagerID:
		w.manager.Handle(&m)
		return
	case m.To == w.graph.Broker():
		w.broker.agent.Handle(&m)
		return
	}
	n := w.nodes[m.To]
	switch {
	case m.Kind == Kill:
		if n.inc == m.ToInc {
			n.dead = true
		}
	case n.inc == m.ToInc && n.lives():
		before := len(n.agent.early)
		n.agent.Handle(&m)
		if len(n.agent.early) > before {
			w.seen.early++
		}
	default:
		for _, r := range w.restarts {
			if r.id == m.To && r.inc == m.ToInc {
				r.held = append(r.held, m)
			}
		}
	}
}

// WriteCompletion implements Control.
func (w *world) WriteCompletion(epoch int32, attempt uint32) {
	w.writing = append(w.writing, completion{epoch, attempt})
}

func (w *world) completed(i int) {
	c := w.writing[i]
	w.writing = slices.Delete(w.writing, i, i+1)
	before := w.manager.Checkpoint()
	w.manager.Completed(c.epoch, c.attempt)
	if w.manager.Checkpoint() > before {
		w.ghosts.Truncate(c.epoch)
	}
}

// Dispatch implements Control.
func (w *world) Dispatch(epoch int32) { w.dispatch = append(w.dispatch, epoch) }

// Weigh implements Control.
func (w *world) Weigh(down []bool, checkpoint int32) string {
	if !w.policy.Causal {
		return ""
	}
	var alive []*Agent
	for _, n := range w.nodes {
		if n.lives() {
			alive = append(alive, n.agent)
		}
	}
	o, found := FindOrphan(append(alive, w.broker.agent), alive, down, checkpoint)
	if !found {
		return ""
	}
	w.seen.orphans++
	if o.Cuts {
		w.seen.cuts++
	}
	return o.String(w.graph)
}

// Told implements Control.
func (w *world) Told(verb Verb, t dataflow.TaskID, epoch int32) {
	who := "manager"
	if t != ManagerID {
		who += " of " + w.graph.TaskName(t)
	}
	if verb == VerbRollback {
		w.seen.rollbacks++
	}
	w.trace("%s: %v %d", who, verb, epoch)
}

// durable ends an upload.
func (w *world) durable(i int) {
	u := w.uploads[i]
	w.uploads = slices.Delete(w.uploads, i, i+1)
	if u.n.lives() {
		w.store[part{u.n.id, u.epoch}] = u.snapshot
		u.n.agent.Durable(u.epoch)
	}
}

func (w *world) transmit(f *Frame) {
	w.trace("%s", w.showFrame(f))
	for _, l := range w.links {
		if l.channel == f.Channel && l.sender == f.Sender && l.receiver == f.Receiver {
			l.frames = append(l.frames, f)
			return
		}
	}
	w.links = append(w.links, &link{f.Channel, f.Sender, f.Receiver, []*Frame{f}})
}

// deliver moves the oldest frame of a connection to its receiver.
func (w *world) deliver(l *link) {
	f := l.frames[0]
	l.frames = l.frames[1:]
	to, taken := w.graph.Channels[f.Channel].To, false
	if to == w.graph.Broker() {
		taken = w.broker.agent.Receive(f)
	} else if n := w.nodes[to]; n.lives() && n.inc == f.Receiver {
		taken = n.agent.Receive(f)
	}
	if !taken {
		w.seen.dropped++
		w.trace("%s (%d,%d) dropped", w.connection(f.Channel, f.Sender, f.Receiver), f.Buffer.Epoch, f.Buffer.Index)
	}
}

// feed hands a source the next batch of its partition.
func (w *world) feed(n *node) {
	in, first := w.fed[w.graph.IndexOf(n.id)], n.task.SourceOffset()
	b := dataflow.Buffer{First: first, Fresh: !n.fed}
	n.fed = true
	for _, record := range in[first:min(len(in), int(first)+w.setting.batch)] {
		b.Data = binary.LittleEndian.AppendUint16(b.Data, uint16(len(record)))
		b.Data = append(b.Data, record...)
	}
	n.task.Receive(0, b)
	n.Wake()
}

func (w *world) answer(i int) {
	a := w.asked[i]
	w.asked = slices.Delete(w.asked, i, i+1)
	if a.n.lives() {
		w.answers++ // never the same answer twice
		a.n.task.Answered(a.key, fmt.Appendf(nil, "yes%d", w.answers))
		a.n.wakeIfWaiting()
	}
}

func (w *world) fire(n *node) {
	n.armed = 0
	n.task.TimerDue()
	n.wakeIfWaiting()
}
