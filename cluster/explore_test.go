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

func verbFault(verb recovery.Verb, of, count, crash int) Fault {
	return Fault{Text: "crash", At: -1, Verb: verb, Count: count, Task: dataflow.TaskID(of), Kind: Crash, Targets: []Target{{TargetTask, crash}}}
}

func TestExplore2(t *testing.T) {
	if os.Getenv("EXPLORE") == "" {
		t.Skip()
	}
	try := func(name string, set func(*Config), runs int, faults func(i int) []Fault) {
		for _, broken := range []bool{true, false} {
			bad := 0
			example := ""
			vac := 0
			for i := range runs {
				p := recovery.Clonos(causallog.FullSharing)
				cfg := small(p, Determinants)
				cfg.Seed = uint64(i + 1)
				cfg.Workload.Gap = sim.Exponential(int64(2 * ms))
				old := cfg.Policy.Broken
				set(&cfg)
				if !broken {
					cfg.Policy.Broken = old
				}
				cfg.Faults = faults(i)
				_, o := runCluster(t, cfg)
				names, first := violated(o)
				if o.Vacuous != "" {
					vac++
				}
				if len(names) > 0 {
					bad++
					if !broken {
						fmt.Print(i, " ")
					}
					if example == "" {
						example = fmt.Sprint(names, first)
					}
				}
			}
			fmt.Printf("%-18s broken=%v %d/%d vac %d %.300s\n", name, broken, bad, runs, vac, example)
		}
	}
	try("TimerTrigger", func(c *Config) {
		c.Policy.Broken.Without[dataflow.TimerTrigger] = true
		c.ProviderLatency = sim.LogNormal(int64(5*ms), int64(100*ms))
		c.Job.GiveUp = int64(20 * ms)
	}, 6, func(i int) []Fault { return []Fault{crashAt(2600*ms, 6)} })
	try("SourceCheckpoint", func(c *Config) { c.Policy.Broken.Without[dataflow.SourceCheckpoint] = true }, 6, func(i int) []Fault { return []Fault{verbFault(recovery.VerbSnapshot, 0, 2, 0)} })
	try("EpochEnd", func(c *Config) { c.Policy.Broken.Without[dataflow.EpochEnd] = true }, 20, func(i int) []Fault { return []Fault{crashAt(2003*ms+sim.Time(i)*500*us, 2)} })
	try("deadacks", func(c *Config) { c.Policy.Broken.KeepDeadAcks = true }, 12, func(i int) []Fault { return []Fault{verbFault(recovery.VerbDurable, 2+i%6, 2, 2+i%6)} })
	try("nofence", func(c *Config) { c.Policy.Broken.NoFence = true; c.Disconnect = 0 }, 30, func(i int) []Fault { return []Fault{crashAt(2103*ms+sim.Time(i)*7500*us, 2+i%6)} })
	try("nofence pause", func(c *Config) { c.Policy.Broken.NoFence = true; c.Timeout = 400 * ms; c.Heartbeat = 100 * ms }, 10, func(i int) []Fault {
		return []Fault{{Text: "cut", At: 1500 * ms, Kind: Cut, Targets: []Target{{TargetTask, 2 + i%6}, {TargetManager, 0}}, For: 900 * ms, Task: -1}}
	})
	try("downstreams", func(c *Config) { c.Policy.Broken.DownstreamsOnly = true; c.Disconnect = ms }, 30, func(i int) []Fault {
		return []Fault{{Text: "two", At: 2103*ms + sim.Time(i)*7500*us, Kind: Crash, Targets: []Target{{TargetTask, 2 + i%2}, {TargetTask, 4 + i/2%4}}, Task: -1}}
	})
	around := func(i int) []Fault { return []Fault{crashAt(2003*ms+sim.Time(i)*700*us, 2+i%2)} }
	later := func(i int) []Fault { return []Fault{crashAt(2300*ms+sim.Time(i)*10*ms, 2+i%2)} }
	try("forget", func(c *Config) { c.Policy.Broken.Task.ForgetFeedback = true }, 10, later)
	try("inject", func(c *Config) { c.Policy.Broken.Task.InjectFirst = true }, 10, later)
	try("earlybarrier", func(c *Config) {
		c.Policy.Broken.Task.EarlyBarrier = true
		c.CheckpointEvery = 200 * ms
		c.Horizon = 9 * sim.Second
	}, 12, around)
	try("dropearly", func(c *Config) { c.Policy.Broken.DropEarlyAnswers = true }, 30, func(i int) []Fault {
		return []Fault{crashAt(2300*ms, 2+i%8), verbFault(recovery.VerbRecovering, 2+i%8, 1, 2+(i+1+i/8)%8)}
	})
	try("sinkearly", func(c *Config) { c.Policy.Broken.SinkAcksEarly = true }, 10, func(i int) []Fault {
		return []Fault{{Text: "cut", At: 1990 * ms, Kind: Cut, Targets: []Target{{TargetTask, 8}, {TargetBroker, 0}}, For: 400 * ms, Task: -1},
			crashAt(2300*ms+sim.Time(i)*10*ms, 8)}
	})
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
