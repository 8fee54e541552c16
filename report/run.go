package report

import (
	"slices"

	"simrun/check"
	"simrun/cluster"
	"simrun/scenarios"
	"simrun/sim"
	"simrun/telling"
)

// Verdict is what a run came to: the first word on stdout.
type Verdict string

const (
	Pass      Verdict = "PASS"      // every check that was not skipped holds
	Fail      Verdict = "FAIL"      // some check is violated
	Undecided Verdict = "UNDECIDED" // none is violated, but some could not be decided, or the run was vacuous
)

// VerdictOf condenses the findings of a run. A violation outranks what is undecided.
func VerdictOf(checks []check.Finding) Verdict {
	worst := check.Skipped
	for _, finding := range checks {
		worst = max(worst, finding.Verdict)
	}
	switch worst {
	case check.Violated:
		return Fail
	case check.Undecided:
		return Undecided
	}
	return Pass
}

// Run is everything about one run that tables and figures need. It holds nothing of the machine it ran on.
type Run struct {
	Scenario string
	Protocol string
	Seed     uint64
	Replies  string // when a reply may leave: immediate, transactional or determinants. Stated beside every latency
	Digest   string // SHA-256 of the event sequence, in hexadecimal
	Dir      string // where the folder lies; not saved
	Command  string // what repeats the run, to paste. Without --out: it must not depend on where results go

	Verdict        Verdict
	Expected       string   // pass, fail or any
	ExpectedChecks []string // with fail: at least one of these has to be violated. Empty: whichever
	Checks         []check.Finding
	Telling        *telling.Telling // why it failed; nil: it did not, or nobody looked into it
	Notes          []string         // further lines that the run has to say, such as the counters of wdm-consistency

	Warmup  sim.Time // figures begin here
	Horizon sim.Time
	Tasks   int // tasks of the job; 0 if not known

	Recoveries []cluster.Recovery // a row each in recovery.csv
	Windows    []cluster.Window   // a row each in timeline.csv
	Latency    []cluster.LatencyPoint
	Marks      []cluster.Mark // faults, and whatever else the timeline shades grey
	Protection cluster.Protection
	Overhead   []cluster.TaskOverhead // a row each in overhead.csv; of causal protocols
	Kinds      []cluster.KindOverhead // a row each in determinants.csv

	Reached map[string]int64 // how often the run came to which situations; only those that it came to

	Expanded string   // the scenario with every default made explicit, as YAML
	Unused   []string // keys of it that do not apply to the protocol
}

// sells says whether the run's job has checkouts that can be paid.
func (r Run) sells() bool { return !slices.Contains(r.Unused, "checkout") }

// Exit is the exit code that the run by itself asks for: 0 if it met its expectation, 1 if not, 3 if it is undecided.
func (r Run) Exit() int {
	switch {
	case r.Expected == "any" || r.Expected == "safe" && r.Verdict == Fail && r.stands():
		return 0
	case r.Verdict == Undecided:
		return 3
	case r.Expected == "fail" && r.Verdict == Fail && r.expectedViolation():
		return 0
	case r.Expected != "fail" && r.Verdict == Pass:
		return 0
	}
	return 1
}

// stands says whether the run does no more wrong than to stand still.
func (r Run) stands() bool {
	return !slices.ContainsFunc(r.Checks, func(f check.Finding) bool { return f.Verdict == check.Violated && !scenarios.Liveness(f.Name) })
}

func (r Run) expectedViolation() bool {
	if len(r.ExpectedChecks) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Checks, func(f check.Finding) bool {
		return f.Verdict == check.Violated && slices.Contains(r.ExpectedChecks, f.Name)
	})
}

// rounded returns the run as it is saved: every time a multiple of a microsecond, nothing where a recovery never caught
// up, no directory. Rounding twice changes nothing.
func (r Run) rounded() Run {
	r.Dir = ""
	r.Warmup, r.Horizon = roundTime(r.Warmup), roundTime(r.Horizon)
	r.Recoveries = mapped(r.Recoveries, roundRecovery)
	r.Windows = mapped(r.Windows, func(w cluster.Window) cluster.Window {
		w.Start = roundTime(w.Start)
		w.LatencyP50 = int64(roundTime(sim.Time(w.LatencyP50)))
		w.LatencyP99 = int64(roundTime(sim.Time(w.LatencyP99)))
		w.LatencyMax = int64(roundTime(sim.Time(w.LatencyMax)))
		return w
	})
	r.Telling = roundTelling(r.Telling)
	r.Latency = mapped(r.Latency, func(p cluster.LatencyPoint) cluster.LatencyPoint {
		p.Latency = int64(roundTime(sim.Time(p.Latency)))
		return p
	})
	r.Marks = mapped(r.Marks, func(m cluster.Mark) cluster.Mark {
		m.From, m.To = roundTime(m.From), roundTime(m.To)
		return m
	})
	return r
}

// roundRecovery rounds the instants at which phases end, not the phases, so that these still sum to the total.
func roundRecovery(v cluster.Recovery) cluster.Recovery {
	var end, rounded sim.Time
	for _, phase := range phases {
		if phase.name == phaseCatchUp && !v.CaughtUp {
			break
		}
		length := phase.of(&v)
		end += *length
		*length = roundTime(end) - rounded
		rounded += *length
	}
	v.Total = rounded
	if !v.CaughtUp {
		v.CatchUp, v.Total = 0, 0
	}
	v.At = roundTime(v.At)
	return v
}

func roundTime(t sim.Time) sim.Time {
	return (t + sim.Microsecond/2) / sim.Microsecond * sim.Microsecond
}

// mapped returns a new slice, nil if there is nothing in it, as a loaded run has it.
func mapped[T any](rows []T, f func(T) T) []T {
	var result []T
	for _, row := range rows {
		result = append(result, f(row))
	}
	return result
}
