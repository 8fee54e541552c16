package scenarios

import (
	"fmt"
	"strings"

	"simrun/cluster"
	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// config turns a scenario into what the cluster runs.
func (s *Scenario) config(o *Options) (cluster.Config, error) {
	cfg := cluster.Config{
		Seed: s.Seed, Horizon: s.Time.Horizon, Warmup: s.Time.Warmup, Drain: s.Time.Drain,
		Slots: s.Cluster.Slots, Standbys: s.Cluster.Standbys, Reboot: s.Cluster.Reboot, Start: s.Cluster.Start,
		Heartbeat: s.Cluster.Detector.Heartbeat, Timeout: s.Cluster.Detector.Timeout, Disconnect: s.Cluster.Detector.Disconnect,
		Latency: s.Network.Latency.Dist(), Bandwidth: s.Network.Bandwidth, BufferBytes: s.Network.Buffer.Bytes, BufferTimeout: s.Network.Buffer.Timeout,
		CheckpointEvery: s.Checkpoint.Every, StoreLatency: s.Checkpoint.Store.Latency.Dist(), StoreBandwidth: s.Checkpoint.Store.Bandwidth, StoreRetry: s.Checkpoint.Store.Retry,
		Trace: o.Trace, Listen: o.Listen, Progress: s.progress(o), Capture: o.Capture - 1, Moments: o.Moments, Branches: o.branches,
	}
	cfg.Standby = cluster.Standby{Incremental: s.Cluster.Standby.Dispatch == "incremental", Together: s.Cluster.Standby.Placement == "together",
		Replace: s.Cluster.Standby.Replace}
	if o.ShuffleTies {
		cfg.Ties = sim.TiesShuffled
	}
	if s.Cluster.Detector.DisconnectOff {
		cfg.Disconnect = -1
	}
	for _, o := range s.Operators() {
		cfg.Costs.Record = append(cfg.Costs.Record, s.Costs.Record[o.word].Dist())
	}
	cfg.Costs.BytePS, cfg.Costs.DeterminantPS = s.Costs.BytePs, s.Costs.DeterminantPs
	cfg.Costs.SnapshotBytePS, cfg.Costs.RestoreBytePS = s.Costs.SnapshotBytePs, s.Costs.RestoreBytePs
	s.job().setUp(s, &cfg)
	cfg.Policy = s.policy()
	s.memory(&cfg)
	if err := s.plant(&cfg); err != nil {
		return cfg, err
	}
	cfg.Lean, cfg.Policy.Account = o.Lean, !o.Lean
	cfg.Replies = map[string]cluster.Replies{"immediate": cluster.Immediate, "transactional": cluster.Transactional,
		"determinants": cluster.Determinants}[s.Replies(s.Recovery.Protocol)]
	cfg.Workload = s.workload()
	graph, err := cfg.Graph()
	if err != nil {
		return cfg, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	cfg.Orphans = s.Check.Orphans
	cfg.Faults = s.faults(graph)
	if !o.Swept {
		cfg.Goals = s.goals(&cfg)
	}
	cfg.Filter = o.Filter.keep(s, graph)
	return cfg, nil
}

func (s *Scenario) policy() recovery.Policy {
	var p recovery.Policy
	switch s.Recovery.Protocol {
	case "none":
		p = recovery.None()
	case "redo":
		p = recovery.Redo()
	case "global":
		p = recovery.Global()
	default:
		p = recovery.Clonos(s.Recovery.SharingDepth)
		if s.published() {
			p = s.publishedPolicy()
		}
		p.Orphans = s.Recovery.Orphans == "continue"
	}
	p.Credits = s.Network.Credits
	return p
}

// publishedPolicy counts the back-off in whole checkpoint intervals: no
// checkpoint begins between two of them.
func (s *Scenario) publishedPolicy() recovery.Policy {
	p := recovery.Published(s.Recovery.SharingDepth)
	p.Slots = s.Cluster.Slots
	every, backoff := s.Checkpoint.Every, s.Checkpoint.Backoff
	p.Backoff = backoff.Multiplier + int((backoff.Base+every-1)/every)
	for _, name := range s.Recovery.Quirks {
		quirk, ok := recovery.QuirkNamed(name)
		if !ok {
			panic("scenarios: no quirk " + name)
		}
		p.Quirks |= quirk
	}
	return p
}

const purposePrice sim.Purpose = 1 << 16

func (s *Scenario) prices() []int64 {
	dist := s.Checkout.Items.Price.Dist()
	prices := make([]int64, s.Checkout.Items.Count)
	for i := range prices {
		stream := sim.NewStream(s.Seed, uint64(i), 0, purposePrice)
		prices[i] = dist.Draw(&stream)
	}
	return prices
}

func (s *Scenario) workload() cluster.Workload {
	w := &s.Workload
	c := cluster.Workload{
		Clients: w.Arrivals.Closed.Clients, Think: w.Arrivals.Closed.Think.Dist(), Operations: int(w.Operations),
		MixPPM:    [4]int64{w.Mix.Checkout, w.Mix.AddStock, w.Mix.AddCredit, w.Mix.Read},
		ItemsZipf: s.Checkout.Items.Popularity.Zipf, UsersZipf: s.Checkout.Users.Popularity.Zipf,
		Lines: s.Checkout.Lines.Dist(), Quantity: s.Checkout.Quantity.Dist(), Retry: w.Retry.Timeout, RetryMax: w.Retry.Max,
	}
	if c.Clients == 0 {
		// operations arrive at random: exponential gaps, whatever the answers
		c.Gap = Distribution{Shape: Exponential, A: 1_000_000_000_000 / w.Arrivals.OpenPerSecondMilli}.Dist()
	}
	if w.Operations == Unlimited {
		c.Operations = int(s.operationsMost())
	}
	return c
}

// operationsMost bounds the operations that can be issued before the horizon
// where the scenario does not: twice as many as are expected, or what all
// clients can do at one operation per network round trip.
func (s *Scenario) operationsMost() int64 {
	if a := &s.Workload.Arrivals; a.Closed.Clients > 0 {
		return min(100_000_000, 1000+int64(a.Closed.Clients)*int64(s.Time.Horizon/(100*sim.Microsecond)))
	}
	return min(100_000_000, 1000+2*s.Workload.Arrivals.OpenPerSecondMilli*int64(s.Time.Horizon/sim.Millisecond)/1_000_000)
}

func (s *Scenario) faults(g *dataflow.Graph) []cluster.Fault {
	var list []cluster.Fault
	for _, f := range s.Faults {
		list = append(list, f.toCluster(s, g))
	}
	return list
}

// toCluster turns names into numbers.
func (f Fault) toCluster(s *Scenario, g *dataflow.Graph) cluster.Fault {
	c := cluster.Fault{Text: f.describe(), At: f.At, Task: -1, For: f.For}
	if a := f.After; a != nil {
		c.At = -1
		if a.Task != nil {
			c.Task = g.Task(s.operator(*a.Task), a.Task.Index)
		}
		c.Records, c.Events = a.Records, a.Events
		if a.Trace != "" {
			c.Verb, c.Count = verbNamed(a.Trace), max(1, a.Count)
		}
	}
	switch {
	case f.Pause != nil:
		c.Kind, c.Targets = cluster.Pause, s.targets(g, *f.Pause)
	case f.Slow != nil:
		c.Kind, c.Targets, c.Factor = cluster.Slow, s.targets(g, f.Slow.Target), f.Slow.Factor
	case f.Cut != nil:
		c.Kind, c.Targets, c.Both = cluster.Cut, s.targets(g, f.Cut.From, f.Cut.To), f.Cut.Both
	case f.Lose != nil:
		c.Kind, c.Targets = cluster.Lose, s.targets(g, f.Lose.WritesOf)
	case f.Delay != nil:
		c.Kind, c.Targets, c.By = cluster.Delay, s.targets(g, f.Delay.WritesOf), int64(f.Delay.By)
	case f.Skew != nil:
		c.Kind, c.Targets, c.By = cluster.Skew, s.targets(g, f.Skew.Target), f.Skew.By
	default:
		c.Kind, c.Targets = cluster.Crash, s.targets(g, f.Crash...)
	}
	return c
}

func (s *Scenario) targets(g *dataflow.Graph, list ...Target) []cluster.Target {
	var found []cluster.Target
	for _, t := range list {
		c := cluster.Target{Kind: cluster.TargetKind(t.Kind), Index: t.Index}
		if t.Kind == Task || t.Kind == Standby {
			c.Index = int(g.Task(s.operator(t), t.Index))
		}
		found = append(found, c)
	}
	return found
}

func verbNamed(name string) recovery.Verb {
	for v, n := range recovery.VerbNames {
		if n == name {
			return recovery.Verb(v)
		}
	}
	panic("scenarios: no verb " + name)
}

// describe is the fault in a few words, for marks and traces.
func (f Fault) describe() string {
	switch {
	case f.Pause != nil:
		return "pause " + f.Pause.String()
	case f.Slow != nil:
		return fmt.Sprintf("slow %v", f.Slow.Target)
	case f.Cut != nil:
		return fmt.Sprintf("cut %v to %v", f.Cut.From, f.Cut.To)
	case f.Lose != nil:
		return fmt.Sprintf("lose writes of %v", f.Lose.WritesOf)
	case f.Delay != nil:
		return fmt.Sprintf("delay writes of %v by %s", f.Delay.WritesOf, duration(f.Delay.By))
	case f.Skew != nil:
		return fmt.Sprintf("skew %v by %s", f.Skew.Target, forms["offset"].format(f.Skew.By))
	}
	var names []string
	for _, t := range f.Crash {
		names = append(names, t.String())
	}
	return "crash " + strings.Join(names, ", ")
}
