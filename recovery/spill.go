package recovery

import "fmt"

// Spill says when buffers of the in-flight log are written to disk.
type Spill uint8

const (
	SpillNever     Spill = iota
	SpillEvery           // each buffer, as soon as it was sent (spill-buffer in the Clonos paper, eager in its code)
	SpillThreshold       // all buffers that were sent, whenever little of the pool is free (spill-threshold, availability)
)

// Memory bounds what a task's in-flight logs hold in memory. The
// zero value does not, and spills nothing.
type Memory struct {
	Pool     int64 // bytes of data; 0: unlimited. Clonos counts segments of 32 KiB, however full they are
	Spill    Spill
	FreePPM  int64 // SpillThreshold: at this free share of the pool, or less
	Prefetch int   // buffers that are read back ahead of being sent
}

// LogPool bounds the causal logs that a task holds, its own and replicas. There
// is no disk for them: a full pool is emptied by a truncation, or never (Clonos:
// too small a pool may lead to deadlocks). Zero: unlimited.
type LogPool struct {
	Pool    int64
	Segment int // memory is taken in segments of so many bytes, one at least a log; 0: by the byte
}

// Disk is what an agent reads and writes through, if it spills. What was asked
// for first may end last.
type Disk interface {
	// Write begins to write bytes of an output's log; Agent.Written follows.
	Write(output int, bytes int64)
	// Read begins to read bytes of an output's log; Agent.ReadBack follows.
	Read(output int, bytes int64)
}

// spilling is an output's traffic with the disk.
type spilling struct {
	writing uint64 // entries before it are being written; 0: none are
	reading bool   // a read is under way
	from    uint64 // the last read of this connection asked for the entries from here
	to      uint64 // to here, without this one
}

// SetDisk gives the agent its disk. Without one nothing is spilled.
func (a *Agent) SetDisk(d Disk) { a.disk = d }

// kept follows the building of a buffer.
func (a *Agent) kept() { a.poolPeak = max(a.poolPeak, a.Resident()) }

// Flush is the turn of the thread that spills at a threshold.
func (a *Agent) Flush() {
	m := &a.policy.Memory
	if free := m.Pool - a.Resident(); a.disk == nil || free > 0 && free > m.Pool/1_000_000*m.FreePPM+m.Pool%1_000_000*m.FreePPM/1_000_000 {
		return
	}
	for i := range a.out {
		a.write(&a.out[i])
	}
}

// write begins to write what an output has sent and not spilled. What waits to
// be sent stays in memory, unless nobody is connected. One write at a time: what
// comes meanwhile goes with the next.
func (a *Agent) write(o *outbound) {
	to := o.next
	if !o.open {
		to = o.log.End()
	}
	if a.disk == nil || o.disk.writing != 0 || to <= o.log.Spilled() {
		return
	}
	o.disk.writing = to
	bytes := int64(o.log.Unspilled(to))
	a.spilled += bytes
	a.disk.Write(a.outputOf(o), bytes)
}

// Written follows the end of a write.
func (a *Agent) Written(output int) {
	o := &a.out[output]
	a.watch.Reach(Spilled)
	o.log.Spill(o.disk.writing)
	o.disk.writing = 0
	if a.policy.Memory.Spill == SpillEvery {
		a.write(o)
	}
}

// atHand says whether the next entry of an output can be sent, and has those
// behind it read in time.
func (a *Agent) atHand(o *outbound) bool {
	if o.next >= o.log.Spilled() {
		return true
	}
	if !o.disk.reading {
		a.readAhead(o)
	}
	return o.log.Ready(o.next)
}

// readAhead asks for the entries of the window that were not asked for yet, when
// half of it has been sent.
func (a *Agent) readAhead(o *outbound) {
	window := uint64(max(1, a.policy.Memory.Prefetch))
	from := max(o.next, o.disk.to)
	if o.disk.to < o.next || o.disk.to > o.next+window {
		from = o.next
	}
	to := min(o.next+window, o.log.Spilled())
	if from-o.next > window/2 || from >= to {
		return
	}
	var bytes int64
	for seq := from; seq < to; seq++ {
		bytes += int64(o.log.Size(seq))
	}
	o.disk.reading, o.disk.from, o.disk.to = true, from, to
	a.readBytes += bytes
	a.disk.Read(a.outputOf(o), bytes)
}

// ReadBack follows the end of a read. One that was asked for on a connection
// that is no more brings nothing.
func (a *Agent) ReadBack(output int) {
	o := &a.out[output]
	o.disk.reading = false
	if o.disk.to == 0 {
		a.watch.Reach(ReadVoid)
	} else {
		a.watch.Reach(ReadBack)
	}
	for seq := o.disk.from; seq < o.disk.to; seq++ {
		if err := o.log.ReadBack(seq); err != nil {
			a.watch.Break(INV03, fmt.Sprintf("%s: %v", a.graph.ChannelName(o.channel), err))
		}
	}
	a.poolPeak = max(a.poolPeak, a.Resident())
	a.pump(o)
}

// stopReading forgets what was read for a connection that is closed.
func (a *Agent) stopReading(o *outbound) {
	for seq := max(o.next, o.log.First()); seq < min(o.disk.to, o.log.End()); seq++ {
		o.log.Forget(seq)
	}
	o.disk.from, o.disk.to = 0, 0
}

func (a *Agent) outputOf(o *outbound) int { return a.graph.Channels[o.channel].Output }

// Resident is what the in-flight logs hold in memory.
func (a *Agent) Resident() int64 {
	var n int64
	for i := range a.out {
		n += int64(a.out[i].log.Resident())
	}
	return n
}

// PoolFull says whether the pool of the in-flight logs is exhausted.
func (a *Agent) PoolFull() bool {
	m := &a.policy.Memory
	return m.Pool > 0 && a.policy.InFlight && a.Resident() >= m.Pool
}

// LogsFull says whether the pool of the causal logs is exhausted.
func (a *Agent) LogsFull() bool {
	pool := a.policy.Logs.Pool
	return pool > 0 && a.store != nil && int64(a.store.Used()) >= pool
}

// Spilling is what the incarnation has done with its in-flight logs: the most
// that they held in memory, the bytes that it wrote to disk and read back.
func (a *Agent) Spilling() (peak, written, read int64) { return a.poolPeak, a.spilled, a.readBytes }

// bounded says whether the agent counts what is in memory.
func (p *Policy) bounded() bool {
	return p.InFlight && (p.Memory.Pool > 0 || p.Memory.Spill != SpillNever)
}

// DamageDisk is for tests: all that is on the agent's disk goes wrong.
func (a *Agent) DamageDisk() {
	for i := range a.out {
		a.out[i].log.Damage()
	}
}
