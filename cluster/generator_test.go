package cluster

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"simrun/checkout"
	"simrun/recovery"
	"simrun/sim"
)

// trial is a drawn configuration in few numbers: zero is the plainest, so that
// rapid shrinks towards it.
type trial struct {
	protocol  protocol
	seed      uint64
	shuffled  bool
	slots     int // beyond one
	standbys  int // fewer than one, more than one
	notice    int // ms to notice a broken connection beyond 1; 0: 20 ms; negative: heartbeats alone
	gap       int // hundreds of us between operations beyond 20
	buffer    int // hundreds of us of the flush timeout beyond 10
	contended bool
	saga      bool
	blows     []blow
}

// blow is one fault of a burst.
type blow struct {
	wait   int // hundreds of us after the blow before
	kind   int // index in blowKinds
	task   int
	more   []int // tasks that die at the same instant
	other  int
	length int // ms
}

var blowKinds = [...]string{"crash", "crash machine", "crash standby", "crash later", "pause", "cut off", "cut", "slow", "pause store", "pause manager"}

const tasksOfSmall = 10

// waits are the verbs that "crash later" may wait for: all protocols come to
// them when a task has died.
var waits = []recovery.Verb{recovery.VerbDetect, recovery.VerbRecovering, recovery.VerbRestore, recovery.VerbRunning}

// String is a trial as a failure prints it.
func (tr trial) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s seed %d shuffled %v slots +%d standbys +%d notice %d gap +%d buffer +%d contended %v saga %v", tr.protocol.name, tr.seed,
		tr.shuffled, tr.slots, tr.standbys, tr.notice, tr.gap, tr.buffer, tr.contended, tr.saga)
	for _, f := range tr.config().Faults {
		fmt.Fprintf(&b, "\n  %s %s for %s", seconds(max(0, f.At)), f.Text, seconds(f.For))
	}
	return b.String()
}

// trials draws configurations of protocols, with bursts of some blows.
func trials(least, most int, protocols ...protocol) *rapid.Generator[trial] {
	blows := rapid.SliceOfN(rapid.Custom(drawBlow), least, most)
	return rapid.Custom(func(t *rapid.T) trial {
		return trial{
			protocol: protocols[rapid.IntRange(0, len(protocols)-1).Draw(t, "protocol")],
			seed:     rapid.Uint64Range(1, 1<<32).Draw(t, "seed"), shuffled: rapid.Bool().Draw(t, "shuffled"),
			slots: rapid.IntRange(0, 2).Draw(t, "slots"), standbys: rapid.IntRange(-1, 1).Draw(t, "standbys"),
			notice: rapid.IntRange(-1, 20).Draw(t, "notice"),
			gap:    rapid.IntRange(0, 20).Draw(t, "gap"), buffer: rapid.IntRange(-9, 40).Draw(t, "buffer"),
			contended: rapid.Bool().Draw(t, "contended"), saga: rapid.IntRange(0, 3).Draw(t, "saga") == 3,
			blows: blows.Draw(t, "blows"),
		}
	})
}

func drawBlow(t *rapid.T) blow {
	return blow{
		wait: rapid.IntRange(0, 400).Draw(t, "wait"), kind: max(0, rapid.IntRange(-8, len(blowKinds)-1).Draw(t, "kind")),
		task: rapid.IntRange(0, tasksOfSmall-1).Draw(t, "task"), other: rapid.IntRange(0, tasksOfSmall-1).Draw(t, "other"),
		more:   rapid.SliceOfN(rapid.IntRange(0, tasksOfSmall-1), 0, 3).Draw(t, "more"),
		length: rapid.IntRange(1, 700).Draw(t, "length"),
	}
}

// config is the configuration that a trial stands for. Blows begin in the
// epoch of checkpoint 2, the first within 400 ms.
func (tr trial) config() Config {
	cfg := tr.protocol.cfg()
	cfg.Seed, cfg.Slots, cfg.Standbys = tr.seed, 1+tr.slots, 1+tr.standbys
	if tr.shuffled {
		cfg.Ties = sim.TiesShuffled
	}
	cfg.Heartbeat, cfg.Timeout = 100*ms, 400*ms
	switch {
	case tr.notice > 0:
		cfg.Disconnect = sim.Time(tr.notice) * ms
	case tr.notice < 0:
		cfg.Disconnect = -1
	}
	cfg.Workload.Gap = sim.Exponential(int64(2*ms) + int64(tr.gap)*int64(100*us))
	cfg.BufferTimeout = ms + sim.Time(tr.buffer)*100*us
	cfg.CheckpointEvery, cfg.Horizon = 300*ms, 1300*ms
	if tr.contended {
		cfg = contended(cfg)
	}
	if tr.saga {
		cfg.Shop.Transactions = checkout.Saga
	}
	at := 500 * ms
	for i, b := range tr.blows {
		wait := sim.Time(b.wait) * 100 * us
		if i == 0 {
			wait *= 10 // anywhere in the epoch
		}
		at += wait
		cfg.Faults = append(cfg.Faults, b.fault(at, cfg.Slots))
	}
	return cfg
}

func taskName(i int) string { return fmt.Sprintf("%s/%d", operators[i/2], i%2) }

func (b blow) fault(at sim.Time, slots int) Fault {
	name, other, length := taskName(b.task), taskName(b.other), sim.Time(b.length)*ms
	switch blowKinds[b.kind] {
	case "crash machine":
		return crash(at, fmt.Sprintf("machine/%d", b.task/slots))
	case "crash standby":
		return crash(at, name+"/standby", other)
	case "crash later":
		return after(waits[b.length%len(waits)], "", 1+b.length%2, crash(0, name))
	case "pause":
		return pause(at, length, name)
	case "cut off":
		return cut(at, length, name, "manager")
	case "cut":
		f := cut(at, length, name, other)
		f.Both = true
		return f
	case "slow":
		return slow(at, length, name, 30)
	case "pause store":
		return pause(at, length, "store")
	case "pause manager":
		return pause(at, length, "manager")
	}
	names := []string{name}
	for _, i := range b.more {
		names = append(names, taskName(i))
	}
	return crash(at, names...)
}
