package swarm

import (
	"simrun/scenarios"
)

// recovery draws the options of the protocol. Which protocol and variant it is,
// and what becomes of orphans, the base says.
func (d *drawing) recovery() {
	r := &d.Recovery
	published := r.Variant == "published"
	r.SharingDepth, r.Replies = scenarios.FullSharing, ""
	if seldom(d, "depth", 3) {
		r.SharingDepth = pick(d, "sharing depth", 1, 0, 2)
		if published {
			r.SharingDepth = max(1, r.SharingDepth)
		}
	}
	if on(d, "replies") && r.Protocol == "clonos" {
		r.Replies = "transactional" // as all do but full sharing
	}
	r.Delta = "varint"
	if seldom(d, "delta", 4) {
		r.Delta = pick(d, "encoding", "flat", "hierarchical")
	}
	if d.Time.Tick = 0; seldom(d, "tick", 4) {
		d.Time.Tick = span(d, "clock tick", 1, 20, ms)
	}
	d.memory()
}

// memory draws pools of the in-flight log, with a disk to spill to. A pool
// without one, and pools of determinants, may be exhausted for ever: beyond.
func (d *drawing) memory() {
	f := &d.Recovery.InFlight
	f.Pool, f.Spill = 0, "never"
	if seldom(d, "spill", 4) {
		f.Spill = pick(d, "spilled", "every_buffer", "threshold")
		f.Pool = int64(d.number("pool", 4, 64)) << 10
		f.Threshold = 10_000 * int64(d.number("threshold", 0, 80))
		f.Sleep = span(d, "flusher", 1, 50, ms)
		f.Prefetch = d.number("prefetch", 1, 10)
		f.Disk.Latency = lognormal(100*us, ms)
	}
	if !d.budget.Beyond {
		return
	}
	if seldom(d, "no disk", 4) {
		f.Spill, f.Pool = "never", int64(d.number("pool without disk", 1, 64))<<10
	}
	if p := &d.Recovery.Determinants; seldom(d, "determinants", 4) {
		p.Pool = int64(d.number("pool of determinants", 1, 32)) << 10
		p.Segment = pick(d, "segment", 0, 256)
	}
}
