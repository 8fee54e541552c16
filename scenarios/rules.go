package scenarios

import "simrun/sim"

// rules judges what single values cannot show: contradictions between keys. It
// leaves alone what decoding has found wrong, so that a flaw is told once.
type rules struct {
	*flaws
	root *node // the filled tree
	s    *Scenario
}

func (r *rules) judge() {
	r.time()
	r.detector()
	r.recovery()
	r.memory()
	r.mix()
	r.faults()
}

// sound says whether nothing at or below a path is known to be wrong.
func (r *rules) sound(paths ...[]string) bool {
	for _, path := range paths {
		n := r.root
		for _, key := range path {
			if n = n.get(key); n == nil {
				return false
			}
		}
		if n.anyBad() {
			return false
		}
	}
	return true
}

func (n *node) anyBad() bool {
	if n.bad {
		return true
	}
	for _, e := range n.entries {
		if e.value.anyBad() {
			return true
		}
	}
	for _, item := range n.items {
		if item.anyBad() {
			return true
		}
	}
	return false
}

func (r *rules) time() {
	t := &r.s.Time
	horizon, warmup := []string{"time", "horizon"}, []string{"time", "warmup"}
	if !r.sound(horizon, warmup) || t.Warmup <= t.Horizon {
		return
	}
	if at := r.root.placeOf(warmup...); at.origin == fromDefault {
		t.Warmup = t.Horizon / 10 // nobody asked for the default of a longer run
		return
	}
	r.contradict(r.root.placeOf(warmup...), r.root.placeOf(horizon...),
		"warmup %s is longer than horizon %s", duration(t.Warmup), duration(t.Horizon))
}

func duration(t sim.Time) string { return forms["time"].format(int64(t)) }

func (r *rules) detector() {
	d := &r.s.Cluster.Detector
	heartbeat, timeout := []string{"cluster", "detector", "heartbeat"}, []string{"cluster", "detector", "timeout"}
	if r.sound(heartbeat, timeout) && d.Timeout <= d.Heartbeat {
		r.contradict(r.root.placeOf(timeout...), r.root.placeOf(heartbeat...),
			"timeout %s is not longer than heartbeat %s: everybody would be taken for dead", duration(d.Timeout), duration(d.Heartbeat))
	}
}

func (r *rules) recovery() {
	s := r.s
	job, variant := []string{"job"}, []string{"recovery", "variant"}
	if r.sound(job, variant) && s.Recovery.Variant == "published" {
		if s.Job == "checkout" {
			r.contradict(r.root.placeOf(variant...), r.root.placeOf(job...),
				"variant published is for acyclic jobs only, and job checkout has a cycle; did you mean cyclic?")
		}
	}
	r.published(variant)
	depth, replies := []string{"recovery", "sharing_depth"}, []string{"recovery", "replies"}
	if r.sound(job, []string{"pipeline"}, depth, replies) && s.Recovery.Replies == "determinants" && !s.FullySharing() {
		r.contradict(r.root.placeOf(replies...), r.root.placeOf(depth...),
			"replies determinants needs full sharing, and sharing_depth %d is less; did you mean transactional?", s.Recovery.SharingDepth)
	}
}

// published judges what the published variant promises, and what is its alone.
func (r *rules) published(variant []string) {
	s := r.s
	depth, replies, quirks := []string{"recovery", "sharing_depth"}, []string{"recovery", "replies"}, []string{"recovery", "quirks"}
	if !r.sound(variant) {
		return
	}
	if s.Recovery.Variant != "published" {
		if r.sound(quirks) && len(s.Recovery.Quirks) > 0 {
			r.contradict(r.root.placeOf(quirks...), r.root.placeOf(variant...), "quirks are those of variant published, and the variant is %s", s.Recovery.Variant)
		}
		return
	}
	if r.sound(depth) && s.Recovery.SharingDepth == 0 {
		r.contradict(r.root.placeOf(variant...), r.root.placeOf(depth...), "variant published shares at least with direct downstreams, and sharing_depth is 0; did you mean protocol redo?")
	}
	if r.sound(replies) && s.Recovery.Replies == "determinants" {
		r.contradict(r.root.placeOf(replies...), r.root.placeOf(variant...), "replies carry no determinants in variant published; did you mean transactional?")
	}
}

const wholePPM = 1_000_000

func (r *rules) mix() {
	path := []string{"workload", "mix"}
	m := &r.s.Workload.Mix
	if sum := m.Checkout + m.AddStock + m.AddCredit + m.Read; r.sound(path) && sum != wholePPM {
		r.add(r.mixPlace(), "workload.mix: the shares sum to %s, not 100%%", forms["percent"].format(sum))
	}
}

// mixPlace is where the mix was written, or the override that changed a share.
func (r *rules) mixPlace() place {
	mix := r.root.get("workload").get("mix")
	at := mix.place
	for _, e := range mix.entries {
		if e.value.place.origin == fromSet {
			at = e.value.place
		}
	}
	return at
}
