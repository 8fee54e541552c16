package cluster

import (
	"testing"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// The simulator's own determinism must never be what saves the protocol: of
// each kind of determinant there is a scenario in which the protocol passes all
// checks, and fails as soon as that kind alone is not logged.
func TestEachKindOfDeterminantIsNeeded(t *testing.T) {
	crashed := func(task string) []Config {
		return schedules(2, 1200*ms, 70*ms, func(at sim.Time) Config {
			cfg := clonos.cfg()
			cfg.Faults = []Fault{crash(at, task)}
			return cfg
		})
	}
	for _, c := range []struct {
		kind    dataflow.Kind
		name    string
		configs []Config
		by      []string
	}{
		{dataflow.Order, "a stock task takes orders in another order", crashed("stock/0"), []string{"exactly_once", "INV-04"}},
		{dataflow.Timestamp, "an order task pays at another time", askedTwice(), []string{"replies_kept", "INV-04"}},
		{dataflow.RNG, "an order task draws other receipts", askedTwice(), []string{"replies_kept", "INV-04"}},
		{dataflow.Serializable, "the provider answers otherwise", crashed("payment/0"), []string{"progress", "INV-04"}},
		{dataflow.TimerTrigger, "a payment is given up at another moment", givenUp(), []string{"exactly_once", "INV-04"}},
		{dataflow.SourceCheckpoint, "a source begins the checkpoint after another record", atSnapshot(), []string{"INV-06", "INV-07"}},
		{dataflow.BufferBuilt, "buffers are cut elsewhere", crashed("stock/0"), []string{"progress", "INV-04"}},
		{dataflow.EpochEnd, "a snapshot falls elsewhere among feedback buffers", betweenSnapshotAndReturn(), []string{"INV-04"}},
	} {
		t.Run(c.kind.String()+", "+c.name, func(t *testing.T) {
			mustNotice(t, c.configs, func(cfg *Config) { cfg.Policy.Broken.Without[c.kind] = true }, c.by...)
		})
	}
}

// askedTwice: clients ask again soon, and their second requests wait in front
// of a paused source while an order task dies, which has answered the first:
// the second replies have to tell the same receipt and time of payment.
func askedTwice() []Config {
	return schedules(bounded(2), 1200*ms, 70*ms, func(at sim.Time) Config {
		cfg := clonos.cfg()
		cfg.Workload.Retry, cfg.Workload.RetryMax, cfg.Workload.Gap = 9*ms, 6, sim.Exponential(int64(500*us))
		cfg.Faults = []Fault{pause(at-15*ms, 40*ms, "ingress/0"), pause(at-15*ms, 40*ms, "ingress/1"), crash(at, "order/0")}
		return cfg
	})
}

// givenUp: the provider is slow and payment impatient, so that some answers
// lose the race against the timer.
func givenUp() []Config {
	return schedules(2, 1200*ms, 70*ms, func(at sim.Time) Config {
		cfg := clonos.cfg()
		cfg.ProviderLatency = sim.LogNormal(int64(5*ms), int64(100*ms))
		cfg.Shop.GiveUp = int64(20 * ms)
		cfg.Faults = []Fault{crash(at, "payment/0")}
		return cfg
	})
}

// atSnapshot: a source dies just when it has begun the second checkpoint.
func atSnapshot() []Config {
	cfg := clonos.cfg()
	cfg.Faults = []Fault{after(recovery.VerbSnapshot, "ingress/0", 2, crash(0, "ingress/0"))}
	return []Config{cfg}
}

// betweenSnapshotAndReturn: an order task dies while the barrier of the
// checkpoint is on its way around the cycle.
func betweenSnapshotAndReturn() []Config {
	return schedules(bounded(4), 1003*ms, ms, func(at sim.Time) Config {
		cfg := clonos.cfg()
		cfg.Faults = []Fault{crash(at, "order/0")}
		return cfg
	})
}
