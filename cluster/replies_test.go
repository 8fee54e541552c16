package cluster

import (
	"slices"
	"testing"

	"simrun/causallog"
	"simrun/recovery"
)

// Replies that leave without determinants are contradicted, as clients see, when
// all tasks die: nobody is left who knows what was told. The same runs hold
// when the determinants go with them, or when replies wait for a checkpoint.
func TestImmediateRepliesAreContradicted(t *testing.T) {
	for what, c := range map[string]struct {
		configs []Config
		by      []string
	}{
		"all tasks die": {allFail(), []string{"replies_kept", "linearizable"}},
		"a sink dies":   {[]Config{struck(crash(1300*ms, "egress/0"))}, []string{"INV-04", "INV-06"}},
	} {
		mustNotice(t, c.configs, func(cfg *Config) { cfg.Replies = Immediate }, c.by...)
		for _, cfg := range c.configs {
			cfg.Replies = Transactional
			mustPass(t, what+", transactional", cfg)
		}
	}
}

// What replies wait for, in a quiet shop of 10,000 checkouts a second: with
// determinants they leave as soon as without; until a checkpoint covers them
// they wait half an interval in the middle, and most of one at the worst. What
// that costs is bytes on the last hop alone.
func TestWhatRepliesWaitFor(t *testing.T) {
	const interval = 500 * ms
	p50, p99, bytes := map[Replies]int64{}, map[Replies]int64{}, map[Replies]int64{}
	for _, replies := range []Replies{Immediate, Determinants, Transactional} {
		cfg := large(recovery.Clonos(causallog.FullSharing), replies, 2)
		cfg.CheckpointEvery, cfg.Warmup = interval, interval
		_, o := play(t, cfg)
		if names, text := complaints(o); len(names) > 0 {
			t.Fatalf("%v: %v\n%s", replies, names, text)
		}
		p50[replies], p99[replies] = latency(t, o, 50_000), latency(t, o, 99_000)
		bytes[replies] = o.Protection.DeterminantBytes
		t.Logf("%-13v p50 %6.1f ms, p99 %6.1f ms, %d MB of determinants", replies, float64(p50[replies])/1e6, float64(p99[replies])/1e6, bytes[replies]>>20)
	}
	if d, i := p50[Determinants], p50[Immediate]; d > i*105/100 {
		t.Errorf("with determinants half of the replies take %d ns, immediate %d", d, i)
	}
	if d, i := p99[Determinants], p99[Immediate]; d > i*110/100 {
		t.Errorf("with determinants 99 of 100 replies take up to %d ns, immediate %d", d, i)
	}
	if p := p50[Transactional]; p < int64(interval)*40/100 {
		t.Errorf("until a checkpoint half of the replies wait less than %d ns", p)
	}
	if p := p99[Transactional]; p < int64(interval)*90/100 {
		t.Errorf("until a checkpoint 99 of 100 replies wait less than %d ns", p)
	}
	if p := p50[Transactional]; p < 5*p50[Determinants] {
		t.Errorf("transactional %d ns, determinants %d", p, p50[Determinants])
	}
	if b := bytes[Determinants]; b <= bytes[Immediate] || b > bytes[Immediate]*13/10 {
		t.Errorf("%d bytes of determinants travel, %d without those of replies", b, bytes[Immediate])
	}
}

// latency is what a share of the replies of a quiet run did not exceed.
func latency(t *testing.T, o *Outcome, share int64) int64 {
	i := slices.IndexFunc(o.Latency, func(p LatencyPoint) bool { return p.Share >= share })
	if i < 0 {
		t.Fatal("no latencies")
	}
	return o.Latency[i].Latency
}
