package report

import (
	"fmt"
	"math"

	"simrun/check"
	"simrun/cluster"
	"simrun/sim"
)

// The runs that tests print and draw. Their numbers are made up, but of the size that real ones have.

const ms, us = sim.Millisecond, sim.Microsecond

// wobble is noise that repeats: -1..1, by index and purpose.
func wobble(i, purpose int) float64 {
	x := uint64(i+1)*0x9E3779B97F4A7C15 ^ uint64(purpose+1)*0xBF58476D1CE4E5B9
	x ^= x >> 31
	x *= 0x94D049BB133111EB
	x ^= x >> 29
	return float64(x%20001)/10000 - 1
}

func sampleRun(protocol string) Run {
	run := Run{
		Scenario: "crash-stock", Protocol: protocol, Seed: 1, Replies: "immediate",
		Digest:  fmt.Sprintf("%064x", len(protocol)*1234567),
		Dir:     "results/runs/crash-stock/" + protocol + "/seed-1",
		Command: "simrun run crash-stock --protocol " + protocol + " --seed 1",
		Verdict: Fail, Expected: "fail", Warmup: 5 * sim.Second, Horizon: 60 * sim.Second, Tasks: 20,
		Marks:    []cluster.Mark{{Name: "crash stock/1", From: 30 * sim.Second, To: 30 * sim.Second}},
		Expanded: "simrun: 1\nname: crash-stock\nabout: A stock task dies at full load.\nseed: 1\njob: checkout\nfaults:\n  - {at: 30s, crash: stock/1}\n",
	}
	r := cluster.Recovery{Fault: 0, Task: "stock/1", Protocol: protocol, At: 30 * sim.Second, CaughtUp: true, TasksRolledBack: 1}
	run.Protection = cluster.Protection{DataBytes: 412_345_678, CheckpointBytes: 96_400_000, InFlightPeak: 18_200_000}
	switch protocol {
	case "clonos":
		run.Verdict, run.Expected, run.Replies = Pass, "pass", "determinants"
		r.Detect, r.Activate, r.Restore, r.Collect, r.Connect, r.Replay, r.CatchUp = 20211*us, 812*us, 74*us, 3127*us, 1411*us, 412*ms+337*us, 1297*ms
		r.RecordsReplayed, r.Determinants, r.BytesFetched = 24981, 61734, 4_213_772
		run.Protection.DeterminantBytes, run.Protection.HeaderBytes, run.Protection.StandbyBytes = 61_200_000, 18_900_000, 96_400_000
		run.Protection.LogPeak = 12_800_000
		run.Unused = []string{"recovery.variant"}
		run.Overhead = []cluster.TaskOverhead{{Task: "order/0", LoggedBytes: 1000, ReplicasPeak: 5000, NewBytes: 4000, AgainBytes: 1000, SentBytes: 9000,
			HeaderBytes: 800, VarintBytes: 800, FlatBytes: 4000, HierarchicalBytes: 3000}}
		run.Kinds = []cluster.KindOverhead{{Kind: "Order", Count: 500, LoggedBytes: 1000, WireBytes: 9000}, {Kind: "RNG"}}
	case "global":
		run.Verdict, run.Expected, run.Replies = Pass, "pass", "transactional"
		r.Task, r.TasksRolledBack = "all", 20
		r.Detect, r.Activate, r.Restore, r.Connect, r.CatchUp = 20211*us, 1204*ms, 643*ms, 38*ms, 3420*ms
		r.BytesFetched = 88_000_000
	case "redo":
		r.Detect, r.Activate, r.Restore, r.Connect, r.Replay, r.CatchUp = 20211*us, 812*us, 74*us, 1390*us, 398*ms, 1240*ms
		r.RecordsReplayed, r.BytesFetched = 24993, 4_100_000
	case "none":
		r.Detect, r.Activate, r.Restore, r.Connect, r.CatchUp = 20211*us, 240*ms, 121*ms, 1400*us, 310*ms
		r.BytesFetched = 4_000_000
	}
	for _, phase := range phases {
		r.Total += *phase.of(&r)
	}
	run.Recoveries = []cluster.Recovery{r}
	run.Checks = sampleChecks(run.Verdict)
	run.Windows = sampleWindows(run, r)
	run.Latency = sampleLatency(r)
	return run
}

func sampleChecks(verdict Verdict) []check.Finding {
	checks := []check.Finding{
		{Name: "harness", Verdict: check.Ok, LookedAt: 600_000},
		{Name: "linearizable", Verdict: check.Ok, LookedAt: 600_000},
		{Name: "exactly_once", Verdict: check.Ok, LookedAt: 600_000},
		{Name: "replies_kept", Verdict: check.Ok, LookedAt: 600_000},
		{Name: "conservation_stock", Verdict: check.Ok, LookedAt: 100_000},
		{Name: "conservation_money", Verdict: check.Ok, LookedAt: 100_000},
		{Name: "progress", Verdict: check.Ok, LookedAt: 600_000},
		{Name: "INV-01", Verdict: check.Ok, LookedAt: 1_204_331},
		{Name: "INV-10", Verdict: check.Skipped},
	}
	switch verdict {
	case Fail:
		checks[1].Verdict, checks[1].Detail = check.Violated, "checkout o299871 of client c17 was told stock i93 = 99998 at version 2, "+
			"but o299102 had been told 99998 at version 2 before: one of the two is gone"
		checks[4].Verdict, checks[4].Detail = check.Violated, "item i93: 100000 at first, 3 sold, 99998 at the end; 1 unit too many"
	case Undecided:
		checks[1].Verdict, checks[1].Detail = check.Undecided, "the step budget of 10,000,000 ran out in window 12"
	}
	return checks
}

func sampleWindows(run Run, r cluster.Recovery) []cluster.Window {
	var windows []cluster.Window
	down, done := r.At+untilReplayed(r), r.At+r.Total
	for i := range 605 {
		w := cluster.Window{Start: sim.Time(i) * 100 * ms, Offered: int64(1000 + 30*wobble(i, 1))}
		base := 3.2 * (1 + 0.05*wobble(i, 2))
		rate, slow := 1.0, 1.0
		switch {
		case w.Start+100*ms > r.At && w.Start < down:
			rate, slow = 0.55, 60
			if r.Task == "all" {
				rate, slow = 0, 1
			}
		case w.Start >= down && w.Start < done:
			left := float64(done-w.Start) / float64(r.Total)
			rate, slow = 1.45, 1+600*left
		}
		if w.Start >= 60*sim.Second {
			w.Offered, rate = 0, 0
		}
		w.Answered = int64(float64(w.Offered) * rate)
		w.Paid = w.Answered * 997 / 1000
		if w.Answered > 0 {
			w.LatencyP50 = int64(base * math.Sqrt(slow) * 1e6)
			w.LatencyP99 = int64(base * 2.6 * slow * 1e6 * (1 + 0.1*wobble(i, 3)))
			w.LatencyMax = w.LatencyP99 + w.LatencyP99/3
		}
		w.Backlog = w.Offered - w.Answered + 40
		w.DataBytes, w.DeterminantBytes, w.HeaderBytes = 680_000, run.Protection.DeterminantBytes/600, run.Protection.HeaderBytes/600
		windows = append(windows, w)
	}
	return windows
}

func sampleLatency(r cluster.Recovery) []cluster.LatencyPoint {
	var points []cluster.LatencyPoint
	for _, span := range []struct {
		name          string
		median, sigma float64
		count         int64
	}{{"before", 3.2, 0.35, 250_000}, {"during", 40 + float64(r.Total/ms)/12, 1.1, 17_431}, {"after", 3.3, 0.36, 282_569}} {
		at := func(share int64) {
			z := math.Erfinv(2*math.Min(float64(share)/100_000, 0.9999995)-1) * math.Sqrt2
			points = append(points, cluster.LatencyPoint{Span: span.name, Share: share, Count: span.count,
				Latency: int64(span.median * math.Exp(span.sigma*z) * 1e6)})
		}
		for share := int64(100); share < 99_000; share += 100 {
			at(share)
		}
		for share := int64(99_000); share <= 100_000; share += 1 {
			at(share)
		}
	}
	return points
}

func sampleRuns() []Run {
	return []Run{sampleRun("clonos"), sampleRun("global"), sampleRun("redo"), sampleRun("none")}
}
