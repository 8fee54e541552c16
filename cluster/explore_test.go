package cluster

import (
	"fmt"
	"os"
	"testing"

	"simrun/causallog"
	"simrun/check"
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

func violated(o *Outcome) (names []string, first string) {
	for _, f := range append(check.Judge(o.Evidence), o.Monitors...) {
		if f.Verdict == check.Violated {
			names = append(names, f.Name)
			if first == "" {
				first = f.Name + ": " + f.Detail
			}
		}
	}
	return names, first
}

func TestExplore(t *testing.T) {
	if os.Getenv("EXPLORE") == "" {
		t.Skip()
	}
	type variant struct {
		name string
		set  func(*recovery.Policy)
	}
	var variants []variant
	for k := range dataflow.Kind(dataflow.Kinds) {
		if k.String() != "NoKind" {
			variants = append(variants, variant{k.String(), func(p *recovery.Policy) { p.Broken.Without[k] = true }})
		}
	}
	variants = append(variants,
		variant{"correct", func(p *recovery.Policy) {}},
		variant{"nodedup", func(p *recovery.Policy) { p.Broken.NoDeduplication = true }},
		variant{"nofence", func(p *recovery.Policy) { p.Broken.NoFence = true }},
		variant{"deadacks", func(p *recovery.Policy) { p.Broken.KeepDeadAcks = true }},
		variant{"trunc", func(p *recovery.Policy) { p.Broken.TruncateEarly = true }},
		variant{"firstanswer", func(p *recovery.Policy) { p.Broken.FirstAnswerOnly = true }},
		variant{"downstreams", func(p *recovery.Policy) { p.Broken.DownstreamsOnly = true }},
		variant{"sinkearly", func(p *recovery.Policy) { p.Broken.SinkAcksEarly = true }},
		variant{"norelog", func(p *recovery.Policy) { p.Broken.NoRelog = true }},
		variant{"ownonly", func(p *recovery.Policy) { p.Broken.OwnLogOnly = true }},
		variant{"thisepoch", func(p *recovery.Policy) { p.Broken.ThisEpochOnly = true }},
	)
	for _, v := range variants {
		bad, total := 0, 0
		where := map[int]int{}
		example := ""
		for _, task := range []int{0, 2, 4, 6, 8} {
			for i := range 6 {
				p := recovery.Clonos(causallog.FullSharing)
				v.set(&p)
				cfg := small(p, Determinants)
				cfg.Seed = uint64(i + 1)
				cfg.Workload.Gap = sim.Exponential(int64(2 * ms))
				at := 2000*ms + sim.Time(i)*170*ms
				cfg.Faults = []Fault{crashAt(at, task)}
				_, o := runCluster(t, cfg)
				names, first := violated(o)
				total++
				if len(names) > 0 {
					bad++
					where[task]++
					if example == "" {
						example = fmt.Sprint(names, first)
					}
				}
			}
		}
		fmt.Printf("%-18s %d/%d %v %.300s\n", v.name, bad, total, where, example)
	}
}
