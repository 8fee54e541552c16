package scenarios

import (
	"testing"

	"simrun/check"
	"simrun/sim"
)

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

// What random scenarios with slow wires have found as well: a source that comes back
// when time is up has to read again what its predecessor had, or nobody's replay
// comes to an end, and the books are read in the middle of it. That operations are
// open is no progress; what clients were told holds all the same.
func TestRecoversWhenTimeIsUp(t *testing.T) {
	s, err := Parse("late", []byte(`{simrun: 1, name: late, parallelism: 2, time: {horizon: 300ms, warmup: 0s, drain: 20ms},
  cluster: {standbys: 0, start: 150ms, detector: {heartbeat: 20ms, timeout: 100ms, disconnect: 5ms}}, network: {buffer: {bytes: 4KiB, timeout: 1ms}},
  checkpoint: {every: 200ms}, checkout: {items: {count: 6, stock: 100}, users: {count: 8, credit: 3500}}, workload: {arrivals: {open: 400/s}},
  faults: [{at: 290ms, crash: [ingress/0, order/0, stock/1]}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, s, Options{})
	if len(r.Evidence.Open) == 0 || r.Evidence.Audit == nil {
		t.Errorf("%d operations are open, audit %v: the run says nothing", len(r.Evidence.Open), r.Evidence.Audit)
	}
	for _, f := range r.Checks {
		if f.Verdict == check.Violated && !Liveness(f.Name) {
			t.Errorf("%s: %s", f.Name, f.Detail)
		}
	}
}

// A detector that never stops taking tasks for dead: the run is cut off in the
// middle of a recovery, and nobody is accused of what the services hold then.
func TestNobodyIsAccusedInTheMiddleOfARecovery(t *testing.T) {
	s, err := Parse("restless", []byte(`{simrun: 1, name: restless, parallelism: {ingress: 1, order: 1, stock: 2, payment: 1, egress: 1}, time: {horizon: 400us, warmup: 0s, drain: 3s, tick: 4ms},
  cluster: {slots: 2, standbys: 0, reboot: 23ms, start: 39ms, detector: {heartbeat: 12ms, timeout: 72ms, disconnect: 16ms}},
  network: {latency: {lognormal: {p50: 3ms, p99: 60ms}}, buffer: {bytes: 64B, timeout: 4.2ms}, credits: 2},
  checkpoint: {every: 20ms, store: {latency: {lognormal: {p50: 2ms, p99: 60ms}}}}, recovery: {replies: transactional},
  checkout: {items: {count: 8, stock: 37, price: {uniform: {min: 1, max: 20}}}, users: {count: 11, credit: 120}, window: 3},
  workload: {arrivals: {open: 120000/s}, operations: 48, mix: {checkout: 62%, add_stock: 26%, add_credit: 8%, read: 4%}, retry: {timeout: 166ms, max: unlimited}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	restless := 0
	for s.Seed = 1; s.Seed <= 10; s.Seed++ {
		r := run(t, s, Options{})
		if !r.Resting {
			restless++
		}
		for _, f := range r.Checks {
			if f.Verdict == check.Violated && !Liveness(f.Name) {
				t.Errorf("seed %d: %s: %s", s.Seed, f.Name, f.Detail)
			}
		}
	}
	if restless < 5 {
		t.Errorf("only %d of 10 runs were cut off", restless)
	}
}

// When time is up nothing new is taken: what partitions hold would keep the dataflow
// busy for as long as it was overloaded.
func TestNothingNewWhenTimeIsUp(t *testing.T) {
	s, err := Parse("overloaded", []byte(`{simrun: 1, name: overloaded, parallelism: 1, time: {horizon: 300ms, warmup: 0s, drain: 100ms}, costs: {record: 5ms},
  checkpoint: {every: 100ms}, checkout: {items: {count: 6, stock: 1000}, users: {count: 800, credit: 3500}}, workload: {arrivals: {open: 5000/s}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	// What sources have already been given takes some nine seconds; to take the rest as well
	// would take longer than a run may settle, and nothing could be audited then.
	if r := run(t, s, Options{}); r.Evidence.Audit == nil {
		t.Errorf("the run has not come to rest after %d ms", r.End/sim.Millisecond)
	}
}
