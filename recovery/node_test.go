package recovery

import (
	"fmt"
	"slices"

	"simrun/dataflow"
)

var (
	_ dataflow.Env = (*node)(nil)
	_ Host         = (*node)(nil)
	_ Host         = (*outside)(nil)
)

// node is one incarnation of a task in the test world.
type node struct {
	w     *world
	id    dataflow.TaskID
	inc   uint32
	dead  bool
	agent *Agent
	task  *dataflow.Task
	app   *app
	awake bool  // Wake was called: Step may be
	armed int64 // 0: no timer
	draws uint64
	fed   bool // a source has had its first batch
	local bool // it replaces an incarnation that died, and follows its log
}

// newNode builds an incarnation from the store, as if nothing else survived.
func (w *world) newNode(id dataflow.TaskID, inc uint32, checkpoint int32) *node {
	g := w.graph
	n := &node{w: w, id: id, inc: inc}
	n.agent = NewAgent(w.layout, &w.policy, id, inc, n, &w.watch, w.ghosts)
	n.app = &app{role: g.OperatorOf(id), graph: g, line: w.setting.line}
	// Other sizes than before: the log decides, not the option.
	options := w.policy.Options(w.setting.bufferBytes + 5*int(inc%3))
	n.task = dataflow.NewTask(g, id, n.app, n.agent.Guard(), n, options)
	if checkpoint > 0 {
		if err := n.task.Restore(w.store[part{id, checkpoint}]); err != nil {
			w.fault("%v", err)
		}
	}
	return n
}

func (n *node) name() string { return fmt.Sprintf("%s+%d", n.w.graph.TaskName(n.id), n.inc-1) }

// lives says whether anything reaches the incarnation.
func (n *node) lives() bool { return n != nil && !n.dead }

// step is a step of the task, if the protocol lets it.
func (n *node) step() {
	n.awake = false
	if n.agent.Blocked() {
		return
	}
	n.task.Step()
	n.wakeIfWaiting()
}

func (n *node) wakeIfWaiting() {
	if n.task.Waiting() {
		n.Wake()
	}
}

// Wake implements Host: the world forgets nothing else that could make the task
// go on, so a Wake that is missing leaves it standing.
func (n *node) Wake() {
	if n.agent.Ready() && !n.agent.Blocked() {
		n.awake = true
	}
}

// Clock implements dataflow.Env: every machine's clock stands elsewhere.
func (n *node) Clock() int64 { return n.w.now + int64(n.inc)*1000 + int64(n.id) }

// Entropy implements dataflow.Env: never the same numbers twice.
func (n *node) Entropy() uint64 {
	n.draws++
	return (n.draws<<16 | uint64(n.inc)<<8 | uint64(n.id)) * 0x9e3779b97f4a7c15 >> 7
}

func (n *node) Opened(int)                          {}
func (n *node) Built(output int, b dataflow.Buffer) { n.agent.Built(output, b) }
func (n *node) Ask(key uint64, _ []byte)            { n.w.asked = append(n.w.asked, ask{n, key}) }
func (n *node) Arm(at int64)                        { n.armed = at }
func (n *node) Recycle([]byte)                      {}
func (n *node) Processed() bool                     { return false }
func (n *node) Place(uint32)                        {}
func (n *node) Snapshotted(epoch int32)             { n.agent.Snapshotted(epoch) }

// Running implements dataflow.Env. When a task was recovered alone, nobody may
// depend on more of its log than it has repeated.
func (n *node) Running() {
	n.agent.Running()
	w := n.w
	if !n.local || n.inc != w.manager.Incarnation(n.id) {
		return
	}
	for _, other := range w.nodes {
		if other != n && other.lives() && other.agent.Ready() {
			other.agent.Orphaned(n.agent)
		}
	}
	if w.layout.Full() { // else replies leave when a checkpoint is complete
		w.broker.agent.Orphaned(n.agent)
	}
}

func (n *node) Captured(epoch int32, snapshot []byte) { n.agent.Captured(epoch, snapshot) }

func (n *node) Taken(input int, b *dataflow.Buffer) {
	if b.Tag != 0 {
		n.agent.Taken(input, n.w.frames[b.Tag-1])
	}
}

func (n *node) Diverged(invariant, what string) {
	i, ok := InvariantNamed(invariant)
	if !ok {
		panic("no invariant " + invariant)
	}
	n.w.watch.Break(i, what)
}

// NewFrame implements World.
func (n *node) NewFrame() *Frame {
	f := &Frame{Slot: uint32(len(n.w.frames))}
	n.w.frames = append(n.w.frames, f)
	return f
}

func (n *node) Transmit(f *Frame) { n.w.transmit(f) }
func (n *node) Send(m Message)    { n.w.Send(m) }

func (n *node) Deliver(int, *dataflow.Buffer) {
	panic("a task's agent delivers to the broker")
}

// Upload implements Host: durable when the world says so, and if the writer
// still lives.
func (n *node) Upload(epoch int32, snapshot []byte) {
	n.w.uploads = append(n.w.uploads, upload{n, epoch, slices.Clone(snapshot)})
}

func (n *node) Attached(c dataflow.ChannelID, sender, receiver uint32) {
	n.w.trace("%s connected", n.w.connection(c, sender, receiver))
}

func (n *node) Collected(bytes int64) { n.w.trace("%s gathered %d bytes", n.name(), bytes) }

func (n *node) Told(verb Verb, epoch int32) { n.w.trace("%s %v %d", n.name(), verb, epoch) }

func (n *node) Release(int32)      {}
func (n *node) Discard(int, int32) {}
func (n *node) Debt(int)           {}

// outside is the broker: it takes what the sinks send and never fails.
type outside struct {
	w     *world
	agent *Agent
	rest  []byte  // the start of a record that straddles buffers
	took  []reply // oldest first
	voids int     // Discard was called
}

type reply struct {
	epoch    int32
	text     string
	released bool
}

func (o *outside) Deliver(_ int, b *dataflow.Buffer) {
	if b.Barrier {
		return
	}
	if b.Fresh && o.w.policy.Live || len(o.rest) == 0 && b.Skip > 0 {
		o.rest = nil
		b.Data = b.Data[min(int(b.Skip), len(b.Data)):]
	}
	data := append(o.rest, b.Data...)
	for len(data) >= 2 && len(data) >= 2+int(data[0])+int(data[1])<<8 {
		size := 2 + int(data[0]) + int(data[1])<<8
		o.took = append(o.took, reply{epoch: b.Epoch, text: string(data[2:size])})
		o.w.trace("broker takes %q", data[2:size])
		data = data[size:]
	}
	o.rest = data
}

func (o *outside) Release(epoch int32) {
	for i := range o.took {
		if o.took[i].epoch < epoch {
			o.took[i].released = true
		}
	}
}

// Discard drops what was not released: everything of epochs from C on.
func (o *outside) Discard(input int, epoch int32) {
	if input > 0 {
		return // all at once
	}
	o.voids++
	o.rest = nil
	o.took = slices.DeleteFunc(o.took, func(r reply) bool { return r.epoch >= epoch })
}

func (o *outside) NewFrame() *Frame                            { panic("the broker sends no frames") }
func (o *outside) Transmit(*Frame)                             { panic("the broker sends no frames") }
func (o *outside) Send(m Message)                              { o.w.Send(m) }
func (o *outside) Wake()                                       {}
func (o *outside) Upload(int32, []byte)                        { panic("the broker takes no snapshot") }
func (o *outside) Attached(dataflow.ChannelID, uint32, uint32) {}
func (o *outside) Collected(int64)                             {}
func (o *outside) Told(verb Verb, epoch int32)                 { o.w.trace("broker %v %d", verb, epoch) }
func (o *outside) Debt(int)                                    {}
