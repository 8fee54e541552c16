package scenarios

import (
	"testing"
	"time"

	"simrun/cluster"
)

// smallRun is what a sweep and a shrinker run again and again: two tasks an
// operator, 200 operations in three epochs, an order task that dies.
const smallRun = `
simrun: 1
name: small
time: {horizon: 2s, warmup: 0s, drain: 5s}
parallelism: 2
checkpoint: {every: 350ms}
recovery: {protocol: clonos}
checkout: {items: {count: 100, stock: 1000}, users: {count: 100, credit: 100000}}
workload: {arrivals: {open: 200/s}, operations: 200}
faults: [{at: 500ms, crash: order/0}]
`

func small(t testing.TB, protocol string) *Scenario {
	t.Helper()
	s, err := Parse("small", []byte(smallRun), []Override{{"recovery.protocol", protocol}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// BenchmarkSmallRuns says how many small crash runs a core does in a second,
// judged. Run it with -cpu 1 for one core; parallel uses all.
func BenchmarkSmallRuns(b *testing.B) {
	for _, protocol := range []string{"clonos", "global"} {
		b.Run(protocol+"/serial", func(b *testing.B) { smallRuns(b, protocol) })
		b.Run(protocol+"/parallel", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				s := small(b, protocol)
				for pb.Next() {
					s.Seed++
					run(b, s, Options{})
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}

func smallRuns(b *testing.B, protocol string) {
	b.ReportAllocs()
	s := small(b, protocol)
	events := uint64(0)
	for b.Loop() {
		s.Seed++
		events += run(b, s, Options{}).Events
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
	b.ReportMetric(float64(events)/float64(b.N), "events/run")
}

// BenchmarkSmallParts tells what a small run's time goes into.
func BenchmarkSmallParts(b *testing.B) {
	for _, protocol := range []string{"clonos", "global"} {
		b.Run(protocol, func(b *testing.B) {
			s := small(b, protocol)
			var setup, loop, judging time.Duration
			for b.Loop() {
				s.Seed++
				start := time.Now()
				cfg, err := s.config(&Options{})
				if err != nil {
					b.Fatal(err)
				}
				r, err := cluster.New(cfg)
				if err != nil {
					b.Fatal(err)
				}
				built := time.Now()
				if err := r.Loop(); err != nil {
					b.Fatal(err)
				}
				looped := time.Now()
				out, err := r.Outcome()
				if err != nil {
					b.Fatal(err)
				}
				result := Result{Evidence: out.Evidence, Checks: s.judge(out), Notes: s.job().notes(s, out)}
				if err := s.secondOpinion(&result); err != nil {
					b.Fatal(err)
				}
				setup, loop, judging = setup+built.Sub(start), loop+looped.Sub(built), judging+time.Since(looped)
			}
			per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N) }
			b.ReportMetric(per(setup), "us-setup")
			b.ReportMetric(per(loop), "us-loop")
			b.ReportMetric(per(judging), "us-judging")
		})
	}
}

// What the benchmark measures is a run that passes and tests something.
func TestSmallRunRecovers(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		r := run(t, small(t, protocol), Options{})
		if got := verdict(r); got != "pass" || r.Vacuous != "" || len(r.Recoveries) == 0 {
			t.Errorf("%s: %s, vacuous: %q\n%s", protocol, got, r.Vacuous, complaints(r))
		}
	}
}

// A small run takes so many events and allocations at most: bounds that hold on
// every machine, where times do not. They have a tenth of room, for runs that find
// no workspace.
func TestSmallRunsAreCheap(t *testing.T) {
	for _, c := range []struct {
		protocol       string
		events, allocs float64
	}{{"clonos", 8_200, 5_800}, {"global", 8_700, 5_800}} {
		s := small(t, c.protocol)
		const runs = 20
		events := uint64(0)
		allocs := testing.AllocsPerRun(runs, func() {
			s.Seed++
			events += run(t, s, Options{}).Events
		})
		if perRun := float64(events) / (runs + 1); perRun > c.events {
			t.Errorf("%s: %.0f events a run, of %.0f", c.protocol, perRun, c.events)
		}
		if allocs > c.allocs {
			t.Errorf("%s: %.0f allocations a run, of %.0f", c.protocol, allocs, c.allocs)
		}
		t.Logf("%s: %.0f events and %.0f allocations a run", c.protocol, float64(events)/(runs+1), allocs)
	}
}

// BenchmarkCrashSweep says how many runs of a crash sweep a core does in a second,
// judged: each from its start, and together.
func BenchmarkCrashSweep(b *testing.B) {
	for _, protocol := range []string{"clonos", "global"} {
		sweep := &Sweep{Variants: []Variant{{Scenario: load(b, "crash-small", protocol)}}, Seeds: []uint64{1}, Choice: Choice{Everywhere: true, Every: 6}}
		points := sweep.Points(0, 1, run(b, sweep.Scenario(&Point{Seed: 1, Quiet: true}), Options{Moments: true}).Moments, 0, 1)
		which := make([]int, len(points))
		for i := range which {
			which[i] = i
		}
		o := Options{Lean: true, Swept: true}
		b.Run(protocol+"/straight", func(b *testing.B) {
			n := 0
			for b.Loop() {
				run(b, sweep.Scenario(&points[n%len(points)]), o)
				n += 7
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
		b.Run(protocol+"/together", func(b *testing.B) {
			bunches := Bunches(points, which, 64)
			n, next := 0, 0
			for b.Loop() {
				for len(bunches[next%len(bunches)]) < 2 {
					next++
				}
				sweep.RunBunch(points, bunches[next%len(bunches)], o, func(i int, r Result, err error) bool {
					if err != nil {
						b.Fatal(err)
					}
					n++
					return true
				})
				next++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}
