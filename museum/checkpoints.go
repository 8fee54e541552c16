package museum

import (
	"simrun/dataflow"
	"simrun/recovery"
)

// checkpoints are bugs of snapshots, of when a checkpoint is complete, and of
// what may be forgotten then.
var checkpoints = []Bug{
	{Name: "truncate-early", Text: "logs are dropped at the local snapshot", Room: "recovery", Switch: "TruncateEarly",
		Source: "RisingWave #12698", plant: inRecovery(func(b *recovery.Broken) { b.TruncateEarly = true })},
	{Name: "truncate-at-ack", Text: "logs are dropped when the own part is durable", Room: "recovery", Switch: "TruncateAtAck",
		Source: "a likely mistake", plant: inRecovery(func(b *recovery.Broken) { b.TruncateAtAck = true })},
	{Name: "truncate-one-more", Text: "in-flight logs drop the epoch that a complete checkpoint begins, too", Room: "recovery", Switch: "TruncateOneMore",
		Source: "RisingWave #12698", plant: inRecovery(func(b *recovery.Broken) { b.TruncateOneMore = true })},
	{Name: "truncate-undelivered", Text: "logs are dropped before the standbys have the checkpoint", Room: "recovery", Switch: "TruncateUndelivered",
		Source: "Clonos 5.2; it does harm where standbys are sent differences, of which one may overtake another", Needs: []string{"cluster.standby.dispatch=incremental", "cluster.standbys=1"},
		plant: inRecovery(func(b *recovery.Broken) { b.TruncateUndelivered = true })},
	{Name: "stale-standby", Text: "a standby starts with the state that it has, and logs are dropped before it has the next", Room: "recovery", Switch: "TruncateUndelivered, StaleStandby",
		Source: "Clonos, commit b719090ec0", plant: inRecovery(func(b *recovery.Broken) { b.TruncateUndelivered, b.StaleStandby = true, true })},
	{Name: "keep-dead-acks", Text: "acknowledgements of a dead incarnation count", Room: "recovery", Switch: "KeepDeadAcks",
		Source: "Clonos as published, on a cycle", plant: inRecovery(func(b *recovery.Broken) { b.KeepDeadAcks = true })},
	{Name: "ack-before-durable", Text: "a part is acknowledged before it is durable", Room: "recovery", Switch: "AckBeforeDurable",
		Source: "CheckMate, uploads in an executor", plant: inRecovery(func(b *recovery.Broken) { b.AckBeforeDurable = true })},
	{Name: "complete-sinkless", Text: "a checkpoint completes without the parts of sinks", Room: "recovery", Switch: "CompleteSinkless",
		Source: "RisingWave #22384", plant: inRecovery(func(b *recovery.Broken) { b.CompleteSinkless = true })},
	{Name: "sink-acks-early", Text: "a sink does not wait until the broker has its replies", Room: "recovery", Switch: "SinkAcksEarly",
		Source: "FLINK-31305", plant: inRecovery(func(b *recovery.Broken) { b.SinkAcksEarly = true })},
	{Name: "release-early", Text: "replies are released when all parts are durable, before the completion record is", Room: "recovery", Switch: "ReleaseEarly",
		Source: "Hazelcast Jet #2824", Needs: []string{"recovery.replies=transactional"},
		plant: inRecovery(func(b *recovery.Broken) { b.ReleaseEarly = true })},
	{Name: "any-part", Text: "the newest part of a task is loaded, of whatever incarnation", Room: "recovery", Switch: "AnyPart",
		Source: "FLINK-2339",
		Hidden: "a part that is written again is as a rule what it was, byte for byte; scenarios/testdata/museum/any-part.yaml has four faults after which it is not, and is caught",
		plant:  inRecovery(func(b *recovery.Broken) { b.AnyPart = true })},
	{Name: "keep-uncommitted", Text: "a rollback does not drop what sinks wrote that no checkpoint covers", Room: "recovery", Switch: "KeepUncommitted",
		Source: "FLINK-8132", Needs: []string{"recovery.protocol=global"},
		plant: inRecovery(func(b *recovery.Broken) { b.KeepUncommitted = true })},
	{Name: "no-alignment", Text: "an input whose barrier has come is read on before the others have theirs", Room: "dataflow", Switch: "NoAlignment",
		Source: "Iceberg #15846", plant: inTask(func(b *dataflow.Broken) { b.NoAlignment = true })},
	{Name: "forget-feedback", Text: "feedback buffers are not in the checkpoint", Room: "dataflow", Switch: "ForgetFeedback",
		Source: "Carbone et al. 2015", plant: inTask(func(b *dataflow.Broken) { b.ForgetFeedback = true })},
	{Name: "one-barrier-ends", Text: "the first feedback barrier that comes back ends the recording of all feedback inputs", Room: "dataflow", Switch: "OneBarrierEnds",
		Source: "FLINK-20645", plant: inTask(func(b *dataflow.Broken) { b.OneBarrierEnds = true })},
	{Name: "inject-first", Text: "restored feedback buffers are read before everything", Room: "dataflow", Switch: "InjectFirst",
		Source: "Carbone et al. 2015, without a log", plant: inTask(func(b *dataflow.Broken) { b.InjectFirst = true })},
	{Name: "early-barrier", Text: "a feedback barrier does not wait for the local snapshot", Room: "dataflow", Switch: "EarlyBarrier",
		Source: "recovery on a cycle", plant: inTask(func(b *dataflow.Broken) { b.EarlyBarrier = true })},
	{Name: "forget-timers", Text: "armed timers are not restored", Room: "dataflow", Switch: "ForgetTimers",
		Source: "Clonos, commit d56f91e0c8", Needs: []string{"checkout.provider.timeout=3ms"}, plant: inTask(func(b *dataflow.Broken) { b.ForgetTimers = true })},
	{Name: "forget-calls", Text: "open external calls are not restored", Room: "dataflow", Switch: "ForgetCalls",
		Source: "RisingWave #23321", plant: inTask(func(b *dataflow.Broken) { b.ForgetCalls = true })},
	{Name: "forget-remainders", Text: "of records that straddle a barrier the first bytes are not restored", Room: "dataflow", Switch: "ForgetRemainders",
		Source: "what the team thought of", Needs: []string{"network.buffer.bytes=64B"},
		plant: inTask(func(b *dataflow.Broken) { b.ForgetRemainders = true })},
	{Name: "source-ahead", Text: "a source's snapshot counts a record that it has not taken yet", Room: "dataflow", Switch: "SourceAhead",
		Source: "FLINK-2098", plant: inTask(func(b *dataflow.Broken) { b.SourceAhead = true })},
}
