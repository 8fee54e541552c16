package recovery

import (
	"fmt"

	"simrun/causallog"
	"simrun/dataflow"
)

// The published variant (Clonos, SIGMOD 2021, section 5) asks for determinants
// where they can be on a graph without cycles: a recovering task asks its
// direct downstreams for its own logs, and one that is itself recovering
// passes the request on to its own, and merges what comes back. Meanwhile its
// upstreams send again from their in-flight logs.
//
// What was received before the failure is not told but counted: a buffer whose
// BufferBuilt entry is held downstream was received there, so deltas carry the
// entries of their channel up to their own buffer and no further.
//
// Where the paper leaves a hole that a single failure falls into, the variant
// has it mended; docs/published.md says what and why.

// request is the collection of one task's logs from the direct downstreams.
type request struct {
	subject dataflow.TaskID // whose logs
	origin  dataflow.TaskID // who asked for them; the own number: the task itself
	asked   uint32          // number of the request as it was asked
	number  uint32          // and as it was passed on
	missing []bool          // per task: has not answered
	left    int
	logs    *causallog.Gather
	bytes   int64
}

// asking is what an agent keeps of requests, its own and others'.
type asking struct {
	requests      []request
	requestNumber uint32
	own           *causallog.Gather // the own logs, and what comes with input meanwhile; nil but while Gathering
	recovered     int32             // the checkpoint that this incarnation was brought back from; -1: it began with the job, or with everybody
	ignored       int32             // the last checkpoint that was given up before this incarnation began
	parked        []Message         // requests that wait for the task to have input (AnswerBetweenBuffers)
}

// goesOn is the position of an Attach that leaves it to the sender to know
// what was received.
const goesOn = -1

// beginRequest starts a recovery: input is asked for at once, and comes while
// the determinants do.
func (a *Agent) beginRequest(view *View) {
	a.asking.recovered = a.checkpoint
	a.asking.own = causallog.NewGather(a.layout, a.checkpoint)
	for i := range a.in {
		a.attach(i, a.checkpoint, 0)
	}
	a.ask(request{subject: a.id, origin: a.id, logs: a.asking.own})
}

// ask sends a request to all direct downstreams. A sink has none: what it did
// since the checkpoint nobody has seen, for its output was not released.
func (a *Agent) ask(r request) {
	a.asking.requestNumber++
	r.number = a.asking.requestNumber
	r.missing = make([]bool, a.graph.Tasks())
	for i := range a.out {
		if to := a.out[i].to; to != a.graph.Broker() && !r.missing[to] {
			r.missing[to] = true
			r.left++
		}
	}
	a.asking.requests = append(a.asking.requests, r)
	for t, missing := range r.missing {
		if missing {
			a.send(Message{Kind: Request, To: dataflow.TaskID(t), Gen: r.number, Epoch: a.checkpoint, Subject: r.subject})
		}
	}
	a.endRequests()
}

// askAgain repeats what a new incarnation of a downstream has not been asked.
// Who had answered and died is asked again: its successor counts anew.
func (a *Agent) askAgain(u dataflow.TaskID) {
	for i := range a.asking.requests {
		r := &a.asking.requests[i]
		if r.origin == u {
			r.left, r.origin = -1, -1 // nobody waits for it any more
			continue
		}
		for j := range a.out {
			if a.out[j].to != u || u == a.graph.Broker() {
				continue
			}
			if !r.missing[u] {
				r.missing[u] = true
				if !a.policy.Quirks.has(CountAnswers) {
					r.left++
				}
			}
			a.watch.Reach(RequestAgain)
			a.send(Message{Kind: Request, To: u, Gen: r.number, Epoch: a.checkpoint, Subject: r.subject})
			break
		}
	}
}

// requested takes a request for another task's logs.
func (a *Agent) requested(m *Message) {
	switch {
	case !a.started || m.FromInc > a.incs[m.From] || a.state == Gathering:
		a.watch.Reach(RequestEarly)
		a.early = append(a.early, *m) // an input behind which others may still lie
		return
	case m.FromInc < a.incs[m.From]:
		return
	case a.state == Replaying && a.policy.Quirks.has(AnswerBetweenBuffers) && a.task.Starved():
		a.asking.parked = append(a.asking.parked, *m)
		return
	}
	logs := causallog.NewGather(a.layout, m.Epoch)
	if err := logs.Add(a.answer(m.Subject, m.Epoch)); err != nil {
		panic(fmt.Sprintf("recovery: %s cannot read its own logs: %v", a.graph.TaskName(a.id), err))
	}
	if a.knows() {
		a.respond(m.From, m.Subject, m.Gen, logs)
		return
	}
	a.watch.Reach(RequestPassed)
	a.ask(request{subject: m.Subject, origin: m.From, asked: m.Gen, logs: logs})
}

// knows says whether the task holds all that was ever sent to it, itself: one
// that came back since the last checkpoint holds only what was sent again.
func (a *Agent) knows() bool {
	if a.policy.Quirks.has(AnswerAlone) {
		return a.state == Running
	}
	return a.asking.recovered != a.checkpoint
}

// answer gives what is held of a task's logs.
func (a *Agent) answer(subject dataflow.TaskID, from int32) []byte {
	logs := causallog.Filter(a.store.AppendAnswer(nil, from), func(id causallog.LogID, _ int32) bool {
		return a.layout.Owner(id) == subject
	})
	if a.policy.Quirks.has(OlderEpoch) && len(logs) == 0 {
		return a.store.AppendOldest(nil, subject, from)
	}
	return logs
}

func (a *Agent) respond(to, subject dataflow.TaskID, number uint32, logs *causallog.Gather) {
	a.send(Message{Kind: Response, To: to, Gen: number, Subject: subject, Logs: logs.AppendAll(nil)})
}

// responded takes the answer to a request. Answers are counted by who gives
// them, not by number.
func (a *Agent) responded(m *Message) {
	for i := range a.asking.requests {
		r := &a.asking.requests[i]
		if r.number != m.Gen || r.left <= 0 {
			continue
		}
		counts := r.missing[m.From] && m.FromInc == a.incs[m.From] || a.policy.Quirks.has(CountAnswers)
		if !counts {
			return
		}
		r.missing[m.From] = false
		r.left--
		r.bytes += int64(len(m.Logs))
		if err := r.logs.Add(m.Logs); err != nil {
			a.watch.Break(INV05, fmt.Sprintf("%s gathers from %s: %v", a.graph.TaskName(a.id), a.graph.TaskName(m.From), err))
		}
	}
	a.endRequests()
}

// endRequests takes up the requests that all have answered: the own logs are
// installed, those of others are handed back to who asked.
func (a *Agent) endRequests() {
	for i := 0; i < len(a.asking.requests); i++ {
		if a.asking.requests[i].left > 0 {
			continue
		}
		r := a.asking.requests[i]
		a.asking.requests = append(a.asking.requests[:i], a.asking.requests[i+1:]...)
		i--
		switch {
		case r.origin < 0:
		case r.origin != a.id:
			a.respond(r.origin, r.subject, r.asked, r.logs)
		default:
			a.host.Collected(r.bytes)
			a.host.Told(VerbCollect, a.checkpoint)
			store := a.asking.own.Install(a.id)
			a.asking.own = nil
			a.compareWritten(store)
			a.begin(store)
		}
	}
}

// built gives, of every output, the position behind the last buffer whose
// BufferBuilt entry came back: what a receiver that lives has received.
func (a *Agent) built(store *causallog.Store) {
	for i := range a.out {
		o, log := &a.out[i], a.layout.Cuts(a.out[i].channel)
		o.built = Mark{Epoch: a.checkpoint}
		for e := a.checkpoint; e <= store.Last(log); e++ {
			if n := store.Len(log, e); n > 0 {
				o.built = Mark{Epoch: e, Offset: int32(n / causallog.BufferBuiltBytes)}
			}
		}
	}
}

// rebuilding says whether an output still repeats the buffers that were built
// before: until it has them all, nobody is sent any.
func (a *Agent) rebuilding(o *outbound) bool {
	return a.guard != nil && a.guard.left && !a.guard.cuts[a.graph.Channels[o.channel].Output].plan.Exhausted()
}

// unpark takes up the requests that waited for the task to have input.
func (a *Agent) unpark() {
	held := a.asking.parked
	a.asking.parked = nil
	for i := range held {
		a.Handle(&held[i])
	}
}

// ignoreFrom gives the tasks behind failed ones: they are told to wait no
// longer for a checkpoint's barriers.
func (m *Manager) ignoreFrom(failed []dataflow.TaskID) []bool {
	behind := make([]bool, len(m.incs))
	var follow func(t dataflow.TaskID)
	follow = func(t dataflow.TaskID) {
		for _, c := range m.graph.Outputs(t) {
			if to := m.graph.Channels[c].To; to != m.graph.Broker() && !behind[to] {
				behind[to] = true
				follow(to)
			}
		}
	}
	for _, t := range failed {
		follow(t)
	}
	return behind
}

// ignore gives the pending checkpoint up: the failed tasks' parts of it belong
// to executions that are no more, whoever has acknowledged. Who fails later is
// told of it when it restarts, and sends no barrier of it unless its log has
// it: so those behind it must not wait either.
func (m *Manager) ignore(failed []dataflow.TaskID, view *View) {
	m.holdOff = m.policy.Backoff
	behind := m.ignoreFrom(failed)
	if m.pending != 0 {
		if m.policy.Quirks.has(CompleteWhileRecovering) && m.acknowledged(failed, behind) {
			return
		}
		m.watch.Reach(CheckpointIgnored)
		m.ignored, m.pending = m.pending, 0
		m.clearAcks()
	}
	view.Ignored = m.ignored
	if m.ignored <= m.completed {
		return
	}
	for t := range m.incs {
		if behind[t] && !view.Restarted[t] {
			m.send(Message{Kind: Abandon, To: dataflow.TaskID(t), Epoch: m.ignored})
		}
	}
}

// acknowledged says whether failed tasks and all behind them have.
func (m *Manager) acknowledged(failed []dataflow.TaskID, behind []bool) bool {
	for t := range m.incs {
		if behind[t] && !m.acked[t] {
			return false
		}
	}
	for _, t := range failed {
		if !m.acked[t] {
			return false
		}
	}
	return true
}
