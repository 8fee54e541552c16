package cluster

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/recovery"
	"simrun/sim"
)

// kept is a protocol's shop with its standbys kept in a way.
func kept(p protocol, s Standby, faults ...Fault) Config {
	cfg := p.with(faults...)
	cfg.Standby = s
	return cfg
}

// What a difference makes of the older state is the newer one, whatever both
// are; and a few bytes that changed, moved or came in cost a few.
func TestDifferenceMakesTheNewState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.SliceOfN(rapid.Byte(), 0, 4000).Draw(t, "base")
		if rapid.Bool().Draw(t, "mostly zero") {
			for i := range base {
				if i%40 != 0 {
					base[i] = 0
				}
			}
		}
		next := slices.Clone(base)
		edits := rapid.IntRange(0, 4).Draw(t, "edits")
		changed := 0
		for range edits {
			at := rapid.IntRange(0, len(next)).Draw(t, "at")
			fresh := rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(t, "fresh")
			gone := rapid.IntRange(0, min(30, len(next)-at)).Draw(t, "gone")
			next = slices.Concat(next[:at], fresh, next[at+gone:])
			changed += len(fresh)
		}
		d := appendDifference(nil, base, next)
		got, err := applyDifference(base, d)
		if err != nil || !bytes.Equal(got, next) {
			t.Fatalf("%v: %d bytes of %d", err, len(got), len(next))
		}
		if most := 8 + changed + edits*(2*chunkMax+16); len(d) > most {
			t.Fatalf("a difference of %d bytes after %d edits of %d bytes", len(d), edits, changed)
		}
	})
}

// Hostile bytes are an error, not a panic or endless memory.
func FuzzApplyDifference(f *testing.F) {
	base := []byte(strings.Repeat("an older state ", 20))
	f.Add(base, appendDifference(nil, base, base[7:]))
	f.Add(base, []byte{5, 11, 0})
	f.Add([]byte{}, []byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, base, difference []byte) {
		if got, err := applyDifference(base, difference); err == nil {
			if again, _ := applyDifference(base, appendDifference(nil, base, got)); !bytes.Equal(got, again) {
				t.Errorf("%x is taken for %x", again, got)
			}
		}
	})
}

// Standbys that are sent differences recover as those that are sent everything,
// at the same instants' worth of state, for fewer bytes.
func TestIncrementalDispatchCostsLess(t *testing.T) {
	for _, p := range []protocol{clonos, global} {
		whole := mustPass(t, p.name+", whole", kept(p, Standby{}, crash(1300*ms, "stock/0")))
		part := mustPass(t, p.name+", differences", kept(p, Standby{Incremental: true}, crash(1300*ms, "stock/0")))
		if part.Protection.StandbyBytes == 0 || part.Protection.StandbyBytes >= whole.Protection.StandbyBytes {
			t.Errorf("%s: differences cost %d bytes, everything %d", p.name, part.Protection.StandbyBytes, whole.Protection.StandbyBytes)
		}
		if a, b := part.Recoveries[0].StandbyBytes, whole.Recoveries[0].StandbyBytes; a == 0 || a >= b {
			t.Errorf("%s: the standby that took over had been sent %d bytes, or %d", p.name, a, b)
		}
	}
}

// A standby whose memory went wrong makes a state that is not the checkpoint's.
func TestASpoiledStandbyIsNoticed(t *testing.T) {
	for _, incremental := range []bool{false, true} {
		cfg := kept(clonos, Standby{Incremental: incremental}, crash(1300*ms, "stock/0"))
		var r *Run
		cfg.Progress = func(now sim.Time) bool {
			if b := r.standbyOf(taskID("stock/0")); now == 800*ms {
				b.state = slices.Clone(b.state)
				for i := range b.state {
					b.state[i] ^= 1
				}
			}
			return true
		}
		r, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Loop(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Outcome(); err != nil {
			t.Fatal(err)
		}
		// what is sent whole at the next checkpoint heals it
		if spoiled := r.watch.Broke[recovery.INV09] > 0; spoiled != incremental {
			t.Errorf("incremental %v: INV-09 says %q", incremental, r.watch.First[recovery.INV09])
		}
	}
}

// A standby that is taken while its state is on its way waits for it (as
// in Clonos: it is one checkpoint behind at most). One that does not wait starts with what
// it has, and is caught.
func TestAStandbyWaitsForItsDispatch(t *testing.T) {
	for _, incremental := range []bool{false, true} {
		cfg := kept(clonos, Standby{Incremental: incremental}, after(recovery.VerbComplete, "", 2, crash(0, "stock/0")), slow(1010*ms, 400*ms, "store", 4))
		cfg.Disconnect = ms
		o := mustPass(t, "waits", cfg)
		if r := o.Recoveries[0]; r.Restore < 10*ms || r.Activate > 10*ms {
			t.Errorf("incremental %v: it did not wait: %+v", incremental, r)
		}
		cfg.Policy.Broken.StaleStandby = true
		if names := fails(t, "does not wait", cfg); !slices.Contains(names, "INV-09") {
			t.Errorf("a standby that does not wait breaks %v", names)
		}
	}
}

// Placed together, a task and its standby die with their machine, and a new
// process has to be started and to load the state; placed apart it does not.
func TestAMachineTakesBothIfTheyArePlacedTogether(t *testing.T) {
	for _, together := range []bool{false, true} {
		cfg := kept(clonos, Standby{Together: together}, crash(1300*ms, "machine/4"))
		r, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if b := r.standbyOf(taskID("stock/0")); (b.machine == 4) != together {
			t.Errorf("together %v: the standby is on machine %d", together, b.machine)
		}
		o := mustPass(t, "a machine", cfg)
		rec := o.Recoveries[0]
		if took := rec.Activate > cfg.Start; took != together || (rec.StandbyBytes == 0) != together {
			t.Errorf("together %v: %+v", together, rec)
		}
	}
	cfg := kept(clonos, Standby{Together: true})
	cfg.Standbys, cfg.Slots = 2, 3
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range r.standbys {
		if want := (int(b.task)/3 + i/10) % 4; b.machine != want {
			t.Errorf("standby %d of task %d is on machine %d, want %d", i/10, b.task, b.machine, want)
		}
	}
}

// A used standby is replaced after a while by one that loads the last completed
// checkpoint: the second crash finds it. Without, the second crash has to start
// a process.
func TestAUsedStandbyIsReplaced(t *testing.T) {
	for _, p := range []protocol{clonos, global} {
		faults := []Fault{crash(700*ms, "stock/0"), crash(1400*ms, "stock/0")}
		never := mustPass(t, "never", kept(p, Standby{}, faults...))
		again := mustPass(t, "replaced", kept(p, Standby{Replace: 50 * ms, Incremental: true}, faults...))
		second := func(o *Outcome) Recovery { return o.Recoveries[len(o.Recoveries)-1] }
		if a, b := second(never), second(again); a.Activate < 200*ms || b.Activate > 10*ms || p.name == clonos.name && (a.StandbyBytes > 0 || b.StandbyBytes == 0) {
			t.Errorf("%s: never %+v\nreplaced %+v", p.name, a, b)
		}
	}
	// one that was crashed is replaced as well, and one that loads is worth waiting for
	dead := []Fault{crash(600*ms, "stock/0/standby"), crash(851*ms, "stock/0")}
	cfg := kept(clonos, Standby{Replace: 50 * ms}, dead...)
	cfg.StoreLatency = sim.Constant(int64(30 * ms))
	o := mustPass(t, "in its load", cfg)
	if r := o.Recoveries[0]; r.Activate > 10*ms || r.Restore == 0 || r.StandbyBytes == 0 {
		t.Errorf("taken while it loads: %+v", r)
	}
}

// Standbys die at every moment of their lives: waiting, with a state on its
// way, taken and not yet there, loading.
func TestStandbysDieAtAnyMoment(t *testing.T) {
	waiting := Standby{Replace: 50 * ms, Incremental: true}
	for what, faults := range map[string][]Fault{
		"waiting":               {crash(600*ms, "stock/0/standby"), crash(700*ms, "stock/0")},
		"in a dispatch":         {after(recovery.VerbComplete, "", 1, crash(0, "stock/0/standby")), crash(900*ms, "stock/0")},
		"in a dispatch, both":   {after(recovery.VerbComplete, "", 2, crash(0, "stock/0", "stock/0/standby"))},
		"taking over":           {crash(700*ms, "stock/0"), after(recovery.VerbDetect, "stock/0", 1, crash(0, "stock/0/standby"))},
		"taking over, machine":  {crash(700*ms, "stock/0"), after(recovery.VerbDetect, "stock/0", 1, crash(0, "machine/14"))},
		"having just taken":     {crash(700*ms, "stock/0"), after(recovery.VerbActivate, "stock/0", 1, crash(0, "stock/0"))},
		"waiting for its state": {after(recovery.VerbComplete, "", 2, crash(0, "stock/0")), after(recovery.VerbActivate, "stock/0", 1, crash(0, "stock/0"))},
	} {
		for _, s := range []Standby{{}, waiting, {Together: true, Replace: 50 * ms}} {
			for _, p := range []protocol{clonos, global} {
				cfg := kept(p, s, faults...)
				if s.Together {
					for i := range cfg.Faults {
						for j := range cfg.Faults[i].Targets {
							if target := &cfg.Faults[i].Targets[j]; target.Kind == TargetMachine {
								target.Index = 4
							}
						}
					}
				}
				mustPass(t, p.name+", "+what, cfg)
			}
		}
	}
}

// What a standby that dies while it takes over leaves undone, a new process
// does: it has to be started and to load the state.
func TestWhoTakesOverCanDie(t *testing.T) {
	o := mustPass(t, "taking over", clonos.with(crash(700*ms, "stock/0"), after(recovery.VerbDetect, "stock/0", 1, crash(0, "stock/0/standby"))))
	if r := o.Recoveries[0]; r.Activate < 200*ms || r.Restore == 0 || r.StandbyBytes > 0 {
		t.Errorf("%+v", r)
	}
}
