package cluster

import (
	"testing"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// With a cached clock (Clonos 4.2) ticks are logged and readings are not: what
// recovers is the same, for other determinants.
func TestTicks(t *testing.T) {
	for _, p := range []protocol{clonos, late, depth1} {
		for _, faults := range [][]Fault{nil, {crash(1300*ms, "order/0")}, {crash(700*ms, "stock/0"), crash(1300*ms, "payment/1", "ingress/0")}} {
			kinds := map[string]KindOverhead{}
			for _, tick := range []sim.Time{0, 5 * ms} {
				cfg := p.with(faults...)
				cfg.Policy.Tick, cfg.Policy.Account = int64(tick), true
				o := mustHold(t, p.name, cfg)
				for _, k := range o.Kinds {
					if tick > 0 {
						k.Kind += ", ticking"
					}
					kinds[k.Kind] = k
				}
				if end := o.End; tick > 0 && faults == nil {
					ticks, most := kinds["TimerTrigger, ticking"].Count, 10*int64(end/tick)
					if ticks > most || ticks < most*8/10 {
						t.Errorf("%d ticks of ten tasks in %d ms", ticks, end/ms)
					}
					epochs := kinds["RNG, ticking"].Count
					if at := kinds["Timestamp, ticking"].Count; at != epochs {
						t.Errorf("%d readings were logged in %d epochs", at, epochs)
					}
				}
			}
			if a, b := kinds["Timestamp"], kinds["Timestamp, ticking"]; a.Count <= b.Count {
				t.Errorf("%d readings were logged without ticks, %d with", a.Count, b.Count)
			}
			if k := kinds["TimerTrigger, ticking"]; k.LoggedBytes != 21*k.Count {
				t.Errorf("%d ticks take %d bytes", k.Count, k.LoggedBytes)
			}
		}
	}
}

// Without its ticks, or without the reading that an epoch begins with, a cached
// clock shows another time in the replay.
func TestTicksAreNeeded(t *testing.T) {
	ticking := func() []Config {
		list := askedTwice()
		for i := range list {
			list[i].Policy.Tick = int64(5 * ms)
		}
		return list
	}
	mustNotice(t, ticking(), func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.TimerTrigger] = true }, "replies_kept")
	mustNotice(t, ticking(), func(cfg *Config) { cfg.Policy.Broken.Without[dataflow.Timestamp] = true }, "INV-04")
}

// The released code has the clock of a recovered task go on from the last tick
// in its log (B10): it lags by what the recovery took, to the end of the run. No
// check notices: nothing compares the clocks of two tasks.
func TestTheReleasedClockLags(t *testing.T) {
	for _, lags := range []bool{false, true} {
		cfg := asPublished(crash(750*ms, "ingress/0"))
		cfg.Policy.Tick = int64(5 * ms)
		const died = dataflow.TaskID(2) // count1/0
		cfg.Faults[0].Targets[0].Index = int(died)
		if lags {
			cfg.Policy.Quirks, _ = recovery.QuirkNamed("B10")
		}
		r, o := play(t, cfg)
		if names, text := complaints(o); len(names) > 0 || o.Vacuous != "" || o.Reached[recovery.ReplayTick] == 0 {
			t.Fatalf("lags %v: %v %s, %d ticks repeated\n%s", lags, names, o.Vacuous, o.Reached[recovery.ReplayTick], text)
		}
		p := r.current[died]
		behind, away := p.Clock()-p.task.Now(), int64(o.Recoveries[0].Total-o.Recoveries[0].CatchUp)
		t.Logf("lags %v: %d us behind; it was away for %d us", lags, behind/1000, away/1000)
		if lags && behind < away || !lags && behind > int64(5*ms) {
			t.Errorf("lags %v: %d ns behind at the end, it was away for %d", lags, behind, away)
		}
	}
}
