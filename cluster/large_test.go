package cluster

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"

	"simrun/causallog"
	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// large is the main job: 10,000 checkouts a second on four tasks an operator.
func large(policy recovery.Policy, replies Replies, seconds int) Config {
	cfg := small(policy, replies)
	cfg.Job.Ingresses, cfg.Job.Orders, cfg.Job.Stocks, cfg.Job.Payments, cfg.Job.Egresses = 4, 4, 4, 4, 4
	cfg.Job.Items, cfg.Job.Users, cfg.Job.Stock, cfg.Job.Credit = 100_000, 100_000, 100_000, 1_000_000
	cfg.Job.Price = make([]int64, 100_000)
	for i := range cfg.Job.Price {
		cfg.Job.Price[i] = int64(1 + i%100)
	}
	cfg.BufferTimeout = 5 * ms
	cfg.CheckpointEvery = 5 * sim.Second
	cfg.Horizon = sim.Time(seconds) * sim.Second
	cfg.Workload.Gap = sim.Exponential(int64(100 * us))
	cfg.Workload.Operations = 10_000 * seconds
	cfg.Workload.MixPPM = [4]int64{1_000_000}
	return cfg
}

func TestLarge(t *testing.T) {
	if os.Getenv("LARGE") == "" {
		t.Skip()
	}
	p := recovery.Clonos(causallog.FullSharing)
	cfg := large(p, Determinants, 20)
	cfg.Faults = []Fault{crashAt(12*sim.Second, 9)}
	f, _ := os.Create("/tmp/cpu.prof")
	pprof.StartCPUProfile(f)
	start := time.Now()
	r, o := runCluster(t, cfg)
	el := time.Since(start)
	pprof.StopCPUProfile()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("wall", el, "events", o.Events, "ops", len(o.Evidence.History.Ops), "per s", float64(len(o.Evidence.History.Ops))/el.Seconds(), "sys MB", m.Sys>>20, "mallocs/event", float64(m.Mallocs)/float64(o.Events))
	fmt.Printf("%+v\n%+v\n", o.Recoveries, o.Protection)
	_ = r
	for i, w := range o.Windows {
		if i%10 == 0 {
			fmt.Printf("%v off %d ans %d paid %d backlog %d p50 %d p99 %d data %d det %d hdr %d\n", seconds(w.Start), w.Offered, w.Answered, w.Paid, w.Backlog, w.LatencyP50/1000, w.LatencyP99/1000, w.DataBytes, w.DeterminantBytes, w.HeaderBytes)
		}
	}
	mf, _ := os.Create("/tmp/mem.prof")
	pprof.Lookup("allocs").WriteTo(mf, 0)
	start = time.Now()
	for _, f := range append(check.Judge(o.Evidence), o.Monitors...) {
		fmt.Println("   ", f.Name, f.Verdict, f.LookedAt, f.Detail)
	}
	fmt.Println("judge", time.Since(start))
}
