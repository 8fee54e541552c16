package scenarios

import (
	"errors"
	"fmt"
	"sync"

	"simrun/check"
	"simrun/cluster"
	"simrun/sim"
)

// Run runs a scenario and judges it. It is the way in for other Go programs:
//
//	s, err := scenarios.Load("crash-stock", nil)
//	result, err := scenarios.Run(s)
//
// The same scenario gives the same result on every machine. An error is an
// *InternalError, or a scenario that cannot be run.
func Run(s *Scenario) (Result, error) { return RunWith(s, Options{}) }

// RunWith runs a scenario with options. If the context ends, the error is the
// context's.
func RunWith(s *Scenario, o Options) (Result, error) {
	cfg, err := s.config(&o)
	if err != nil {
		return Result{}, err
	}
	workspace := workspaces.Get().(*cluster.Workspace)
	defer workspaces.Put(workspace)
	cfg.Workspace = workspace
	run, err := cluster.New(cfg)
	if err != nil {
		return Result{}, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	err = run.Loop()
	if o.Until > 0 && (err == nil || errors.Is(err, cluster.ErrInterrupted) && !o.interrupted()) {
		return Result{Scenario: s.Name, Protocol: s.Recovery.Protocol, Seed: s.Seed}, nil
	}
	if err != nil {
		return Result{}, runError(err, &o)
	}
	result, err := s.result(run)
	if err == nil {
		run.Close()
	}
	return result, err
}

// result judges a run that has ended.
func (s *Scenario) result(run *cluster.Run) (Result, error) {
	out, err := run.Outcome()
	if err != nil {
		return Result{}, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	protocol := s.Recovery.Protocol
	result := Result{
		Scenario: s.Name, Protocol: protocol, Replies: s.Replies(protocol), Seed: s.Seed,
		Digest: fmt.Sprintf("%x", out.Digest), Blocks: out.Blocks, Captured: out.Captured, Describe: run.Describe, Events: out.Events, End: out.End,
		Evidence: out.Evidence, Entries: out.Entries, Vacuous: out.Vacuous, Unstruck: out.Unstruck, Resting: out.Resting,
		Recoveries: out.Recoveries, Windows: out.Windows, Latency: out.Latency, Marks: out.Marks, Protection: out.Protection, Overhead: out.Overhead, Kinds: out.Kinds, Control: out.Control, Tasks: out.Tasks, Moments: out.Moments, Reached: out.Reached,
		Unused: s.Unused(protocol),
	}
	result.Checks = s.judge(out)
	result.Notes = append(s.plantedNotes(), s.job().notes(s, out)...)
	if err := s.secondOpinion(&result); err != nil {
		return Result{}, &InternalError{Step: out.Events, Time: out.End, Task: "checker", Text: err.Error()}
	}
	result.Notes = append(result.Notes, writeNotes(&out.Writes)...)
	return result, nil
}

// writeNotes say what faults did to writes to the checkpoint store.
func writeNotes(w *cluster.Writes) []string {
	if w.Lost+w.Late == 0 {
		return nil
	}
	return []string{fmt.Sprintf("of the writes to the checkpoint store %d were lost on their way, %d came late, %d were made again", w.Lost, w.Late, w.Again)}
}

// workspaces are the memory of runs that are over.
var workspaces = sync.Pool{New: func() any { return new(cluster.Workspace) }}

func runError(err error, o *Options) error {
	var internal *cluster.Internal
	switch {
	case errors.As(err, &internal):
		return &InternalError{Step: internal.Step, Time: internal.Time, Task: internal.Task, Text: internal.Text, Stack: internal.Stack}
	case errors.Is(err, cluster.ErrInterrupted) && o.interrupted():
		return o.Context.Err()
	}
	return err
}

// judge gives every check of a run, in the order of the contract, monitors
// last. A run that tested nothing is undecided, unless something is violated.
func (s *Scenario) judge(out *cluster.Outcome) []check.Finding {
	findings := append([]check.Finding(nil), out.Checks...)
	for i := range findings {
		if f := &findings[i]; f.Name == "linearizable" && !s.Check.Linearizable {
			*f = check.Finding{Name: f.Name}
		}
	}
	findings = append(findings, out.Monitors...)
	s.standing(findings, out.Resting)
	if out.Vacuous == "" {
		return findings
	}
	for _, f := range findings {
		if f.Verdict == check.Violated {
			return findings
		}
	}
	findings[0].Verdict = check.Undecided
	findings[0].Detail = "the run tested nothing: " + out.Vacuous
	return findings
}

// secondOpinion lets Porcupine judge what the judges of histories have decided,
// and notes what it looked at.
func (s *Scenario) secondOpinion(r *Result) error {
	for _, f := range r.Checks {
		if f.Name != "linearizable" || f.Verdict == check.Skipped {
			continue
		}
		o, err := check.SecondOpinion(r.Evidence.History, r.Evidence.Witness, f.Verdict)
		if err != nil {
			return err
		}
		if o.Whole {
			r.Notes = append(r.Notes, "Porcupine agrees on the whole history")
		}
		if o.Windows > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("Porcupine agrees on %d operations, in %d windows of the order in which the services decided", o.Operations, o.Windows))
		}
	}
	return nil
}

// interrupted says whether the context has ended.
func (o *Options) interrupted() bool { return o.Context != nil && o.Context.Err() != nil }

// progress tells Progress how far the run is, and the run whether to go on.
func (s *Scenario) progress(o *Options) func(now sim.Time) bool {
	if o.Progress == nil && o.Context == nil && o.Until == 0 {
		return nil
	}
	return func(now sim.Time) bool {
		if o.Progress != nil {
			o.Progress(min(now, s.Time.Horizon), s.Time.Horizon)
		}
		return !o.interrupted() && (o.Until == 0 || now < o.Until)
	}
}
