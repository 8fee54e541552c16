package cluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"simrun/causallog"
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

const (
	ms = sim.Millisecond
	us = sim.Microsecond
)

// small is a small shop on two tasks an operator: 750 operations in 1.5 s of
// simulated time, a checkpoint every 500 ms.
func small(policy recovery.Policy, replies Replies) Config {
	policy.Credits = 10
	cfg := Config{
		Seed: 1, Horizon: 1500 * ms, Drain: 20 * sim.Second, Policy: policy, Replies: replies,
		Shop: checkout.Config{Items: 50, Users: 50, Stock: 1000, Credit: 100000, Ingresses: 2, Orders: 2, Stocks: 2, Payments: 2, Egresses: 2,
			Window: 1024, GiveUp: int64(sim.Second)},
		Slots: 1, Standbys: 1, Reboot: 5 * sim.Second, Start: 200 * ms,
		Heartbeat: 500 * ms, Timeout: 2 * sim.Second, Disconnect: 20 * ms,
		Latency: sim.LogNormal(int64(200*us), int64(900*us)), Bandwidth: 1_250_000_000, BufferBytes: 32 << 10, BufferTimeout: ms,
		Costs:           Costs{BytePS: 1000, DeterminantPS: 20000, SnapshotBytePS: 1000, RestoreBytePS: 1000},
		CheckpointEvery: 500 * ms, StoreLatency: sim.LogNormal(int64(20*ms), int64(80*ms)), StoreBandwidth: 200_000_000, StoreRetry: 200 * ms,
		ProviderLatency: sim.LogNormal(int64(ms), int64(5*ms)), ProviderDeclinePPM: 50000,
		Workload: Workload{Gap: sim.Exponential(int64(2 * ms)), Operations: 10000, MixPPM: [4]int64{900000, 40000, 40000, 20000},
			Lines: sim.Uniform(1, 3), Quantity: sim.Constant(1), Retry: 15 * sim.Second, RetryMax: -1},
		Capture: -1,
	}
	cfg.Costs.Record = make([]sim.Dist, len(operators))
	for i := range cfg.Costs.Record {
		cfg.Costs.Record[i] = sim.Constant(int64(10 * us))
	}
	for i := range cfg.Shop.Items {
		cfg.Shop.Price = append(cfg.Shop.Price, int64(1+i%100))
	}
	return cfg
}

// contended shrinks the shop to a few keys, so that operations meet, values
// differ and some run out.
func contended(cfg Config) Config {
	cfg.Shop.Items, cfg.Shop.Users, cfg.Shop.Stock, cfg.Shop.Credit = 3, 3, 150, 20_000
	cfg.Shop.Price = []int64{1, 20, 50}
	return cfg
}

// large is the main job: 10,000 checkouts a second on four tasks an operator.
func large(policy recovery.Policy, replies Replies, seconds int) Config {
	cfg := small(policy, replies)
	cfg.Shop.Ingresses, cfg.Shop.Orders, cfg.Shop.Stocks, cfg.Shop.Payments, cfg.Shop.Egresses = 4, 4, 4, 4, 4
	cfg.Shop.Items, cfg.Shop.Users, cfg.Shop.Stock, cfg.Shop.Credit = 100_000, 100_000, 100_000, 1_000_000
	cfg.Shop.Price = make([]int64, 100_000)
	for i := range cfg.Shop.Price {
		cfg.Shop.Price[i] = int64(1 + i%100)
	}
	cfg.BufferTimeout = 5 * ms
	cfg.CheckpointEvery = 5 * sim.Second
	cfg.Horizon = sim.Time(seconds) * sim.Second
	cfg.Workload.Gap = sim.Exponential(int64(100 * us))
	cfg.Workload.Operations = 10_000 * seconds
	cfg.Workload.MixPPM = [4]int64{1_000_000}
	return cfg
}

// A protocol as it is run: with the setting of replies that it promises most
// under.
type protocol struct {
	name string
	cfg  func() Config
}

var (
	none   = protocol{"none", func() Config { return small(recovery.None(), Immediate) }}
	redo   = protocol{"redo", func() Config { return small(recovery.Redo(), Immediate) }}
	global = protocol{"global", func() Config { return small(recovery.Global(), Transactional) }}
	clonos = protocol{"clonos", func() Config { return small(recovery.Clonos(causallog.FullSharing), Determinants) }}
	late   = protocol{"clonos, transactional", func() Config { return small(recovery.Clonos(causallog.FullSharing), Transactional) }}
	depth1 = protocol{"clonos at depth 1", func() Config { return small(recovery.Clonos(1), Transactional) }}
	depth0 = protocol{"clonos at depth 0", func() Config { return small(recovery.Clonos(0), Transactional) }}
)

var operators = []string{"ingress", "order", "stock", "payment", "egress"}

// target finds what a scenario would name: a task of a shop with two tasks an
// operator, its standby, machine/N, manager, broker or store.
func target(name string) Target {
	switch name {
	case "manager":
		return Target{Kind: TargetManager}
	case "broker":
		return Target{Kind: TargetBroker}
	case "store":
		return Target{Kind: TargetStore}
	}
	word := strings.Split(name, "/")
	n, err := strconv.Atoi(word[1])
	if err != nil {
		panic(err)
	}
	if word[0] == "machine" {
		return Target{TargetMachine, n}
	}
	t := Target{TargetTask, 2*slices.Index(operators, word[0]) + n}
	if len(word) == 3 {
		t.Kind = TargetStandby
	}
	return t
}

func targets(names []string) []Target {
	var list []Target
	for _, name := range names {
		list = append(list, target(name))
	}
	return list
}

// crash kills tasks at an instant.
func crash(at sim.Time, names ...string) Fault {
	return Fault{Text: "crash " + strings.Join(names, ", "), At: at, Kind: Crash, Targets: targets(names), Task: -1}
}

// after makes a fault wait for the count'th time that a task (empty: any)
// takes a step of the protocol.
func after(verb recovery.Verb, task string, count int, f Fault) Fault {
	f.At, f.Verb, f.Count, f.Task = -1, verb, count, -1
	if task != "" {
		f.Task = taskID(task)
	}
	f.Text += fmt.Sprintf(" after %s of %s", verb, task)
	return f
}

func taskID(name string) dataflow.TaskID { return dataflow.TaskID(target(name).Index) }

// pause and cut and slow last for a while.
func pause(at, length sim.Time, name string) Fault {
	return Fault{Text: "pause " + name, At: at, Kind: Pause, Targets: targets([]string{name}), For: length, Task: -1}
}

func slow(at, length sim.Time, name string, factor int64) Fault {
	return Fault{Text: "slow " + name, At: at, Kind: Slow, Targets: targets([]string{name}), For: length, Factor: factor, Task: -1}
}

func cut(at, length sim.Time, from, to string) Fault {
	return Fault{Text: "cut " + from + " > " + to, At: at, Kind: Cut, Targets: targets([]string{from, to}), For: length, Task: -1}
}

// lose and delay befall what a writer writes to the store for a while, skew a clock.
func lose(at, length sim.Time, writer string) Fault {
	return Fault{Text: "lose writes of " + writer, At: at, Kind: Lose, Targets: targets([]string{writer}), For: length, Task: -1}
}

func delay(at, length sim.Time, writer string, by sim.Time) Fault {
	return Fault{Text: "delay writes of " + writer, At: at, Kind: Delay, Targets: targets([]string{writer}), By: int64(by), For: length, Task: -1}
}

func skewed(at, length sim.Time, name string, by sim.Time) Fault {
	return Fault{Text: "skew " + name, At: at, Kind: Skew, Targets: targets([]string{name}), By: int64(by), For: length, Task: -1}
}

// schedules are the same configuration struck at several instants: the first
// and how far apart.
func schedules(n int, first, step sim.Time, at func(at sim.Time) Config) []Config {
	var list []Config
	for i := range n {
		list = append(list, at(first+sim.Time(i)*step))
	}
	return list
}

// bounded is how many of n a short test run looks at.
func bounded(n int) int {
	if testing.Short() {
		return max(1, n/4)
	}
	return n
}
