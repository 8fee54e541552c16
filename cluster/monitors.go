package cluster

import (
	"fmt"

	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// monitors turns the protocol monitors into findings. One that the protocol
// does not promise is skipped.
func (r *Run) monitors(o *Outcome) []check.Finding {
	r.clientChecks(o)
	r.progress(o)
	var findings []check.Finding
	for i := range recovery.Invariants {
		f := check.Finding{Name: i.String()}
		if r.promised(i) {
			f.Verdict, f.LookedAt = check.Ok, r.watch.Looked[i]
			if n := r.watch.Broke[i]; n > 0 {
				f.Verdict, f.Detail = check.Violated, r.watch.First[i]
				f.About = &check.About{What: f.Detail, At: int64(r.brokeAt[i]), More: int(n - 1)}
				if n > 1 {
					f.Detail += fmt.Sprintf("; %d more", n-1)
				}
			}
		}
		findings = append(findings, f)
	}
	return findings
}

func (r *Run) promised(i recovery.Invariant) bool {
	p := &r.cfg.Policy
	switch i {
	case recovery.INV01:
		return p.Causal && r.layout.Full()
	case recovery.INV02, recovery.INV04, recovery.INV05:
		return p.Causal && p.Depth != 0
	case recovery.INV03:
		return p.InFlight
	case recovery.INV06, recovery.INV07, recovery.INV14, recovery.INV20, recovery.INV26:
		return !p.Live && !p.Duplicate
	case recovery.INV13:
		return r.cfg.Replies == Transactional
	case recovery.INV21:
		return r.cfg.Replies == Determinants
	case recovery.INV24, recovery.INV25:
		return p.Causal
	case recovery.INV27:
		return p.Causal && r.layout.Full()
	}
	return true
}

// clientChecks is INV-14: outputs as clients saw them.
func (r *Run) clientChecks(o *Outcome) {
	for _, f := range o.Checks {
		if f.Name != "exactly_once" && f.Name != "replies_kept" {
			continue
		}
		r.watch.LookMany(recovery.INV14, f.LookedAt)
		if f.Verdict == check.Violated {
			r.watch.Now = nil
			r.watch.Break(recovery.INV14, f.Name+": "+f.Detail)
		}
	}
}

// progress is INV-20: after the last fault nothing is stuck.
func (r *Run) progress(o *Outcome) {
	r.watch.Now = nil
	for t := range r.graph.Broker() {
		r.watch.Look(recovery.INV20)
		if p := r.current[t]; p.dead || !p.started || p.agent.State() != recovery.Running {
			r.watch.Break(recovery.INV20, r.graph.TaskName(t)+" is not running at the end")
		}
	}
	r.watch.Look(recovery.INV20)
	if n, age := r.manager.Pending(), o.End-max(r.pendingSince, r.faults.lastAt()); n != 0 && n == r.pending && age > 5*r.cfg.CheckpointEvery+5*sim.Second {
		r.watch.Break(recovery.INV20, fmt.Sprintf("checkpoint %d has been under way for %s at the end", n, seconds(age)))
	}
	if o.Audit != nil && len(o.Evidence.Open) == 0 {
		r.watch.Look(recovery.INV20)
		if open := r.job.unfinished(); open != "" {
			r.watch.Break(recovery.INV20, "at the end "+open)
		}
	}
}
