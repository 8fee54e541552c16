package dataflow

import (
	"strings"
	"testing"
)

// A log that does not fit what arrives is reported, once for each determinant
// that cannot be followed, and does not hold the task up.
func TestLogThatDoesNotFitIsReported(t *testing.T) {
	begin := []Determinant{{Kind: Timestamp}, {Kind: RNG}}
	for _, c := range []struct {
		name    string
		log     []Determinant
		reports []string
	}{
		{"fits", []Determinant{{Kind: Order, Channel: 1}, {Kind: Order}}, nil},
		{"no such input", []Determinant{{Kind: Order, Channel: 9}, {Kind: Order, Channel: 1}}, []string{"Order names input 9 of 4"}},
		{"at its barrier", []Determinant{{Kind: Order, Channel: 1}, {Kind: Order, Channel: 1}}, []string{"Order names input 1, which is at its barrier"}},
		{"no buffer leads there", []Determinant{{Kind: TimerTrigger, Count: 1}}, []string{"TimerTrigger after record 1 of epoch 0"}},
		{"too late", []Determinant{{Kind: Order, Channel: 1}, {Kind: Order}, {Kind: TimerTrigger, Count: 0}},
			[]string{"TimerTrigger is due after record 0", "timer 0, which is not armed"}},
		{"call not made", []Determinant{{Kind: Serializable, Key: 5}}, []string{"answers call 5, which was not made"}},
		{"other epoch", []Determinant{{Kind: Order, Channel: 1}, {Kind: Order}, {Kind: EpochEnd, Key: 7}},
			[]string{"the log ends epoch 0 with checkpoint 7, its barriers are of 1"}},
	} {
		s := newStand(t, middle, 0, Options{}, nil)
		held := make(taskLog, 1+len(s.built))
		for _, d := range append(begin, c.log...) {
			held[0] = append(held[0], entry{0, d})
		}
		guard := newMemory(len(s.built), &held, 0, [Kinds]bool{}, func(what string) { s.Diverged("guard", what) })
		guard.told = func(string, *Determinant) {}
		s.task = NewTask(s.graph, s.task.id, s.op, guard, s, Options{BufferBytes: 100})
		s.task.Start()
		s.receive(0, data(0, "a"), barrier(1))
		s.receive(1, data(0, "b"), barrier(1))
		if s.task.Replaying() || len(s.handled()) != 2 || s.task.Epoch() != 1 {
			t.Errorf("%s: replaying %v, epoch %d, story %q", c.name, s.task.Replaying(), s.task.Epoch(), s.story)
		}
		if len(s.faults) != len(c.reports) {
			t.Errorf("%s: reports %q, want %q", c.name, s.faults, c.reports)
			continue
		}
		for i, want := range c.reports {
			if !strings.Contains(s.faults[i], want) {
				t.Errorf("%s: reports %q, want %q", c.name, s.faults[i], want)
			}
		}
	}
}
