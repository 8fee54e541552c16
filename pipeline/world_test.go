package pipeline

import (
	"bytes"
	"fmt"

	"simrun/dataflow"
)

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world is all tasks of a pipeline with FIFO channels between them and nothing
// else: no buffers, no epochs, no failures. Whoever drives it chooses what
// happens next, so that it can play every order that a dataflow allows.
type world struct {
	cfg       Config
	graph     *dataflow.Graph
	operators [][]dataflow.Operator
	channels  [][][]byte // per channel: records under way
	timers    []bool     // per task: armed
	now       int64
	placed    []uint32
	ticks     []tick
	replies   [][]byte
	odd       error // what no operator may do
}

// tick is a window's end at a task, after so many places.
type tick struct {
	task  dataflow.TaskID
	after int
}

func newWorld(t fataler, cfg Config) *world {
	graph, err := Graph(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{cfg: cfg, graph: graph, channels: make([][][]byte, len(graph.Channels)), timers: make([]bool, graph.Tasks())}
	for op, spec := range graph.Operators[:len(graph.Operators)-1] {
		w.operators = append(w.operators, nil)
		for i := range spec.Parallelism {
			w.operators[op] = append(w.operators[op], New(&w.cfg, op, i))
		}
	}
	return w
}

func (w *world) operator(task dataflow.TaskID) dataflow.Operator {
	return w.operators[w.graph.OperatorOf(task)][w.graph.IndexOf(task)]
}

// ask brings a request to a source.
func (w *world) ask(r Request) {
	task := w.graph.Task(0, int(r.Op)%w.cfg.Ingresses)
	w.operator(task).Record(at{w, task}, 0, 0, AppendRequest(nil, r))
}

// underway lists the channels with records on them.
func (w *world) underway() []dataflow.ChannelID {
	var list []dataflow.ChannelID
	for c := range w.channels {
		if len(w.channels[c]) > 0 {
			list = append(list, dataflow.ChannelID(c))
		}
	}
	return list
}

// deliver takes the first record of a channel.
func (w *world) deliver(c dataflow.ChannelID) {
	ch := &w.graph.Channels[c]
	record := w.channels[c][0]
	w.channels[c] = w.channels[c][1:]
	w.now++
	w.operator(ch.To).Record(at{w, ch.To}, ch.InEdge, w.graph.IndexOf(ch.From), record)
}

// ring fires a task's timer, if it is armed.
func (w *world) ring(task dataflow.TaskID) {
	if !w.timers[task] {
		return
	}
	w.timers[task] = false
	w.operator(task).Timer(at{w, task}, 0)
	w.ticks = append(w.ticks, tick{task, len(w.placed)})
}

// replace puts a new object in a task's place, restored from its snapshot.
func (w *world) replace(t fataler, task dataflow.TaskID) {
	op, i := w.graph.OperatorOf(task), w.graph.IndexOf(task)
	snapshot := w.operators[op][i].Snapshot(nil)
	fresh := New(&w.cfg, op, i)
	if err := fresh.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	if again := fresh.Snapshot(nil); !bytes.Equal(again, snapshot) {
		t.Fatalf("%s: a restored task writes another snapshot", w.graph.TaskName(task))
	}
	w.operators[op][i] = fresh
}

// drain delivers everything, the lowest channel first.
func (w *world) drain() {
	for list := w.underway(); len(list) > 0; list = w.underway() {
		w.deliver(list[0])
	}
}

// at is the world as one task sees it.
type at struct {
	w    *world
	task dataflow.TaskID
}

func (c at) Emit(edge, to int, record []byte) {
	g := c.w.graph
	id := g.Outputs(c.task)[to] // operators have one output edge
	if edge != 0 {
		panic(fmt.Sprintf("output edge %d of %s", edge, g.TaskName(c.task)))
	}
	kept := append([]byte(nil), record...)
	if g.Channels[id].To == g.Broker() {
		c.w.replies = append(c.w.replies, kept)
		return
	}
	c.w.channels[id] = append(c.w.channels[id], kept)
}

func (c at) Now() int64                                             { return c.w.now }
func (c at) Random() uint64                                         { return uint64(c.w.now) * 0x9e3779b97f4a7c15 }
func (c at) Call(uint64, []byte)                                    { panic("a pipeline calls nobody") }
func (c at) Apply(_ uint64, compute func(dst []byte) []byte) []byte { return compute(nil) }
func (c at) CancelTimer(uint64)                                     { panic("a window is not cancelled") }
func (c at) Place(what uint32)                                      { c.w.placed = append(c.w.placed, what) }
func (c at) SetTimer(delay int64, _ uint64) uint64 {
	if c.w.timers[c.task] || delay != c.w.cfg.Window {
		c.w.odd = fmt.Errorf("%s arms a timer of %d ns, armed already: %v", c.w.graph.TaskName(c.task), delay, c.w.timers[c.task])
	}
	c.w.timers[c.task] = true
	return 0
}
