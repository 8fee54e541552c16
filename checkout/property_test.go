package checkout

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"simrun/dataflow"
)

func TestTwoPhaseCommitIsLinearizable(t *testing.T) {
	seen := map[Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(TwoPhaseCommit).Draw(t, "scenario")
		_, h := s.play(t, nil)
		if err := s.linearizable(h); err != nil {
			t.Error(err)
		}
		if err := s.conserves(h); err != nil {
			t.Error(err)
		}
		for op := range h.Replies {
			seen[h.Replies[op].Outcome]++
		}
	})
	for outcome := range outcomes {
		if seen[outcome] == 0 && !t.Failed() {
			t.Errorf("no operation was answered %v", outcome)
		}
	}
}

func TestSagaConservesButIsNotLinearizable(t *testing.T) {
	anomalies, spurious := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(Saga).Draw(t, "scenario")
		_, h := s.play(t, nil)
		if err := s.conserves(h); err != nil {
			t.Error(err)
		}
		if err := h.ownEffects(); err != nil {
			t.Error(err)
		}
		if s.linearizable(h) != nil {
			anomalies++
		}
		if s.spurious(h) {
			spurious++
		}
	})
	if (anomalies == 0 || spurious == 0) && !t.Failed() {
		t.Errorf("%d histories of sagas are not linearizable, in %d of them the values alone show it", anomalies, spurious)
	}
}

// ownEffects: a version is one effect's, so no two operations that had an effect
// on a key may tell the same one.
func (h *history) ownEffects() error {
	teller := map[Seen]int{}
	for op := range h.Replies {
		r := &h.Replies[op]
		if r.Outcome != Paid && r.Kind != AddStock && r.Kind != AddCredit {
			continue
		}
		for _, seen := range r.After {
			seen.Value = 0
			if other, ok := teller[seen]; ok {
				return fmt.Errorf("operations %d and %d both tell of version %d of %+v", other, op, seen.Version, seen)
			}
			teller[seen] = op
		}
	}
	return nil
}

// spurious says whether a history is wrong in its values alone: versions, which
// compensation raises by design, are taken from the sequential shop.
func (s *scenario) spurious(h *history) bool {
	m := newShop(&s.Config)
	for _, op := range h.Places {
		reply := h.Replies[op]
		reply.After = slices.Clone(reply.After)
		trial := newShop(&s.Config)
		trial.value, trial.version, trial.status = clone(m.value), clone(m.version), clone(m.status)
		trial.apply(&s.Requests[op], &reply)
		for i := range reply.After {
			reply.After[i].Version = trial.version[key{reply.After[i].User, reply.After[i].Number}]
		}
		if m.apply(&s.Requests[op], &reply) != nil {
			return true
		}
	}
	return false
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	c := map[K]V{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

// A new incarnation restored from a snapshot goes on as the old one would have.
func TestRestoredTasksGoOnAlike(t *testing.T) {
	restore := func(op dataflow.Operator, snapshot []byte) error { return op.Restore(snapshot) }
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(rapid.SampledFrom([]Transactions{TwoPhaseCommit, Saga}).Draw(t, "transactions")).Draw(t, "scenario")
		instant := rapid.IntRange(0, 200).Draw(t, "instant")
		uncut, _ := s.play(t, nil)
		cut, _ := s.play(t, func(event int, w *world) {
			if event != instant {
				return
			}
			before := w.snapshots()
			if err := w.replace(restore); err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(before, w.snapshots(), bytes.Equal) {
				t.Fatalf("a snapshot of what was restored differs from the one it was restored from")
			}
		})
		if why := differ(uncut, cut); why != "" {
			t.Error(why)
		}
	})
}

func differ(a, b *world) string {
	if !slices.EqualFunc(a.replies, b.replies, func(x, y told) bool { return x.at == y.at && bytes.Equal(x.record, y.record) }) {
		return "replies differ"
	}
	if !slices.Equal(a.places, b.places) {
		return "places differ"
	}
	if !slices.EqualFunc(a.snapshots(), b.snapshots(), bytes.Equal) {
		return "the states at the end differ"
	}
	return ""
}
