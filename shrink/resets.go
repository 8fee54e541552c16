package shrink

import "simrun/scenarios"

// reset gives a group of keys their defaults: all at once, or else one by one.
// Only what is listed here is ever reset.
type reset struct {
	name string
	keys []func(s, defaults *scenarios.Scenario)
}

type scenario = scenarios.Scenario

// resets stand in the order in which they are tried. What makes a run what it
// is (job, protocol, variant, transactions, checks, expectations) is not there.
var resets = []reset{
	{"shop's values", []func(s, d *scenario){
		func(s, d *scenario) { s.Checkout.Provider.DeclinePPM = d.Checkout.Provider.DeclinePPM },
		func(s, d *scenario) { s.Checkout.Items.Stock = d.Checkout.Items.Stock },
		func(s, d *scenario) { s.Checkout.Users.Credit = d.Checkout.Users.Credit },
		func(s, d *scenario) { s.Checkout.Items.Price = d.Checkout.Items.Price },
		func(s, d *scenario) { s.Checkout.Items.Popularity = d.Checkout.Items.Popularity },
		func(s, d *scenario) { s.Checkout.Users.Popularity = d.Checkout.Users.Popularity },
		func(s, d *scenario) { s.Checkout.Quantity = d.Checkout.Quantity },
		func(s, d *scenario) { s.Checkout.Provider.Latency = d.Checkout.Provider.Latency },
		func(s, d *scenario) { s.Checkout.Provider.Timeout = d.Checkout.Provider.Timeout },
		func(s, d *scenario) { s.Checkout.Window = d.Checkout.Window },
	}},
	{"lines", []func(s, d *scenario){
		func(s, _ *scenario) { s.Checkout.Lines = scenarios.Constant(1) },
	}},
	{"pipeline", []func(s, d *scenario){
		func(s, d *scenario) { s.Pipeline.Window = d.Pipeline.Window },
	}},
	{"costs", []func(s, d *scenario){
		func(s, d *scenario) { s.Costs.Record = d.Costs.Record },
		func(s, d *scenario) { s.Costs.BytePs = d.Costs.BytePs },
		func(s, d *scenario) { s.Costs.DeterminantPs = d.Costs.DeterminantPs },
		func(s, d *scenario) { s.Costs.SnapshotBytePs = d.Costs.SnapshotBytePs },
		func(s, d *scenario) { s.Costs.RestoreBytePs = d.Costs.RestoreBytePs },
	}},
	{"network", []func(s, d *scenario){
		func(s, d *scenario) { s.Network.Latency = d.Network.Latency },
		func(s, d *scenario) { s.Network.Bandwidth = d.Network.Bandwidth },
		func(s, d *scenario) { s.Network.Buffer.Bytes = d.Network.Buffer.Bytes },
		func(s, d *scenario) { s.Network.Buffer.Timeout = d.Network.Buffer.Timeout },
		func(s, d *scenario) { s.Network.Credits = d.Network.Credits },
	}},
	{"cluster", []func(s, d *scenario){
		func(s, d *scenario) { s.Cluster.Standby = d.Cluster.Standby; aim(s) },
		func(s, d *scenario) { s.Cluster.Reboot = d.Cluster.Reboot },
		func(s, d *scenario) { s.Cluster.Start = d.Cluster.Start },
		func(s, d *scenario) { s.Cluster.Detector = d.Cluster.Detector },
	}},
	{"clients' patience", []func(s, d *scenario){
		func(s, d *scenario) { s.Workload.Retry.Timeout = d.Workload.Retry.Timeout },
		func(s, d *scenario) { s.Workload.Retry.Max = d.Workload.Retry.Max },
	}},
	{"arrivals", []func(s, d *scenario){
		func(s, d *scenario) {
			if a := &s.Workload.Arrivals; a.Closed.Clients == 0 {
				a.OpenPerSecondMilli = d.Workload.Arrivals.OpenPerSecondMilli
			}
		},
		func(s, _ *scenario) { s.Workload.Arrivals.Closed.Think = thinkNothing },
	}},
	{"checkpoints", []func(s, d *scenario){
		func(s, d *scenario) { s.Checkpoint.Every = d.Checkpoint.Every },
		func(s, d *scenario) { s.Checkpoint.Store = d.Checkpoint.Store },
		func(s, d *scenario) { s.Checkpoint.Backoff = d.Checkpoint.Backoff },
	}},
	{"recovery", []func(s, d *scenario){
		func(s, d *scenario) { s.Recovery.Delta = d.Recovery.Delta },
		func(s, d *scenario) { s.Recovery.InFlight = d.Recovery.InFlight },
		func(s, d *scenario) { s.Recovery.Determinants = d.Recovery.Determinants },
		func(s, d *scenario) { s.Recovery.SharingDepth = d.Recovery.SharingDepth },
		func(s, d *scenario) { s.Recovery.Orphans = d.Recovery.Orphans },
		func(s, d *scenario) { s.Recovery.Replies = d.Recovery.Replies },
	}},
	{"drain and tick", []func(s, d *scenario){
		func(s, d *scenario) { s.Time.Drain = d.Time.Drain },
		func(s, d *scenario) { s.Time.Tick = d.Time.Tick },
	}},
}

var thinkNothing = scenarios.Distribution{Timed: true}

// reduced gives all keys of the group their defaults, then each.
func (r reset) reduced(defaults *scenario) func(s *scenario) []*scenario {
	return func(s *scenario) (list []*scenario) {
		list = append(list, changed(s, func(c *scenario) {
			for _, key := range r.keys {
				key(c, defaults)
			}
		}))
		for _, key := range r.keys {
			list = append(list, changed(s, func(c *scenario) { key(c, defaults) }))
		}
		return list
	}
}
