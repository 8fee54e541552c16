package cluster

import (
	"reflect"
	"testing"

	"simrun/recovery"
)

// A run that is given its faults on the way, in place of others, is the run that
// has had them from its start; but for its Config, which says so.
func TestAim(t *testing.T) {
	base := clonos.with()
	base.Moments = true
	_, quiet := play(t, base)
	event := func(task string, events int64, at string) Fault {
		f := crash(-1, at)
		f.Task, f.Events = taskID(task), events
		return f
	}
	records := crash(-1, "order/1")
	records.Task, records.Records = taskID("order/1"), 300
	late := event("stock/1", 1_000_000_000, "stock/1")
	for _, c := range []struct {
		name string
		list []Fault
	}{
		{"before an event, then after records", []Fault{event("stock/0", 150, "stock/0"), records}},
		{"a verb of a task's", []Fault{after(recovery.VerbSnapshot, "stock/0", 2, crash(-1, "order/0"))}},
		{"a verb of anybody's", []Fault{after(recovery.VerbSnapshot, "", 13, crash(-1, "stock/0"))}},
		{"a verb of the manager's", []Fault{after(recovery.VerbComplete, "", 2, crash(-1, "egress/0"))}},
		{"a verb after another", []Fault{after(recovery.VerbAck, "stock/0", 2, crash(-1, "stock/0")), after(recovery.VerbAck, "", 3, crash(-1, "order/1"))}},
	} {
		for _, moments := range []bool{false, true} {
			cfg := base
			cfg.Moments, cfg.Faults = moments, c.list
			r, want := play(t, cfg)
			if len(want.Unstruck) > 0 {
				t.Fatalf("%s: %v never struck", c.name, want.Unstruck)
			}
			first, step := want.End, uint64(0) // of the last event before the first strikes
			for i := range r.faults.list {
				first = min(first, r.faults.list[i].at)
			}
			for i := range quiet.Moments {
				if m := &quiet.Moments[i]; m.At < first {
					step = m.Step
				}
			}
			cfg.Faults, cfg.Branches = []Fault{late}, true
			branch, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := branch.LoopTo(step); err != nil {
				t.Fatal(err)
			}
			branch.Aim(c.list)
			if err := branch.Loop(); err != nil {
				t.Fatal(err)
			}
			if got, err := branch.Outcome(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: another run (%v): %d events, not %d; %v, not %v; %d moments, not %d", c.name, err,
					got.Events, want.Events, got.Marks, want.Marks, len(got.Moments), len(want.Moments))
			}
		}
	}
}
