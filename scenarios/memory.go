package scenarios

import (
	"simrun/causallog"
	"simrun/cluster"
	"simrun/recovery"
	"simrun/sim"
)

// InFlight bounds the memory of in-flight logs.
type InFlight struct {
	Pool      int64    `key:"pool" form:"bytes" min:"1B" max:"1024GiB" special:"unlimited=0" doc:"memory of a task's in-flight log; exhausted, the task takes no more from regular inputs"`
	Spill     string   `key:"spill" words:"never every_buffer threshold" doc:"when buffers that were sent go to the machine's disk"`
	Threshold int64    `key:"threshold" form:"percent" max:"100%" doc:"spill: threshold: when this share of the pool is free, or less"`
	Sleep     sim.Time `key:"sleep" min:"1us" doc:"spill: threshold: how often that is looked at"`
	Prefetch  int      `key:"prefetch" min:"1" max:"100000" doc:"buffers that are read back ahead of being sent again"`
	Disk      Storage  `key:"disk" doc:"of each machine"`
}

// Storage is what bytes are written to and read from.
type Storage struct {
	Latency   Distribution `key:"latency" form:"time"`
	Bandwidth int64        `key:"bandwidth" form:"bandwidth" min:"1kB/s" max:"10000GB/s"` // bytes per second
}

// Determinants bounds the memory of causal logs.
type Determinants struct {
	Pool    int64 `key:"pool" form:"bytes" min:"1B" max:"1024GiB" special:"unlimited=0" doc:"memory of a task's logs and replicas; exhausted, the task takes no input until a checkpoint completes"`
	Segment int   `key:"segment" form:"bytes" min:"1B" max:"1GiB" special:"none=0" doc:"the pool is taken in segments of this size, one at least for each log; none: by the byte"`
}

// memory sets what the scenario bounds, how deltas are written, how the clock ticks.
func (s *Scenario) memory(cfg *cluster.Config) {
	f, d := &s.Recovery.InFlight, &s.Recovery.Determinants
	cfg.Policy.Memory = recovery.Memory{Pool: f.Pool, FreePPM: f.Threshold, Prefetch: f.Prefetch,
		Spill: map[string]recovery.Spill{"never": recovery.SpillNever, "every_buffer": recovery.SpillEvery, "threshold": recovery.SpillThreshold}[f.Spill]}
	cfg.Policy.Delta = map[string]causallog.Encoding{"varint": causallog.Varint, "flat": causallog.Flat, "hierarchical": causallog.Hierarchical}[s.Recovery.Delta]
	cfg.Policy.Tick = int64(s.Time.Tick)
	cfg.Policy.Logs = recovery.LogPool{Pool: d.Pool, Segment: d.Segment}
	cfg.Disk = cluster.Disk{Latency: f.Disk.Latency.Dist(), Bandwidth: f.Disk.Bandwidth, Sleep: f.Sleep}
}

// memory judges keys that need one another.
func (r *rules) memory() {
	f := &r.s.Recovery.InFlight
	pool, spill := []string{"recovery", "inflight", "pool"}, []string{"recovery", "inflight", "spill"}
	if r.sound(pool, spill) && f.Spill == "threshold" && f.Pool == 0 {
		r.contradict(r.root.placeOf(spill...), r.root.placeOf(pool...),
			"spill threshold needs a pool to be a share of, and the pool is unlimited; did you mean every_buffer?")
	}
}
