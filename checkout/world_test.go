package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world is all tasks of a shop with FIFO channels between them and nothing
// else: no buffers, no epochs, no failures. Whoever drives it chooses what
// happens next, so that it can play every order that a dataflow allows.
type world struct {
	cfg       *Config
	graph     *dataflow.Graph
	operators [][]dataflow.Operator
	outs      [][][]dataflow.ChannelID // task, output edge, target index
	channels  [][][]byte               // per channel: records under way
	calls     []asking
	timers    []ringing
	handles   uint64

	now     int64 // counts events: the clock of all tasks
	random  uint64
	places  []uint32 // operations in the order of decisions
	replies []told
	tell    func(format string, args ...any) // nil: nobody listens
}

// asking is a call that the provider has not answered.
type asking struct {
	payment int
	key     uint64
}

// ringing is an armed timer.
type ringing struct {
	payment     int
	key, handle uint64
	due         int64
}

// told is a reply that left.
type told struct {
	at     int64
	record []byte
}

func newWorld(t fataler, cfg *Config) *world {
	graph, err := Graph(*cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{cfg: cfg, graph: graph, channels: make([][][]byte, len(graph.Channels)), random: 1}
	for op, spec := range graph.Operators[:Egress+1] {
		w.operators = append(w.operators, nil)
		for i := range spec.Parallelism {
			w.operators[op] = append(w.operators[op], New(cfg, op, i))
		}
	}
	w.outs = make([][][]dataflow.ChannelID, graph.Tasks())
	for e, edge := range graph.Edges {
		for i := range graph.Operators[edge.From].Parallelism {
			task := graph.Task(edge.From, i)
			w.outs[task] = append(w.outs[task], nil)
			for _, c := range graph.Outputs(task) {
				if ch := &graph.Channels[c]; ch.Edge == e {
					w.outs[task][len(w.outs[task])-1] = append(w.outs[task][len(w.outs[task])-1], c)
				}
			}
		}
	}
	return w
}

// at is the world as one task sees it.
type at struct {
	w    *world
	task dataflow.TaskID
}

func (c at) Emit(edge, to int, record []byte) {
	id := c.w.outs[c.task][edge][to]
	kept := append([]byte(nil), record...)
	if c.w.graph.Channels[id].To == c.w.graph.Broker() {
		c.w.replies = append(c.w.replies, told{c.w.now, kept})
		c.w.say("%s is told %s", "client", DescribeReply(record))
		return
	}
	c.w.channels[id] = append(c.w.channels[id], kept)
}

func (c at) Now() int64 { return c.w.now }

func (c at) Random() uint64 {
	c.w.random = c.w.random*6364136223846793005 + 1442695040888963407
	return c.w.random
}

func (c at) Call(key uint64, _ []byte) {
	c.w.calls = append(c.w.calls, asking{c.w.graph.IndexOf(c.task), key})
	c.w.say("%s asks the provider for %d", c.w.graph.TaskName(c.task), uint32(key))
}

func (c at) SetTimer(delay int64, key uint64) uint64 {
	c.w.handles++
	c.w.timers = append(c.w.timers, ringing{c.w.graph.IndexOf(c.task), key, c.w.handles, c.w.now + delay})
	return c.w.handles
}

func (c at) Apply(_ uint64, compute func(dst []byte) []byte) []byte { return compute(nil) }

func (c at) CancelTimer(handle uint64) {
	for i := range c.w.timers {
		if c.w.timers[i].handle == handle {
			c.w.timers = append(c.w.timers[:i], c.w.timers[i+1:]...)
			return
		}
	}
}

func (c at) Place(op uint32) {
	c.w.places = append(c.w.places, op)
	c.w.say("%s places %d", c.w.graph.TaskName(c.task), op)
}

func (w *world) say(format string, args ...any) {
	if w.tell != nil {
		w.tell(format, args...)
	}
}

// feed hands a request to an ingress task.
func (w *world) feed(ingress int, r *Request) {
	w.now++
	record := AppendRequest(nil, r)
	w.say("ingress/%d reads %s", ingress, Describe("ingress>order", record))
	w.operators[Ingress][ingress].Record(at{w, w.graph.Task(Ingress, ingress)}, 0, 0, record)
}

// open says whether the head of a channel can be delivered.
func (w *world) open(c dataflow.ChannelID) bool {
	return len(w.channels[c]) > 0
}

func (w *world) operator(task dataflow.TaskID) dataflow.Operator {
	return w.operators[w.graph.OperatorOf(task)][w.graph.IndexOf(task)]
}

// deliver takes the head of a channel to its task.
func (w *world) deliver(c dataflow.ChannelID) {
	w.now++
	ch := &w.graph.Channels[c]
	record := w.channels[c][0]
	w.channels[c] = w.channels[c][1:]
	if w.tell != nil {
		edge := w.graph.Edges[ch.Edge]
		w.say("%s  %s", w.graph.ChannelName(c), Describe(w.graph.Operators[edge.From].Name+">"+w.graph.Operators[edge.To].Name, record))
	}
	w.operator(ch.To).Record(at{w, ch.To}, ch.InEdge, w.graph.IndexOf(ch.From), record)
	for i := range record {
		record[i] = 0xee // its bytes were valid during the call only
	}
}

// answer lets the provider answer a call.
func (w *world) answer(i int, approved bool, authorisation uint64) {
	w.now++
	c := w.calls[i]
	w.calls = append(w.calls[:i], w.calls[i+1:]...)
	task := w.graph.Task(Payment, c.payment)
	w.say("provider > %s  approved %v, authorisation %d", w.graph.TaskName(task), approved, authorisation)
	w.operator(task).Answer(at{w, task}, c.key, EncodeAnswer(nil, approved, authorisation))
}

// ring fires a timer.
func (w *world) ring(i int) {
	r := w.timers[i]
	w.now = max(w.now+1, r.due)
	w.timers = append(w.timers[:i], w.timers[i+1:]...)
	task := w.graph.Task(Payment, r.payment)
	w.say("%s gives up on the provider", w.graph.TaskName(task))
	w.operator(task).Timer(at{w, task}, r.key)
}

// audit reads the services.
func (w *world) audit() (Audit, error) { return AuditOf(w.cfg, w.operators) }

// snapshots are those of all tasks.
func (w *world) snapshots() [][]byte {
	var all [][]byte
	for _, tasks := range w.operators {
		for _, op := range tasks {
			all = append(all, op.Snapshot(nil))
		}
	}
	return all
}

// replace puts a new incarnation in every task's place, as restore makes it.
func (w *world) replace(restore func(dataflow.Operator, []byte) error) error {
	all := w.snapshots()
	for op, tasks := range w.operators {
		for i := range tasks {
			w.operators[op][i] = New(w.cfg, op, i)
			if err := restore(w.operators[op][i], all[0]); err != nil {
				return fmt.Errorf("%s: %w", w.graph.TaskName(w.graph.Task(op, i)), err)
			}
			all = all[1:]
		}
	}
	return nil
}
