package cluster

import (
	"slices"
	"testing"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// Every moment that a run lists can be struck, and strikes where the list says.
func TestMomentsCanBeStruck(t *testing.T) {
	cfg := clonos.with()
	cfg.Moments = true
	_, o := play(t, cfg)
	if len(o.Moments) < 1000 {
		t.Fatalf("%d moments", len(o.Moments))
	}
	cfg.Moments = false
	struck, verbs := 0, 0
	for i := 17; i < len(o.Moments); i += len(o.Moments) / 25 {
		m := o.Moments[i]
		if m.Task == "" {
			continue
		}
		f := crash(-1, m.Task)
		if f.Events, f.Task = m.Event, taskID(m.Task); m.Event == 0 {
			f.Verb, f.Count = verbNamed(t, m.Verb), m.Count
			verbs++
		}
		cfg.Faults = []Fault{f}
		r, again := play(t, cfg)
		if s := r.faults.list[0]; !s.struck || s.at != m.At {
			t.Errorf("%+v: struck %v at %d", m, s.struck, s.at)
		}
		if names, text := complaints(again); len(names) > 0 {
			t.Errorf("%+v: %v\n%s", m, names, text)
		}
		struck++
	}
	if struck < 20 || verbs == 0 {
		t.Errorf("%d moments tried, %d of them verbs", struck, verbs)
	}
}

// The event that a task dies before finds nobody: what it would have brought is
// not done.
func TestDiesBeforeTheEvent(t *testing.T) {
	cfg := clonos.with()
	f := crash(-1, "order/0")
	f.Events, f.Task = 1, taskID("order/0")
	cfg.Faults = []Fault{f}
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	victim := r.current[taskID("order/0")]
	for !r.faults.list[0].over {
		e, _ := r.kernel.Next()
		r.handle(e)
	}
	if r.counting {
		t.Error("events are counted for nobody")
	}
	if !victim.dead || victim.task != nil || r.faults.counts[victim.id] != 0 || r.faults.events[victim.id] != 1 {
		t.Errorf("dead %v after %d records and %d events", victim.dead, r.faults.counts[victim.id], r.faults.events[victim.id])
	}
}

// A run lists its moments to the end, also after the last fault has struck.
func TestMomentsAfterTheLastFault(t *testing.T) {
	cfg := clonos.with()
	f := crash(-1, "order/0")
	f.Events, f.Task = 100, taskID("order/0")
	cfg.Faults, cfg.Moments = []Fault{f}, true
	r, o := play(t, cfg)
	events := 0
	for i := range o.Moments {
		if m := &o.Moments[i]; m.Event > 0 && m.At > r.faults.list[0].at {
			events++
		}
	}
	if events < 1000 {
		t.Errorf("%d events after the crash", events)
	}
}

func verbNamed(t testing.TB, name string) recovery.Verb {
	i := slices.Index(recovery.VerbNames[:], name)
	if i < 0 {
		t.Fatalf("no verb %q", name)
	}
	return recovery.Verb(i)
}

// Every event that reaches a living task is a moment of that task, told from what
// the event brings and not from its destination, and no other is.
func TestEventsOfTasksAreMoments(t *testing.T) {
	cfg := clonos.with(crash(200*sim.Millisecond, "order/0"))
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	alive := func(task dataflow.TaskID) bool { return task < r.graph.Broker() && task >= 0 && !r.current[task].dead }
	seen, nobody := map[uint32]int{}, 0
	for !r.ended {
		e, _ := r.kernel.Next()
		kind, index := e.Dst>>kindShift, e.Dst&(1<<kindShift-1)
		want := dataflow.TaskID(-1)
		switch {
		case kind == evFrame && e.Arg != resume:
			want = r.graph.Channels[r.wire.frames.at(e.Arg).Channel].To
		case kind == evMessage && e.Arg != resume:
			want = r.wire.messages.at(e.Arg).To
		case kind == evStep || kind == evFlush || kind == evTimer || kind == evAnswer || kind == evFetch:
			if p := r.procs[index]; p.dead {
				want = r.graph.Broker()
			} else {
				want = p.id
			}
		case kind == evUpload:
			want = dataflow.TaskID(index)
		}
		got, is := r.taskOf(e)
		switch {
		case e.Arg == resume:
		case is != alive(want) || is && got != want:
			t.Fatalf("%s: a moment %v of task %d, not of %d", r.Describe(e), is, got, want)
		case is:
			seen[kind]++
		case want >= 0:
			nobody++
		}
		r.handle(e)
	}
	for _, kind := range []uint32{evStep, evFlush, evTimer, evAnswer, evFrame, evMessage, evFetch, evUpload} {
		if seen[kind] == 0 {
			t.Errorf("no event of kind %d is a moment: %v", kind, seen)
		}
	}
	if nobody < 100 {
		t.Errorf("only %d events of the broker, the manager and the dead", nobody)
	}
}
