package netmodel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

type captureStep struct {
	Order         uint32
	Authorisation int // 0 and 1: one of two that were given for the order; 2: none; 3: one for another order; 4: one never given
}

var anyCaptures = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) captureStep {
	return captureStep{
		Order:         rapid.OneOf(rapid.Uint32Range(0, 5), rapid.Uint32Range(pageOrders-2, pageOrders+2), rapid.Uint32Range(0, 1<<20)).Draw(t, "order"),
		Authorisation: rapid.IntRange(0, 4).Draw(t, "authorisation"),
	}
}), 0, 60)

type ledgerLike interface {
	Authorise(now sim.Time, order uint32) (sim.Time, bool, uint64)
	Capture(order uint32, authorisation uint64)
	Ledger() []LedgerEntry
}

// bookkeeping: money moves once an order, under the first authorisation that was given for it; the same again is nothing,
// another is refused, and so is what was not given for the order.
func bookkeeping(build func() ledgerLike) judge[[]captureStep] {
	return func(steps []captureStep) error {
		p := build()
		var want []LedgerEntry
		given := map[uint32][]uint64{}
		for _, step := range steps {
			for len(given[step.Order]) < 2 {
				_, _, authorisation := p.Authorise(0, step.Order)
				given[step.Order] = append(given[step.Order], authorisation)
			}
			_, _, others := p.Authorise(0, step.Order+1)
			named := append(given[step.Order][:2:2], 0, others, others+1)[step.Authorisation]
			p.Capture(step.Order, named)
			i := slices.IndexFunc(want, func(e LedgerEntry) bool { return e.Order == step.Order })
			if i < 0 {
				i = len(want)
				want = append(want, LedgerEntry{Order: step.Order})
			}
			switch e := &want[i]; {
			case step.Authorisation > 1:
				e.Unfounded++
			case e.Times == 0:
				e.Authorisation, e.Times = named, 1
			case e.Authorisation != named:
				e.Refused++
			}
		}
		slices.SortFunc(want, func(a, b LedgerEntry) int { return int(a.Order) - int(b.Order) })
		if got := p.Ledger(); !slices.Equal(got, want) {
			return fmt.Errorf("ledger %v, want %v", got, want)
		}
		return nil
	}
}

func newTestProvider(declinePPM int64) *Provider {
	p := NewProvider(&latencies[5], declinePPM, sim.NewStream(1, 2, 0, 3))
	return &p
}

func TestProviderCapturesOnce(t *testing.T) {
	mustHold(t, anyCaptures, bookkeeping(func() ledgerLike { return newTestProvider(0) }))
}

type double struct{ *Provider }

func (p double) Capture(order uint32, authorisation uint64) {
	p.Provider.Capture(order, authorisation)
	p.ledger[order/pageOrders][order%pageOrders].Times++
}

// trusting captures under whatever authorisation is named.
type trusting struct{ *Provider }

func (p trusting) Capture(order uint32, authorisation uint64) {
	for place := authorisation * inverse; place > 0 && place <= uint64(len(p.given)); place = 0 {
		p.given[place-1] = order + 1
	}
	p.Provider.Capture(order, authorisation)
}

type latest struct{ *Provider }

func (p latest) Capture(order uint32, authorisation uint64) {
	p.Provider.Capture(order, authorisation)
	p.ledger[order/pageOrders][order%pageOrders].Authorisation = authorisation
}

func TestProviderControls(t *testing.T) {
	mustCatch(t, anyCaptures, bookkeeping(func() ledgerLike { return double{newTestProvider(0)} }), "ledger")
	mustCatch(t, anyCaptures, bookkeeping(func() ledgerLike { return latest{newTestProvider(0)} }), "ledger")
	mustCatch(t, anyCaptures, bookkeeping(func() ledgerLike { return trusting{newTestProvider(0)} }), "ledger")
}

func TestProviderHearsOfAMadOrder(t *testing.T) {
	p := newTestProvider(0)
	_, _, authorisation := p.Authorise(0, 0)
	p.Capture(math.MaxUint32, authorisation)
	p.Capture(0, authorisation)
	want := []LedgerEntry{{0, authorisation, 1, 0, 0}, {math.MaxUint32, 0, 0, 0, 1}}
	if got := p.Ledger(); !slices.Equal(got, want) {
		t.Errorf("ledger %v, want %v", got, want)
	}
}

func TestProviderAnswersAnew(t *testing.T) {
	const asked = 100_000
	never, half, always := newTestProvider(0), newTestProvider(500_000), newTestProvider(million)
	seen := map[uint64]bool{0: true}
	approvals := 0
	for i := range sim.Time(asked) {
		at, approved, authorisation := never.Authorise(i, 0)
		halfAt, halfApproved, _ := half.Authorise(i, 0)
		alwaysAt, alwaysApproved, _ := always.Authorise(i, 0)
		if !approved || alwaysApproved {
			t.Fatalf("question %d: approved %v where none is declined, %v where all are", i, approved, alwaysApproved)
		}
		if at <= i || at != halfAt || at != alwaysAt {
			t.Fatalf("question %d is answered at %d, %d and %d ns, by the share declined", i, at, halfAt, alwaysAt)
		}
		if seen[authorisation] {
			t.Fatalf("question %d: authorisation %d", i, authorisation)
		}
		seen[authorisation] = true
		if halfApproved {
			approvals++
		}
	}
	if approvals < asked*49/100 || approvals > asked*51/100 {
		t.Errorf("of %d, where half is declined, %d are approved", asked, approvals)
	}
	if len(never.Ledger()) != 0 {
		t.Error("to authorise has a lasting effect")
	}
	mustPanic(t, "declines -1 of a million", func() { newTestProvider(-1) })
	mustPanic(t, "declines 1000001 of a million", func() { newTestProvider(million + 1) })
}

func TestProviderDoesNotAllocate(t *testing.T) {
	p := newTestProvider(1000)
	p.Capture(5, 5)
	order := uint32(0)
	mustNotAllocate(t, func() {
		_, _, authorisation := p.Authorise(0, 0)
		p.Capture(order%pageOrders, authorisation)
		order++
	})
}
