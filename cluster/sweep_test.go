package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"simrun/sim"
)

// counter is the shop in which mistakes are looked for: about 200 operations in
// three epochs, a few items that run out, a few users who run out of money, a
// provider that may be slower than payment is patient.
func counter(p protocol) Config {
	cfg := contended(p.cfg())
	cfg.Horizon, cfg.Drain, cfg.CheckpointEvery = 300*ms, 3*sim.Second, 90*ms
	cfg.Shop.Items, cfg.Shop.Price = 8, []int64{1, 20, 50, 5, 10, 30, 2, 15}
	cfg.Shop.Users, cfg.Shop.Stock, cfg.Shop.Credit, cfg.Shop.GiveUp = 12, 25, 400, int64(6*ms)
	cfg.Workload.Gap, cfg.Workload.Operations = sim.Exponential(int64(ms)), 200
	cfg.Workload.MixPPM = [4]int64{800_000, 60_000, 60_000, 80_000}
	cfg.ProviderLatency = sim.LogNormal(int64(3*ms), int64(20*ms))
	cfg.Costs.Record[slices.Index(operators, "payment")] = sim.Constant(int64(100 * us))
	cfg.StoreLatency, cfg.Disconnect, cfg.Start = sim.LogNormal(int64(3*ms), int64(12*ms)), 3*ms, 20*ms
	cfg.Heartbeat, cfg.Timeout = 10*ms, 40*ms
	return cfg
}

// sweepShops are the shops of a sweep, by name.
var sweepShops = []struct {
	name string
	cfg  func() Config
}{
	{"patient clients", func() Config { return counter(clonos) }},
	{"clients who ask again soon", func() Config {
		cfg := counter(clonos)
		cfg.Workload.Retry, cfg.Workload.RetryMax = 9*ms, 60
		return cfg
	}},
	{"replies that wait for a checkpoint", func() Config { return counter(late) }},
}

// strike is one fault of a sweep's run, as it is kept in testdata. One of
// Event and Verb says when; At is an instant in microseconds.
type strike struct {
	Kind  string `json:"kind"` // crash, crash all, crash all but, cut off (from the manager), pause, cut
	Task  string `json:"task,omitempty"`
	Of    string `json:"of,omitempty"` // whose event or verb; empty: the task's own, or of a verb anybody's
	Event int64  `json:"event,omitempty"`
	Verb  string `json:"verb,omitempty"`
	Count int    `json:"count,omitempty"`
	At    int64  `json:"at,omitempty"`
	To    string `json:"to,omitempty"` // of a cut
	For   int64  `json:"for,omitempty"`
}

func (s strike) fault(t testing.TB) Fault {
	var f Fault
	switch s.Kind {
	case "crash":
		f = crash(-1, s.Task)
	case "crash all", "crash all but":
		var victims []string
		for i := range tasksOfSmall {
			if name := taskName(i); name != s.Task {
				victims = append(victims, name)
			}
		}
		f = crash(-1, victims...)
	case "cut off":
		f = cut(-1, sim.Time(s.For)*us, s.Task, "manager")
	case "pause":
		f = pause(-1, sim.Time(s.For)*us, s.Task)
	case "cut":
		f = cut(-1, sim.Time(s.For)*us, s.Task, s.To)
	default:
		t.Fatalf("no fault %q", s.Kind)
	}
	switch {
	case s.Verb != "":
		f.Verb, f.Count = verbNamed(t, s.Verb), s.Count
		if s.Of != "anybody" {
			f.Task = taskID(s.Of)
		}
	case s.Event > 0:
		f.Events, f.Task = s.Event, taskID(s.Of)
	default:
		f.At = sim.Time(s.At) * us
	}
	return f
}

func (s strike) String() string {
	what := strings.TrimSpace(s.Kind + " " + s.Task)
	if s.To != "" {
		what += " from " + s.To
	}
	if s.For > 0 {
		what += fmt.Sprintf(" for %d ms", s.For/1000)
	}
	switch {
	case s.Verb != "":
		return fmt.Sprintf("%s at %s %d of %s", what, s.Verb, s.Count, s.Of)
	case s.Event > 0:
		return fmt.Sprintf("%s before event %d of %s", what, s.Event, s.Of)
	}
	return fmt.Sprintf("%s at %d us", what, s.At)
}

// sweepRun is one run of a sweep: a shop and what strikes it.
type sweepRun struct {
	Shop    int      `json:"shop"`
	Seed    uint64   `json:"seed"`
	Strikes []strike `json:"strikes,omitempty"`
}

func (s sweepRun) config(t testing.TB) Config {
	cfg := sweepShops[s.Shop].cfg()
	cfg.Seed = s.Seed
	for _, one := range s.Strikes {
		cfg.Faults = append(cfg.Faults, one.fault(t))
	}
	return cfg
}

func (s sweepRun) String() string {
	var all []string
	for _, one := range s.Strikes {
		all = append(all, one.String())
	}
	if len(all) == 0 {
		all = append(all, "nothing fails")
	}
	return strings.Join(all, "; ")
}

// sweep makes the runs of a search, in their order. Each index is always the
// same run; shops and seeds take turns.
type sweep struct {
	t       testing.TB
	moments [][]Moment // per shop and seed
}

// sweepSeeds is how many seeds a shop is run with.
const sweepSeeds = 4

// The stages of a sweep: how many runs each has, and what strikes in its i'th
// run of a shop and seed.
var sweepStages = []struct {
	name string
	runs int
	make func(moments []Moment, i int) []strike
}{
	{"nothing fails", 12, func([]Moment, int) []strike { return nil }},
	{"one crash", 900, oneCrash},
	{"a task out of reach", 480, outOfReach},
	{"two crashes", 1200, twoCrashes},
	{"a long gather", 480, longGather},
	{"all but one", 1920, allButOne},
	{"a burst", 720, stagedBurst},
	{"a mixed gather", 720, mixedGather},
}

func newSweep(t testing.TB) *sweep {
	s := &sweep{t: t}
	for i := range len(sweepShops) * sweepSeeds {
		run := s.of(i)
		cfg := run.config(t)
		cfg.Moments = true
		s.moments = append(s.moments, mustPass(t, fmt.Sprint(run), cfg).Moments)
	}
	return s
}

// of is the run that nothing strikes, of the shop and seed whose turn it is.
func (s *sweep) of(i int) sweepRun {
	return sweepRun{Shop: i % len(sweepShops), Seed: 1 + uint64(i/len(sweepShops)%sweepSeeds)}
}

func (s *sweep) runs() (n int) {
	for _, stage := range sweepStages {
		n += stage.runs
	}
	return n
}

// at is the i'th run of the sweep.
func (s *sweep) at(i int) sweepRun {
	for _, stage := range sweepStages {
		if i < stage.runs {
			run := s.of(i)
			run.Strikes = stage.make(s.moments[i%len(s.moments)], i/len(s.moments))
			return run
		}
		i -= stage.runs
	}
	panic("beyond the end of the sweep")
}

// spread is the i'th of n moments, so that those tried first lie all over: the
// stride is coprime to n and near its golden section.
func spread(i, n int) int {
	stride := n*618/1000 | 1
	for gcd(stride, n) > 1 {
		stride += 2
	}
	return i * stride % n
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// crashAt kills a task at a moment: the one whose moment it is, or, of the
// manager's, one after the other.
func crashAt(m Moment, i int) strike {
	victim, of := m.Task, m.Task
	if victim == "" {
		victim, of = taskName(i%tasksOfSmall), "anybody"
	}
	return strike{Kind: "crash", Task: victim, Of: of, Event: m.Event, Verb: m.Verb, Count: m.Count}
}
