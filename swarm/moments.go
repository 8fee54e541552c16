package swarm

import (
	"simrun/scenarios"
	"simrun/sim"
)

// Verbs that a fault can wait for; the first three of a checkpoint are told of
// every task. Those of a recovery come after a task was
// killed, those of a checkpoint in any run that is long enough.
var (
	recoveryVerbs   = []string{"recovering", "restore", "running", "detect", "connect", "collect", "replay", "activate"}
	checkpointVerbs = []string{"barrier", "snapshot", "durable", "complete", "truncate", "ack"}
)

// when draws what a fault waits for: an instant, a step of the protocol, or
// how much a task has done.
func (s *striker) when(b *blow, f *scenarios.Fault, first bool) {
	killed := s.killed != nil
	if s.killed = nil; len(f.Crash) > 0 && f.Crash[0].Kind != scenarios.Standby {
		s.killed = &f.Crash[0]
	}
	switch {
	case b.when < 3 || first && b.when < 5:
		s.instant(b, f, first)
	case b.when < 7 && killed:
		f.After = &scenarios.After{Trace: s.verb(b), Count: 1 + max(0, b.nth%4-2)}
	case b.when < 9:
		s.checkpointing(b, f, killed)
	case b.factor%2 == 0:
		t := s.task(b.other)
		f.After = &scenarios.After{Task: &t, Events: int64(1 + b.nth*6/10)}
	default:
		t := s.task(b.other)
		f.After = &scenarios.After{Task: &t, Records: int64(1 + b.nth/10)}
	}
}

// checkpointing waits for a step of a checkpoint: of anybody's or, for a crash,
// of the victim's own.
func (s *striker) checkpointing(b *blow, f *scenarios.Fault, killed bool) {
	f.After = &scenarios.After{Trace: checkpointVerbs[b.verb%len(checkpointVerbs)], Count: 1 + max(0, b.nth%5-2)}
	if own := b.verb%len(checkpointVerbs) < 3; own && s.killed != nil && f.Crash[0].Kind == scenarios.Task && b.both && !killed {
		t := f.Crash[0]
		f.After.Task = &t
		f.After.Count = min(2, f.After.Count)
	}
	s.at = max(s.at, s.Checkpoint.Every*sim.Time(min(3, f.After.Count))) // about then
}

// instant is anywhere in the time that the run is busy; of a fault that is not
// the first often on the heels of the one before, or at the same time.
func (s *striker) instant(b *blow, f *scenarios.Fault, first bool) {
	busy := s.active * sim.Time(50+b.wait*8/10) / 1000 // from a twentieth on, no later than 85 %
	if f.Lose != nil || f.Delay != nil {
		busy /= 2 // there have to be writes after it
	}
	switch {
	case first:
		s.at = busy
	case b.when == 0:
		s.at += sim.Time(b.wait%40) * ms / 2
	case b.when == 1:
		s.at += sim.Time(b.wait) * us * 5
	default:
		s.at = max(s.at, busy)
	}
	s.at = min(s.at, s.Time.Horizon) / us * us
	f.At = s.at
}

// verb is a step of a recovery that the protocol has.
func (s *striker) verb(b *blow) string {
	verb := recoveryVerbs[b.verb%len(recoveryVerbs)]
	if causal := s.Recovery.Protocol == "clonos" && s.FullySharing(); !causal && (verb == "collect" || verb == "replay") {
		return "restore"
	}
	return verb
}
