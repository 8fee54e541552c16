package check

import (
	"strings"
	"testing"
)

// What the provider refused is no capture: it is neither under another authorisation, nor
// too much; and whoever was told none cannot have been told another.
func TestLedgerTellsRefusedFromCaptured(t *testing.T) {
	for _, c := range []struct {
		damage func(e *Evidence)
		want   string // rules, in the order in which they are found broken
	}{
		{func(e *Evidence) {}, ""},
		{func(e *Evidence) { e.Authorisations[1] = 0 }, ""},
		{func(e *Evidence) { e.Captures = append(e.Captures, Capture{9, 0, 0, 0, 1}) }, "unheard_of"},
		{func(e *Evidence) { e.Captures[1] = Capture{1, 0, 0, 0, 1} }, "capture_unfounded, 1 more"}, // and never captured
		{func(e *Evidence) { e.Captures = append(e.Captures, Capture{1, 101, 1, 0, 0}) }, "captured_twice"},
	} {
		e := soundEvidence()
		c.damage(e)
		f := ProviderLedger(e)
		got := ""
		if f.About != nil {
			got = f.About.Rule
			if f.About.More > 0 {
				got += ", " + counted(f.About.More, "more")
			}
		}
		if got != c.want {
			t.Errorf("%q, want %q: %s", got, c.want, f.Detail)
		}
	}
}

// Wrong books name who is to blame only where somebody can be.
func TestTellBlames(t *testing.T) {
	for _, c := range []struct {
		want   string
		damage func(e *Evidence)
	}{
		{"Nothing tells whose change of the stock of i0 it is", func(e *Evidence) {}},
		{"were told the same version of the stock of i0: one of the two is gone", func(e *Evidence) { e.History.After[2] = Seen{ItemKey(0), 4, 1} }},
		{"Checkout o1 by c0 changed it, and what the services know of that order is not what its client was told",
			func(e *Evidence) { e.Audit.Orders[1] = StatusRejected }},
	} {
		e := soundEvidence()
		e.History.Ops = e.History.Ops[:4] // checkouts
		e.Witness = e.Witness[:4]
		c.damage(e)
		e.Audit.Stock[0]++
		f := conservation(e)
		text := strings.Join(Tell(e, &f), "\n")
		n := 0
		for _, other := range []string{"Nothing tells whose", "one of the two is gone", "what the services know of that order"} {
			n += strings.Count(text, other)
		}
		if !strings.Contains(text, c.want) || n != 1 {
			t.Errorf("want %q:\n%s", c.want, text)
		}
	}
}

// conservation is the finding about stock.
func conservation(e *Evidence) Finding {
	for _, f := range Judge(e) {
		if f.Name == "conservation_stock" {
			return f
		}
	}
	return Finding{}
}
