package recovery

import (
	"simrun/dataflow"
)

// Control is what the manager reaches beyond sending messages.
type Control interface {
	// Send sends a control message; messages to one task arrive in order.
	Send(m Message)
	// Restart begins a new incarnation of a task at a checkpoint: on a standby,
	// as a new process or, if it was alive, in its place.
	Restart(t dataflow.TaskID, inc uint32, view *View, alive bool)
	// WriteCompletion writes the completion record of a checkpoint to the store;
	// Manager.Completed(epoch, attempt) follows.
	WriteCompletion(epoch int32, attempt uint32)
	// Dispatch sends the states of a completed checkpoint to the standbys;
	// Manager.Dispatched follows.
	Dispatch(epoch int32)
	// Weigh tells which tasks are down, before the manager decides what to do
	// about it. A monitor looks for an orphan; the manager does not know.
	Weigh(down []bool, checkpoint int32) (orphan string)
	// Told tells a step of the protocol.
	Told(verb Verb, t dataflow.TaskID, epoch int32)
}

// Manager is the job manager: it triggers checkpoints, decides when one is
// complete, and says what restarts after a failure. It does not fail. It
// decides on recovery and completion in one thread, so a failure that it hears
// of before a completion restarts from the checkpoint before.
type Manager struct {
	graph   *dataflow.Graph
	policy  *Policy
	control Control
	watch   *Monitors

	incs      []uint32
	active    []bool // has not reported the end of its recovery
	acked     []bool // of the pending checkpoint, by the current incarnation
	gen       uint32
	completed int32  // C
	pending   int32  // 0: none
	last      int32  // highest number ever used
	attempt   uint32 // of a completion record being written; 0: none
	attempts  uint32
	dispatch  bool // states are under way to the standbys
	survived  bool // a task failed while the pending checkpoint was under way

	ignored int32 // published: the last checkpoint that was given up
	holdOff int   // published: checkpoint intervals to let pass
}

// NewManager makes the manager of a job that runs in incarnations 1.
func NewManager(g *dataflow.Graph, policy *Policy, control Control, watch *Monitors) *Manager {
	m := &Manager{graph: g, policy: policy, control: control, watch: watch}
	m.incs = make([]uint32, g.Tasks())
	for t := range m.incs {
		m.incs[t] = 1
	}
	m.active = make([]bool, g.Tasks())
	m.acked = make([]bool, g.Tasks())
	return m
}

// View is what a task is told that starts now.
func (m *Manager) View() *View {
	return &View{
		Gen: m.gen, Checkpoint: m.completed, Incs: append([]uint32(nil), m.incs...),
		Restarted: make([]bool, len(m.incs)), Active: append([]bool(nil), m.active...), Ignored: m.ignored,
	}
}

// Incarnation is the newest incarnation of a task.
func (m *Manager) Incarnation(t dataflow.TaskID) uint32 { return m.incs[t] }

// Completed checkpoint C.
func (m *Manager) Checkpoint() int32 { return m.completed }

// Pending is the checkpoint that is under way, 0 if none.
func (m *Manager) Pending() int32 { return m.pending }

// Completing says whether all parts of the pending checkpoint are durable and
// its completion record is being written.
func (m *Manager) Completing() bool { return m.attempt != 0 }

// Dispatching says whether a checkpoint is complete and nobody has been told to
// forget what it covers.
func (m *Manager) Dispatching() bool { return m.dispatch }

// Recovering says whether a task is being brought back.
func (m *Manager) Recovering() bool {
	for _, a := range m.active {
		if a {
			return true
		}
	}
	return false
}

// BringsBack says whether another task than the given one is being brought back.
func (m *Manager) BringsBack(other dataflow.TaskID) bool {
	for t, a := range m.active {
		if a && dataflow.TaskID(t) != other {
			return true
		}
	}
	return false
}

// Tick begins a checkpoint, unless one is under way or a task is being brought
// back.
func (m *Manager) Tick() {
	if m.holdOff > 0 {
		m.holdOff--
		return
	}
	if m.pending != 0 || m.dispatch || m.Recovering() && !m.policy.Quirks.has(DropWhileRecovering) {
		return
	}
	m.last++
	m.pending, m.survived = m.last, false
	m.clearAcks()
	for t := range m.incs {
		if m.graph.IsSource(dataflow.TaskID(t)) {
			m.trigger(dataflow.TaskID(t))
		}
	}
}

func (m *Manager) trigger(t dataflow.TaskID) {
	m.send(Message{Kind: Trigger, To: t, Epoch: m.pending})
}

func (m *Manager) clearAcks() {
	for t := range m.acked {
		m.acked[t] = false
	}
	m.attempt = 0
}

// Handle takes a message of a task.
func (m *Manager) Handle(msg *Message) {
	m.watch.Look(INV10)
	stale := msg.FromInc != m.incs[msg.From]
	switch msg.Kind {
	case Ack:
		if stale {
			m.watch.Reach(ZombieAck)
			if !m.policy.Broken.KeepDeadAcks {
				return
			}
		}
		m.ack(msg.From, msg.Epoch)
	case Done:
		if !stale {
			m.active[msg.From] = false
		}
	}
}

// ack counts the durable parts of the pending checkpoint.
func (m *Manager) ack(t dataflow.TaskID, epoch int32) {
	if m.pending == 0 || epoch != m.pending {
		return
	}
	m.acked[t] = true
	for u := range m.graph.Broker() {
		if !m.acked[u] && !m.spares(u) {
			return
		}
	}
	if m.attempt == 0 {
		m.attempts++
		m.attempt = m.attempts
		if m.policy.Broken.ReleaseEarly {
			m.send(Message{Kind: Complete, To: m.graph.Broker(), Epoch: epoch})
		}
		m.control.WriteCompletion(epoch, m.attempt)
	}
}

// Completed follows the completion record's durability. A record whose parts
// were lost meanwhile is void.
func (m *Manager) Completed(epoch int32, attempt uint32) {
	if attempt != m.attempt {
		m.watch.Reach(CompletionVoid)
		return
	}
	if m.survived {
		m.watch.Reach(CheckpointSurvives)
	}
	m.attempt, m.pending, m.survived = 0, 0, false
	m.watch.Completed(epoch)
	m.completed = epoch
	m.control.Told(VerbComplete, ManagerID, epoch)
	m.send(Message{Kind: Complete, To: m.graph.Broker(), Epoch: epoch})
	m.dispatch = true
	if m.policy.Broken.TruncateUndelivered {
		m.Dispatched(epoch)
	}
	m.control.Dispatch(epoch)
}

// Dispatched follows the arrival of a checkpoint at all standbys: what it
// covers may be forgotten.
func (m *Manager) Dispatched(epoch int32) {
	m.dispatch = false
	for t := range m.incs {
		m.send(Message{Kind: Truncate, To: dataflow.TaskID(t), Epoch: epoch})
	}
}

func (m *Manager) send(msg Message) {
	msg.From = ManagerID
	msg.ToInc = m.incs[msg.To]
	m.control.Send(msg)
}
