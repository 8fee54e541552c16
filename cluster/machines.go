package cluster

import (
	"simrun/dataflow"
	"simrun/netmodel"
	"simrun/recovery"
	"simrun/sim"
)

// machine is a computer: its clock, its network card, whether it is up.
type machine struct {
	clock netmodel.Clock
	nic   netmodel.NIC
	disk  *netmodel.Store // made when it is first used
	up    bool
	skew  skew // of the clock

	slow      int64 // the card of a slowed manager or broker is this many times slower
	slowUntil sim.Time
}

// leave gives when bytes have left a machine.
func (r *Run) leave(machine int, bytes int64) sim.Time {
	m := &r.machines[machine]
	if r.kernel.Now() < m.slowUntil {
		bytes *= m.slow
	}
	return m.nic.Send(r.kernel.Now(), bytes)
}

// placeMachines numbers machines: tasks in order, Slots to a machine, then the
// standbys on further machines (on those of the tasks if they are placed
// together), then the broker's and the manager's.
func (r *Run) placeMachines() {
	tasks := r.graph.Tasks() - 1
	perMachine := func(n int) int { return (n + r.cfg.Slots - 1) / r.cfg.Slots }
	total := perMachine(tasks)
	first := total
	for i := range tasks * r.cfg.Standbys {
		t := i % tasks
		b := &standby{task: dataflow.TaskID(t), alive: true, machine: first + i/r.cfg.Slots}
		if r.cfg.Standby.Together {
			b.machine = (t/r.cfg.Slots + i/tasks) % first
		} else {
			total = b.machine + 1
		}
		r.standbys = append(r.standbys, b)
	}
	offset, drift := sim.Uniform(0, int64(10*sim.Millisecond)), sim.Uniform(-20_000, 20_000)
	for m := range total + 2 {
		r.machines = append(r.machines, machine{
			clock: netmodel.NewClock(&offset, &drift, sim.NewStream(r.cfg.Seed, uint64(m), 0, purposeClock)),
			nic:   netmodel.NewNIC(r.cfg.Bandwidth), up: true,
		})
	}
}

func (r *Run) brokerMachine() int { return len(r.machines) - 2 }

func (r *Run) managerMachine() int { return len(r.machines) - 1 }

// place finds a machine for a new process: the task's own if it is up, else
// the one with the fewest processes.
func (r *Run) place(t dataflow.TaskID) int {
	load := make([]int, len(r.machines))
	for u := range r.graph.Broker() {
		load[r.current[u].machine]++
	}
	if own := r.current[t].machine; r.machines[own].up {
		return own
	}
	r.watch.Reach(recovery.ProcessMoved)
	best := -1
	for m := range r.machines[:r.brokerMachine()] {
		if r.machines[m].up && (best < 0 || load[m] < load[best]) {
			best = m
		}
	}
	if best < 0 {
		r.watch.Reach(recovery.NoMachine)
		return r.managerMachine() // every machine is down: the manager's own takes it
	}
	return best
}

// crashMachine ends every process on a machine, standbys included. It comes
// back empty.
func (r *Run) crashMachine(m int) (died []*process, struck bool) {
	if !r.machines[m].up {
		return nil, false
	}
	r.machines[m].up = false
	r.kernel.After(r.cfg.Reboot, dst(evReboot, m), 0)
	for _, p := range r.current {
		if p != nil && p.machine == m && !p.dead {
			died = append(died, p)
		}
	}
	for _, b := range r.standbys {
		if b.machine == m && (b.alive || b.becoming()) {
			r.loseStandby(b)
			struck = true
		}
	}
	return died, struck || len(died) > 0
}
