package dataflow

import (
	"bytes"
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
	trace   func(format string, args ...any)
}

type tail struct{ bytes []byte }

// setting is what does not change during a run.
type setting struct {
	inputs      [2][]string
	bufferBytes int
	batch       int // records in a buffer of a partition
	window      int
	without     [Kinds]bool
}

// place is where incarnations of one task live, and what survives them.
type place struct {
	w           *world
	id          TaskID
	incarnation int
	task        *Task
	app         *app
	guard       *memory
	held        taskLog
	checkpoint  []byte // of epoch world.done
	pending     []byte // of epoch captured
	captured    int32
	sent        []int // per output: buffers of World.sent that this incarnation has built again
	armed       int64 // 0: no
	triggered   int32 // checkpoint that the source was told to begin
	draws       uint64
	running     int // how often Running was told
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

// start builds an incarnation from what survives.
func (p *place) start() {
	w, g := p.w, p.w.graph
	p.app = &app{role: g.OperatorOf(p.id), window: w.setting.window}
	p.guard = newMemory(len(g.Outputs(p.id)), &p.held, w.done, w.setting.without, func(what string) {
		w.fault("%s: %s", g.TaskName(p.id), what)
	})
	p.guard.told = func(verb string, d *Determinant) { w.trace("%s %s %s", g.TaskName(p.id), verb, showDeterminant(d)) }
	p.armed, p.running, p.captured = 0, 0, w.done
	// Other sizes than before: the log decides, not the option.
	options := Options{BufferBytes: w.setting.bufferBytes + 5*(p.incarnation%3)}
	p.task = NewTask(g, p.id, p.app, p.guard, p, options)
	if p.checkpoint != nil {
		if err := p.task.Restore(p.checkpoint); err != nil {
			w.fault("%s: %v", g.TaskName(p.id), err)
		}
	}
	p.sent = make([]int, len(g.Outputs(p.id)))
	for o, c := range g.Outputs(p.id) {
		p.sent[o] = len(before(w.sent[c], w.done))
	}
	for _, c := range g.Inputs(p.id) {
		w.links[c] = slices.Clone(w.sent[c][len(before(w.sent[c], w.done)):])
	}
	p.task.Start()
	if g.IsSource(p.id) && p.task.Epoch() < w.trigger {
		p.triggered = w.trigger
	}
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
	p.incarnation++
	p.start()
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

// Clock implements Env: every machine's clock stands elsewhere.
func (p *place) Clock() int64 { return p.w.now + int64(p.incarnation)*1000 + int64(p.id) }

// Entropy implements Env: never the same numbers twice.
func (p *place) Entropy() uint64 {
	p.draws++
	return (p.draws<<16 | uint64(p.incarnation)<<8 | uint64(p.id)) * 0x9e3779b97f4a7c15 >> 7
}

func (p *place) Opened(int) {}

func (p *place) Built(output int, b Buffer) {
	c := p.w.graph.Outputs(p.id)[output]
	b.Data = slices.Clone(b.Data)
	p.guard.leave()
	if i := p.sent[output]; i < len(p.w.sent[c]) {
		if was := p.w.sent[c][i]; !sameBuffer(was, b) {
			p.w.fault("%s: buffer %d is built again as %v, and was %v", p.w.graph.ChannelName(c), i, show(b), show(was))
		}
		p.sent[output]++
		return
	}
	p.w.trace("%s builds %s", p.w.graph.ChannelName(c), show(b))
	p.sent[output]++
	p.w.sent[c] = append(p.w.sent[c], b)
	p.w.links[c] = append(p.w.links[c], b)
}

func sameBuffer(a, b Buffer) bool {
	data := bytes.Equal(a.Data, b.Data)
	return data && a.Epoch == b.Epoch && a.Index == b.Index && a.Barrier == b.Barrier && a.Next == b.Next &&
		a.First == b.First && a.Skip == b.Skip
}

func (p *place) Ask(key uint64, request []byte) {
	p.w.asked = append(p.w.asked, ask{p, p.incarnation, key, string(request)})
}

func (p *place) Arm(at int64)    { p.armed = at }
func (p *place) Recycle([]byte)  {}
func (p *place) Processed() bool { return false }
func (p *place) Place(uint32)    {}

func (p *place) Snapshotted(epoch int32) {
	p.w.trace("%s snapshot %d", p.w.graph.TaskName(p.id), epoch)
}

func (p *place) Taken(input int, b *Buffer) {}

func (p *place) Captured(epoch int32, snapshot []byte) {
	p.w.trace("%s captured %d", p.w.graph.TaskName(p.id), epoch)
	p.pending, p.captured = slices.Clone(snapshot), epoch
}

// Running checks that the replay has repeated all that had left.
func (p *place) Running() {
	p.running++
	if p.running > 1 {
		p.w.fault("%s runs twice", p.w.graph.TaskName(p.id))
	}
	for o, c := range p.w.graph.Outputs(p.id) {
		if p.sent[o] != len(p.w.sent[c]) {
			p.w.fault("%s runs, having built %d of %d buffers again", p.w.graph.ChannelName(c), p.sent[o], len(p.w.sent[c]))
		}
	}
	if p.incarnation > 0 {
		p.w.trace("%s running", p.w.graph.TaskName(p.id))
	}
}

func (p *place) Diverged(invariant, what string) { p.w.fault("%s %s", invariant, what) }
