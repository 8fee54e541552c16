package cluster

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"simrun/causallog"
	"simrun/dataflow"
	"simrun/recovery"
)

var flipsFull = flag.Bool("flips.full", false, "get every byte wrong, not a sample of them")

// flipped is what a recovery has in its hands that one byte may be wrong of.
type flipped struct {
	own     []recovery.Flip // bytes of the own logs that were gathered
	shared  []recovery.Flip // bytes of others' logs that this task tells to somebody, or is told
	kept    []recovery.Flip // bytes of others' logs that it keeps for others' gathers alone
	buffers []recovery.Flip // bytes of buffers that a living receiver has
}

// flips finds all of that for an incarnation of a task.
func flips(t testing.TB, cfg Config, task dataflow.TaskID, inc uint32) (all flipped) {
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for !r.ended {
		e, _ := r.kernel.Next()
		if e.Dst>>kindShift == evFrame && e.Arg != resume && r.current[task].inc < inc {
			all.received(r, r.wire.frames.at(e.Arg), task, inc)
		}
		r.handle(e)
		if p := r.current[task]; p.inc == inc && !p.dead && p.agent.State() == recovery.Replaying && p.agent.Store() != nil {
			all.gathered(r, p.agent.Store(), task, inc)
			return all
		}
	}
	t.Fatal("it is not brought back, or there is nothing to repeat")
	return all
}

func (all *flipped) received(r *Run, f *recovery.Frame, task dataflow.TaskID, inc uint32) {
	if r.graph.Channels[f.Channel].From != task || f.Buffer.Barrier {
		return
	}
	for offset := range f.Buffer.Data {
		all.buffers = append(all.buffers, recovery.Flip{Task: task, Inc: inc, Buffer: true,
			Channel: f.Channel, Epoch: f.Buffer.Epoch, Index: f.Buffer.Index, Offset: offset})
	}
}

func (all *flipped) gathered(r *Run, s *causallog.Store, task dataflow.TaskID, inc uint32) {
	told := map[causallog.LogID]bool{}
	for _, c := range append(slices.Clone(r.graph.Outputs(task)), r.graph.Inputs(task)...) {
		for _, id := range r.layout.Shared(c) {
			told[id] = true
		}
	}
	for id := range causallog.LogID(r.layout.Logs()) {
		list := &all.kept
		switch {
		case r.layout.Owner(id) == task:
			list = &all.own
		case told[id]:
			list = &all.shared
		}
		for epoch := s.From(); epoch <= s.Last(id); epoch++ {
			for offset := range s.Len(id, epoch) {
				*list = append(*list, recovery.Flip{Task: task, Inc: inc, Log: id, Epoch: epoch, Offset: offset})
			}
		}
	}
	all.buffers = slices.DeleteFunc(all.buffers, func(f recovery.Flip) bool { return f.Epoch < s.From() })
}

// TestEveryByteCounts gets one byte of a recovery wrong, one after the other:
// of a log that was gathered and is followed, of a log that is repeated, of a
// replica, of a buffer that is built again. Something notices each.
func TestEveryByteCounts(t *testing.T) {
	shop := func(faults ...Fault) Config {
		cfg := counter(clonos)
		cfg.Workload.Operations, cfg.Faults = 60, faults
		return cfg
	}
	at := 151 * ms // in the epoch after checkpoint 1, shortly before operations end
	for _, c := range []struct {
		task string
		inc  uint32
		cfg  Config
	}{
		{"ingress/1", 2, shop(crash(50*ms, "ingress/1"))},
		{"order/0", 2, shop(crash(at, "order/0"))},
		{"stock/0", 2, shop(crash(at, "stock/0"))},
		{"payment/0", 2, shop(crash(at, "payment/0"))},
		{"egress/0", 2, shop(crash(at, "egress/0"))},
		{"order/0", 3, shop(crash(at-20*ms, "order/0"), crash(at, "order/0"))},
		{"order/0", 3, shop(crash(70*ms, "order/0"), crash(at, "order/0"))}, // a checkpoint lies between
	} {
		what := fmt.Sprintf("%s, incarnation %d of %d faults", c.task, c.inc, len(c.cfg.Faults))
		mustPass(t, what, c.cfg)
		all := flips(t, c.cfg, taskID(c.task), c.inc)
		repeated := slices.Clone(all.own)
		for i := range repeated {
			repeated[i].Repeated = true
		}
		must := func(kind string, list []recovery.Flip, checks ...string) {
			looked := noticesFlips(t, what+", "+kind, c.cfg, list, checks)
			t.Logf("%s, %s: %d of %d bytes", what, kind, looked, len(list))
		}
		must("a log that is followed", all.own)
		must("a log that is repeated", repeated, "INV-05")
		must("a replica", all.shared, "INV-05")
		must("a buffer", all.buffers, "INV-04")
		if len(all.own)+len(all.buffers) == 0 {
			t.Errorf("%s: nothing to get wrong", what)
		}
		c.cfg.Faults = append(slices.Clone(c.cfg.Faults), after(recovery.VerbRunning, c.task, 1, crash(0, other(c.task))))
		must("a replica that is kept for others", all.kept, "INV-05")
	}
}

// other is a task that is crashed so that others answer it.
func other(task string) string {
	if task == "egress/0" {
		return "egress/1"
	}
	return "egress/0"
}

// noticesFlips gets bytes wrong, one a run, and wants one of some checks, or
// any, to notice. It gives how many it tried.
func noticesFlips(t *testing.T, what string, cfg Config, list []recovery.Flip, checks []string) (looked int) {
	step := 1 + len(list)/6
	if *flipsFull {
		step = 1
	}
	var missed []recovery.Flip
	for i := 0; i < len(list); i += step {
		looked++
		one := cfg
		one.Policy.Broken.Flip = list[i]
		names := caught(t, one)
		if len(names) == 0 || len(checks) > 0 && !slices.ContainsFunc(names, func(name string) bool { return slices.Contains(checks, name) }) {
			missed = append(missed, list[i])
		}
	}
	if len(missed) > 0 {
		t.Errorf("%s: %d of %d bytes may be wrong, the first %+v", what, len(missed), looked, missed[0])
	}
	return looked
}
