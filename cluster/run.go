package cluster

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"simrun/causallog"
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// The kinds of events. An event's destination is a kind and the index of what
// it happens to; its argument says which one.
const (
	evStep       = iota // process
	evFlush             // process; output
	evTimer             // process
	evAnswer            // process; call
	evFrame             // channel; frame
	evMessage           // control link; message
	evFetch             // process; batch
	evUpload            // task; upload
	evCompletion        // attempt of a completion record
	evDispatch          // standby; epoch
	evStage             // restart
	evTick              // the manager's checkpoint interval
	evHeartbeat         // task; incarnation
	evHeard             // task; incarnation
	evSuspect           // the manager looks for silent tasks
	evGone              // a broken connection was noticed
	evFault             // fault
	evReboot            // machine
	evIssue             // next operation of an open workload
	evThink             // client
	evRequest           // operation: its request reaches the broker
	evReply             // reply
	evRetry             // the head of the retry deadlines
	evEnd               // looks whether the run has drained; closes windows
	evStandby           // task: the process of a new standby is there
	evSpill             // process: its flusher looks
	evWritten           // process; output whose write has ended
	evReadBack          // process; output whose read has ended
	evRewrite           // task, or beyond them the manager: the deadline of a write to the store
)

const kindShift = 24 // destinations: kind << kindShift | index

// Run is one run under way. Everything in it is single-threaded.
type Run struct {
	cfg    Config
	kernel *sim.Kernel
	graph  *dataflow.Graph
	layout *causallog.Layout

	manager  *recovery.Manager
	watch    recovery.Monitors
	ghosts   *recovery.Ghosts
	procs    []*process // every incarnation that ever started
	current  []*process // per task: the newest that started; dead or alive
	machines []machine
	standbys []*standby
	wire     wire
	store    store
	broker   *broker
	clients  *clients
	job      job
	detector detector
	faults   faults
	restarts []*restart
	anatomy  anatomy
	tallies  []causallog.Tally // per task, of incarnations that are over
	timeline timeline
	story    story
	moments  moments
	brokeAt  [recovery.Invariants]sim.Time // when each monitor found something wrong first
	orphaned int                           // failures that left an orphan
	counting bool                          // events are counted per task

	pending      int32 // checkpoint under way at the last tick, and since when it was seen
	pendingSince sim.Time

	records       int64    // processed by all tasks
	recordsBefore int64    // at the end of the last window in which anything moved
	rest          sim.Time // windows since
	settling      bool     // time is up; what is in the dataflow comes to rest
	ended         bool
	interrupted   bool
}

// ErrInterrupted is the error of a run that Progress stopped.
var ErrInterrupted = errors.New("interrupted")

// Internal is a broken kernel, harness or checker: never the simulated system's
// fault.
type Internal struct {
	Step  uint64
	Time  sim.Time
	Task  string
	Text  string
	Stack string
}

func (e *Internal) Error() string {
	return fmt.Sprintf("internal error at step %d, %d ns, %s: %s", e.Step, e.Time, e.Task, e.Text)
}

// New sets a run up. An error is a configuration that cannot be run.
func New(cfg Config) (*Run, error) {
	graph, err := cfg.Graph()
	if err != nil {
		return nil, err
	}
	if n := len(graph.Operators) - 1; len(cfg.Costs.Record) != n {
		return nil, fmt.Errorf("costs of a record for %d operators, the job has %d", len(cfg.Costs.Record), n)
	}
	r := &Run{cfg: cfg, graph: graph, layout: cfg.Policy.Layout(graph)}
	r.wire = newWire(r)
	if w := cfg.Workspace; w != nil {
		w.open(r)
	} else {
		r.kernel = sim.NewKernel(cfg.Seed, cfg.Ties)
	}
	r.cfg.Policy.Bare = cfg.Replies == Immediate
	if cfg.Capture >= 0 {
		r.kernel.Capture(cfg.Capture)
	}
	r.ghosts = recovery.NewGhosts(graph)
	r.watch.Now = func() string { return seconds(r.kernel.Now()) }
	r.watch.Broken = func(i recovery.Invariant, what string) {
		r.brokeAt[i] = r.kernel.Now()
		r.story.violation(i, what)
	}
	r.manager = recovery.NewManager(graph, &r.cfg.Policy, r, &r.watch)
	r.current = make([]*process, graph.Tasks())
	r.story = newStory(r)
	r.timeline = newTimeline(r)
	r.anatomy = anatomy{run: r}
	r.placeMachines()
	r.store = newStore(r)
	r.job = newJob(r)
	r.broker = newBroker(r)
	r.clients = newClients(r)
	r.faults = newFaults(r)
	r.moments = newMoments(r)
	r.counting = cfg.Moments || cfg.Branches || len(r.faults.event) > 0
	for t := range graph.Broker() {
		r.startFresh(t)
	}
	r.broker.agent.Start(nil, r.manager.View())
	for _, p := range r.current[:graph.Broker()] {
		p.agent.Start(p.task, r.manager.View())
	}
	r.newDetector()
	r.kernel.At(cfg.CheckpointEvery, dst(evTick, 0), 0)
	r.kernel.At(windowLength, dst(evEnd, 0), 0)
	r.faults.schedule()
	r.clients.begin()
	return r, nil
}

func dst(kind, index int) uint32 { return uint32(kind)<<kindShift | uint32(index) }

// Loop dispatches events until the run has ended. A panic of the harness comes
// back as *Internal.
func (r *Run) Loop() error { return r.LoopTo(math.MaxUint64) }

// LoopTo dispatches events until so many have been since the start of the run, or
// it has ended.
func (r *Run) LoopTo(step uint64) (err error) {
	var last sim.Event
	defer func() {
		if p := recover(); p != nil {
			err = &Internal{Step: r.kernel.Step(), Time: r.kernel.Now(), Task: r.Describe(last), Text: fmt.Sprint(p), Stack: string(debug.Stack())}
		}
	}()
	for !r.ended && r.kernel.Step() < step {
		e, ok := r.kernel.Next()
		if !ok {
			panic("the queue is empty and the run has not ended")
		}
		last = e
		r.handle(e)
	}
	if r.interrupted {
		return ErrInterrupted
	}
	return nil
}

func (r *Run) handle(e sim.Event) {
	index := int(e.Dst & (1<<kindShift - 1))
	if r.counting {
		if t, ok := r.taskOf(e); ok {
			r.faults.beforeEvent(t)
		}
	}
	switch e.Dst >> kindShift {
	case evStep:
		r.procs[index].step()
	case evFlush:
		r.procs[index].flushDue(int(e.Arg))
	case evTimer:
		r.procs[index].timerDue()
	case evAnswer:
		r.job.answered(r.procs[index], e.Arg)
	case evFrame:
		r.frameArrives(e)
	case evMessage:
		r.messageArrives(e)
	case evFetch:
		r.procs[index].fetched(e.Arg)
	case evUpload:
		r.store.uploaded(e)
	case evRewrite:
		r.store.rewrite(dataflow.TaskID(index), e)
	case evCompletion:
		r.store.completionDurable(e)
	case evDispatch:
		r.store.dispatched(e)
	case evStage:
		r.restarts[index].next()
	case evTick:
		r.tick()
	case evHeartbeat:
		r.detector.beat(dataflow.TaskID(index), e.Arg)
	case evHeard:
		r.detector.heard(dataflow.TaskID(index), e.Arg)
	case evSuspect:
		r.detector.suspect()
	case evGone:
		r.detector.gone(e.Arg)
	case evFault:
		r.faults.strike(int(e.Arg))
	case evReboot:
		r.machines[index].up = true
	case evIssue:
		r.clients.issueOpen()
	case evThink:
		r.clients.issue(int32(index))
	case evRequest:
		r.broker.requested(e.Arg)
	case evReply:
		r.clients.replied(e.Arg)
	case evRetry:
		r.clients.retryDue()
	case evEnd:
		r.window()
	case evSpill, evWritten, evReadBack:
		r.procs[index].spillDue(e)
	case evStandby:
		r.newStandby(dataflow.TaskID(index))
	}
}

// tick is the manager's checkpoint interval.
func (r *Run) tick() {
	r.kernel.After(r.cfg.CheckpointEvery, dst(evTick, 0), 0)
	if r.wire.managerPaused > r.kernel.Now() {
		return
	}
	if pending := r.manager.Pending(); pending != r.pending {
		r.pending, r.pendingSince = pending, r.kernel.Now()
	}
	r.manager.Tick()
}

// window closes a window of the timeline every 100 ms, and ends the run when
// it has drained. When its time is up and operations are still open, clients
// and sources stop, and what is in the dataflow comes to rest, so that the
// audit does not read services in the middle of a transaction.
func (r *Run) window() {
	now := r.kernel.Now()
	r.timeline.close()
	r.timeline.undelivered = append(r.timeline.undelivered, r.broker.undelivered)
	over := r.cfg.Horizon + r.cfg.Drain
	if now >= over && !r.settling {
		r.settling = true
		r.clients.stop()
	}
	r.rest++
	if r.records != r.recordsBefore || r.wire.underway > 0 {
		r.recordsBefore, r.rest = r.records, 0
	}
	ends := r.settling && (r.settled() || now >= over+r.cfg.Drain+5*r.cfg.CheckpointEvery+10*sim.Second) || !r.settling && r.clients.done() && !r.faults.pending() && r.quiet()
	r.anatomy.look()
	r.anatomy.confirm(ends)
	if r.cfg.Progress != nil && !r.cfg.Progress(now) {
		r.ended, r.interrupted = true, true
		return
	}
	if ends {
		r.ended = true
		return
	}
	r.kernel.After(windowLength, dst(evEnd, 0), 0)
}

// settled says whether nothing moves any more, and nothing will: all is idle,
// or stuck for longer than two checkpoints take.
func (r *Run) settled() bool {
	return r.quiet() || r.rest*windowLength > 2*r.cfg.CheckpointEvery+sim.Second
}

// quiet says whether nothing moves in the dataflow and no reply waits for a
// checkpoint. What partitions still hold does not count once the run settles.
func (r *Run) quiet() bool {
	if r.wire.underway > 0 || r.manager.Recovering() || r.broker.waiting() {
		return false
	}
	for t := range r.graph.Broker() {
		if p := r.current[t]; p.dead || !p.started || !p.task.Idle() || p.agent.Unsent(r.manager) || p.lag() > 0 && !r.settling {
			return false
		}
	}
	return true
}

// Describe says in words what an event is.
func (r *Run) Describe(e sim.Event) string {
	index := int(e.Dst & (1<<kindShift - 1))
	names := [...]string{"step", "flush", "timer", "answer", "frame", "message", "fetch", "upload", "completion", "dispatch", "restart", "tick",
		"heartbeat", "heard", "suspect", "gone", "fault", "reboot", "issue", "think", "request", "reply", "retry", "window", "new standby", "spill", "written", "read back", "rewrite"}
	kind := int(e.Dst >> kindShift)
	if kind >= len(names) {
		return fmt.Sprintf("event %d/%d", kind, index)
	}
	what := fmt.Sprint(index)
	switch kind {
	case evStep, evFlush, evTimer, evAnswer, evFetch, evSpill, evWritten, evReadBack:
		if index < len(r.procs) {
			what = r.procs[index].name()
		}
	case evFrame:
		what = r.graph.ChannelName(dataflow.ChannelID(index))
	case evDispatch:
		what = r.graph.TaskName(r.standbys[index].task)
	case evHeartbeat, evHeard, evUpload, evStandby:
		what = r.graph.TaskName(dataflow.TaskID(index))
	}
	return fmt.Sprintf("%s %s at %d ns (argument %d)", names[kind], what, e.At, e.Arg)
}

func seconds(t sim.Time) string {
	return fmt.Sprintf("%d.%06ds", t/sim.Second, t%sim.Second/sim.Microsecond)
}
