package netmodel

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type egressStep struct {
	Verb  string // append, release, abort
	Epoch int32
	Bytes int
}

var anyEgressSteps = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) egressStep {
	return egressStep{
		Verb:  rapid.SampledFrom([]string{"append", "append", "append", "append", "release", "abort"}).Draw(t, "verb"),
		Epoch: rapid.Int32Range(0, 6).Draw(t, "epoch"),
		Bytes: rapid.IntRange(0, 9).Draw(t, "bytes"),
	}
}), 1, 60)

type egressLike interface {
	Append(epoch int32, record []byte)
	Release(epoch int32, visit func(record []byte))
	Abort(epoch int32)
	Pending() int
}

// twoPhase: records of epochs before a released one become visible, once and in order; aborted ones never do.
func twoPhase(build func() egressLike) judge[[]egressStep] {
	type record struct {
		epoch int32
		text  string
	}
	return func(steps []egressStep) error {
		e := build()
		var model []record
		var scratch []byte
		for i, step := range steps {
			var got, want []string
			switch step.Verb {
			case "append":
				scratch = fmt.Appendf(scratch[:0], "%0*d", step.Bytes, i)[:step.Bytes]
				e.Append(step.Epoch, scratch)
				model = append(model, record{step.Epoch, string(scratch)})
			case "release":
				e.Release(step.Epoch, func(r []byte) { got = append(got, string(r)) })
				for _, r := range model {
					if r.epoch < step.Epoch {
						want = append(want, r.text)
					}
				}
				model = slices.DeleteFunc(model, func(r record) bool { return r.epoch < step.Epoch })
			case "abort":
				e.Abort(step.Epoch)
				model = slices.DeleteFunc(model, func(r record) bool { return r.epoch >= step.Epoch })
			}
			if !slices.Equal(got, want) {
				return fmt.Errorf("step %d: release of %d makes visible %q, want %q", i, step.Epoch, got, want)
			}
			if e.Pending() != len(model) {
				return fmt.Errorf("step %d: after %s %d, %d records wait, want %d", i, step.Verb, step.Epoch, e.Pending(), len(model))
			}
		}
		return nil
	}
}

func TestEgressReleasesAndAborts(t *testing.T) {
	mustHold(t, anyEgressSteps, twoPhase(func() egressLike { return new(Egress) }))
}

type eager struct{ Egress }

func (e *eager) Release(epoch int32, visit func([]byte)) { e.Egress.Release(epoch+1, visit) }

type sparing struct{ Egress }

func (e *sparing) Abort(epoch int32) { e.Egress.Abort(epoch + 1) }

type repeated struct{ Egress }

func (e *repeated) Release(epoch int32, visit func([]byte)) {
	data, waiting := slices.Clone(e.data), slices.Clone(e.waiting)
	e.Egress.Release(epoch, visit)
	e.data, e.waiting = data, waiting
}

type backwards struct{ Egress }

func (e *backwards) Release(epoch int32, visit func([]byte)) {
	var records [][]byte
	e.Egress.Release(epoch, func(r []byte) { records = append(records, slices.Clone(r)) })
	for _, r := range slices.Backward(records) {
		visit(r)
	}
}

func TestEgressControls(t *testing.T) {
	mustCatch(t, anyEgressSteps, twoPhase(func() egressLike { return new(eager) }), "makes visible")
	mustCatch(t, anyEgressSteps, twoPhase(func() egressLike { return new(sparing) }), "records wait")
	mustCatch(t, anyEgressSteps, twoPhase(func() egressLike { return new(repeated) }), "records wait")
	mustCatch(t, anyEgressSteps, twoPhase(func() egressLike { return new(backwards) }), "makes visible")
}

func TestEgressDoesNotAllocate(t *testing.T) {
	var e Egress
	record := make([]byte, 100)
	epoch, seen := int32(0), 0
	visit := func(record []byte) { seen += len(record) }
	checkpoint := func() {
		for range 50 {
			e.Append(epoch, record)
		}
		e.Release(epoch, visit) // the records of the epoch before
		epoch++
		e.Abort(epoch)
	}
	checkpoint()
	checkpoint()
	mustNotAllocate(t, checkpoint)
	if want := int(epoch-1) * 50 * 100; seen != want || e.Pending() != 50 {
		t.Errorf("%d bytes seen, want %d; %d records wait", seen, want, e.Pending())
	}
}
