package checkout

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// participantSlip is one thing that goes wrong between an order task, a
// participant and the provider, of which the counterpart does not know.
type participantSlip struct {
	name     string
	payment  bool // found with a payment task; else with a stock task
	message  func(p *participant, m message) []message
	answered func(p *participant) // after it
	restored func(p *participant, snapshot []byte) []byte
}

var participantSlips = []participantSlip{
	{name: "a commit comes twice", message: func(_ *participant, m message) []message {
		if m.verb == commit {
			return []message{m, m}
		}
		return []message{m}
	}},
	{name: "a commit gets lost", message: dropped(commit)},
	{name: "an abort gets lost", message: dropped(abort)},
	{name: "a lock is thought to be held", message: dropped(lock)},
	{name: "an abort is taken for a commit", message: func(_ *participant, m message) []message {
		if m.verb == abort {
			m.verb = commit
		}
		return []message{m}
	}},
	{name: "a decision frees the first key alone", message: func(_ *participant, m message) []message {
		if m.verb == abort {
			m.parts = m.parts[:1]
		}
		return []message{m}
	}},
	{name: "keys are taken in another order", message: func(_ *participant, m message) []message {
		if m.verb == lock {
			m.parts = slices.Clone(m.parts)
			slices.Reverse(m.parts)
		}
		return []message{m}
	}},
	{name: "a snapshot is an older one", restored: func(p *participant, snapshot []byte) []byte {
		return p.fresh().Snapshot(nil)
	}},
	{name: "an answer is heard by another question too", payment: true, answered: func(p *participant) {
		if len(p.asked) > 0 && p.asked[0].key > 0 {
			p.task.Answer(&p.ctx, p.asked[0].key-1, EncodeAnswer(nil, true, 7))
		}
	}},
	{name: "a question is forgotten", payment: true, answered: func(p *participant) {
		if s := p.task.(*payment); len(s.asked) > len(s.spare) {
			s.asked[slices.IndexFunc(s.asked, func(q question) bool { return q.op != 0 })] = question{}
		}
	}},
}

func dropped(v verb) func(*participant, message) []message {
	return func(_ *participant, m message) []message {
		if m.verb == v {
			return nil
		}
		return []message{m}
	}
}

// TestParticipantsFindSlips: both kinds of steps find each of them.
func TestParticipantsFindSlips(t *testing.T) {
	for i := range participantSlips {
		s := &participantSlips[i]
		for name, steps := range map[string]func(*rapid.T, bool, *participantSlip) error{"anything": anything, "proper": proper} {
			found := rapid.Custom(func(t *rapid.T) error { return steps(t, s.payment, s) })
			whole := rapid.Custom(func(t *rapid.T) error { return steps(t, s.payment, &participantSlip{}) })
			tried := 0
			for tried < 200 && found.Example(tried) == nil {
				tried++
			}
			if err := whole.Example(tried); err != nil {
				t.Errorf("without it, run %d: %v", tried, err)
			}
			if t.Logf("%s, %s: found in run %d", s.name, name, tried); tried == 200 {
				t.Errorf("%s, %s: 200 runs find nothing", s.name, name)
			}
		}
	}
}
