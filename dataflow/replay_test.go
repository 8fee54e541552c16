package dataflow

import (
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

// A run that tested nothing is no pass: the scenarios reach what the replay can
// meet.
func TestScenariosReachEverything(t *testing.T) {
	var sum seen
	for seed := range 300 {
		got := play(scenarios.Example(seed)).seen
		for kind, n := range got.repeated {
			sum.repeated[kind] += n
		}
		sum.replays += got.replays
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
		"replay": sum.replays, "replay from a checkpoint": sum.later, "death in replay": sum.cutShort,
		"restored feedback buffer": sum.recorded, "restored call": sum.calls, "record that straddles": sum.straddling,
		"buffer within a record": sum.within, "replay that ends before a snapshot": sum.aligned,
	} {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
}
