package pipeline

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

func drawConfig(t *rapid.T) Config {
	return Config{Stages: rapid.IntRange(1, 4).Draw(t, "stages"), Keys: rapid.Int32Range(1, 12).Draw(t, "keys"), Window: 1000,
		Ingresses: rapid.IntRange(1, 3).Draw(t, "ingresses"), Counts: rapid.IntRange(1, 4).Draw(t, "counts"), Egresses: rapid.IntRange(1, 3).Draw(t, "egresses")}
}

// play drives a pipeline: requests, some of them twice, deliveries in any order
// of channels, windows that end, tasks that are replaced by what their snapshot
// says. In the end everything is delivered.
func play(t *rapid.T, w *world) (asked []Request) {
	for range rapid.IntRange(1, 80).Draw(t, "steps") {
		task := dataflow.TaskID(rapid.IntRange(0, int(w.graph.Broker())-1).Draw(t, "task"))
		switch list := w.underway(); rapid.IntRange(0, 6).Draw(t, "what") {
		case 0, 1:
			r := Request{uint32(len(asked)), rapid.Int32Range(0, w.cfg.Keys-1).Draw(t, "key")}
			asked = append(asked, r)
			w.ask(r)
		case 2:
			if len(asked) > 0 {
				w.ask(asked[rapid.IntRange(0, len(asked)-1).Draw(t, "again")])
			}
		case 3:
			w.ring(task)
		case 4:
			w.replace(t, task)
		default:
			if len(list) > 0 {
				w.deliver(rapid.SampledFrom(list).Draw(t, "channel"))
			}
		}
	}
	w.drain()
	return asked
}

// right says what is wrong with what clients were told, knowing nothing but in
// which order the stages say that they counted and when windows ended.
func (w *world) right(asked []Request) error {
	if w.odd != nil {
		return w.odd
	}
	replies := make([]*Reply, len(asked))
	first := make([][]byte, len(asked))
	for _, record := range w.replies {
		var r Reply
		if err := DecodeReply(record, &r); err != nil {
			return err
		}
		switch {
		case int(r.Op) >= len(asked) || r.Key != asked[r.Op].Key || len(r.Stages) != w.cfg.Stages:
			return fmt.Errorf("nobody asked for %+v", r)
		case first[r.Op] == nil:
			replies[r.Op], first[r.Op] = &r, record
		case !bytes.Equal(first[r.Op], record):
			return fmt.Errorf("operation %d was told two things", r.Op)
		}
	}
	counts, totals := map[[2]int]uint32{}, map[dataflow.TaskID]uint32{}
	open, over := map[dataflow.TaskID]uint32{}, map[dataflow.TaskID]uint32{}
	ticks, placed := w.ticks, map[uint32]bool{}
	for i, what := range w.placed {
		for ; len(ticks) > 0 && ticks[0].after <= i; ticks = ticks[1:] {
			over[ticks[0].task], open[ticks[0].task] = open[ticks[0].task], 0
		}
		op, stage := what/uint32(w.cfg.Stages), int(what)%w.cfg.Stages+1
		if placed[what] {
			return fmt.Errorf("stage %d counted operation %d twice", stage, op)
		}
		placed[what] = true
		key := asked[op].Key
		task := w.graph.Task(stage, w.cfg.Task(stage, key))
		counts[[2]int{stage, int(key)}]++
		totals[task]++
		open[task]++
		want := Seen{counts[[2]int{stage, int(key)}], totals[task], over[task]}
		if r := replies[op]; r == nil || r.Stages[stage-1] != want {
			return fmt.Errorf("operation %d was told %+v, stage %d counted %+v", op, r, stage, want)
		}
	}
	if want := len(asked) * w.cfg.Stages; len(w.placed) != want {
		return fmt.Errorf("stages counted %d times, want %d", len(w.placed), want)
	}
	return w.audited(asked)
}

func (w *world) audited(asked []Request) error {
	a, err := AuditOf(&w.cfg, w.operators)
	if err != nil {
		return err
	}
	for stage := 1; stage <= w.cfg.Stages; stage++ {
		counts, totals := make([]uint32, w.cfg.Keys), make([]uint32, w.cfg.Counts)
		for _, r := range asked {
			counts[r.Key]++
			totals[w.cfg.Task(stage, r.Key)]++
		}
		if fmt.Sprint(a.Counts[stage-1], a.Totals[stage-1]) != fmt.Sprint(counts, totals) {
			return fmt.Errorf("stage %d ended with %v and %v, %v and %v were asked for", stage, a.Counts[stage-1], a.Totals[stage-1], counts, totals)
		}
	}
	return nil
}

// Whatever the order in which records come and windows end, every stage counts
// every operation once, and replies say how.
func TestAnyInterleaving(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawConfig(t))
		if err := w.right(play(t, w)); err != nil {
			t.Fatal(err)
		}
	})
}

// A dataflow that loses or doubles a record, or lets a task forget, does not go
// unnoticed: the pipeline does not make up for it.
func TestWhatTheDataflowBreaksShows(t *testing.T) {
	cfg := Config{Stages: 3, Keys: 4, Window: 1000, Ingresses: 2, Counts: 2, Egresses: 2}
	underway := func(w *world) dataflow.ChannelID {
		for _, c := range w.underway() {
			if w.graph.OperatorOf(w.graph.Channels[c].From) == 1 {
				return c
			}
		}
		panic("nothing is under way behind stage 1")
	}
	for name, spoil := range map[string]func(w *world){
		"nothing":       nil,
		"lost":          func(w *world) { c := underway(w); w.channels[c] = w.channels[c][1:] },
		"doubled":       func(w *world) { c := underway(w); w.channels[c] = append(w.channels[c], w.channels[c][0]) },
		"forgot":        func(w *world) { w.operators[2][0], w.operators[2][1] = New(&w.cfg, 2, 0), New(&w.cfg, 2, 1) },
		"another reply": func(w *world) { w.operators[3][0].(*count).replies[20]++; w.ask(Request{0, 0}); w.ask(Request{1, 1}) },
		"a window that nobody saw end": func(w *world) {
			for _, o := range w.operators[1] {
				o.Timer(at{w, 1}, 0)
			}
		},
	} {
		w := newWorld(t, cfg)
		var asked []Request
		ask := func(n int) {
			for range n {
				r := Request{uint32(len(asked)), int32(len(asked) % 4)}
				asked = append(asked, r)
				w.ask(r)
			}
		}
		ask(20)
		w.drain()
		ask(20)
		for range 20 { // from ingress to stage 1
			w.deliver(w.underway()[0])
		}
		if spoil != nil {
			spoil(w)
		}
		ask(4)
		w.drain()
		if err := w.right(asked); (err == nil) != (spoil == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// From stage to stage the keys of one task go to all tasks of the next, in
// equal parts if there are enough keys, and every key has a place of its own.
func TestStagesShuffle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 64).Draw(t, "tasks")
		cfg := Config{Stages: StagesMax, Keys: int32(n * n * rapid.IntRange(1, 2).Draw(t, "keys")), Counts: n}
		stage := rapid.IntRange(1, StagesMax-1).Draw(t, "stage")
		sent := make([]int, n*n)
		place := map[[2]int]bool{}
		for key := range cfg.Keys {
			from, to := cfg.Task(stage, key), cfg.Task(stage+1, key)
			sent[from*n+to]++
			place[[2]int{from, cfg.slot(key)}] = true
			if back, ok := cfg.key(stage, from, cfg.slot(key)); !ok || back != key || cfg.slot(key) >= cfg.slots() {
				t.Fatalf("key %d lives at place %d of %d of task %d, where key %d is", key, cfg.slot(key), cfg.slots(), from, back)
			}
		}
		for i, count := range sent {
			if count != int(cfg.Keys)/(n*n) {
				t.Fatalf("%d tasks, %d keys: %d go from task %d to task %d", n, cfg.Keys, count, i/n, i%n)
			}
		}
		if len(place) != int(cfg.Keys) {
			t.Fatalf("%d keys have %d places", cfg.Keys, len(place))
		}
	})
}
