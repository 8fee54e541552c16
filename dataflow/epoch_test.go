package dataflow

import (
	"slices"
	"testing"
)

// middle/0 has inputs 0 and 1 from the sources and feedback inputs 2 and 3
// from the far tasks.

func data(first uint64, records ...string) Buffer {
	return Buffer{First: first, Data: packed(records...)}
}

// A barrier that comes back before the local snapshot waits, and
// what is behind it waits with it.
func TestEarlyFeedbackBarrierWaits(t *testing.T) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.receive(2, data(0, "before"), barrier(1), data(1, "after"))
	s.expect("take input 2 tag 0", "edge 1 from 0: before")
	s.receive(0, barrier(1))
	s.receive(1, barrier(1))
	s.expect("take input 0 tag 0", "take input 1 tag 0", "snapshot 1", "take input 2 tag 0", "take input 2 tag 0", "edge 1 from 0: after")
	s.receive(3, data(0, "recorded"), barrier(1))
	s.expect("take input 3 tag 0", "edge 1 from 1: recorded", "take input 3 tag 0", "captured 1")

	s = newStand(t, middle, 0, Options{}, s.captured[1])
	s.steps()
	s.expect("take input 3 tag 0", "edge 1 from 1: recorded")
}

// Buffers in the queue at the snapshot are part of it, and a record whose
// start was consumed before the snapshot is whole after a restore.
func TestRecordStraddlesTheSnapshot(t *testing.T) {
	cut := cutAt([]string{"one", "two", "three"}, []int{7, 6, 5})
	for before := range len(cut) + 1 {
		s := newStand(t, middle, 0, Options{}, nil)
		s.receive(2, cut[:before]...)
		s.receive(0, barrier(1))
		for _, b := range cut[before:] {
			s.task.Receive(2, b)
		}
		s.task.Receive(1, barrier(1))
		s.task.Receive(2, barrier(1))
		s.task.Receive(3, barrier(1))
		s.steps()
		all := s.handled()
		if want := []string{"one", "two", "three"}; !slices.Equal(all, want) {
			t.Fatalf("handed %q", all)
		}
		// How much of input 2 came before the barrier of input 1 is free. The snapshot tells.
		s = newStand(t, middle, 0, Options{}, s.captured[1])
		covered := int(s.task.Received(2))
		s.steps()
		if got := s.handled(); !slices.Equal(got, all[covered:]) {
			t.Errorf("%d buffers before: the snapshot covers %d records, handed %q", before, covered, got)
		}
		s.expectFaults(0)
	}
}

// A skipped record's end may lie behind the snapshot, too.
func TestLostRecordStraddlesTheSnapshot(t *testing.T) {
	cut := cutAt([]string{"lost", "kept"}, []int{3, 2, 1})
	cut[1].Fresh = true
	s := newStand(t, middle, 0, Options{Resync: true}, nil)
	s.receive(2, cut[1])
	s.receive(0, barrier(1))
	s.receive(1, barrier(1))
	s.receive(2, cut[2], cut[3], barrier(1))
	s.receive(3, barrier(1))
	if got := s.handled(); !slices.Equal(got, []string{"kept"}) {
		t.Fatalf("handed %q", got)
	}
	s = newStand(t, middle, 0, Options{Resync: true}, s.captured[1])
	s.steps()
	if got := s.handled(); !slices.Equal(got, []string{"kept"}) {
		t.Fatalf("restored, handed %q", got)
	}
	s.expectFaults(0)
}

// A barrier that was passed is of no effect: sent again by a sender that
// repeats its epoch, it neither blocks nor ends a recording.
func TestPassedBarriersHaveNoEffect(t *testing.T) {
	s := newStand(t, middle, 0, Options{Deduplicate: true}, nil)
	for _, n := range []int32{1, 2} {
		s.receive(0, barrier(n))
		s.receive(1, barrier(n))
		if n == 1 {
			s.receive(2, barrier(1))
			s.receive(3, barrier(1))
		}
	}
	s.story = nil
	s.receive(0, barrier(1), data(0, "a"))
	s.receive(2, barrier(1), data(0, "recorded"))
	s.receive(2, barrier(2))
	s.receive(3, barrier(2))
	s.expect("take input 0 tag 0", "take input 0 tag 0", "edge 0 from 0: a", "take input 2 tag 0", "take input 2 tag 0",
		"edge 1 from 0: recorded", "take input 2 tag 0", "take input 3 tag 0", "captured 2")
	s = newStand(t, middle, 0, Options{}, s.captured[2])
	s.steps()
	s.expect("take input 2 tag 0", "edge 1 from 0: recorded")
}

func TestAbandonReleasesTheAlignment(t *testing.T) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.receive(2, barrier(3), data(0, "behind the early barrier"))
	s.receive(0, barrier(3), data(0, "behind the barrier"))
	s.expect("take input 0 tag 0")
	s.task.AbandonCheckpoint(3)
	s.steps()
	s.expect("take input 0 tag 0", "edge 0 from 0: behind the barrier", "take input 2 tag 0", "take input 2 tag 0",
		"edge 1 from 0: behind the early barrier")
	// The late ones are ignored; the next checkpoint is 4.
	s.receive(1, barrier(3), data(0, "x"))
	s.receive(3, barrier(3), data(0, "y"))
	s.expect("take input 1 tag 0", "take input 1 tag 0", "edge 0 from 1: x", "take input 3 tag 0", "take input 3 tag 0", "edge 1 from 1: y")
	s.receive(0, barrier(4))
	s.receive(1, barrier(4))
	s.expect("take input 0 tag 0", "take input 1 tag 0", "snapshot 4")
	if got := s.built[0][len(s.built[0])-1]; !got.Barrier || got.Next != 4 || got.Epoch != 0 {
		t.Errorf("the barrier is %s", show(got))
	}
	s.receive(2, barrier(4))
	s.receive(3, barrier(4))
	s.expect("take input 2 tag 0", "take input 3 tag 0", "captured 4")
}

func TestAbandonEndsTheRecording(t *testing.T) {
	s := newStand(t, middle, 0, Options{}, nil)
	s.receive(0, barrier(1))
	s.receive(1, barrier(1))
	s.task.AbandonCheckpoint(1)
	s.receive(2, barrier(1))
	s.receive(3, barrier(1))
	if len(s.captured) > 0 {
		t.Error("an abandoned checkpoint was captured")
	}
	s.receive(0, barrier(2))
	s.receive(1, barrier(2))
	s.task.AbandonCheckpoint(1) // told again: the next one goes on
	s.receive(2, barrier(2))
	s.receive(3, barrier(2))
	if _, ok := s.captured[2]; !ok {
		t.Error("checkpoint 2 was not captured")
	}
}

func TestSourceIgnoresOldTriggers(t *testing.T) {
	s := newStand(t, source, 0, Options{}, nil)
	s.task.AbandonCheckpoint(2)
	s.task.Trigger(2)
	s.expect()
	s.task.Trigger(3)
	s.task.Trigger(3)
	s.expect("snapshot 3", "captured 3")
}
