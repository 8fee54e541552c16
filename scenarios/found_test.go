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
