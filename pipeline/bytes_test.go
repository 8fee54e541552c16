package pipeline

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"

	"simrun/dataflow"
)

// served is a pipeline that has counted some operations, in words and bytes.
func served(t fataler) *world {
	w := newWorld(t, Config{Stages: 2, Keys: 5, Window: 1000, Ingresses: 2, Counts: 2, Egresses: 2})
	for op := range uint32(30) {
		w.ask(Request{op, int32(op % 5)})
		w.ask(Request{op, int32(op % 5)})
		w.drain()
		w.ring(w.graph.Task(1+int(op)%2, 0))
	}
	return w
}

func TestWords(t *testing.T) {
	w := newWorld(t, Config{Stages: 2, Keys: 5, Window: 1000, Ingresses: 1, Counts: 1, Egresses: 1})
	say := func(edge string, c dataflow.ChannelID, want string) {
		t.Helper()
		record := w.channels[c][len(w.channels[c])-1]
		op, ok := Operation(record)
		if got := Describe(edge, record); got != want || !ok || op != 7 {
			t.Errorf("%s: %q about %d, want %q", edge, got, op, want)
		}
		w.deliver(c)
	}
	request := Request{7, 3}
	w.ask(request)
	say("ingress>count1", 0, "count 7: k3")
	say("count1>count2", 1, "count 7: k3, 1 of 1 (window 0)")
	say("count2>egress", 2, "count 7: k3, 1 of 1 (window 0), 1 of 1 (window 0) at 2, receipt 3c6ef372fe94f82a")
	w.ask(request)
	w.deliver(0)
	say("count1>count2", 1, "count 7: k3 again")
	if got := Describe("broker>ingress", AppendRequest(nil, request)); got != "count 7: k3" {
		t.Error(got)
	}
	w.drain()
	if len(w.replies) != 2 || !bytes.Equal(w.replies[0], w.replies[1]) {
		t.Errorf("%d replies: %x", len(w.replies), w.replies)
	}
	for _, edge := range []string{"broker>ingress", "ingress>count1", "count1>count2", "count2>egress", "egress>broker"} {
		if got := Describe(edge, []byte{1, 2, 3}); got == "" {
			t.Errorf("%s: nothing is said about wrong bytes", edge)
		}
	}
}

// What cannot be served is dropped, and changes nothing.
func TestImpossibleRecordsAreDropped(t *testing.T) {
	w := served(t)
	before, replies := w.snapshots(), len(w.replies)
	for _, r := range []Request{{OperationsMax, 0}, {1 << 31, 0}, {40, 5}, {40, -1}} {
		w.ask(r)
		for stage := 1; stage <= 2; stage++ {
			for i, o := range w.operators[stage] {
				o.Record(at{w, w.graph.Task(stage, i)}, 0, 0, appendRecord(nil, &record{op: r.Op, key: r.Key, seen: make([]byte, seenBytes*(stage-1))}))
			}
		}
	}
	elsewhere := w.operators[1][1-w.cfg.Task(1, 0)]
	elsewhere.Record(at{w, w.graph.Task(1, 0)}, 0, 0, appendRecord(nil, &record{op: 40, key: 0}))
	second := w.cfg.Task(2, 0)
	for _, seen := range []int{0, 2} { // of other stages than come before
		w.operators[2][second].Record(at{w, w.graph.Task(2, second)}, 0, 0, appendRecord(nil, &record{op: 40, key: 0, seen: make([]byte, seenBytes*seen)}))
	}
	w.operators[2][second].Record(at{w, w.graph.Task(2, second)}, 0, 0, appendRecord(nil, &record{op: 40, key: 0, again: true})) // never answered
	w.drain()
	if !bytes.Equal(before, w.snapshots()) || len(w.replies) != replies {
		t.Error("an impossible record has an effect")
	}
}

func (w *world) snapshots() []byte {
	var all []byte
	for _, tasks := range w.operators {
		for _, o := range tasks {
			all = o.Snapshot(all)
		}
	}
	return all
}

// A snapshot that is cut off, longer, or of something else is refused.
func TestWrongSnapshotsAreRefused(t *testing.T) {
	w := served(t)
	for op, tasks := range w.operators {
		for i, o := range tasks {
			whole := o.Snapshot(nil)
			for n := range whole {
				if New(&w.cfg, op, i).Restore(whole[:n]) == nil {
					t.Fatalf("%s/%d: %d of %d bytes restore", w.graph.Operators[op].Name, i, n, len(whole))
				}
			}
			if New(&w.cfg, op, i).Restore(append(whole, 0)) == nil {
				t.Errorf("%s/%d: a byte too many restores", w.graph.Operators[op].Name, i)
			}
		}
	}
	other := newWorld(t, Config{Stages: 2, Keys: 50, Window: 1000, Ingresses: 1, Counts: 1, Egresses: 1})
	if other.operators[1][0].Restore(w.operators[1][0].Snapshot(nil)) == nil {
		t.Error("the snapshot of another number of keys restores")
	}
	for name, spoil := range map[string]func(c *count){
		"half a reply": func(c *count) { c.replies = c.replies[1:] }, "a reply that is none": func(c *count) { c.replyOf[0] = 1000 },
	} {
		last := served(t).operators[2][0].(*count)
		spoil(last)
		if New(&w.cfg, 2, 0).Restore(last.Snapshot(nil)) == nil {
			t.Errorf("%s restores", name)
		}
	}
}

// What a judge reads of a snapshot is what the task has; what is cut off it is told.
func TestReadIsWhatTasksHave(t *testing.T) {
	w := served(t)
	want, err := AuditOf(&w.cfg, w.operators)
	if err != nil {
		t.Fatal(err)
	}
	got := NewAudit(&w.cfg)
	for _, times := range []uint32{6, 7} { // the second finds what the first has left
		for op, tasks := range w.operators {
			for i, task := range tasks {
				if err := got.Read(&w.cfg, op, i, task.Snapshot(nil)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !reflect.DeepEqual(got, want) || want.Counts[0][4] != times {
			t.Errorf("read %v, the tasks have %v", got, want)
		}
		w.ask(Request{30, 4})
		w.drain()
		want.Counts[0][4], want.Counts[1][4] = 7, 7
		task := w.cfg.Task(1, 4)
		want.Totals[0][task]++
		task = w.cfg.Task(2, 4)
		want.Totals[1][task]++
	}
	if err := got.Read(&w.cfg, 1, 0, binary.LittleEndian.AppendUint32(make([]byte, 4), 7)); err == nil {
		t.Error("a part without keys is read")
	}
	part := w.operators[1][0].Snapshot(nil)
	read := 4 + 4*w.cfg.slots() + 4
	for n := range len(part) {
		if err := got.Read(&w.cfg, 1, 0, part[:n:n]); (err == nil) != (n >= read) {
			t.Errorf("%d bytes of %d, of which %d are read: %v", n, len(part), read, err)
		}
	}
}

func FuzzRestore(f *testing.F) {
	w := served(f)
	for stage := 1; stage <= 2; stage++ {
		f.Add(stage, w.operators[stage][0].Snapshot(nil))
	}
	f.Fuzz(func(t *testing.T, stage int, snapshot []byte) {
		w := newWorld(t, w.cfg)
		stage = 1 + stage&1
		if w.operators[stage][0].Restore(snapshot) == nil {
			if again := w.operators[stage][0].Snapshot(nil); !bytes.Equal(again, snapshot) {
				t.Errorf("restored from %x, writes %x", snapshot, again)
			}
			w.ask(Request{1, 0})
			w.drain()
		}
	})
}

func FuzzRecords(f *testing.F) {
	f.Add(AppendRequest(nil, Request{1, 2}))
	f.Add(appendRecord(nil, &record{op: 1, key: 2, seen: make([]byte, seenBytes)}))
	f.Add(appendReply(nil, &record{op: 1, key: 2, seen: make([]byte, 2*seenBytes)}, 3, 4))
	f.Fuzz(func(t *testing.T, src []byte) {
		if r, err := DecodeRequest(src); err == nil && !bytes.Equal(AppendRequest(nil, r), src) {
			t.Errorf("request %x", src)
		}
		if r, err := decodeRecord(src); err == nil && !bytes.Equal(appendRecord(nil, &r), src) {
			t.Errorf("record %x", src)
		}
		var r Reply
		if DecodeReply(src, &r) == nil {
			var seen []byte
			for _, s := range r.Stages {
				seen = appendSeen(seen, s)
			}
			if !bytes.Equal(appendReply(nil, &record{op: r.Op, key: r.Key, seen: seen}, r.At, r.Receipt), src) {
				t.Errorf("reply %x", src)
			}
		}
		w := served(t)
		for _, tasks := range w.operators {
			for i, o := range tasks {
				o.Record(at{w, w.graph.Task(w.operatorOf(o), i)}, 0, 0, src)
			}
		}
	})
}

func (w *world) operatorOf(o dataflow.Operator) int {
	switch o := o.(type) {
	case *count:
		return o.stage
	case *egress:
		return w.cfg.Stages + 1
	}
	return 0
}

// quiet is a context that keeps nothing.
type quiet struct{ at }

func (quiet) Emit(int, int, []byte)         {}
func (quiet) Place(uint32)                  {}
func (quiet) Now() int64                    { return 1 }
func (quiet) Random() uint64                { return 1 }
func (quiet) SetTimer(int64, uint64) uint64 { return 0 }

// A record costs no memory but what is kept of it.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	cfg := Config{Stages: 2, Keys: 8, Window: 1, Ingresses: 1, Counts: 1, Egresses: 1}
	for stage := 0; stage <= 3; stage++ {
		o := New(&cfg, stage, 0)
		ctx := dataflow.Context(quiet{})
		src := AppendRequest(nil, Request{})
		op := uint32(0)
		once := func() {
			op++
			src = src[:0]
			switch stage {
			case 0, 3:
				src = AppendRequest(src, Request{op, 3})
			default:
				src = appendRecord(src, &record{op: op, key: 3, seen: make([]byte, 0, 64)[:seenBytes*(stage-1)]})
			}
			o.Record(ctx, 0, 0, src)
		}
		for range 10_000 {
			once()
		}
		if n := testing.AllocsPerRun(1000, once); n > 0 {
			t.Errorf("operator %d: %v allocations a record", stage, n)
		}
	}
}

// What cannot be laid is refused.
func TestGraphs(t *testing.T) {
	good := Config{Stages: 2, Keys: 5, Window: 1, Ingresses: 1, Counts: 1, Egresses: 1}
	g, err := Graph(good)
	if err != nil || g.Depth() != good.Stages+1 {
		t.Fatalf("depth %d, %v", g.Depth(), err)
	}
	for task := range g.Broker() {
		if g.HasFeedback(task) {
			t.Errorf("%s has feedback", g.TaskName(task))
		}
	}
	for name, spoil := range map[string]func(c *Config){
		"no stage": func(c *Config) { c.Stages = 0 }, "too many": func(c *Config) { c.Stages = StagesMax + 1 },
		"no key": func(c *Config) { c.Keys = 0 }, "no window": func(c *Config) { c.Window = 0 }, "no task": func(c *Config) { c.Counts = 0 },
	} {
		cfg := good
		if spoil(&cfg); func() error { _, err := Graph(cfg); return err }() == nil {
			t.Errorf("%s: laid", name)
		}
	}
}
