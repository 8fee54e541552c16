package cluster

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"simrun/causallog"
	"simrun/recovery"
	"simrun/sim"
)

// means are the ways in which machines, memory and logs are set up otherwise.
type means struct {
	standby Standby
	memory  recovery.Memory
	delta   causallog.Encoding
	tick    sim.Time
	disk    sim.Time
}

var drawMeans = rapid.Custom(func(t *rapid.T) means {
	return means{
		standby: Standby{Incremental: rapid.Bool().Draw(t, "incremental"), Together: rapid.Bool().Draw(t, "together"),
			Replace: rapid.SampledFrom([]sim.Time{0, 30 * ms, 300 * ms}).Draw(t, "replace")},
		memory: recovery.Memory{Pool: rapid.SampledFrom([]int64{1, 4 << 10, 64 << 10}).Draw(t, "pool"), Prefetch: rapid.IntRange(1, 12).Draw(t, "prefetch"),
			Spill: rapid.SampledFrom([]recovery.Spill{recovery.SpillEvery, recovery.SpillThreshold}).Draw(t, "spill"), FreePPM: 400_000},
		delta: rapid.SampledFrom([]causallog.Encoding{causallog.Varint, causallog.Flat, causallog.Hierarchical}).Draw(t, "delta"),
		tick:  rapid.SampledFrom([]sim.Time{0, 2 * ms, 20 * ms}).Draw(t, "tick"),
		disk:  rapid.SampledFrom([]sim.Time{10 * us, 2 * ms, 15 * ms}).Draw(t, "disk"),
	}
})

func (m means) config(cfg Config) Config {
	cfg.Standby = m.standby
	cfg.Policy.Memory, cfg.Policy.Delta, cfg.Policy.Tick, cfg.Policy.Account = m.memory, m.delta, int64(m.tick), true
	cfg.Disk = Disk{Latency: sim.Uniform(int64(m.disk)/2, int64(2*m.disk)), Bandwidth: 200_000_000, Sleep: 10 * ms}
	return cfg
}

// Whatever happens, and with whatever means, a protocol that promises to recover
// does, in the same way each time.
func TestRecoversWithOtherMeans(t *testing.T) {
	for _, p := range []protocol{clonos, depth1, global} {
		t.Run(p.name, func(t *testing.T) {
			gen := trials(1, 5, p)
			rapid.Check(t, func(t *rapid.T) {
				cfg := drawMeans.Draw(t, "means").config(gen.Draw(t, "trial").config())
				a, what := wrong(cfg)
				if what != "" {
					t.Fatal(what)
				}
				if rapid.IntRange(0, 9).Draw(t, "again") > 0 {
					return
				}
				if b, _ := wrong(cfg); a.Digest != b.Digest || !reflect.DeepEqual([]any{a.Overhead, a.Kinds, a.Protection, a.Recoveries}, []any{b.Overhead, b.Kinds, b.Protection, b.Recoveries}) {
					t.Fatal("two runs differ")
				}
			})
		})
	}
}

// What was found once: buffers that had waited for credit were spilled only when
// the next one was built, which the full pool did not allow.
func TestWhatWaitedForCreditIsSpilled(t *testing.T) {
	m := means{memory: recovery.Memory{Pool: 1, Spill: recovery.SpillEvery, Prefetch: 1}, disk: 15 * ms}
	for _, tr := range []trial{
		{protocol: clonos, seed: 1, gap: 4, buffer: -1, contended: true, blows: []blow{{wait: 80, task: 4, length: 1}}},
		{protocol: depth1, seed: 1, blows: []blow{{kind: 2, other: 2, length: 1}}},
	} {
		if _, what := wrong(m.config(tr.config())); what != "" {
			t.Errorf("%s: %s", tr.protocol.name, what)
		}
	}
}
