package swarm

import (
	"simrun/scenarios"
	"simrun/sim"
)

const (
	us = sim.Microsecond
	ms = sim.Millisecond
)

// fixed, uniform and lognormal are times.
func fixed(at sim.Time) scenarios.Distribution {
	return scenarios.Distribution{A: int64(at), Timed: true}
}

func uniform(from, to sim.Time) scenarios.Distribution {
	return scenarios.Distribution{Shape: scenarios.Uniform, A: int64(from), B: int64(to), Timed: true}
}

func lognormal(p50, p99 sim.Time) scenarios.Distribution {
	return scenarios.Distribution{Shape: scenarios.LogNormal, A: int64(p50), B: int64(p99), Timed: true}
}

// shape draws how many tasks there are, on which machines, with which standbys.
func (d *drawing) shape() {
	most := d.budget.Tasks
	p := &d.Parallelism
	same := d.number("tasks", 1, most)
	uneven := on(d, "uneven")
	for _, o := range [...]struct {
		name string
		n    *int
	}{{"ingress", &p.Ingress}, {"order", &p.Order}, {"stock", &p.Stock}, {"payment", &p.Payment}, {"egress", &p.Egress}, {"count", &p.Count}} {
		if *o.n = same; uneven {
			*o.n = d.number(o.name+" tasks", 1, most)
		}
	}
	if d.Job == "pipeline" {
		d.Pipeline.Stages = d.number("stages", 1, 3)
		d.Pipeline.Keys = d.number("keys", 1, 30)
		d.Pipeline.Window = span(d, "window", 5, 40, ms)
	}
	c := &d.Cluster
	c.Slots, c.Standbys = 1, 1
	if on(d, "slots") {
		c.Slots = d.number("slots of a machine", 2, 4)
	}
	if on(d, "standbys") {
		c.Standbys = pick(d, "standbys of a task", 0, 2)
	}
	c.Standby = scenarios.Standbys{Dispatch: "full", Placement: "apart"}
	if seldom(d, "incremental", 4) {
		c.Standby.Dispatch = "incremental"
	}
	if seldom(d, "together", 4) {
		c.Standby.Placement = "together"
	}
	if seldom(d, "replace", 4) {
		c.Standby.Replace = span(d, "replaced after", 1, 200, ms)
	}
	c.Start, c.Reboot = span(d, "start", 10, 100, ms), span(d, "reboot", 10, 300, ms)
}

// network draws how long bytes take, and how they are packed.
func (d *drawing) network() {
	n := &d.Network
	switch n.Latency = fixed(200 * us); d.number("latency", 0, 3) {
	case 1:
		n.Latency = lognormal(200*us, 900*us)
	case 2:
		n.Latency = uniform(100*us, span(d, "latency at most", 1, 8, ms))
	case 3:
		n.Latency = lognormal(300*us, span(d, "latency p99", 1, 8, ms))
	}
	n.Bandwidth = pick(d, "bandwidth", int64(1_250_000_000), 1_250_000_000, 12_500_000)
	n.Buffer = scenarios.Buffer{Bytes: 4096, Timeout: ms}
	if on(d, "buffer") {
		n.Buffer.Bytes = pick(d, "buffer bytes", 32<<10, 1000, 200, 64)
		n.Buffer.Timeout = span(d, "buffer timeout", 2, 60, 100*us)
	}
	n.Credits = 10
	if on(d, "credits") {
		n.Credits = pick(d, "credits of a channel", 4, 2, 1)
	}
	if on(d, "costs") {
		for i := range d.Costs.Record {
			d.Costs.Record[i] = pick(d, "record", fixed(100*us), uniform(10*us, 400*us))
		}
	}
}

// checkpoint draws two to six checkpoints in the time that the run is busy.
func (d *drawing) checkpoint() {
	c := &d.Checkpoint
	c.Every = max(20*ms, d.active*100/sim.Time(d.number("checkpoints", 150, 600))/us*us)
	c.Store.Latency, c.Store.Retry = lognormal(2*ms, 9*ms), span(d, "written again", 20, 400, ms)
	if d.budget.Beyond && seldom(d, "never written again", 4) {
		c.Store.Retry = 0
	}
	if on(d, "store") {
		c.Store.Latency = pick(d, "store latency", lognormal(5*ms, 20*ms), lognormal(2*ms, 60*ms), fixed(500*us), uniform(ms, 40*ms))
	}
}

// detector draws how deaths are noticed. Its timeout is longer than any latency
// that is drawn: whom a fault holds up may be taken for dead, others may not.
func (d *drawing) detector() {
	beat := span(d, "heartbeat", 10, 40, ms)
	e := scenarios.Detector{Heartbeat: beat, Timeout: 60*ms + beat*sim.Time(d.number("beats", 1, 5)), Disconnect: span(d, "disconnect", 1, 20, ms)}
	if seldom(d, "heartbeats alone", 4) {
		e.Disconnect, e.DisconnectOff = 0, true
	}
	d.Cluster.Detector = e
}
