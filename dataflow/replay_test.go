package dataflow

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Clonos 5: a task that is rebuilt from its checkpoint, the log that others
// hold and the buffers that its senders keep repeats what had left it byte for
// byte, among another clock, other random numbers, another order of arrival,
// other batches; and every record comes out once.
func TestReplayRepeatsWhatHadLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scenarios.Draw(t, "scenario")
		w := play(s)
		w.check(s)
		for _, fault := range w.faults {
			t.Error(fault)
		}
	})
}

var kinds = []Kind{Order, Timestamp, RNG, Serializable, TimerTrigger, SourceCheckpoint, BufferBuilt, EpochEnd}

// Negative control: with any one kind of determinant not logged, some scenario
// is repeated otherwise.
func TestEveryKindOfDeterminantIsNeeded(t *testing.T) {
	const bound = 400
	for _, kind := range kinds {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			for seed := range bound {
				s := scenarios.Example(seed)
				s.setting.without[kind] = true
				w := play(s)
				if w.check(s); len(w.faults) > 0 {
					t.Logf("scenario %d: %s", seed, w.faults[0])
					return
				}
			}
			t.Errorf("%d scenarios were repeated without %v", bound, kind)
		})
	}
}

// With a cached clock the ticks are what its readings follow from: without them,
// where no other timer fires, some scenario is repeated otherwise. So it is
// without the results of what was computed in line.
func TestTicksAndResultsAreNeeded(t *testing.T) {
	for what, c := range map[string]struct {
		kind    Kind
		letters string // that records may have
	}{"ticks": {TimerTrigger, "t"}, "the clock at an epoch's start": {Timestamp, "t"}, "results": {Serializable, "u"}} {
		found := false
		for seed := 0; seed < 400 && !found; seed++ {
			s := scenarios.Example(seed)
			s.setting.tick = 40
			for i := range s.setting.inputs {
				for k, name := range s.setting.inputs[i] {
					s.setting.inputs[i][k] = strings.Map(func(r rune) rune {
						if r >= 'a' && r <= 'z' && !strings.ContainsRune(c.letters, r) {
							return 't'
						}
						return r
					}, name)
				}
			}
			if w := play(s); len(w.faults) > 0 {
				t.Fatalf("scenario %d, whole: %s", seed, w.faults[0])
			}
			s.setting.without[c.kind] = true
			w := play(s)
			w.check(s)
			found = len(w.faults) > 0
		}
		if !found {
			t.Errorf("400 scenarios were repeated without %s", what)
		}
	}
}

// A run that tested nothing is no pass: the scenarios reach what the replay can
// meet.
func TestScenariosReachEverything(t *testing.T) {
	var sum seen
	for seed := range 500 {
		got := play(scenarios.Example(seed)).seen
		for kind, n := range got.repeated {
			sum.repeated[kind] += n
		}
		sum.replays += got.replays
		sum.ticks += got.ticks
		sum.results += got.results
		sum.later += got.later
		sum.cutShort += got.cutShort
		sum.recorded += got.recorded
		sum.calls += got.calls
		sum.straddling += got.straddling
		sum.within += got.within
		sum.aligned += got.aligned
	}
	t.Logf("%+v", sum)
	for _, kind := range kinds {
		if sum.repeated[kind] == 0 {
			t.Errorf("%v was never repeated", kind)
		}
	}
	for what, n := range map[string]int{
		"tick": sum.ticks, "result": sum.results, "replay": sum.replays, "replay from a checkpoint": sum.later, "death in replay": sum.cutShort,
		"restored feedback buffer": sum.recorded, "restored call": sum.calls, "record that straddles": sum.straddling,
		"buffer within a record": sum.within, "replay that ends before a snapshot": sum.aligned,
	} {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
}
