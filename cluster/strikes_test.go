package cluster

import (
	"testing"

	"simrun/recovery"
)

// What a configuration's faults and shape keep from a run, and what a little change brings:
// each pair is a configuration that cannot come to a situation, and one that can.
func TestStrikes(t *testing.T) {
	one := func(c *Config) {
		s := &c.Shop
		s.Ingresses, s.Orders, s.Stocks, s.Payments, s.Egresses = 1, 1, 1, 1, 1
	}
	pairs := func(c *Config) { c.Standbys, c.Slots = 0, 2 }
	for _, c := range []struct {
		s       recovery.Situation
		not, is Config
	}{
		{recovery.CrashAligning, clonos.changed(one, crash(ms, "stock/0")), clonos.changed(nil, crash(ms, "stock/0"))},
		{recovery.Suspected, clonos.changed(nil, slow(ms, ms, "order/0", 9)), clonos.changed(nil, pause(ms, ms, "order/0"))},
		{recovery.Suspected, clonos.changed(nil, pause(ms, ms, "broker")), clonos.changed(nil, cut(ms, ms, "order/0", "manager"))},
		{recovery.CrashSource, clonos.changed(pairs, crash(ms, "machine/2")), clonos.changed(pairs, crash(ms, "machine/2"), crash(2*ms, "order/0"))}, // a source may have moved there
		{recovery.CrashSource, clonos.changed(pairs, crash(ms, "machine/1")), clonos.changed(pairs, crash(ms, "machine/0"))},
		{recovery.RecoveryTwo, clonos.changed(nil, crash(ms, "order/0")), clonos.changed(pairs, crash(ms, "machine/0"))},
		{recovery.NoMachine, clonos.changed(pairs, crash(ms, "machine/0", "machine/1", "machine/2", "machine/3")),
			clonos.changed(pairs, crash(ms, "machine/0", "machine/1", "machine/2", "machine/3", "machine/4"))},
		{recovery.NoMachine, clonos.changed(pairs, crash(ms, "machine/0", "machine/1", "machine/2", "machine/3"), crash(2*ms, "machine/3")),
			clonos.changed(pairs, crash(ms, "machine/0", "machine/1", "machine/2", "machine/3"), crash(2*ms, "machine/4"))},
		{recovery.NoMachine, clonos.changed(func(c *Config) { c.Slots = 10 }, crash(ms, "machine/0")), // standbys have machines of their own, or not
			clonos.changed(func(c *Config) { c.Slots, c.Standby.Together = 10, true }, crash(ms, "machine/0"))},
		{recovery.NoticedSilence, clonos.changed(nil, crash(ms, "order/0")), clonos.changed(nil, crash(ms, "order/0"), pause(ms, ms, "manager"))},
		{recovery.RollbackFallback, depth1.changed(nil, crash(ms, "order/0")), depth1.changed(nil, crash(ms, "order/0", "stock/0"))},
	} {
		if why, _ := c.not.Unreachable(c.s, 0); why == "" {
			t.Errorf("%s is within reach of %v", situations[c.s].Name, c.not.Faults)
		}
		if why, _ := c.is.Unreachable(c.s, 0); why != "" {
			t.Errorf("%s is out of reach of %v: %s", situations[c.s].Name, c.is.Faults, why)
		}
	}
	full := clonos.cfg()
	g, err := full.Graph()
	if err != nil {
		t.Fatal(err)
	}
	for depth, want := range map[int]bool{-1: false, 0: true, int(g.Depth()) - 1: true, int(g.Depth()): false} {
		if full.Policy.Depth = depth; full.limited() != want {
			t.Errorf("sharing depth %d of %d: limited: %v", depth, g.Depth(), !want)
		}
	}
}
