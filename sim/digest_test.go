package sim

import (
	"slices"
	"testing"
)

// A plant is one deliberate difference in a run.
type plant int

const (
	nothing plant = iota
	laterByOne
	otherDestination
	otherArgument
	otherNote
	missingNote
	earlyEnd
)

// runPlanted dispatches 10,000 events with a note on every third, and plants one difference at a step.
func runPlanted(p plant, step uint64, capture int) *Kernel {
	k := NewKernel(1, TiesByRule)
	if capture >= 0 {
		k.Capture(capture)
	}
	k.Note(77)
	k.At(0, 0, 0)
	for k.Step() < 10000 {
		here := k.Step()+1 == step
		if here && p == earlyEnd {
			break
		}
		e, _ := k.Next()
		if k.Step()%3 == 0 && !(here && p == missingNote) {
			note := k.Step() * 3
			if here && p == otherNote {
				note++
			}
			k.Note(note)
		}
		next := Event{e.At + 100, (e.Dst + 1) % 5, e.Arg + 1}
		if k.Step()+1 == step { // only the event of that step differs, what follows is as before
			switch p {
			case laterByOne:
				next.At++
			case otherDestination:
				next.Dst += 100
			case otherArgument:
				next.Arg += 1 << 20
			}
		} else if here {
			next = Event{Time(step) * 100, uint32(step % 5), uint32(step)}
		}
		k.At(next.At, next.Dst, next.Arg)
	}
	return k
}

func TestEqualRunsHaveEqualDigests(t *testing.T) {
	a, b := runPlanted(nothing, 5000, -1), runPlanted(nothing, 6000, 3)
	if a.Digest() != b.Digest() || !slices.Equal(a.Blocks(), b.Blocks()) {
		t.Error("equal runs differ")
	}
	if block, found := FirstDifference(a.Blocks(), b.Blocks()); found {
		t.Errorf("equal runs differ in block %d", block)
	}
	if c := NewKernel(2, TiesByRule); c.Digest() == NewKernel(1, TiesByRule).Digest() {
		t.Error("the seed is not in the digest")
	}
	if len(a.Blocks()) != 10 {
		t.Errorf("%d blocks", len(a.Blocks()))
	}
}

// Run twice, find the block, run both again capturing it, name the first step that differs: at every edge of a block.
func TestPlantedDifferenceIsNamed(t *testing.T) {
	for _, p := range []plant{laterByOne, otherDestination, otherArgument, otherNote, missingNote, earlyEnd} {
		for _, step := range []uint64{3, 1023, 1026, 2046, 2049, 3072, 5001, 9216, 9999} {
			a, b := runPlanted(nothing, 0, -1), runPlanted(p, step, -1)
			if a.Digest() == b.Digest() {
				t.Errorf("plant %d at step %d: the digests are equal", p, step)
				continue
			}
			block, found := FirstDifference(a.Blocks(), b.Blocks())
			if want := int(step-1) / BlockEvents; !found || block != want && !(p == earlyEnd && block == want-1) {
				t.Errorf("plant %d at step %d: block %d %v, want %d", p, step, block, found, want)
				continue
			}
			one, other := runPlanted(nothing, 0, block).Captured(), runPlanted(p, step, block).Captured()
			index, found := FirstDifferentStep(one, other)
			if !found || one[index].Step != step {
				t.Errorf("plant %d at step %d: index %d %v, step %d", p, step, index, found, one[index].Step)
			}
			if p == otherNote && (other[index].Notes[0] != step*3+1 || one[index].Notes[0] != step*3) {
				t.Errorf("notes %v and %v", one[index].Notes, other[index].Notes)
			}
		}
	}
}

func TestCaptureOfTheFirstBlock(t *testing.T) {
	c := runPlanted(nothing, 0, 0).Captured()
	if len(c) != BlockEvents+1 || c[0].Step != 0 || !slices.Equal(c[0].Notes, []uint64{77}) {
		t.Fatalf("%d steps, the first %v", len(c), c[0])
	}
	if want := (Captured{Step: 3, Event: Event{200, 2, 2}, Notes: []uint64{9}}); c[3].Step != want.Step || c[3].Event != want.Event || !slices.Equal(c[3].Notes, want.Notes) {
		t.Errorf("step 3 is %v, want %v", c[3], want)
	}
	k := runPlanted(nothing, 0, -1)
	mustPanic(t, "after the run has begun", func() { k.Capture(1) })
}

// The digest of one run, as it was when this test was written: a change of it moves every golden digest.
func TestDigestIsStable(t *testing.T) {
	if got := runPlanted(nothing, 0, -1).Blocks()[0]; got != 0xf76b350f10eb0ed0 {
		t.Errorf("block 0 is %#x", got)
	}
}

func BenchmarkNote(b *testing.B) {
	k := NewKernel(1, TiesByRule)
	for i := range b.N {
		k.Note(uint64(i))
	}
}
