package cluster

import (
	"slices"

	"simrun/sim"
)

// windowLength is the length of a row of timeline.csv.
const windowLength = 100 * sim.Millisecond

// timeline counts what happens in windows of simulated time.
type timeline struct {
	run         *Run
	windows     []Window
	now         Window
	latencies   []int64
	all         []sample
	backlog     int64
	undelivered []int64 // per window: the broker's count at its end
	protection  Protection
}

// sample is the latency of one reply and when it came.
type sample struct {
	at      sim.Time
	latency int64
}

func newTimeline(r *Run) timeline {
	return timeline{run: r, all: make([]sample, 0, min(r.cfg.Workload.Operations, 1<<20))}
}

func (t *timeline) called() {
	t.now.Offered++
	t.backlog++
}

// returned counts an operation that was called then and is answered now.
func (t *timeline) returned(called sim.Time, paid bool) {
	t.now.Answered++
	t.backlog--
	if paid {
		t.now.Paid++
	}
	now := t.run.kernel.Now()
	t.latencies = append(t.latencies, int64(now-called))
	t.all = append(t.all, sample{now, int64(now - called)})
}

// sent counts the bytes of a frame.
func (t *timeline) sent(data, delta, header int) {
	t.now.DataBytes += int64(data)
	t.now.DeterminantBytes += int64(delta - header)
	t.now.HeaderBytes += int64(header)
}

// close ends a window.
func (t *timeline) close() {
	w := &t.now
	w.Backlog = t.backlog
	if n := len(t.latencies); n > 0 {
		slices.Sort(t.latencies)
		w.LatencyP50, w.LatencyP99, w.LatencyMax = quantile(t.latencies, 50_000), quantile(t.latencies, 99_000), t.latencies[n-1]
	}
	t.protection.DataBytes += w.DataBytes
	t.protection.DeterminantBytes += w.DeterminantBytes
	t.protection.HeaderBytes += w.HeaderBytes
	t.windows = append(t.windows, *w)
	t.latencies = t.latencies[:0]
	*w = Window{Start: t.run.kernel.Now()}
	var inFlight, logs int64
	for _, p := range t.run.current {
		if p == nil || p.dead {
			continue
		}
		inFlight += p.agent.InFlightBytes()
		if s := p.agent.Store(); s != nil {
			logs += int64(s.Size())
		}
	}
	if !t.run.cfg.Policy.InFlight {
		inFlight = 0
	}
	t.protection.InFlightPeak = max(t.protection.InFlightPeak, inFlight)
	t.protection.LogPeak = max(t.protection.LogPeak, logs)
}

// quantile gives the smallest value that a share, in parts per 100,000, of the
// sorted values does not exceed.
func quantile(sorted []int64, share int64) int64 {
	i := (int64(len(sorted))*share+99_999)/100_000 - 1
	return sorted[max(0, i)]
}

// spanPoints is how many shares of a span are told.
const spanPoints = 340

// points gives the distribution of latency before, during and after the
// recoveries, and of all replies.
func (t *timeline) points(from, to sim.Time) []LatencyPoint {
	spans := []struct {
		name     string
		from, to sim.Time
	}{{"all", t.run.cfg.Warmup, sim.Time(1) << 62}}
	if from < to {
		spans = append(spans[:0], []struct {
			name     string
			from, to sim.Time
		}{{"before", t.run.cfg.Warmup, from}, {"during", from, to}, {"after", to, sim.Time(1) << 62}, {"all", t.run.cfg.Warmup, sim.Time(1) << 62}}...)
	}
	points := make([]LatencyPoint, 0, len(spans)*spanPoints)
	values := make([]int64, 0, len(t.all))
	for _, span := range spans {
		values = values[:0]
		for _, s := range t.all {
			if s.at >= span.from && s.at < span.to {
				values = append(values, s.latency)
			}
		}
		if len(values) == 0 {
			continue
		}
		slices.Sort(values)
		for share := int64(100); share <= 100_000; {
			points = append(points, LatencyPoint{Span: span.name, Share: share, Latency: quantile(values, share), Count: int64(len(values))})
			switch {
			case share < 99_000:
				share += 500
			case share < 99_900:
				share += 20
			default:
				share++
			}
		}
	}
	return points
}
