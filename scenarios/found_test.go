package scenarios

import "testing"

// What bursts have found once stays found, or mended: a monitor compared what a
// sender built again for a dead receiver with what its successor had received.
func TestBurstsFoundBefore(t *testing.T) {
	s, err := Burst(483, 3, "published")
	if err != nil {
		t.Fatal(err)
	}
	if r := run(t, s, Options{}); verdict(r) == "fail" {
		t.Errorf("burst 483 of 3 failures:\n%s", complaints(r))
	}
}

// What random scenarios have found: a monitor compared buffers that were built
// again and spilled before their receiver had told what it has, without reading
// them back.
func TestSwarmsFoundBefore(t *testing.T) {
	s, err := Parse("spilled", []byte(`{simrun: 1, name: spilled, job: pipeline, parallelism: 1, pipeline: {stages: 1, keys: 25, window: 38ms},
  time: {horizon: 600ms, warmup: 0s, drain: 5s}, cluster: {standbys: 0, start: 25ms, detector: {heartbeat: 16ms, timeout: 92ms, disconnect: 2ms}},
  network: {latency: {lognormal: {p50: 300us, p99: 3ms}}, buffer: {bytes: 4KiB, timeout: 1ms}},
  checkpoint: {every: 400ms, backoff: {multiplier: 1, base: 0s}, store: {latency: 2ms}},
  recovery: {variant: published, replies: transactional, inflight: {spill: every_buffer}}, workload: {arrivals: {open: 400/s}, operations: 60, retry: {timeout: 400ms, max: unlimited}},
  faults: [{at: 40ms, crash: egress/0}, {at: 110ms, crash: count1/0}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := run(t, s, Options{}); verdict(r) != "pass" {
		t.Errorf("%s\n%s", verdict(r), complaints(r))
	}
}

// What random scenarios with slow wires have found: a task that was paused, or cut
// off, and replaced meanwhile does not know, and goes on. What it connects and sends must
// not delay, or overtake, what its successor sends on the same channel; and what it
// receives must not count as received by its successor.
func TestZombiesFoundBefore(t *testing.T) {
	for _, text := range []string{
		// The successor's frames keep their order, though stock/0 wakes up and connects anew.
		`{simrun: 1, name: wakes-up, seed: 944447, time: {horizon: 100ms}, parallelism: {ingress: 1, order: 2, stock: 1, payment: 1, egress: 1},
  cluster: {detector: {heartbeat: 21ms, timeout: 102ms, disconnect: 12ms}}, network: {latency: {lognormal: {p50: 3ms, p99: 60ms}}},
  checkpoint: {every: 20ms, store: {latency: {lognormal: {p50: 2ms, p99: 9ms}}, retry: 38ms}}, recovery: {sharing_depth: 1},
  checkout: {items: {count: 1}, users: {count: 1}, lines: {uniform: {min: 1, max: 1}}}, workload: {operations: 4, mix: {checkout: 100%}},
  faults: [{at: 100ms, crash: order/0}, {at: 0s, pause: stock/0, for: 281ms}]}`,
		// All tasks of a machine are replaced behind its back.
		`{simrun: 1, name: cut-off, seed: 3, time: {horizon: 100ms}, parallelism: 1,
  cluster: {slots: 4, detector: {heartbeat: 21ms, timeout: 144ms, disconnect: 9ms}}, network: {latency: {lognormal: {p50: 3ms, p99: 60ms}}},
  recovery: {sharing_depth: 1}, checkout: {items: {count: 1}, users: {count: 1}, lines: 1},
  workload: {arrivals: {open: 30/s}, operations: 3, mix: {checkout: 100%}}, faults: [{at: 0s, cut: {from: manager, to: machine/0, both: on}, for: 200ms}]}`,
		// payment/0 wakes up and receives what was sent to it before it was replaced.
		`{simrun: 1, name: receives-late, seed: 353241, time: {horizon: 50ms}, parallelism: {ingress: 1, order: 2, stock: 2, payment: 2, egress: 2},
  cluster: {standbys: 0, start: 92ms, detector: {heartbeat: 32ms, timeout: 92ms, disconnect: 6ms}},
  network: {latency: {lognormal: {p50: 3ms, p99: 60ms}}, bandwidth: 12.5MB/s, buffer: {timeout: 2.6ms}}, checkpoint: {every: 20ms},
  checkout: {items: {count: 6}, users: {count: 1}, lines: 1}, workload: {operations: 4, mix: {checkout: 100%}},
  faults: [{at: 31.46ms, pause: payment/0, for: 200ms}, {at: 30ms, pause: order/1, for: 75ms}]}`,
	} {
		s, err := Parse("zombie", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := run(t, s, Options{}); verdict(r) == "fail" || r.Vacuous != "" {
			t.Errorf("%s: %s %s\n%s", s.Name, verdict(r), r.Vacuous, complaints(r))
		}
	}
}
