package dataflow

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// world is a whole job in memory: tasks, channels, partitions, an outside that
// answers, checkpoints. It does one thing at a time, as it is told. Whatever a
// dead task held is lost: a new incarnation has the last checkpoint that
// everybody captured, what others hold of its log (all that was logged when its last
// buffer left) and the buffers that its senders keep.
type world struct {
	graph   *Graph
	setting setting
	now     int64
	tasks   []*place   // per task but the broker
	links   [][]Buffer // per channel: sent and not received
	sent    [][]Buffer // per channel: everything ever sent
	asked   []ask
	answers int
	trigger int32        // last checkpoint triggered
	done    int32        // last checkpoint that every task has captured
	broker  []string     // records received
	rest    map[int]tail // per channel to the broker
	faults  []string     // what a correct world must not have
	seen    seen
	trace   func(format string, args ...any)
}

type tail struct{ bytes []byte }

// seen counts what a run has tested.
type seen struct {
	repeated   [Kinds]int // determinants followed in replay, by kind
	ticks      int        // ticks of the cached clock, among them
	results    int        // results of Apply, among them
	replays    int
	later      int // replays that begin at a checkpoint
	cutShort   int // replays that a kill ended
	recorded   int // recorded buffers that were restored
	calls      int // unanswered calls that were restored
	straddling int // buffers that begin in the middle of a record
	within     int // buffers that lie within one record
	aligned    int // replays that ended with all barriers there and no snapshot
}

// setting is what does not change during a run.
type setting struct {
	inputs      [2][]string
	bufferBytes int
	batch       int // records in a buffer of a partition
	without     [Kinds]bool
	tick        int64
}

type ask struct {
	place       *place
	incarnation int
	key         uint64
	request     string
}

func newWorld(s setting) *world {
	w := &world{graph: testGraph(), setting: s, rest: map[int]tail{}, trace: func(string, ...any) {}}
	w.links = make([][]Buffer, len(w.graph.Channels))
	w.sent = make([][]Buffer, len(w.graph.Channels))
	for id := range w.graph.Broker() {
		w.tasks = append(w.tasks, &place{w: w, id: id})
	}
	for _, p := range w.tasks {
		p.start()
	}
	return w
}

func (w *world) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
	w.trace("FAULT %s", w.faults[len(w.faults)-1])
}

// before gives the buffers of epochs before one: those that the receiver had
// consumed when it took the snapshot, or recorded after it.
func before(sent []Buffer, epoch int32) []Buffer {
	i := slices.IndexFunc(sent, func(b Buffer) bool { return b.Epoch >= epoch })
	if i < 0 {
		return sent
	}
	return sent[:i]
}

// kill ends an incarnation and starts the next.
func (w *world) kill(id TaskID) {
	p := w.tasks[id]
	if p.task.Replaying() {
		w.seen.cutShort++
	}
	p.incarnation++
	p.start()
	if len(p.guard.plan[0]) > 0 {
		w.seen.replays++
		if w.done > 0 {
			w.seen.later++
		}
	}
}

// deliver moves the oldest buffer of a channel to its receiver.
func (w *world) deliver(c ChannelID) {
	ch := &w.graph.Channels[c]
	b := w.links[c][0]
	w.links[c] = w.links[c][1:]
	b.Data = slices.Clone(b.Data)
	if ch.To == w.graph.Broker() {
		w.collect(ch.Output+int(ch.From)*8, b)
		return
	}
	w.tasks[ch.To].task.Receive(ch.Input, b)
}

func (w *world) collect(from int, b Buffer) {
	data := append(w.rest[from].bytes, b.Data...)
	for len(data) >= 2 && len(data) >= 2+int(binary.LittleEndian.Uint16(data)) {
		size := 2 + int(binary.LittleEndian.Uint16(data))
		w.broker = append(w.broker, string(data[2:size]))
		data = data[size:]
	}
	w.rest[from] = tail{data}
}

// feed hands a source the next batch of its partition.
func (w *world) feed(p *place) {
	in := w.setting.inputs[w.graph.IndexOf(p.id)]
	first := p.read()
	b := Buffer{First: first}
	for i := range max(1, w.setting.batch-p.incarnation%2) {
		if at := int(first) + i; at < len(in) {
			b.Data = binary.LittleEndian.AppendUint16(b.Data, uint16(len(in[at])))
			b.Data = append(b.Data, in[at]...)
		}
	}
	p.task.Receive(0, b)
}

// read is the number of records of its partition that a source has been given.
// It is fed only when it has taken all of them.
func (p *place) read() uint64 { return p.task.SourceOffset() }

func (w *world) answer(i int) {
	a := w.asked[i]
	w.asked = slices.Delete(w.asked, i, i+1)
	if a.incarnation == a.place.incarnation {
		w.answers++ // never the same answer twice
		a.place.task.Answered(a.key, fmt.Appendf(nil, "yes%d", w.answers))
	}
}

// checkpoint tells the sources to begin the next checkpoint.
func (w *world) checkpoint() {
	w.trigger++
	for i := range w.graph.Operators[source].Parallelism {
		w.tasks[i].triggered = w.trigger
	}
}

// complete says whether every task has captured the last checkpoint, which
// then is what new incarnations start from.
func (w *world) complete() bool {
	for _, p := range w.tasks {
		if p.captured < w.trigger {
			return false
		}
	}
	for _, p := range w.tasks {
		if w.done < w.trigger {
			p.checkpoint = p.pending
		}
	}
	w.done = w.trigger
	return true
}
