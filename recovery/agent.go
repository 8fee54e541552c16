package recovery

import (
	"simrun/causallog"
	"simrun/dataflow"
)

// State is where an incarnation stands in its life.
type State uint8

const (
	Gathering State = iota // it waits for what others hold of its log, and takes no input
	Replaying              // it follows its log
	Running
)

// Agent is the protocol's side of one incarnation of a task: its connections,
// its logs, its part in recoveries. The broker has an agent too: it is a task
// that has no outputs and never fails.
type Agent struct {
	graph  *dataflow.Graph
	layout *causallog.Layout
	policy *Policy
	host   Host
	watch  *Monitors
	ghosts *Ghosts

	id    dataflow.TaskID
	inc   uint32
	task  *dataflow.Task   // nil: the broker
	store *causallog.Store // nil unless the policy is causal and the gather has ended
	guard *Guard           // nil unless the policy is causal
	state State

	incs       []uint32 // newest incarnation of each task that this agent was told of
	checkpoint int32    // last completed checkpoint that this agent was told of: nothing older is held
	in         []inbound
	out        []outbound
	over       int // regular outputs with more than Credits buffers to send

	gather  gathering
	asking  asking    // the published variant in place of a gather: requests.go
	early   []Message // Attach and Answer of incarnations and generations not heard of yet
	dep     []Mark    // ghost: what the state depends on, per owner of a main log
	settled int32     // sink: the broker has all replies of epochs < settled
	durable int32     // sink: epoch whose checkpoint is durable and waits for settled; 0 if none
	started bool
	broken  leftOut

	released  *causallog.Released // nil: deltas are sent as they are made
	scratch   []byte
	disk      Disk  // nil: nothing is spilled
	poolPeak  int64 // the most that in-flight logs held in memory, if anybody counts
	spilled   int64 // bytes written to disk
	readBytes int64 // bytes read back
}

// NewAgent makes the agent of an incarnation that has not started. The task
// is handed over by Start, since it is built around the agent's guard.
func NewAgent(layout *causallog.Layout, policy *Policy, id dataflow.TaskID, inc uint32, host Host, watch *Monitors, ghosts *Ghosts) *Agent {
	g := layout.Graph()
	a := &Agent{graph: g, layout: layout, policy: policy, host: host, watch: watch, ghosts: ghosts, id: id, inc: inc, asking: asking{recovered: -1}}
	a.incs = make([]uint32, g.Tasks())
	a.dep = make([]Mark, g.Tasks())
	for _, c := range g.Inputs(id) {
		a.in = append(a.in, inbound{channel: c, from: g.Channels[c].From, back: -1})
	}
	for _, c := range g.Outputs(id) {
		ch := &g.Channels[c]
		a.out = append(a.out, outbound{channel: c, to: ch.To, log: causallog.NewInFlight(layout), regular: !ch.Feedback && ch.To != g.Broker()})
		for i := range a.in {
			if a.in[i].from == ch.To {
				a.in[i].back = len(a.out) - 1
			}
		}
	}
	if policy.Causal && policy.Delta != causallog.Varint {
		a.released = causallog.NewReleased(layout)
	}
	if policy.Causal && id != g.Broker() {
		a.guard = newGuard(a)
	}
	return a
}

// Guard is what the agent's task is guarded by.
func (a *Agent) Guard() dataflow.Guard {
	if a.guard == nil {
		return dataflow.Unguarded{}
	}
	return a.guard
}

// Start begins the incarnation: with the job, or from the checkpoint of a
// recovery. The task has been restored already.
func (a *Agent) Start(task *dataflow.Task, view *View) {
	a.task, a.checkpoint, a.started = task, view.Checkpoint, true
	copy(a.incs, view.Incs)
	for i := range a.out {
		a.out[i].log.Truncate(view.Checkpoint)
	}
	if a.policy.Causal && view.Gen > 0 && !view.Rollback { // after a rollback whatever was logged is void
		if a.policy.Published {
			a.asking.ignored = view.Ignored
			a.beginRequest(view)
			return
		}
		a.beginGather(view)
		return
	}
	if a.policy.Causal {
		a.begin(causallog.NewStore(a.layout, a.id, view.Checkpoint))
		return
	}
	a.begin(nil)
}

// begin lets the incarnation take input: its logs are installed at once, and
// only then are its inputs attached.
func (a *Agent) begin(store *causallog.Store) {
	a.store = store
	a.state = Replaying
	if store != nil && a.policy.Account {
		store.CountSent()
	}
	if segment := a.policy.Logs.Segment; segment > 0 && store != nil {
		store.SetSegment(segment)
	}
	if a.isBroker() {
		a.state = Running
	}
	for i := range a.out {
		if store != nil && (a.out[i].to != a.graph.Broker() || a.policy.attaches()) {
			a.out[i].cursor = store.NewCursor(a.out[i].channel)
		}
	}
	if a.policy.Published && store != nil {
		a.built(store)
	}
	if a.guard != nil {
		a.countBuilt(store)
		a.guard.install(store, a.checkpoint)
	}
	if a.task != nil {
		a.task.Start()
		if a.asking.ignored > 0 {
			a.task.AbandonCheckpoint(a.asking.ignored)
		}
	}
	for i := range a.in {
		if !a.in[i].open {
			a.attach(i, a.checkpoint, 0)
		}
	}
	a.pumpAll()
	a.handleEarly()
	a.host.Wake()
}

// Handle takes a control message.
func (a *Agent) Handle(m *Message) {
	switch m.Kind {
	case Recover:
		a.recover(m.View)
	case Trigger, Abandon:
		if a.policy.Quirks.has(DropWhileRecovering) && a.state != Running {
			return
		}
		if a.started && a.state != Gathering {
			if m.Kind == Trigger {
				a.task.Trigger(m.Epoch)
			} else {
				a.task.AbandonCheckpoint(m.Epoch)
			}
			a.host.Wake()
		} else {
			a.early = append(a.early, *m)
		}
	case Truncate:
		a.truncate(m.Epoch)
	case Complete:
		a.host.Release(m.Epoch)
	case Attach:
		a.attached(m)
	case Credit:
		a.credited(m)
	case Answer:
		a.answered(m)
	case Request:
		a.requested(m)
	case Response:
		a.responded(m)
	case Settled:
		a.settled = max(a.settled, m.Epoch)
		a.ackIfSettled()
	}
}

// recover is what a task does that did not just restart: fence, attach, answer,
// in this order (an old buffer taken after the position was told would be
// applied twice).
func (a *Agent) recover(view *View) {
	for u, inc := range view.Incs {
		if inc > a.incs[u] {
			a.incs[u] = inc
			a.fence(dataflow.TaskID(u))
			a.askAgain(dataflow.TaskID(u))
		}
	}
	if view.Rollback && a.isBroker() {
		for i := range a.in {
			a.host.Discard(i, view.Checkpoint)
		}
		if a.policy.Causal {
			old := a.store
			a.store = causallog.NewStore(a.layout, a.id, view.Checkpoint)
			a.store.Inherit(old)
		}
	}
	if a.state != Gathering || a.policy.Published {
		for i := range a.in {
			if in := &a.in[i]; in.stale {
				a.reattach(i, view)
			}
		}
	}
	if a.policy.Causal && !a.policy.Published && !view.Rollback {
		a.answerAll(view)
		if a.state == Gathering {
			a.watch.Reach(GatherAgain)
			a.beginGather(view)
		}
	}
	a.handleEarly()
}

// fence shuts out everything sent by older incarnations of a task.
func (a *Agent) fence(u dataflow.TaskID) {
	for i := range a.in {
		if in := &a.in[i]; in.from == u {
			in.stale = true
			if a.policy.Broken.DropReceived && a.task != nil {
				a.task.Discard(a.graph.Channels[in.channel].Input)
			}
			if !a.policy.Broken.NoFence {
				in.open = false
			}
		}
	}
	for i := range a.out {
		if o := &a.out[i]; o.to == u {
			a.closeOut(o)
		}
	}
}

// handleEarly takes up what came before its time.
func (a *Agent) handleEarly() {
	if len(a.early) == 0 {
		return
	}
	held := a.early
	a.early = nil
	for i := range held {
		a.Handle(&held[i])
	}
}

// Running follows the end of the task's replay.
func (a *Agent) Running() {
	a.state = Running
	a.send(Message{Kind: Done, To: ManagerID})
	a.host.Told(VerbRunning, a.task.Epoch())
}

// Blocked says whether the task has to wait for credit before it takes more
// input.
func (a *Agent) Blocked() bool { return a.over > 0 && a.state == Running }

// Ready says whether the task takes input at all.
func (a *Agent) Ready() bool { return a.started && a.state != Gathering }

// State is where the incarnation stands.
func (a *Agent) State() State { return a.state }

// Store gives the logs that the incarnation holds; nil if it holds none.
func (a *Agent) Store() *causallog.Store { return a.store }

// Determinants is how many determinants were followed in replay.
func (a *Agent) Determinants() int64 {
	if a.guard == nil {
		return 0
	}
	return a.guard.followed
}

// Recorded takes the number of determinants written since the last call.
func (a *Agent) Recorded() int64 {
	if a.guard == nil {
		return 0
	}
	n := a.guard.recorded
	a.guard.recorded = 0
	return n
}

func (a *Agent) send(m Message) {
	m.From, m.FromInc = a.id, a.inc
	if m.To != ManagerID {
		m.ToInc = a.incs[m.To]
	}
	a.host.Send(m)
}

func (a *Agent) isBroker() bool { return a.id == a.graph.Broker() }

func (a *Agent) isSink() bool {
	for i := range a.out {
		if a.out[i].to == a.graph.Broker() {
			return true
		}
	}
	return false
}
