package dataflow

// Task is one incarnation of a parallel instance of an operator: passive,
// single-threaded, acting only when it is handed an input. It owns its input
// queues, its open output buffers, its epoch and its place in the replay; the
// operator owns the state.
//
// A new incarnation is a new Task, built by NewTask, filled by Restore, begun
// by Start.
type Task struct {
	graph    *Graph
	id       TaskID
	operator Operator
	guard    Guard
	env      Env
	options  Options

	epoch  int32  // n: after the local snapshot n, up to and including its barrier n+1
	count  uint32 // records processed in the epoch; strikes are keyed by it
	random uint64 // state of the epoch's random stream

	inputs  []input
	outputs []output
	outBase []int

	current int // input whose buffer is being read, -1 if none
	data    []byte
	pos     int
	seq     uint64 // of the next record in data

	// ready holds an input once per buffer queued on it, in order of arrival,
	// but for inputs that are blocked or stalled.
	ready    inputRing
	stalled  int   // inputs that the operator did not accept or that wait at a feedback barrier
	aligning int32 // the epoch whose barriers block regular inputs; 0 if none
	blocked  int
	regular  int // number of regular inputs

	recordings int    // feedback inputs whose barrier has not come back
	snapshot   []byte // the local snapshot while recordings > 0
	recorded   []byte

	timers    timers
	calls     []call // asked and not answered, oldest first
	trigger   int32  // epoch of a checkpoint trigger that waits for the end of the replay
	replaying bool
	ordered   bool // Order determinants decide which input is read
	scratch   []byte
	full      []int // outputs with a full open buffer
}

// Options are what protocols and jobs set differently.
type Options struct {
	BufferBytes int  // an open buffer is cut when it holds this many
	Deduplicate bool // drop records that the channel's counter shows were received (redo)
	Resync      bool // take a fresh connection's count as it is: what was lost is lost (none)
}

type input struct {
	edge, from int
	feedback   bool
	queue      bufferRing
	blocked    bool   // at the barrier of the epoch that is being aligned
	stalled    bool   // not in ready: not accepted, or a feedback barrier came early
	recording  bool   // between the local snapshot and the barrier's return
	received   uint64 // records taken from the channel
	remainder  []byte // first bytes of a record that straddles buffers
}

type output struct {
	open    []byte
	tail    int    // bytes at the start of open that end a record begun in an earlier buffer
	emitted uint64 // records put into buffers
	ended   uint64 // records that end in buffers already cut
	index   int32  // position in the epoch of the next buffer
}

type call struct {
	key     uint64
	request []byte
}

// NewTask builds an incarnation that holds the operator's initial state and
// stands at the start of epoch 0.
func NewTask(g *Graph, id TaskID, op Operator, guard Guard, env Env, options Options) *Task {
	t := &Task{graph: g, id: id, operator: op, guard: guard, env: env, options: options, current: -1}
	if g.IsSource(id) {
		t.inputs = append(t.inputs, input{})
	}
	for _, c := range g.Inputs(id) {
		ch := &g.Channels[c]
		t.inputs = append(t.inputs, input{edge: ch.InEdge, from: g.IndexOf(ch.From), feedback: ch.Feedback})
		if !ch.Feedback {
			t.regular++
		}
	}
	t.outputs = make([]output, len(g.Outputs(id)))
	t.outBase = g.outBase[g.OperatorOf(id)]
	t.ordered = len(t.inputs) > 1 && guard.Logs(Order)
	return t
}

// Start begins the incarnation's epoch, in replay if the guard holds
// determinants to follow.
func (t *Task) Start() {
	t.replaying = t.guard.Replaying()
	t.beginEpoch()
	t.strike()
	t.settle()
	if !t.replaying {
		t.goLive()
	}
}

// Epoch is the number of the epoch that the task is in.
func (t *Task) Epoch() int32 { return t.epoch }

// Count is the number of records processed in the epoch.
func (t *Task) Count() uint32 { return t.count }

// Replaying says whether the task still follows its log.
func (t *Task) Replaying() bool { return t.replaying }

// Operator gives the application code, for the audit at the end of a run.
func (t *Task) Operator() Operator { return t.operator }

// ArmedTimers is the number of timers that are set and not cancelled.
func (t *Task) ArmedTimers() int { return t.timers.armed() }

// Step handles at most one record, and whatever barriers and replayed strikes
// stand before it. It gives the record's size in bytes, and false where there
// was nothing to do.
func (t *Task) Step() (bytes int, ok bool) {
	for {
		if t.replaying && t.strike() {
			t.settle()
		}
		if t.current >= 0 {
			record, found := t.nextRecord()
			if !found {
				continue
			}
			in := &t.inputs[t.current]
			t.operator.Record(t, in.edge, in.from, record)
			t.count++
			if t.env.Processed() {
				return len(record), true
			}
			t.finish()
			return len(record), true
		}
		if !t.pick() {
			return 0, false
		}
	}
}

// finish ends whatever the operator was called for: full buffers leave,
// inputs that it accepts again are read again, the replay may have ended.
func (t *Task) finish() {
	if t.replaying {
		t.cutReplayed()
	} else if len(t.full) > 0 {
		t.cutFull()
	}
	if t.stalled > 0 {
		t.unstall()
	}
	t.settle()
}

// settle ends the replay when the log is exhausted.
func (t *Task) settle() {
	if t.replaying && !t.guard.Replaying() {
		t.replaying = false
		t.goLive()
	}
}

// goLive: parked input is read lowest channel first, calls without a logged
// answer are made, timers are armed, a waiting trigger strikes.
func (t *Task) goLive() {
	t.full = t.full[:0]
	for i := range t.outputs {
		if len(t.outputs[i].open) > 0 {
			t.env.Opened(i)
		}
	}
	t.cutAllFull()
	t.requeue()
	for _, c := range t.calls {
		t.env.Ask(c.key, c.request)
	}
	t.env.Running()
	t.arm()
	if n := t.trigger; n != 0 {
		t.trigger = 0
		t.Trigger(n)
	}
}

func (t *Task) arm() {
	if at, _, ok := t.timers.next(); ok && !t.replaying {
		t.env.Arm(at)
	}
}
