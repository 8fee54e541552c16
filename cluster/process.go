package cluster

import (
	"fmt"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// process is one incarnation of a task on a machine: the Env of its task and
// the Host of its agent. After a crash nothing reaches it any more and nothing
// that it held is used.
type process struct {
	run     *Run
	slot    int
	id      dataflow.TaskID
	inc     uint32
	machine int
	dead    bool
	started bool // the agent has started; messages reach it
	ran     bool // it has come to the end of its replay

	suspected bool  // it was given up alive
	uploading int   // parts of checkpoints that are being written
	counted   int64 // the task's records at its last local snapshot

	task  *dataflow.Task // nil until its state is there
	agent *recovery.Agent

	entropy   sim.Stream
	record    *sim.Dist // cost of one record
	costs     sim.Stream
	freeAt    sim.Time // when the last record's bytes and determinants are paid for
	debt      int64    // picoseconds that the present step owes
	scheduled bool     // a step event is under way
	paused    sim.Time // until when
	skew      skew
	slowUntil sim.Time
	slow      int64

	bounded   bool // some pool of memory can run out
	held      held
	flushing  []bool   // per output: a flush event is under way
	timerAt   sim.Time // of the timer event under way; 0: none
	timerLate bool     // a timer waits for the task to have input (a quirk of the published variant)
	source    source

	replayed  int64    // steps that repeat what a dead incarnation did
	collected int64    // bytes of state and logs that it was sent
	before    []uint64 // per input: records that the dead incarnation had taken
	restart   *restart // what brings it back; nil for the first incarnation
	followed  int64    // determinants that it had followed when it died
	armed     int      // ghost: timers armed at the last local snapshot
}

// source is a source's reading of its partition.
type source struct {
	next  uint64 // offset to ask for
	asked bool   // a batch is under way
	fresh bool
}

func (r *Run) newProcess(t dataflow.TaskID, inc uint32, machine int) *process {
	p := &process{run: r, slot: len(r.procs), id: t, inc: inc, machine: machine, slow: 1, bounded: r.cfg.bounded(), held: held{since: -1}}
	p.entropy = sim.NewStream(r.cfg.Seed, uint64(t), uint64(inc), purposeEntropy)
	p.costs = sim.NewStream(r.cfg.Seed, uint64(t), uint64(inc), purposeCost)
	p.record = &r.cfg.Costs.Record[r.graph.OperatorOf(t)]
	p.flushing = make([]bool, len(r.graph.Outputs(t)))
	p.agent = recovery.NewAgent(r.layout, &r.cfg.Policy, t, inc, p, &r.watch, r.ghosts)
	p.source.fresh = true
	r.procs = append(r.procs, p)
	return p
}

// build makes the task: a new object in its initial state.
func (p *process) build() {
	g := p.run.graph
	op := p.run.job.operator(g.OperatorOf(p.id), g.IndexOf(p.id))
	p.task = dataflow.NewTask(g, p.id, op, p.agent.Guard(), p, p.run.cfg.Policy.Options(p.run.cfg.BufferBytes))
}

// startFresh puts a first incarnation on its machine.
func (r *Run) startFresh(t dataflow.TaskID) {
	p := r.newProcess(t, 1, int(t)/r.cfg.Slots)
	p.build()
	p.started = true
	p.beginSpilling()
	r.current[t] = p
}

func (p *process) name() string {
	return fmt.Sprintf("%s+%d", p.run.graph.TaskName(p.id), p.inc-1)
}

// Wake implements recovery.Host: the task may have something to do. A step
// takes effect when its record's service time is over; what its bytes and
// determinants cost delays the next one.
func (p *process) Wake() {
	if p.scheduled || p.dead || p.task == nil || !p.agent.Ready() || p.agent.Blocked() || p.bounded && p.stopped() {
		return
	}
	p.scheduled = true
	at := max(p.run.kernel.Now(), p.freeAt) + sim.Time(p.slowed(p.record.Draw(&p.costs)))
	p.run.kernel.At(at, dst(evStep, p.slot), 0)
}

func (p *process) slowed(cost int64) int64 {
	if p.slow > 1 && p.run.kernel.Now() < p.slowUntil {
		return cost * p.slow
	}
	return cost
}

func (p *process) step() {
	p.scheduled = false
	if p.dead {
		return
	}
	now := p.run.kernel.Now()
	if p.paused > now {
		p.scheduled = true
		p.run.kernel.At(p.paused, dst(evStep, p.slot), 0)
		return
	}
	if p.agent.Blocked() {
		return
	}
	if p.bounded {
		if p.hold(); p.stopped() {
			p.refused()
			return
		}
	}
	bytes, ok := p.task.Step()
	if p.dead {
		return
	}
	if p.bounded {
		p.hold()
		p.refused()
	}
	if !ok && p.task.Replaying() && p.task.Chosen(-1) {
		p.run.watch.Reach(recovery.ReplayWaits)
	}
	if p.timerLate && ok {
		p.timerLate = false
		p.timerDue()
	}
	p.debt += int64(bytes) * p.run.cfg.Costs.BytePS
	p.pay(now)
	if ok || p.task.Waiting() {
		p.wakeIfWaiting()
	}
}

func (p *process) wakeIfWaiting() {
	if p.task.Waiting() {
		p.Wake()
	}
}

// pay turns what the step owes into time.
func (p *process) pay(now sim.Time) {
	p.debt += p.agent.Recorded() * p.run.cfg.Costs.DeterminantPS
	if p.debt > 0 {
		p.freeAt = max(now, p.freeAt) + sim.Time(p.slowed(p.debt/1000))
		p.debt %= 1000
	}
}

func (p *process) flushDue(output int) {
	p.flushing[output] = false
	if p.dead {
		return
	}
	if now := p.run.kernel.Now(); p.paused > now {
		p.flushing[output] = true
		p.run.kernel.At(p.paused, dst(evFlush, p.slot), uint32(output))
		return
	}
	p.task.Flush(output)
}

func (p *process) timerDue() {
	p.timerAt = 0
	if p.dead {
		return
	}
	if p.run.cfg.Policy.TimersWait() && !p.run.graph.IsSource(p.id) && p.task.Starved() {
		p.timerLate = true
		return
	}
	if now := p.run.kernel.Now(); p.paused > now {
		p.timerAt = p.paused
		p.run.kernel.At(p.paused, dst(evTimer, p.slot), 0)
		return
	}
	p.task.TimerDue()
	p.wakeIfWaiting()
}

// lag is how much of its partition a source has not taken.
func (p *process) lag() uint64 {
	if !p.run.graph.IsSource(p.id) {
		return 0
	}
	return p.run.broker.partitions[p.run.graph.IndexOf(p.id)].End() - p.task.SourceOffset()
}
