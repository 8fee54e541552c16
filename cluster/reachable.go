package cluster

import (
	"simrun/checkout"
	"simrun/recovery"
)

// need is a set of conditions without which a run does not come to a situation.
type need uint64

const (
	needCausal need = 1 << iota
	needGathers
	needPublished
	needInFlight
	needDuplicates
	needGlobalProtocol
	needFallback
	needOrphans
	needAbandons
	needGoesOnPending
	needAttached
	needTransactional
	needWithdraws
	protocolNeeds = iota // the conditions so far are of the protocol and how it is set
)

const (
	needShopJob need = 1 << (protocolNeeds + iota)
	needPipelineJob
	needFeedback
	needMerge
	needChoice
	needTwoPhase
	needSagas
	needDeclines
	needTicking
	needRetries
	needGivesUp
	needInFlightPool
	needLogPool
	needSpill
	needStandbys
	needIncremental
	needConnections
	needFailure
	needTooMany
	needFailureOfSource
	needCrash
	needTwoFailures
	needCrashOfSource
	needCrashOfSink
	needCrashTogether
	needCrashOfPath
	needCrashOfAll
	needCrashOfMachine
	needCrashOfMachines
	needSharedMachine
	needCrashOfStandby
	needNoStandby
	needReplacement
	needSilence
	needSilentDeath
	needOutlived
	needManagerPaused
	needStorePaused
	needCut
	needCutOrPause
)

// condition says when a run has what a situation needs, and what is missing where
// it has not.
type condition struct {
	need    need
	missing string
	holds   func(c *Config, s *strikes) bool
}

// Unreachable says why a run of the configuration does not come to a situation;
// empty: it can, as far as what it runs and what strikes it tell. If so many tasks
// die that a sweep chooses (1, or 2), these are what strikes it, in place of the
// configuration's faults.
func (c *Config) Unreachable(s recovery.Situation, chosen int) (why string, ofProtocol bool) {
	struck := c.strikes(chosen)
	for i := range conditions {
		if d := &conditions[i]; situations[s].needs&d.need != 0 && !d.holds(c, struck) {
			return d.missing, d.need < 1<<protocolNeeds
		}
	}
	return "", false
}

var conditions = []condition{
	{needCausal, "the protocol logs no determinants", func(c *Config, _ *strikes) bool { return c.Policy.Causal }},
	{needGathers, "only cyclic recovery of clonos gathers from all", func(c *Config, _ *strikes) bool { return c.Policy.Causal && !c.Policy.Published }},
	{needPublished, "only the variant published of clonos does that", func(c *Config, _ *strikes) bool { return c.Policy.Published }},
	{needInFlight, "the protocol keeps nothing in flight", func(c *Config, _ *strikes) bool { return c.Policy.InFlight }},
	{needDuplicates, "only redo drops what was received before", func(c *Config, _ *strikes) bool { return c.Policy.Duplicate }},
	{needGlobalProtocol, "only global rolls everything back at each failure", func(c *Config, _ *strikes) bool { return c.Policy.Global }},
	{needFallback, "nothing falls back to a rollback: that takes clonos, a limited sharing depth and orphans: rollback",
		func(c *Config, _ *strikes) bool { return c.fallsBack() }},
	{needOrphans, "nobody is orphaned: determinants are shared with all, or there are none", func(c *Config, _ *strikes) bool { return c.limited() }},
	{needAbandons, "a failure does not give up the checkpoint under way", func(c *Config, _ *strikes) bool { return c.Policy.Abandon || c.fallsBack() }},
	{needGoesOnPending, "a failure gives up the checkpoint under way", func(c *Config, _ *strikes) bool { return !c.Policy.Abandon && !c.Policy.Published }},
	{needAttached, "replies leave without determinants", func(c *Config, _ *strikes) bool { return !c.Policy.Published && c.Replies != Immediate }},
	{needTransactional, "replies do not wait for checkpoints", func(c *Config, _ *strikes) bool { return c.Replies == Transactional }},
	{needWithdraws, "replies that wait are never void", func(c *Config, _ *strikes) bool { return c.Policy.Global || c.Policy.Published || c.fallsBack() }},

	{needShopJob, "the job is no shop", func(c *Config, _ *strikes) bool { return c.Pipeline == nil }},
	{needPipelineJob, "the job is no pipeline", func(c *Config, _ *strikes) bool { return c.Pipeline != nil }},
	{needFeedback, "the job has no cycle", func(c *Config, s *strikes) bool { return s.feedback }},
	{needMerge, "no task has two regular inputs", func(c *Config, s *strikes) bool { return s.merges }},
	{needChoice, "no task has two inputs", func(_ *Config, s *strikes) bool { return s.merges || s.feedback }},
	{needTwoPhase, "transactions are not 2pc", func(c *Config, _ *strikes) bool {
		return c.Pipeline == nil && c.Shop.Transactions == checkout.TwoPhaseCommit
	}},
	{needSagas, "transactions are no sagas", func(c *Config, _ *strikes) bool { return c.Pipeline == nil && c.Shop.Transactions == checkout.Saga }},
	{needDeclines, "the provider never declines", func(c *Config, _ *strikes) bool { return c.ProviderDeclinePPM > 0 }},
	{needTicking, "the clock is not cached (time.tick)", func(c *Config, _ *strikes) bool { return c.Policy.Tick > 0 }},
	{needRetries, "clients do not ask again", func(c *Config, _ *strikes) bool { return c.Workload.RetryMax != 0 }},
	{needGivesUp, "clients do not give up", func(c *Config, _ *strikes) bool { return c.Workload.RetryMax >= 0 }},
	{needInFlightPool, "the in-flight pool has no bound", func(c *Config, _ *strikes) bool { return c.Policy.InFlight && c.Policy.Memory.Pool > 0 }},
	{needLogPool, "the determinant pool has no bound", func(c *Config, _ *strikes) bool { return c.Policy.Causal && c.Policy.Logs.Pool > 0 }},
	{needSpill, "nothing is spilled", func(c *Config, _ *strikes) bool { return c.spills() }},
	{needStandbys, "there are no standbys", func(c *Config, _ *strikes) bool { return c.Standbys > 0 }},
	{needIncremental, "standbys are sent whole states", func(c *Config, _ *strikes) bool { return c.Standby.Incremental }},
	{needConnections, "deaths are noticed by silence alone", func(c *Config, _ *strikes) bool { return c.Disconnect >= 0 }},
	{needFailure, "nothing makes a task fail", func(_ *Config, s *strikes) bool { return s.failures > 0 }},
	{needTooMany, "no more tasks fail than the sharing depth", func(c *Config, s *strikes) bool { return s.failures > c.Policy.Depth }},
	{needFailureOfSource, "nothing makes a source fail", func(_ *Config, s *strikes) bool { return s.source || s.silence }},
	{needCrash, "no task dies", func(_ *Config, s *strikes) bool { return s.deaths > 0 }},
	{needTwoFailures, "there are no two failures", func(_ *Config, s *strikes) bool { return s.failures > 1 }},
	{needCrashOfSource, "no source dies", func(_ *Config, s *strikes) bool { return s.source }},
	{needCrashOfSink, "no sink dies", func(_ *Config, s *strikes) bool { return s.sink }},
	{needCrashTogether, "no two tasks that a channel joins die at once", func(_ *Config, s *strikes) bool { return s.adjacent }},
	{needCrashOfPath, "no tasks from a source to a sink die at once", func(_ *Config, s *strikes) bool { return s.path }},
	{needCrashOfAll, "not all tasks die at once", func(_ *Config, s *strikes) bool { return s.all }},
	{needCrashOfMachine, "no machine dies", func(_ *Config, s *strikes) bool { return len(s.machines) > 0 }},
	{needCrashOfMachines, "a machine is always up", func(c *Config, s *strikes) bool { return len(s.machines) >= s.machinesThere }},
	{needSharedMachine, "no machine that dies has two tasks", func(c *Config, s *strikes) bool {
		return c.Slots > 1 || c.Standby.Together || len(c.Faults) > 1
	}},
	{needCrashOfStandby, "no standby dies", func(_ *Config, s *strikes) bool { return s.standby || len(s.machines) > 0 }},
	{needNoStandby, "a standby is always left", func(c *Config, s *strikes) bool {
		return s.failures > c.Standbys || s.standby || len(s.machines) > 0
	}},
	{needReplacement, "standbys are not replaced, or none is used up", func(c *Config, s *strikes) bool {
		return c.Standby.Replace > 0 && (s.failures > 0 || s.standby)
	}},
	{needSilence, "no task that lives falls silent", func(_ *Config, s *strikes) bool { return s.silence }},
	{needSilentDeath, "broken connections tell of a death before silence does", func(c *Config, s *strikes) bool {
		return c.Disconnect < 0 || c.Disconnect+2*c.Heartbeat > c.Timeout || s.manager || s.silence
	}},
	{needOutlived, "nobody is replaced alive", func(c *Config, s *strikes) bool {
		return s.silence || s.failures > 0 && (c.Policy.Global || c.fallsBack())
	}},
	{needManagerPaused, "the manager is not paused", func(_ *Config, s *strikes) bool { return s.manager }},
	{needStorePaused, "the store is not paused", func(_ *Config, s *strikes) bool { return s.store }},
	{needCut, "nobody is cut off", func(_ *Config, s *strikes) bool { return s.cut }},
	{needCutOrPause, "nobody is cut off or paused", func(_ *Config, s *strikes) bool { return s.cut || s.pause }},
}

func (c *Config) limited() bool {
	g, err := c.Graph()
	return err == nil && c.Policy.Causal && c.Policy.Depth >= 0 && c.Policy.Depth < g.Depth()
}

func (c *Config) fallsBack() bool { return c.limited() && !c.Policy.Orphans }
