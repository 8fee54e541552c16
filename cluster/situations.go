package cluster

import "simrun/recovery"

// Situation is something that a run can come to, in words.
type Situation struct {
	Name  string // as scenarios, tables and JSON have it
	Text  string // what it is, in a sentence without a capital and a full stop
	needs need   // all that a run must have to come to it
}

// Situations are all situations, in the order of their numbers.
func Situations() []Situation { return situations[:] }

// SituationNamed finds a situation by its name.
func SituationNamed(name string) (recovery.Situation, bool) {
	for i := range situations {
		if situations[i].Name == name {
			return recovery.Situation(i), true
		}
	}
	return 0, false
}

var situations = [recovery.Situations]Situation{
	recovery.CrashSource:     {"crash-source", "a source dies", needCrashOfSource},
	recovery.CrashSink:       {"crash-sink", "a sink dies", needCrashOfSink},
	recovery.CrashFirstEpoch: {"crash-first-epoch", "a task dies before any checkpoint is complete", needCrash},
	recovery.CrashRestoring:  {"crash-restoring", "a task dies again before the state of its new incarnation is there", needCrash | needTwoFailures},
	recovery.CrashGathering:  {"crash-gathering", "a task dies again while it collects its determinants", needCrash | needTwoFailures | needCausal},
	recovery.CrashReplaying:  {"crash-replaying", "a task dies again in the middle of its replay", needCrash | needTwoFailures | needCausal},
	recovery.CrashAligning:   {"crash-aligning", "a task dies when a barrier has come on some of its regular inputs and not on others", needCrash | needMerge},
	recovery.CrashRecording:  {"crash-recording", "a task dies between its local snapshot and the return of the barrier on its feedback inputs", needCrash | needFeedback},
	recovery.CrashUploading:  {"crash-uploading", "a task dies while its part of a checkpoint is written and not yet durable", needCrash},
	recovery.CrashUnsettled:  {"crash-unsettled", "a sink dies whose part is durable and waits for the broker to have its replies", needCrashOfSink},
	recovery.CrashPending:    {"crash-pending", "a task dies while a checkpoint is under way", needCrash},
	recovery.CrashAcked:      {"crash-acked", "a task fails that has acknowledged the checkpoint under way: its part is void", needFailure},
	recovery.CrashCompleting: {"crash-completing", "a task dies when all parts are durable and the completion record is being written", needCrash},
	recovery.CrashTruncating: {"crash-truncating", "a task dies when a checkpoint is complete and has not reached all standbys, so that nothing was truncated", needCrash | needStandbys},
	recovery.CrashCalling:    {"crash-calling", "a task dies that waits for the answer to a call outside", needCrash | needShopJob},
	recovery.CrashTimer:      {"crash-timer", "a task dies with a timer armed", needCrash},
	recovery.CrashHalfRecord: {"crash-half-record", "a task dies that has read the first half of a record", needCrash},
	recovery.CrashStarved:    {"crash-starved", "a task dies that waits for credit", needCrash},
	recovery.CrashAgain:      {"crash-again", "a task dies that died before and was brought back", needCrash | needTwoFailures},
	recovery.CrashUnnoticed:  {"crash-unnoticed", "a task dies while nobody has noticed the death of another", needCrash | needTwoFailures},
	recovery.CrashBystander:  {"crash-bystander", "a task that runs dies while another is being brought back", needCrash | needTwoFailures},
	recovery.CrashAnswering:  {"crash-answering", "a task that runs dies while another collects determinants", needCrash | needTwoFailures | needCausal},
	recovery.CrashMachine:    {"crash-machine", "a machine dies with several tasks", needCrashOfMachine | needSharedMachine},
	recovery.CrashAdjacent:   {"crash-adjacent", "two tasks that a channel joins die at one instant", needCrashTogether},
	recovery.CrashPath:       {"crash-path", "tasks that channels join from a source to a sink die at one instant", needCrashOfPath},
	recovery.CrashAll:        {"crash-all", "all tasks die at one instant", needCrashOfAll},

	recovery.StandbyUsed:       {"standby-used", "a standby takes over", needStandbys | needFailure},
	recovery.StandbyLoading:    {"standby-loading", "a standby takes over before the state that it needs has reached it", needStandbys | needFailure},
	recovery.StandbyCrashed:    {"standby-crashed", "a standby dies while it waits", needStandbys | needCrashOfStandby},
	recovery.StandbyCutOff:     {"standby-cut-off", "a standby dies while a state is on its way to it", needStandbys | needCrashOfStandby},
	recovery.StandbyLost:       {"standby-lost", "a standby dies when it is about to take over", needStandbys | needCrashOfStandby | needFailure},
	recovery.StandbyNone:       {"standby-none", "no standby is left: a new process is started and reads its state from the store", needFailure | needNoStandby},
	recovery.StandbyReplaced:   {"standby-replaced", "a new standby follows one that was used or has died", needStandbys | needReplacement},
	recovery.StandbyDifference: {"standby-difference", "a standby makes its state of the one before and a difference", needStandbys | needIncremental},
	recovery.ProcessMoved:      {"process-moved", "a task comes back on another machine, for its own is down", needCrashOfMachine | needNoStandby},
	recovery.ProcessLost:       {"process-lost", "the machine dies on which a new process is being started", needCrashOfMachine | needNoStandby},
	recovery.NoMachine:         {"no-machine", "no machine is up that could take a new process but the manager's", needCrashOfMachines | needNoStandby},

	recovery.NoticedBroken:  {"noticed-broken", "a death is noticed by broken connections", needCrash | needConnections},
	recovery.NoticedSilence: {"noticed-silence", "a death is noticed by missing heartbeats", needCrash | needSilentDeath},
	recovery.NoticedLate:    {"noticed-late", "a death waits to be noticed until the manager goes on", needCrash | needConnections | needManagerPaused},
	recovery.Suspected:      {"suspected", "a task that lives is given up", needSilence},
	recovery.ZombieKilled:   {"zombie-killed", "a task that was given up alive is still there when it is told to stop", needSilence},
	recovery.ZombieFrame:    {"zombie-frame", "a buffer of a replaced incarnation arrives and is shut out", needFailure},
	recovery.ZombieAck:      {"zombie-ack", "a replaced incarnation acknowledges a checkpoint, which does not count", needFailure},
	recovery.ZombiePart:     {"zombie-part", "a replaced incarnation ends the writing of its part of a checkpoint", needOutlived},
	recovery.FrameToDead:    {"frame-to-dead", "a buffer arrives for an incarnation that is no more", needFailure},
	recovery.CutHeartbeat:   {"cut-heartbeat", "a heartbeat is lost to a cut", needCut},
	recovery.CutMessage:     {"cut-message", "buffers or messages wait at a cut or for a receiver that is paused", needCutOrPause},

	recovery.RecoveryTwo:        {"recovery-two", "two recoveries go on at once", needTwoFailures},
	recovery.RollbackAll:        {"rollback", "a failure rolls all tasks back", needGlobalProtocol | needFailure},
	recovery.RollbackFallback:   {"rollback-fallback", "too many have failed for the sharing depth: all tasks are rolled back", needFallback | needTooMany},
	recovery.OrphanAverted:      {"orphan-averted", "a survivor depends on what nobody holds, and is rolled back", needFallback | needTooMany},
	recovery.OrphanContinued:    {"orphan-continued", "a survivor depends on what nobody holds, and nothing is rolled back", needOrphans | needFailure},
	recovery.GatherAgain:        {"gather-again", "a failure makes a task that collects determinants begin anew", needGathers | needTwoFailures},
	recovery.GatherEarly:        {"gather-early", "determinants come of a generation that the collecting task has not heard of", needGathers | needTwoFailures},
	recovery.GatherStale:        {"gather-stale", "determinants come of a generation that is over", needGathers | needTwoFailures},
	recovery.GatherReplaying:    {"gather-replaying", "a task in the middle of its replay is asked what it holds", needGathers | needTwoFailures},
	recovery.GatherEmpty:        {"gather-empty", "a task that collects determinants itself is asked what it holds: nothing", needGathers | needTwoFailures},
	recovery.HolderOne:          {"holder-one", "one task alone holds the last determinants of a failed one", needCausal | needFailure},
	recovery.HolderBroker:       {"holder-broker", "the broker alone holds the last determinants of a failed task", needCausal | needFailure | needAttached},
	recovery.DeterminantLost:    {"determinant-lost", "determinants of a failed task are lost with it: nobody holds them", needCausal | needFailure},
	recovery.LogEmpty:           {"log-empty", "nobody holds a determinant of a failed task: nothing is replayed", needCausal | needFailure},
	recovery.ReplayOrder:        {"replay-order", "a replay takes a buffer that its log names", needCausal | needFailure},
	recovery.ReplayClock:        {"replay-clock", "a replay reads the clock from its log", needCausal | needFailure},
	recovery.ReplayRandom:       {"replay-random", "a replay takes a random seed from its log", needCausal | needFailure},
	recovery.ReplayAnswer:       {"replay-answer", "a replay takes the answer to a call from its log", needCausal | needFailure | needShopJob},
	recovery.ReplayTimer:        {"replay-timer", "a replay fires a timer where its log has it", needCausal | needFailure},
	recovery.ReplayTick:         {"replay-tick", "a replay refreshes the cached clock where its log has it", needCausal | needFailure | needTicking},
	recovery.ReplayTrigger:      {"replay-trigger", "a source repeats a checkpoint where its log has it", needCausal | needFailureOfSource},
	recovery.ReplayIgnore:       {"replay-ignore", "a replay gives a checkpoint up where its log has it", needPublished | needFailure},
	recovery.ReplayEpochEnd:     {"replay-epoch-end", "a replay takes its local snapshot among feedback buffers where its log has it", needCausal | needFailure | needFeedback},
	recovery.ReplayCut:          {"replay-cut", "a replay cuts a buffer where its log has it", needCausal | needFailure},
	recovery.ReplayMidRecord:    {"replay-mid-record", "a replay builds a buffer that begins in the middle of a record", needCausal | needFailure},
	recovery.ReplayChoice:       {"replay-choice", "a replay takes the buffer that its log names while another input has one as well", needCausal | needFailure | needChoice},
	recovery.ReplayWaits:        {"replay-waits", "a replay waits for an input while another one has something", needCausal | needFailure | needChoice},
	recovery.ReplaySnapshot:     {"replay-snapshot", "a replay goes on beyond a local snapshot", needCausal | needFailure},
	recovery.RegeneratedSkipped: {"regenerated-skipped", "a buffer is built again that its receiver has, and is not sent", needCausal | needFailure},
	recovery.RegeneratedBefore:  {"regenerated-before", "a replay has built buffers before their receiver tells that it has them", needCausal | needFailure},
	recovery.SentAgain:          {"sent-again", "a new incarnation is sent again what its predecessor was sent", needInFlight | needFailure},
	recovery.CallAgain:          {"call-again", "a recovered task makes a call again whose answer nobody has", needFailure | needShopJob},
	recovery.DuplicateDropped:   {"duplicate-dropped", "a record that was received before is dropped", needDuplicates | needFailure},

	recovery.RequestPassed:     {"request-passed", "a request for determinants is passed on, by a task that was brought back itself", needPublished | needTwoFailures},
	recovery.RequestEarly:      {"request-early", "a request for determinants waits for the collection of the one that is asked", needPublished | needTwoFailures},
	recovery.RequestAgain:      {"request-again", "a request for determinants is repeated, for the one that was asked has failed", needPublished | needTwoFailures},
	recovery.InputFirst:        {"input-first", "input comes while determinants are being collected", needPublished | needFailure},
	recovery.AttachWaits:       {"attach-waits", "a receiver connects to a task that has yet to build again what was built before", needPublished | needTwoFailures},
	recovery.CheckpointIgnored: {"checkpoint-ignored", "a failure has the tasks behind it ignore the checkpoint under way", needPublished | needFailure},

	recovery.CheckpointAbandoned: {"checkpoint-abandoned", "a failure gives up the checkpoint under way", needFailure | needAbandons},
	recovery.CheckpointSurvives:  {"checkpoint-survives", "a checkpoint completes during which a task has failed", needFailure | needGoesOnPending},
	recovery.CompletionVoid:      {"completion-void", "a completion record is written that no longer counts, for a part is void", needFailure},
	recovery.TriggerAgain:        {"trigger-again", "a new incarnation of a source is told of the checkpoint under way", needFailureOfSource | needGoesOnPending},
	recovery.FeedbackRecorded:    {"feedback-recorded", "a checkpoint contains buffers of feedback inputs", needFeedback},
	recovery.SnapshotHalfRecord:  {"snapshot-half-record", "a local snapshot contains the first half of a record", needFeedback},
	recovery.EpochEmpty:          {"epoch-empty", "an epoch of a task has no record", 0},
	recovery.StorePaused:         {"store-paused", "a part of a checkpoint waits for the store to go on", needStorePaused},

	recovery.RecordStraddles: {"record-straddles", "a buffer begins in the middle of a record", 0},
	recovery.CreditOut:       {"credit-out", "a channel has something to send and no credit", 0},
	recovery.CreditHolds:     {"credit-holds", "a task takes no input, for an output waits for credit", 0},
	recovery.PoolExhausted:   {"pool-exhausted", "a task leaves input, for the pool of its in-flight logs is exhausted", needInFlight | needInFlightPool},
	recovery.LogsExhausted:   {"logs-exhausted", "a task leaves input, for the pool of its causal logs is exhausted", needCausal | needLogPool},
	recovery.Spilled:         {"spilled", "buffers of an in-flight log have been written to disk", needInFlight | needSpill},
	recovery.ReadBack:        {"read-back", "spilled buffers have been read back to be sent again", needInFlight | needSpill | needFailure},
	recovery.ReadVoid:        {"read-void", "spilled buffers have been read back for a receiver that has failed meanwhile", needInFlight | needSpill | needTwoFailures},

	recovery.ReplyWithheld:   {"reply-withheld", "a reply waits for the checkpoint that covers it", needTransactional},
	recovery.ReplyReleased:   {"reply-released", "a reply that has waited is released by its checkpoint", needTransactional},
	recovery.ReplyWithdrawn:  {"reply-withdrawn", "replies that waited are dropped with the execution that made them", needTransactional | needWithdraws | needFailure},
	recovery.ClientRetry:     {"client-retry", "a client asks again", needRetries},
	recovery.ClientGivesUp:   {"client-gives-up", "a client gives up an operation, whose outcome stays unknown", needGivesUp},
	recovery.ClientToldAgain: {"client-told-again", "a client is told a second time", needRetries},
	recovery.RetryFromBooks:  {"retry-from-books", "a request that was answered comes again and is answered from the books", needRetries},
	recovery.RetryUnderway:   {"retry-underway", "a request that is being served comes again", needRetries | needShopJob},

	recovery.LockWaits:          {"lock-waits", "a transaction waits for a lock", needTwoPhase},
	recovery.TransactionAborted: {"transaction-aborted", "locks that were granted are let go without effect", needTwoPhase},
	recovery.SagaCompensated:    {"saga-compensated", "a reservation of a saga is taken back", needSagas},
	recovery.StockShort:         {"stock-short", "a checkout is rejected for want of stock", needShopJob},
	recovery.CreditShort:        {"credit-short", "a checkout is rejected for want of credit", needShopJob},
	recovery.PaymentDeclined:    {"payment-declined", "the payment provider declines", needShopJob | needDeclines},
	recovery.PaymentTimeout:     {"payment-timeout", "payment gives up on the provider: its timer fires", needShopJob},
	recovery.AnswerTooLate:      {"answer-too-late", "the provider answers when payment has given up", needShopJob},
	recovery.FindWaits:          {"find-waits", "a find_order waits for a checkout that is under way", needShopJob},
	recovery.WindowFull:         {"window-full", "an operation waits at an order task, for its window is full", needShopJob},
	recovery.WindowOver:         {"window-over", "a window of time of a counter is over", needPipelineJob},
}
