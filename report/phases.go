package report

import (
	"simrun/cluster"
	"simrun/sim"
)

// A phase is one part of a recovery, in the order in which they follow each other.
type phase struct {
	name   string // as in legends and tables
	column string // as in recovery.csv
	of     func(*cluster.Recovery) *sim.Time
}

const phaseCatchUp = "catch-up"

var phases = [...]phase{
	{"detect", "detect_us", func(r *cluster.Recovery) *sim.Time { return &r.Detect }},
	{"activate", "activate_us", func(r *cluster.Recovery) *sim.Time { return &r.Activate }},
	{"restore", "restore_us", func(r *cluster.Recovery) *sim.Time { return &r.Restore }},
	{"collect", "collect_us", func(r *cluster.Recovery) *sim.Time { return &r.Collect }},
	{"connect", "connect_us", func(r *cluster.Recovery) *sim.Time { return &r.Connect }},
	{"replay", "replay_us", func(r *cluster.Recovery) *sim.Time { return &r.Replay }},
	{phaseCatchUp, "catch_up_us", func(r *cluster.Recovery) *sim.Time { return &r.CatchUp }},
}

// connected counts the phases that end before a task processes records again.
const connected = 5

// untilConnected is the time from the fault to the task's channels being attached again.
func untilConnected(r cluster.Recovery) sim.Time {
	var sum sim.Time
	for _, phase := range phases[:connected] {
		sum += *phase.of(&r)
	}
	return sum
}

// untilReplayed is the time from the fault to the end of replay, which is known even if the task never caught up.
func untilReplayed(r cluster.Recovery) sim.Time {
	return untilConnected(r) + r.Replay
}

// overtaken returns when a recovery that never ended was cut short by the next one of the same task; false if it was not.
func overtaken(v cluster.Recovery, among []cluster.Recovery) (at sim.Time, found bool) {
	for _, other := range among {
		if !v.CaughtUp && other.Task == v.Task && other.At > v.At && (!found || other.At < at) {
			at, found = other.At, true
		}
	}
	return at, found
}

// slowest returns the recovery that took longest, one that never caught up before all others; false if there is none. One
// that was cut short by the next of its task goes on in that one.
func slowest(recoveries []cluster.Recovery) (worst cluster.Recovery, found bool) {
	for _, r := range recoveries {
		if _, short := overtaken(r, recoveries); !short && (!found || slower(r, worst)) {
			worst, found = r, true
		}
	}
	return worst, found
}

func slower(a, b cluster.Recovery) bool {
	if a.CaughtUp != b.CaughtUp {
		return b.CaughtUp
	}
	if !a.CaughtUp {
		return untilReplayed(a) > untilReplayed(b)
	}
	return a.Total > b.Total
}

// quantile returns the latency that the share of the replies in a span did not exceed, in nanoseconds, and the number of
// replies; false if the span has none. The share is in parts per 100,000.
func quantile(points []cluster.LatencyPoint, span string, share int64) (latency, count int64, found bool) {
	best := int64(-1)
	for _, p := range points {
		if p.Span == span && p.Count > 0 && p.Share >= share && (best < 0 || p.Share < best) {
			best, latency, count = p.Share, p.Latency, p.Count
		}
	}
	return latency, count, best >= 0
}

// spans are the parts of a run over which latency is told, in the order in which they are shown.
var spans = [...]string{"before", "during", "after"}

// spansOf returns the spans that a run has replies in: those of a run with faults, else "all".
func spansOf(points []cluster.LatencyPoint) []string {
	var result []string
	for _, span := range spans {
		if _, _, found := quantile(points, span, 0); found {
			result = append(result, span)
		}
	}
	if len(result) > 0 {
		return result
	}
	if _, _, found := quantile(points, "all", 0); found {
		return []string{"all"}
	}
	return nil
}
