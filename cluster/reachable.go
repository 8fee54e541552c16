package cluster

import (
	"simrun/checkout"
	"simrun/dataflow"
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
	{needFallback, "nothing falls back to a rollback: that takes clonos, a limited sharing depth, orphans: rollback and more failures than the depth",
		func(c *Config, s *strikes) bool { return c.fallsBack() && s.failures > c.Policy.Depth }},
	{needOrphans, "nobody is orphaned: determinants are shared with all, or there are none", func(c *Config, _ *strikes) bool {
		return c.Policy.Causal && (c.limited() || c.Replies == Immediate)
	}},
	{needAbandons, "a failure does not give up the checkpoint under way", func(c *Config, _ *strikes) bool { return c.Policy.Abandon || c.fallsBack() }},
	{needGoesOnPending, "a failure gives up the checkpoint under way", func(c *Config, _ *strikes) bool { return !c.Policy.Abandon && !c.Policy.Published }},
	{needAttached, "replies leave without determinants", func(c *Config, _ *strikes) bool { return !c.Policy.Published && c.Replies != Immediate }},
	{needTransactional, "replies do not wait for checkpoints", func(c *Config, _ *strikes) bool { return c.Replies == Transactional }},
	{needWithdraws, "replies that wait are never void", func(c *Config, _ *strikes) bool { return c.Policy.Global || c.Policy.Published || c.fallsBack() }},

	{needShopJob, "the job is no shop", func(c *Config, _ *strikes) bool { return c.Pipeline == nil }},
	{needPipelineJob, "the job is no pipeline", func(c *Config, _ *strikes) bool { return c.Pipeline != nil }},
	{needFeedback, "the job has no cycle", func(c *Config, s *strikes) bool { return s.feedback }},
	{needMerge, "no task has two regular inputs", func(c *Config, s *strikes) bool { return s.merges }},
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

// strikes sums up what strikes a run.
type strikes struct {
	feedback, merges bool // of the job

	failures            int // tasks that die or may be given up alive
	deaths              int
	source, sink        bool // one dies
	adjacent, path, all bool // die at one instant
	machines            []int
	machinesThere       int
	standby             bool // one dies
	silence, cut, pause bool
	manager, store      bool // is paused
}

func (c *Config) strikes(chosen int) *strikes {
	s := &strikes{}
	g, err := c.Graph()
	if err != nil {
		return s
	}
	for t := range g.Broker() {
		regular := 0
		for _, in := range g.Inputs(t) {
			if !g.Channels[in].Feedback {
				regular++
			}
		}
		s.merges = s.merges || regular > 1
		s.feedback = s.feedback || g.HasFeedback(t)
	}
	tasks := int(g.Broker())
	s.machinesThere = (tasks + c.Slots - 1) / c.Slots
	if c.Standbys > 0 && !c.Standby.Together {
		s.machinesThere += (tasks*c.Standbys + c.Slots - 1) / c.Slots
	}
	if chosen > 0 {
		s.failures, s.deaths, s.source, s.sink, s.adjacent = chosen, chosen, true, true, chosen > 1
		return s
	}
	for i := range c.Faults {
		s.add(c, g, &c.Faults[i])
	}
	return s
}

// add adds a fault.
func (s *strikes) add(c *Config, g *dataflow.Graph, f *Fault) {
	dies, count := make([]bool, g.Broker()), 0
	for _, t := range f.Targets {
		switch {
		case t.Kind == TargetManager:
			s.manager = s.manager || f.Kind == Pause
		case t.Kind == TargetStore:
			s.store = s.store || f.Kind == Pause
		case t.Kind == TargetStandby:
			s.standby = s.standby || f.Kind == Crash
		case t.Kind == TargetTask && f.Kind == Crash:
			dies[t.Index] = true
			count++
		case t.Kind == TargetMachine && f.Kind == Crash:
			s.crashMachine(c, dies, t.Index)
			count += c.Slots
		case t.Kind != TargetBroker && f.Kind != Slow:
			s.silence = true
			s.failures++
		}
	}
	s.cut, s.pause = s.cut || f.Kind == Cut, s.pause || f.Kind == Pause
	s.deaths += count
	s.failures += count
	adjacent, path := g.Together(dies)
	s.adjacent, s.path = s.adjacent || adjacent, s.path || path
	all := true
	for t := range g.Broker() {
		s.source = s.source || dies[t] && g.IsSource(t)
		s.sink = s.sink || dies[t] && g.IsSink(t)
		all = all && dies[t]
	}
	s.all = s.all || all
}

// crashMachine adds whom a machine's death kills: those that began there. Where
// tasks may have moved there before it may be anybody.
func (s *strikes) crashMachine(c *Config, dies []bool, m int) {
	known := false
	for _, other := range s.machines {
		known = known || other == m
	}
	if !known {
		s.machines = append(s.machines, m)
	}
	for t := range dies {
		dies[t] = dies[t] || t/c.Slots == m
	}
	if len(c.Faults) > 1 {
		s.source, s.sink, s.adjacent = true, true, true
	}
}
