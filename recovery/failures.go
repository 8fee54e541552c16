package recovery

import "simrun/dataflow"

// What the manager does about failures: who is restarted, from where, and who is
// told. Checkpoints are in manager.go.

// Failed takes tasks that the detector gives up, all at once. alive says of
// each whether its process may still be there.
func (m *Manager) Failed(tasks []dataflow.TaskID) {
	given := len(tasks)
	if m.policy.Broken.RestartMore {
		tasks = m.andNext(tasks)
	}
	if m.Recovering() || given > 1 {
		m.watch.Reach(RecoveryTwo)
	}
	for _, t := range tasks {
		m.control.Told(VerbDetect, t, m.completed)
		if m.pending != 0 && m.acked[t] {
			m.watch.Reach(CrashAcked)
		}
		if !m.policy.Broken.KeepDeadAcks && !m.policy.Published {
			m.acked[t] = false
		}
		m.active[t] = true
	}
	if !m.policy.Quirks.has(CompleteWhileRecovering) {
		m.attempt = 0
	}
	m.gen++
	orphan := m.control.Weigh(m.active, m.completed)
	if m.policy.Global || m.tooMany() {
		if orphan != "" {
			m.watch.Reach(OrphanAverted)
		}
		m.rollback(tasks)
		return
	}
	if orphan != "" {
		m.watch.Reach(OrphanContinued)
	}
	if orphan != "" && m.policy.Orphans { // else a failure not heard of yet may still make it roll back
		m.watch.Break(INV24, orphan)
	}
	view := m.View()
	for _, t := range tasks {
		m.replace(t)
		view.Incs[t] = m.incs[t]
		view.Restarted[t] = true
	}
	view.Gen = m.gen
	if m.policy.Abandon {
		m.abandon()
	}
	if m.policy.Published {
		m.ignore(tasks, view)
	}
	for i, t := range tasks {
		m.control.Restart(t, m.incs[t], view, i >= given)
	}
	for t := range m.incs {
		if !view.Restarted[t] {
			m.send(Message{Kind: Recover, To: dataflow.TaskID(t), View: view})
		}
	}
	m.survived = m.pending != 0
	for _, t := range tasks {
		if m.pending != 0 && m.graph.IsSource(t) {
			m.watch.Reach(TriggerAgain)
			m.trigger(t)
		}
		m.active[t] = !m.policy.Broken.ActiveTooEarly
	}
}

// replace makes a new incarnation the one that counts, and shuts the old one
// down if it still lives somewhere.
func (m *Manager) replace(t dataflow.TaskID) {
	if !m.policy.Broken.NoKill {
		m.control.Send(Message{Kind: Kill, From: ManagerID, To: t, ToInc: m.incs[t]})
	}
	m.incs[t]++
}

func (m *Manager) abandon() {
	if m.pending == 0 {
		return
	}
	m.watch.Reach(CheckpointAbandoned)
	n := m.pending
	m.pending = 0
	m.clearAcks()
	for t := range m.graph.Broker() {
		m.send(Message{Kind: Abandon, To: t, Epoch: n})
	}
}

// rollback restarts everything at C.
func (m *Manager) rollback(failed []dataflow.TaskID) {
	m.control.Told(VerbRollback, ManagerID, m.completed)
	if m.policy.Global {
		m.watch.Reach(RollbackAll)
	} else {
		m.watch.Reach(RollbackFallback)
	}
	if m.pending != 0 {
		m.watch.Reach(CheckpointAbandoned)
	}
	m.pending = 0
	m.clearAcks()
	dead := make([]bool, len(m.incs))
	for _, t := range failed {
		dead[t] = true
	}
	for t := range m.graph.Broker() {
		m.replace(t)
		m.active[t] = true
	}
	view := m.View()
	view.Rollback = true
	for t := range m.graph.Broker() {
		view.Restarted[t] = true
	}
	for t := range m.graph.Broker() {
		m.control.Restart(t, m.incs[t], view, !dead[t])
	}
	m.send(Message{Kind: Recover, To: m.graph.Broker(), View: view})
}

// tooMany is the rule for limited sharing: the tasks that are down contain a
// directed simple path of depth + 1 tasks, so that some determinant may have
// lost all its holders while a task that depends on it lives.
func (m *Manager) tooMany() bool {
	p := m.policy
	if !p.Causal || p.Orphans || p.Depth < 0 || p.Depth >= m.graph.Depth() {
		return false
	}
	on := make([]bool, len(m.incs))
	var path func(t dataflow.TaskID, length int) bool
	path = func(t dataflow.TaskID, length int) bool {
		if length == p.Depth+1 {
			return true
		}
		on[t] = true
		defer func() { on[t] = false }()
		for _, c := range m.graph.Outputs(t) {
			u := m.graph.Channels[c].To
			if m.active[u] && !on[u] && path(u, length+1) {
				return true
			}
		}
		return false
	}
	for t := range m.active {
		if m.active[t] && path(dataflow.TaskID(t), 1) {
			return true
		}
	}
	return false
}
