package cluster

import (
	"fmt"
	"strings"

	"simrun/dataflow"
	"simrun/netmodel"
	"simrun/recovery"
	"simrun/sim"
)

var _ recovery.Disk = (*process)(nil)

// Disk is the disk of each machine, to which in-flight logs are spilled. What a
// process wrote is of no use to another one.
type Disk struct {
	Latency   sim.Dist
	Bandwidth int64    // bytes per second, shared by the machine's tasks
	Sleep     sim.Time // how often the flusher of a task looks, if it spills at a threshold
}

// held is a process that waits for memory.
type held struct {
	pool  pool     // which has no room
	since sim.Time // when it first refused a buffer or a record; -1: nothing was refused
	total [pools]sim.Time
}

// pool is memory that can run out.
type pool uint8

const (
	poolNone         pool = iota
	poolInFlight          // of the in-flight logs
	poolDeterminants      // of the causal logs
	pools
)

var poolNames = [pools]string{"", "in-flight pool", "determinant pool"}

// hold finds out which input the task may take. With the in-flight pool
// exhausted it takes nothing from regular inputs; feedback inputs and barriers
// it takes all the same, beyond the pool: a feedback input that waits for memory
// could wait for what only its own barrier sets free. A buffer that was begun is
// read to its end. With the determinant pool exhausted it takes no buffer and no
// record at all, but barriers between buffers: what strikes all the same
// (timers, answers) and what others send is logged beyond the pool. A replay is
// not held.
func (p *process) hold() {
	full := poolNone
	switch {
	case p.task.Replaying():
	case p.agent.LogsFull():
		full = poolDeterminants
	case p.agent.PoolFull():
		full = poolInFlight
	}
	if full != p.held.pool {
		p.release()
		p.held.pool, p.held.since = full, -1
		how := [pools]dataflow.Held{dataflow.HeldNone, dataflow.HeldRegular, dataflow.HeldAll}[full]
		if full == poolInFlight && p.run.cfg.Policy.Broken.HoldFeedback {
			how = dataflow.HeldAll
		}
		p.task.Hold(how)
	}
}

// room follows whatever may have made room.
func (p *process) room() {
	if p.held.pool == poolNone || p.dead || p.task == nil {
		return
	}
	p.hold()
	p.wakeIfWaiting()
}

// stopped says whether the task may not even go on with its buffer.
func (p *process) stopped() bool { return p.held.pool == poolDeterminants && p.task.Current() >= 0 }

// refused notes since when the task has had to leave input for want of memory.
func (p *process) refused() {
	if p.held.pool != poolNone && p.held.since < 0 && (p.task.Refused() || p.stopped()) {
		p.held.since = p.run.kernel.Now()
		p.run.watch.Reach([pools]recovery.Situation{poolInFlight: recovery.PoolExhausted, poolDeterminants: recovery.LogsExhausted}[p.held.pool])
	}
}

// release adds up how long the process has waited.
func (p *process) release() {
	if h := &p.held; h.pool != poolNone && h.since >= 0 {
		h.total[h.pool] += p.run.kernel.Now() - h.since
		h.since = -1
	}
}

// bounded says whether memory can run out.
func (c *Config) bounded() bool {
	return c.Policy.InFlight && c.Policy.Memory.Pool > 0 || c.Policy.Causal && c.Policy.Logs.Pool > 0
}

// spills says whether in-flight logs go to disk.
func (c *Config) spills() bool {
	return c.Policy.InFlight && c.Policy.Memory.Spill != recovery.SpillNever
}

func (r *Run) disk(m int) *netmodel.Store {
	d := &r.machines[m].disk
	if *d == nil {
		store := netmodel.NewStore(&r.cfg.Disk.Latency, r.cfg.Disk.Bandwidth, sim.NewStream(r.cfg.Seed, uint64(m), 0, purposeDisk))
		*d = &store
	}
	return *d
}

// beginSpilling gives a process its disk, and begins the turns of its flusher.
func (p *process) beginSpilling() {
	if !p.run.cfg.spills() {
		return
	}
	p.agent.SetDisk(p)
	if p.run.cfg.Policy.Memory.Spill == recovery.SpillThreshold {
		p.run.kernel.After(p.run.cfg.Disk.Sleep, dst(evSpill, p.slot), 0)
	}
}

// Write implements recovery.Disk.
func (p *process) Write(output int, bytes int64) {
	p.run.kernel.At(p.run.disk(p.machine).Put(p.run.kernel.Now(), bytes), dst(evWritten, p.slot), uint32(output))
}

// Read implements recovery.Disk.
func (p *process) Read(output int, bytes int64) {
	p.run.kernel.At(p.run.disk(p.machine).Get(p.run.kernel.Now(), bytes), dst(evReadBack, p.slot), uint32(output))
}

// spillDue is a turn of the flusher, and the end of a write or a read. A process
// that is paused does nothing until it wakes.
func (p *process) spillDue(e sim.Event) {
	switch now := p.run.kernel.Now(); {
	case p.dead:
		return
	case p.paused > now:
		p.run.kernel.At(p.paused, e.Dst, e.Arg)
		return
	case e.Dst>>kindShift == evSpill:
		p.agent.Flush()
		p.run.kernel.After(p.run.cfg.Disk.Sleep, e.Dst, e.Arg)
	case e.Dst>>kindShift == evWritten:
		p.agent.Written(int(e.Arg))
	default:
		p.agent.ReadBack(int(e.Arg))
	}
	p.room()
}

// leaveMemory adds up what a process did with memory, when it dies or the run
// ends.
func (r *Run) leaveMemory(p *process) {
	p.release()
	r.tallySituations(p)
	r.tallied(p.id, p.agent.Tally())
	c := &r.timeline.protection
	peak, written, read := p.agent.Spilling()
	c.PoolPeak = max(c.PoolPeak, peak)
	c.SpilledBytes += written
	c.ReadBackBytes += read
	for _, waited := range p.held.total {
		c.HeldUS += int64(waited / sim.Microsecond)
	}
}

// starved says which tasks cannot go on for want of memory, at the end of a run.
func (r *Run) starved() string {
	var list []string
	for _, p := range r.current[:r.graph.Broker()] {
		if !p.dead && p.task != nil && p.held.pool != poolNone && p.held.since >= 0 {
			list = append(list, fmt.Sprintf("the %s of %s has been exhausted since %s", poolNames[p.held.pool], r.graph.TaskName(p.id), seconds(p.held.since)))
		}
	}
	return strings.Join(list, "; ")
}
