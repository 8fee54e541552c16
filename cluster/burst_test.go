package cluster

import (
	"fmt"
	"math/rand"
	"os"
	"testing"

	"simrun/causallog"
	"simrun/recovery"
	"simrun/sim"
)

func TestBurstExplore(t *testing.T) {
	if os.Getenv("EXPLORE") == "" {
		t.Skip()
	}
	kinds := []struct {
		name string
		cfg  func() Config
	}{
		{"clonos", func() Config { return small(recovery.Clonos(causallog.FullSharing), Determinants) }},
		{"clonos trans", func() Config { return small(recovery.Clonos(causallog.FullSharing), Transactional) }},
		{"clonos 1", func() Config { return small(recovery.Clonos(1), Transactional) }},
		{"clonos 0", func() Config { return small(recovery.Clonos(0), Transactional) }},
		{"global", func() Config { return small(recovery.Global(), Transactional) }},
	}
	for _, k := range kinds {
		bad := 0
		const runs = 120
		for i := range runs {
			rng := rand.New(rand.NewSource(int64(i)))
			cfg := k.cfg()
			cfg.Seed = uint64(i + 1)
			cfg.Horizon = 2500 * ms
			cfg.CheckpointEvery = 400 * ms
			cfg.Start = 100 * ms
			cfg.Workload.Gap = sim.Exponential(int64(3 * ms))
			cfg.Slots = 1 + rng.Intn(3)
			cfg.Standbys = rng.Intn(2)
			if rng.Intn(2) == 0 {
				cfg.Disconnect = sim.Time(rng.Intn(20)) * ms
			}
			if rng.Intn(4) == 0 {
				cfg.Ties = sim.TiesShuffled
			}
			at := 500*ms + sim.Time(rng.Intn(1500))*ms
			for range 1 + rng.Intn(6) {
				f := Fault{At: at, Kind: Crash, Task: -1}
				for range 1 + rng.Intn(4) {
					f.Targets = append(f.Targets, Target{TargetTask, rng.Intn(10)})
				}
				if rng.Intn(6) == 0 {
					f.Targets = []Target{{TargetMachine, rng.Intn(4)}}
				}
				if rng.Intn(6) == 0 {
					f.Kind, f.For, f.Targets = Cut, sim.Time(rng.Intn(3000))*ms, []Target{{TargetTask, rng.Intn(10)}, {TargetManager, 0}}
				}
				if rng.Intn(6) == 0 {
					f.Kind, f.For, f.Targets = Pause, sim.Time(rng.Intn(3000))*ms, []Target{{TargetTask, rng.Intn(10)}}
				}
				f.Text = fmt.Sprint(f.Kind, f.Targets)
				cfg.Faults = append(cfg.Faults, f)
				at += sim.Time(rng.Intn(40)) * ms
			}
			r, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Loop(); err != nil {
				fmt.Println(k.name, i, err, err.(*Internal).Stack)
				bad++
				continue
			}
			o, err := r.Outcome()
			if err != nil {
				t.Fatal(err)
			}
			names, first := violated(o)
			if len(names) > 0 {
				bad++
				if bad < 6 {
					fmt.Printf("%s %d %v slots %d standbys %d %.400s\n", k.name, i, names, cfg.Slots, cfg.Standbys, first)
					for _, f := range cfg.Faults {
						fmt.Println("      ", seconds(f.At), f.Text, f.For)
					}
				}
			}
		}
		fmt.Printf("%s: %d of %d\n", k.name, bad, runs)
	}
}
