package recovery

import "fmt"

// An agent's part in a checkpoint: what was captured is written, acknowledged when
// it is durable, and when the checkpoint is complete everything older is dropped.

func (a *Agent) truncate(n int32) {
	if n <= a.checkpoint {
		return
	}
	a.watch.Truncated(a.graph.TaskName(a.id), n)
	a.checkpoint = n
	a.dropBefore(n)
	a.minimal(n)
	a.host.Told(VerbTruncate, n)
}

// minimal checks that what a checkpoint covers is kept no longer.
func (a *Agent) minimal(n int32) {
	if a.store == nil {
		return
	}
	a.watch.Look(INV25)
	if from := a.store.From(); from < n {
		a.watch.Break(INV25, fmt.Sprintf("%s keeps logs of epochs from %d on, and checkpoint %d is complete", a.graph.TaskName(a.id), from, n))
	}
}

func (a *Agent) dropBefore(n int32) {
	if a.store != nil && !a.policy.Broken.KeepLogs {
		a.store.Truncate(n)
	}
	if a.policy.InFlight {
		for i := range a.out {
			a.out[i].log.Truncate(n + a.policy.Broken.oneMore())
		}
	}
}

// Snapshotted follows the task's local snapshot.
func (a *Agent) Snapshotted(epoch int32) {
	if a.policy.Broken.TruncateEarly {
		a.dropEarly(epoch)
	}
	a.host.Told(VerbSnapshot, epoch)
}

// Captured follows the completion of a checkpoint's content: it is written to
// the store.
func (a *Agent) Captured(epoch int32, snapshot []byte) {
	a.host.Upload(epoch, snapshot)
	if a.policy.Broken.AckBeforeDurable {
		a.ack(epoch)
	}
}

// Durable follows the end of the upload. A sink acknowledges only when the
// broker has everything that the checkpoint presumes sent.
func (a *Agent) Durable(epoch int32) {
	a.host.Told(VerbDurable, epoch)
	if a.isSink() && !a.policy.Broken.SinkAcksEarly {
		a.durable = epoch
		a.ackIfSettled()
		return
	}
	a.ack(epoch)
}

// Unsettled says whether a sink's durable part waits for the broker to have its
// replies.
func (a *Agent) Unsettled() bool { return a.durable != 0 }

func (a *Agent) ackIfSettled() {
	if a.durable != 0 && a.settled >= a.durable {
		a.ack(a.durable)
		a.durable = 0
	}
}

func (a *Agent) ack(epoch int32) {
	a.send(Message{Kind: Ack, To: ManagerID, Epoch: epoch})
	a.host.Told(VerbAck, epoch)
	if a.policy.Broken.TruncateAtAck {
		a.dropEarly(epoch)
	}
}
