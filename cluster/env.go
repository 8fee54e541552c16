package cluster

import (
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

var (
	_ dataflow.Env  = (*process)(nil)
	_ recovery.Host = (*process)(nil)
)

// Clock implements dataflow.Env: the machine's clock.
func (p *process) Clock() int64 {
	reading := p.run.machines[p.machine].clock.Read(p.run.kernel.Now())
	if by := p.skewed(); by != 0 {
		return max(1, reading+by) // a clock shows no time before the beginning
	}
	return reading
}

// Entropy implements dataflow.Env.
func (p *process) Entropy() uint64 { return p.entropy.Uint64() }

// Opened implements dataflow.Env. Like the flusher thread of a real system, a
// flush may find a younger buffer than the one that it was meant for.
func (p *process) Opened(output int) {
	if !p.flushing[output] {
		p.flushing[output] = true
		p.run.kernel.After(p.run.cfg.BufferTimeout, dst(evFlush, p.slot), uint32(output))
	}
}

// Built implements dataflow.Env.
func (p *process) Built(output int, b dataflow.Buffer) { p.agent.Built(output, b) }

// Ask implements dataflow.Env.
func (p *process) Ask(key uint64, _ []byte) { p.run.job.ask(p, key) }

// Arm implements dataflow.Env.
func (p *process) Arm(reading int64) {
	at := max(p.run.kernel.Now(), p.run.machines[p.machine].clock.When(reading-p.skewed()))
	if p.timerAt != 0 && p.timerAt <= at {
		return
	}
	p.timerAt = at
	p.run.kernel.At(at, dst(evTimer, p.slot), 0)
}

// Recycle implements dataflow.Env.
func (p *process) Recycle(data []byte) { p.run.wire.recycle(data) }

// Taken implements dataflow.Env.
func (p *process) Taken(input int, b *dataflow.Buffer) {
	if b.Tag == 0 {
		p.fetch()
		return
	}
	f := p.run.wire.frames.at(b.Tag - 1)
	if b.Barrier {
		p.told(recovery.VerbBarrier, b.Next)
	} else if p.task.Replaying() && p.task.Chosen(input) {
		p.run.watch.Reach(recovery.ReplayChoice)
	}
	p.agent.Taken(input, f)
	f.Buffer.Data = nil // the task has it until it is recycled
	p.run.wire.frames.free(b.Tag - 1)
}

// Processed implements dataflow.Env.
func (p *process) Processed() (dies bool) {
	p.run.records++
	if p.before != nil {
		p.countReplayed()
	}
	return p.run.faults.afterRecord(p)
}

// countReplayed counts records that the dead incarnation had processed: those
// that its log repeats, and those that are repeated freely since nobody holds
// what it made of them.
func (p *process) countReplayed() {
	if p.task.Replaying() {
		p.run.anatomy.replayed(p)
		return
	}
	if i := p.task.Current(); i < len(p.before) && p.task.Received(i) <= p.before[i] {
		p.run.anatomy.replayed(p)
	}
}

// Snapshotted implements dataflow.Env.
func (p *process) Snapshotted(epoch int32) {
	p.armed = p.task.ArmedTimers()
	p.snapshotFinds()
	p.run.store.cut(p, epoch)
	p.agent.Snapshotted(epoch)
}

// Captured implements dataflow.Env.
func (p *process) Captured(epoch int32, snapshot []byte) {
	if len(snapshot) > p.task.SnapshotBytes() {
		p.run.watch.Reach(recovery.FeedbackRecorded)
	}
	p.debt += int64(len(snapshot)) * p.run.cfg.Costs.SnapshotBytePS
	p.agent.Captured(epoch, snapshot)
}

// Running implements dataflow.Env.
func (p *process) Running() {
	p.agent.Running()
	p.ran = true
	if p.inc > 1 && p.task.Calls() > 0 {
		p.run.watch.Reach(recovery.CallAgain)
	}
	p.run.anatomy.running(p)
	if p.restart != nil && p.run.cfg.Policy.Causal && !p.restart.view.Rollback && p.inc == p.run.manager.Incarnation(p.id) {
		p.run.orphans(p)
	}
}

// orphans looks for tasks that depend on what a recovered one has lost. One that
// was given up, paused perhaps, is no survivor: nobody asked it, and nothing
// that it does counts.
func (r *Run) orphans(recovered *process) {
	for _, p := range r.current[:r.graph.Broker()] {
		if p != recovered && !p.dead && p.inc == r.manager.Incarnation(p.id) && p.agent.Ready() {
			p.agent.Orphaned(recovered.agent)
		}
	}
	if r.cfg.Replies == Determinants {
		r.broker.agent.Orphaned(recovered.agent)
	}
}

// Place implements dataflow.Env.
func (p *process) Place(what uint32) {
	p.run.job.place(what)
	if p.run.story.on {
		p.run.story.decided(p, what)
	}
}

// Diverged implements dataflow.Env.
func (p *process) Diverged(invariant, what string) {
	if i, ok := recovery.InvariantNamed(invariant); ok {
		p.run.watch.Break(i, what)
		return
	}
	panic("no invariant " + invariant)
}

// NewFrame implements recovery.World.
func (p *process) NewFrame() *recovery.Frame { return p.run.wire.newFrame() }

// Transmit implements recovery.World.
func (p *process) Transmit(f *recovery.Frame) { p.run.transmit(f, p.machine) }

// Send implements recovery.World.
func (p *process) Send(m recovery.Message) { p.run.send(m, p.machine) }

// Deliver implements recovery.Host: for the broker alone.
func (p *process) Deliver(int, *dataflow.Buffer) {
	panic("a task's agent delivers to the broker")
}

// Upload implements recovery.Host.
func (p *process) Upload(epoch int32, snapshot []byte) { p.run.store.upload(p, epoch, snapshot) }

// Attached implements recovery.Host.
func (p *process) Attached(c dataflow.ChannelID, sender, receiver uint32) {
	p.run.anatomy.attached(c, sender, receiver)
	p.run.wire.connect(c, sender, receiver)
}

// Collected implements recovery.Host.
func (p *process) Collected(bytes int64) {
	p.collected += bytes
	p.run.anatomy.collected(p)
}

// Told implements recovery.Host.
func (p *process) Told(verb recovery.Verb, epoch int32) { p.told(verb, epoch) }

func (p *process) told(verb recovery.Verb, epoch int32) {
	if p.bounded && verb == recovery.VerbTruncate {
		p.room()
	}
	p.run.told(verb, p.id, p.inc, epoch)
}

// Release and Discard implement recovery.Host: for the broker alone.
func (p *process) Release(int32) {}

// Discard is described with Release.
func (p *process) Discard(int, int32) {}

// Debt implements recovery.Host.
func (p *process) Debt(deltaBytes int) {
	p.debt += int64(deltaBytes) * p.run.cfg.Costs.BytePS
}

// fetch asks the broker for the next batch of a source's partition, unless one
// is under way or enough is queued.
func (p *process) fetch() {
	if !p.run.graph.IsSource(p.id) || p.dead || p.task == nil || !p.agent.Ready() || p.source.asked || p.task.Queued(0) >= 2 {
		return
	}
	p.run.broker.batch(p)
}

// fetched takes a batch off the wire.
func (p *process) fetched(slot uint32) {
	if until := max(p.run.cutUntil(p.run.graph.Broker(), 1, p.id, p.inc), p.paused); until > p.run.kernel.Now() && !p.dead {
		p.run.kernel.At(until, dst(evFetch, p.slot), slot)
		return
	}
	b := p.run.broker.batches.at(slot)
	buffer := dataflow.Buffer{First: b.first, Fresh: b.fresh, Data: b.data}
	b.data = nil
	p.run.broker.batches.free(slot)
	if p.dead {
		return
	}
	p.source.asked = false
	p.task.Receive(0, buffer)
	p.Wake()
	p.fetch()
}

const (
	purposeEntropy sim.Purpose = iota
	purposeCost
	purposeLink
	purposeControl
	purposeClock
	purposeStore
	purposeProvider
	purposeKind
	purposeKeys
	purposeGap
	purposeUplink
	purposeDownlink
	purposePrice
	purposeThink
	purposeBroker
	purposeDisk
)
