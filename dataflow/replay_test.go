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

// Negative control: with any one kind of determinant not logged, some scenario
// is repeated otherwise.
func TestEveryKindOfDeterminantIsNeeded(t *testing.T) {
	const bound = 400
	for _, kind := range []Kind{Order, Timestamp, RNG, Serializable, TimerTrigger, SourceCheckpoint, BufferBuilt, EpochEnd} {
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
