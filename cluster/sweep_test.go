package cluster

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"simrun/recovery"
	"simrun/sim"
)

// counter is the shop in which mistakes are looked for: about 200 operations in
// three epochs, a few items that run out, a few users who run out of money, a
// provider that may be slower than payment is patient.
func counter(p protocol) Config {
	cfg := contended(p.cfg())
	cfg.Horizon, cfg.Drain, cfg.CheckpointEvery = 300*ms, 3*sim.Second, 90*ms
	cfg.Shop.Users, cfg.Shop.Stock, cfg.Shop.Credit, cfg.Shop.GiveUp = 10, 40, 1_000, int64(8*ms)
	cfg.Workload.Gap, cfg.Workload.Operations = sim.Exponential(int64(ms)), 200
	cfg.Workload.MixPPM = [4]int64{800_000, 60_000, 60_000, 80_000}
	cfg.ProviderLatency = sim.LogNormal(int64(ms), int64(20*ms))
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
		cfg.Workload.Retry, cfg.Workload.RetryMax = 6*ms, 6
		return cfg
	}},
	{"replies that wait for a checkpoint", func() Config { return counter(late) }},
}

// strike is one fault of a sweep's run, as it is kept in testdata. One of
// Event and Verb says when; At is an instant in microseconds.
type strike struct {
	Kind  string `json:"kind"` // crash, or cut off, pause, cut
	Task  string `json:"task"`
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
		if s.Of != "" && s.Of != "anybody" {
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
	what := s.Kind + " " + s.Task
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
	Strikes []strike `json:"strikes,omitempty"`
}

func (s sweepRun) config(t testing.TB) Config {
	cfg := sweepShops[s.Shop].cfg()
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
	return sweepShops[s.Shop].name + ": " + strings.Join(all, "; ")
}

func (s sweepRun) key() string {
	b, _ := json.Marshal(s)
	return string(b)
}

// sweep makes the runs of a search, in their order: first without faults, then
// a crash at one moment, then a task that is cut off or paused or loses its
// receiver and dies, then two crashes, then bursts. Each index is always the
// same run.
type sweep struct {
	t       testing.TB
	moments [][]Moment // per shop
}

// The stages of a sweep and how many runs each has at most.
var sweepStages = []struct {
	name string
	runs int
	make func(s *sweep, shop int, moments []Moment, i int) []strike
}{
	{"nothing fails", 3, func(*sweep, int, []Moment, int) []strike { return nil }},
	{"one crash", 900, (*sweep).single},
	{"one task is out of reach", 300, (*sweep).outOfReach},
	{"two crashes", 1500, (*sweep).pair},
	{"a burst", 900, (*sweep).burst},
}

func newSweep(t testing.TB) *sweep {
	s := &sweep{t: t}
	for _, shop := range sweepShops {
		cfg := shop.cfg()
		cfg.Moments = true
		s.moments = append(s.moments, mustPass(t, shop.name, cfg).Moments)
	}
	return s
}

func (s *sweep) runs() (n int) {
	for _, stage := range sweepStages {
		n += stage.runs
	}
	return n
}

// at is the i'th run of the sweep. Shops take turns.
func (s *sweep) at(i int) sweepRun {
	for _, stage := range sweepStages {
		if i < stage.runs {
			shop := i % len(sweepShops)
			return sweepRun{shop, stage.make(s, shop, s.moments[shop], i/len(sweepShops))}
		}
		i -= stage.runs
	}
	panic("beyond the end of the sweep")
}

// stride spreads the moments that are tried over all of them: it is prime, and
// near the golden section of their number.
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

func (s *sweep) single(_ int, moments []Moment, i int) []strike {
	return []strike{crashAt(moments[spread(i, len(moments))], i)}
}

// outOfReach cuts a task off from the manager or stops it, so that it is given
// up and goes on; or cuts it from a receiver of its and kills it meanwhile.
func (s *sweep) outOfReach(shop int, moments []Moment, i int) []strike {
	at := int64(moments[spread(i/3, len(moments))].At / us)
	task := taskName(i / 3 * 3 % tasksOfSmall)
	switch i % 3 {
	case 0:
		return []strike{{Kind: "cut off", Task: task, At: at, For: 60_000}}
	case 1:
		return []strike{{Kind: "pause", Task: task, At: at, For: 55_000}}
	}
	to := map[string][]string{"ingress": {"order/0", "order/1"}, "order": {"stock/0", "payment/1", "egress/0"}, "stock": {"order/0", "order/1"},
		"payment": {"order/0", "order/1"}, "egress": {"broker"}}[strings.Split(task, "/")[0]]
	return []strike{{Kind: "cut", Task: task, To: to[i%len(to)], At: at, For: 60_000}, {Kind: "crash", Task: task, At: at + 10_000 + int64(i%7)*6_000}}
}

// secondVerbs are the steps of a recovery at which the second crash comes.
var secondVerbs = []recovery.Verb{recovery.VerbDetect, recovery.VerbActivate, recovery.VerbRecovering, recovery.VerbCollect, recovery.VerbReplay,
	recovery.VerbRunning}

// pair is a crash, and a second one while the first task is brought back, or
// later in the same epoch.
func (s *sweep) pair(_ int, moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 2))
	first := crashAt(moments[spread(i, len(moments))], i)
	second := strike{Kind: "crash", Task: taskName(draw.IntN(tasksOfSmall))}
	if i%2 == 0 {
		second.Verb, second.Count, second.Of = secondVerbs[draw.IntN(len(secondVerbs))].String(), 1, first.Task
		if draw.IntN(3) == 0 {
			second.Task = first.Task
		}
	} else {
		m := moments[spread(i, len(moments))]
		at := spread(i, len(moments)) + 1 + draw.IntN(600)
		for at < len(moments) && (moments[at].Task == "" || moments[at].Event == 0) {
			at++
		}
		if at >= len(moments) || moments[at].Checkpoint != m.Checkpoint {
			second.At = int64((m.At + sim.Time(draw.IntN(12_000))*us) / us)
		} else {
			second.Task, second.Of, second.Event = moments[at].Task, moments[at].Task, moments[at].Event
		}
	}
	return []strike{first, second}
}

// burst is three to eight crashes close to one another.
func (s *sweep) burst(_ int, moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 3))
	at := moments[spread(i, len(moments))].At
	var all []strike
	for range 3 + draw.IntN(6) {
		one := strike{Kind: "crash", Task: taskName(draw.IntN(tasksOfSmall)), At: int64(at / us)}
		if n := len(all); n > 0 && draw.IntN(3) == 0 {
			one.At, one.Verb, one.Count, one.Of = 0, secondVerbs[draw.IntN(len(secondVerbs))].String(), 1, "anybody"
		}
		all = append(all, one)
		at += sim.Time(draw.IntN(5_000)) * us
	}
	return all
}
