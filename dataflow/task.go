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

	taken   Buffer // last taken from a queue
	current int    // input whose buffer is being read, -1 if none
	data    []byte
	pos     int
	seq     uint64 // records of the channel that ended before pos
	starved bool   // the last Step found nothing to do and no buffer has come since
	joined  bool   // the input's remainder is a whole record, to be handled before what is at pos

	// ready holds an input once per buffer queued on it, in order of arrival,
	// but for inputs that are blocked or stalled.
	ready    inputRing
	stalled  int   // inputs that the operator did not accept or that wait at a feedback barrier
	aligning int32 // the epoch whose barriers block regular inputs; 0 if none
	blocked  int
	regular  int // number of regular inputs

	abandoned int32 // barriers and triggers up to this epoch are ignored

	recordings int    // feedback inputs whose barrier has not come back
	snapshot   []byte // the local snapshot while recordings > 0
	recorded   []byte

	snapshotBytes int // size of the last local snapshot: the next one will be about as large

	clock     int64 // cached, with Options.Tick
	tickAt    int64 // when the next tick is due, by the task's clock
	lags      bool  // ticks were repeated; kept for Broken.ClockLags alone
	timers    timers
	calls     []call // asked and not answered, oldest first
	trigger   int32  // epoch of a checkpoint trigger that waits for the end of the replay
	ignore    int32  // a checkpoint that was given up: waits likewise
	held      Held   // which inputs are not read for want of memory
	refused   bool   // one of them was found with a buffer since
	replaying bool
	started   bool  // Start has returned
	ordered   bool  // Order determinants decide which input is read
	full      []int // outputs with a full open buffer

	determinant Determinant // being recorded
	duplicates  int64       // records that were received before and dropped
	result      []byte      // of the last Apply
	answer      []byte      // being repeated
}

// Options are what protocols and jobs set differently.
type Options struct {
	BufferBytes int  // an open buffer is cut when it holds this many
	Deduplicate bool // drop records that the channel's counter shows were received (redo)
	Resync      bool // take a fresh connection's count as it is: what was lost is lost (none)
	Broken      Broken

	// Tick is how often the cached clock is refreshed, in nanoseconds; each tick is
	// logged, readings are not. 0: every reading is logged.
	Tick int64
}

// Broken leaves parts of snapshots and of replay out, one switch a planted bug,
// so that it can be shown that the checks notice.
type Broken struct {
	ForgetFeedback    bool // feedback buffers are not recorded in checkpoints
	InjectFirst       bool // restored feedback buffers are read before everything (Carbone et al. 2015, without a log)
	EarlyBarrier      bool // a barrier on a feedback input does not wait for the local snapshot
	OrderBarriers     bool // barriers get an Order determinant, which no replay expects
	NoOrderOfReleased bool // buffers that an alignment held back are read without an Order determinant
	OrderPerRecord    bool // Order is logged once a record and followed once a buffer
	GlobalCount       bool // records are counted since the incarnation began, not in the epoch
	CountFirst        bool // a record is counted, and strikes fall, before it is processed
	ReplayClock       bool // a replay reads its own clock
	LiveTimers        bool // timers fire by the clock during a replay
	AnswerInReplay    bool // calls are made during a replay, and their answers taken
	AnswerInTurn      bool // the log's next answer goes to the oldest open call, whichever it was of
	SeedFirst         bool // a replay asks for an epoch's seed before its clock reading
	ForgetTimers      bool // armed timers are not restored
	ForgetCalls       bool // open calls are not restored
	ForgetRemainders  bool // of records that straddle a barrier the first bytes are not restored
	NoAlignment       bool // an input whose barrier has come is read on before the others have theirs
	OneBarrierEnds    bool // the first feedback barrier that comes back ends the recording of all feedback inputs
	SourceAhead       bool // a source's snapshot counts a record that it has not taken yet
	SkipIgnore        bool // an IgnoreCheckpoint in the log has no effect (Clonos as released)
	CancelIdle        bool // a trigger that is the first thing in the log begins no checkpoint (Clonos as released)
	ClockLags         bool // the cached clock goes on from the last tick in the log (Clonos as released)
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
	skipping   bool   // the channel stands in the middle of a record whose start was lost
	released   int    // buffers queued when the alignment ended; kept for Broken.NoOrderOfReleased alone
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
	live := !t.replaying
	t.beginEpoch()
	if t.options.Broken.LiveTimers {
		t.arm()
	}
	t.strike()
	t.started = true
	t.settle()
	if live {
		t.goLive()
	}
}

// Epoch is the number of the epoch that the task is in.
func (t *Task) Epoch() int32 { return t.epoch }

// Count is the number of records processed in the epoch.
func (t *Task) Count() uint32 { return t.count }

// Replaying says whether the task still follows its log.
func (t *Task) Replaying() bool { return t.replaying }

// Idle says whether nothing is left to do or to wait for: no buffer queued or
// being read, no byte in an open output buffer, no armed timer, no unanswered
// call.
func (t *Task) Idle() bool {
	if t.current >= 0 || len(t.calls) > 0 || t.timers.armed() > 0 {
		return false
	}
	for i := range t.inputs {
		if t.inputs[i].queue.n > 0 {
			return false
		}
	}
	for i := range t.outputs {
		if len(t.outputs[i].open) > 0 {
			return false
		}
	}
	return true
}

// Starved says whether the task found nothing to do and no buffer has come since.
func (t *Task) Starved() bool { return t.starved }

// Operator gives the application code, for the audit at the end of a run.
func (t *Task) Operator() Operator { return t.operator }

// Aligning says whether some regular inputs stand at a barrier and others do not.
func (t *Task) Aligning() bool { return t.aligning != 0 }

// Recording says whether a barrier has not come back on a feedback input.
func (t *Task) Recording() bool { return t.recordings > 0 }

// Calls is the number of calls that were made and not answered.
func (t *Task) Calls() int { return len(t.calls) }

// HalfRecord says whether the first bytes of a record were read on an input and
// the rest has not come.
func (t *Task) HalfRecord() bool {
	for i := range t.inputs {
		if len(t.inputs[i].remainder) > 0 {
			return true
		}
	}
	return false
}

// Chosen says whether another input than the one just taken from has something.
func (t *Task) Chosen(from int) bool {
	for i := range t.inputs {
		if i != from && t.inputs[i].queue.n > 0 {
			return true
		}
	}
	return false
}

// Duplicates is the number of records that were dropped, having been received
// before.
func (t *Task) Duplicates() int64 { return t.duplicates }

// SnapshotBytes is the size of the last local snapshot, without the buffers that
// were recorded after it.
func (t *Task) SnapshotBytes() int { return t.snapshotBytes }

// ArmedTimers is the number of timers that are set and not cancelled.
func (t *Task) ArmedTimers() int { return t.timers.armed() }

// Step handles at most one record, and whatever barriers and replayed strikes
// stand before it. It gives the record's size in bytes, and false where there
// was nothing to do.
func (t *Task) Step() (bytes int, ok bool) {
	t.starved = false
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
			bytes = len(record)
			if t.env.Processed() {
				return bytes, true
			}
			t.endBuffer()
			t.finish()
			return bytes, true
		}
		if !t.pick() {
			t.starved = true
			return 0, false
		}
	}
}

// finish ends whatever the operator was called for: full buffers leave, inputs
// that may be read again are, the replay may have ended.
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
	t.cutAllFull()
	t.requeue()
	for _, c := range t.calls {
		t.env.Ask(c.key, c.request)
	}
	t.env.Running()
	if t.options.Tick > 0 {
		t.tickAt = t.env.Clock() + t.options.Tick
	}
	t.arm()
	if n := t.ignore; n != 0 {
		t.ignore = 0
		t.AbandonCheckpoint(n)
	}
	if n := t.trigger; n != 0 {
		t.trigger = 0
		t.Trigger(n)
	}
}

func (t *Task) arm() {
	at, _, ok := t.timers.next()
	if t.options.Tick > 0 && (!ok || t.tickAt < at) {
		at, ok = t.tickAt, true
	}
	if ok && (!t.replaying || t.options.Broken.LiveTimers) {
		t.env.Arm(at)
	}
}
