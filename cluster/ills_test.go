package cluster

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// drawIll draws a fault of writes or clocks, or a crash.
func drawIll(t *rapid.T) Fault {
	at := 40*ms + sim.Time(rapid.IntRange(0, 240).Draw(t, "at"))*ms
	length := sim.Time(rapid.IntRange(1, 120).Draw(t, "length")) * ms
	name := taskName(rapid.IntRange(0, tasksOfSmall-1).Draw(t, "task"))
	writer := name
	switch rapid.IntRange(0, 5).Draw(t, "writer") {
	case 4:
		writer = "manager"
	case 5:
		writer = fmt.Sprintf("machine/%d", rapid.IntRange(0, tasksOfSmall-1).Draw(t, "machine"))
	}
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return lose(at, length, writer)
	case 1:
		return delay(at, length, writer, sim.Time(rapid.IntRange(1, 300).Draw(t, "by"))*ms)
	case 2:
		if writer == "manager" {
			writer = name
		}
		return skewed(at, length, writer, sim.Time(rapid.IntRange(-3000, 3000).Draw(t, "by"))*ms)
	case 3:
		return pause(at, length, "store")
	case 4:
		return after(recovery.VerbRunning, "", 1, crash(0, name))
	}
	return crash(at, name)
}

// ills are small runs of a protocol with some of them.
func ills(p protocol) *rapid.Generator[Config] {
	return rapid.Custom(func(t *rapid.T) Config {
		cfg := counter(p)
		cfg.Seed = rapid.Uint64Range(1, 1<<20).Draw(t, "seed")
		cfg.StoreRetry = sim.Time(rapid.IntRange(5, 100).Draw(t, "retry")) * ms
		cfg.Standbys = rapid.IntRange(0, 1).Draw(t, "standbys")
		cfg.Policy.Tick = int64(rapid.SampledFrom([]sim.Time{0, 2 * ms}).Draw(t, "tick"))
		cfg.Faults = rapid.SliceOfN(rapid.Custom(drawIll), 2, 6).Draw(t, "faults")
		return cfg
	})
}

// Whatever is lost, late or off when tasks die, a protocol that promises to
// recover does.
func TestRecoversWithoutWritesAndClocks(t *testing.T) {
	for _, p := range []protocol{clonos, global, late} {
		t.Run(p.name, func(t *testing.T) {
			gen := ills(p)
			rapid.Check(t, func(t *rapid.T) {
				cfg := gen.Draw(t, "run")
				if _, what := wrong(cfg); what != "" {
					t.Fatalf("%s\n%+v", what, cfg.Faults)
				}
			})
		})
	}
}

// The drawn runs do not test nothing: what is drawn strikes, and mistakes are
// found soon.
func TestIllsTest(t *testing.T) {
	seen := map[FaultKind]int{}
	for i := range 30 {
		r, _ := play(t, ills(late).Example(i))
		for _, f := range r.faults.list {
			if f.struck {
				seen[f.Kind]++
			}
		}
	}
	for kind, least := range map[FaultKind]int{Crash: 15, Pause: 5, Lose: 5, Delay: 5, Skew: 5} {
		if seen[kind] < least {
			t.Errorf("kind %d struck %d times, want %d", kind, seen[kind], least)
		}
	}
	for what, spoil := range map[string]func(cfg *Config){
		"nobody writes again":       func(cfg *Config) { cfg.StoreRetry = 0 },
		"a replay reads its clock":  func(cfg *Config) { cfg.Policy.Broken.Task.ReplayClock = true },
		"timers are not logged":     func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.TimerTrigger] = true },
		"times told are not logged": func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.Timestamp] = true },
	} {
		tried := 0
		for ; tried < 100; tried++ {
			cfg := ills(late).Example(tried)
			if spoil(&cfg); len(caught(t, cfg)) > 0 {
				break
			}
		}
		if t.Logf("%s: found by run %d", what, tried); tried == 100 {
			t.Errorf("%s: 100 runs find nothing", what)
		}
	}
}
