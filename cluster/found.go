package cluster

import (
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/pipeline"
	"simrun/recovery"
)

// found notes in which situations a crash finds its victims, which are about to
// die at one instant. It only looks.
func (r *Run) found(died []*process) {
	if len(died) == 0 {
		return
	}
	w, tasks := &r.watch, int(r.graph.Broker())
	dies := make([]bool, tasks)
	for _, p := range died {
		dies[p.id] = true
		r.foundAt(p)
	}
	if r.manager.Pending() != 0 {
		w.Reach(recovery.CrashPending)
	}
	if r.manager.Completing() {
		w.Reach(recovery.CrashCompleting)
	}
	if r.manager.Dispatching() {
		w.Reach(recovery.CrashTruncating)
	}
	if r.manager.Checkpoint() == 0 {
		w.Reach(recovery.CrashFirstEpoch)
	}
	for _, p := range r.current[:tasks] {
		if p.dead && p.inc == r.manager.Incarnation(p.id) && r.detector.given[p.id] < p.inc {
			w.Reach(recovery.CrashUnnoticed)
			break
		}
	}
	r.foundTogether(dies, len(died))
}

// foundTogether notes how those that die at one instant are connected.
func (r *Run) foundTogether(dies []bool, count int) {
	adjacent, path := r.graph.Together(dies)
	if adjacent {
		r.watch.Reach(recovery.CrashAdjacent)
	}
	if path {
		r.watch.Reach(recovery.CrashPath)
	}
	if count == len(dies) {
		r.watch.Reach(recovery.CrashAll)
	}
}

// foundAt notes what one victim was at.
func (r *Run) foundAt(p *process) {
	w := &r.watch
	if r.graph.IsSource(p.id) {
		w.Reach(recovery.CrashSource)
	}
	if r.graph.IsSink(p.id) {
		w.Reach(recovery.CrashSink)
	}
	if !p.started {
		w.Reach(recovery.CrashRestoring)
		return
	}
	switch {
	case p.agent.State() == recovery.Gathering:
		w.Reach(recovery.CrashGathering)
		return
	case p.agent.State() == recovery.Replaying:
		w.Reach(recovery.CrashReplaying)
	case p.inc > 1:
		w.Reach(recovery.CrashAgain)
	}
	for _, s := range [...]struct {
		is bool
		of recovery.Situation
	}{
		{p.task.Aligning(), recovery.CrashAligning}, {p.task.Recording(), recovery.CrashRecording}, {p.uploading > 0, recovery.CrashUploading},
		{p.agent.Unsettled(), recovery.CrashUnsettled}, {p.task.Calls() > 0, recovery.CrashCalling}, {p.task.ArmedTimers() > 0, recovery.CrashTimer},
		{p.task.HalfRecord(), recovery.CrashHalfRecord}, {p.agent.Blocked(), recovery.CrashStarved},
	} {
		if s.is {
			w.Reach(s.of)
		}
	}
	if p.agent.State() == recovery.Running {
		r.foundBeside(p)
	}
}

// foundBeside notes what others were at when one that ran died.
func (r *Run) foundBeside(p *process) {
	if r.manager.BringsBack(p.id) {
		r.watch.Reach(recovery.CrashBystander)
	}
	for _, q := range r.current[:r.graph.Broker()] {
		if q != p && q.started && !q.dead && q.agent.State() == recovery.Gathering {
			r.watch.Reach(recovery.CrashAnswering)
			return
		}
	}
}

// holders notes who alone holds the most of the logs of tasks that are down.
func (r *Run) holders(agents []*recovery.Agent, down []bool, checkpoint int32) {
	for t := range down {
		if !down[t] {
			continue
		}
		switch count, last := recovery.Holders(agents, dataflow.TaskID(t), checkpoint); {
		case count == 1 && last == r.broker.agent:
			r.watch.Reach(recovery.HolderBroker)
		case count == 1:
			r.watch.Reach(recovery.HolderOne)
		}
	}
}

// snapshotFinds notes at what a local snapshot is taken.
func (p *process) snapshotFinds() {
	w, records := &p.run.watch, p.run.faults.counts[p.id]
	if p.task.HalfRecord() {
		w.Reach(recovery.SnapshotHalfRecord)
	}
	if p.task.Replaying() {
		w.Reach(recovery.ReplaySnapshot)
	}
	if records == p.counted {
		w.Reach(recovery.EpochEmpty)
	}
	p.counted = records
}

// tallySituations adds what a process has counted itself, when it dies or the run
// ends.
func (r *Run) tallySituations(p *process) {
	if p.task == nil {
		return
	}
	r.watch.Reached[recovery.DuplicateDropped] += p.task.Duplicates()
	r.job.tally(p.task.Operator(), &r.watch.Reached)
}

// shopSituations are the situations that tasks of the shop count.
var shopSituations = [checkout.Notables]recovery.Situation{
	checkout.RetryFromBooks: recovery.RetryFromBooks, checkout.RetryUnderway: recovery.RetryUnderway, checkout.LockWaits: recovery.LockWaits,
	checkout.Aborted: recovery.TransactionAborted, checkout.Compensated: recovery.SagaCompensated, checkout.OutOfStockSeen: recovery.StockShort,
	checkout.CreditShortSeen: recovery.CreditShort, checkout.DeclinedSeen: recovery.PaymentDeclined, checkout.GivenUp: recovery.PaymentTimeout,
	checkout.AnswerTooLate: recovery.AnswerTooLate, checkout.FindWaits: recovery.FindWaits, checkout.WindowFull: recovery.WindowFull,
}

// tally implements job.
func (s *shop) tally(operator dataflow.Operator, reached *recovery.Reached) {
	if counted := checkout.TallyOf(operator); counted != nil {
		for i, n := range counted {
			reached[shopSituations[i]] += n
		}
	}
}

// tally implements job.
func (c *counters) tally(operator dataflow.Operator, reached *recovery.Reached) {
	again, windows := pipeline.TallyOf(operator)
	reached[recovery.RetryFromBooks] += again
	reached[recovery.WindowOver] += windows
}
