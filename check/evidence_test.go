package check

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// soundEvidence is a run in which all went well: two checkouts paid, one
// rejected, one that its client gave up but that was paid all the same.
func soundEvidence() *Evidence {
	h := &History{Stock: []int64{5}, Credit: []int64{20}, Price: []int64{2}}
	one := []Line{{0, 1}}
	h.Append(Op{Kind: Checkout, Outcome: Paid, Client: 0, Order: 0, Call: 10, Return: 20}, one, []Seen{{ItemKey(0), 4, 1}, {UserKey(0), 18, 1}})
	h.Append(Op{Kind: Checkout, Outcome: Paid, Client: 0, Order: 1, Call: 30, Return: 40}, one, []Seen{{ItemKey(0), 3, 2}, {UserKey(0), 16, 2}})
	h.Append(Op{Kind: Checkout, Outcome: OutOfStock, Client: 0, Order: 2, Call: 50, Return: 60}, []Line{{0, 9}}, []Seen{{ItemKey(0), 3, 2}})
	h.Append(Op{Kind: Checkout, Outcome: Unknown, Client: 1, Order: 3, Call: 70, Return: Pending}, one, nil)
	h.Append(Op{Kind: AddStock, Client: 2, Item: 0, Amount: 4, Call: 70, Return: 90}, nil, []Seen{{ItemKey(0), 6, 4}})
	h.Append(Op{Kind: AddCredit, Client: 2, User: 0, Amount: 7, Call: 90, Return: 99}, nil, []Seen{{UserKey(0), 21, 4}})
	return &Evidence{
		History: h,
		Witness: []int32{0, 1, 2, 3, 4, 5},
		Audit: &Audit{Stock: []int64{6}, Credit: []int64{21}, StockVersion: []int64{4}, CreditVersion: []int64{4},
			Orders: []Status{StatusPaid, StatusPaid, StatusRejected, StatusPaid}, Applied: []int32{1, 1, 0, 1}},
		Replies:        []LaterReply{{Op: 0, Same: true}},
		Captures:       []Capture{{Order: 0, Authorisation: 100, Times: 1}, {Order: 1, Authorisation: 101, Times: 1}, {Order: 3, Authorisation: 103, Times: 1}},
		HasLedger:      true,
		Authorisations: []uint64{100, 101},
	}
}

func TestSoundEvidenceIsOk(t *testing.T) {
	for _, f := range Judge(soundEvidence()) {
		if f.Verdict != Ok || f.Detail != "" {
			t.Errorf("%+v", f)
		}
	}
}

// Every check has damage that it must see: a check that never says no has not
// been tested. Some damage is seen by several; those named must be among them,
// and no other may speak.
func TestNegativeControls(t *testing.T) {
	cases := []struct {
		name, violated, detail string
		damage                 func(e *Evidence)
	}{
		{"overlap", "harness", "c0 called again at 15, but checkout o0 by c0 returned only at 20",
			func(e *Evidence) { e.History.Ops[1].Call = 15 }},
		{"order twice", "harness", "o0 is already the order of checkout o0 by c0",
			func(e *Evidence) { e.History.Ops[1].Order = 0 }},
		{"stale", "linearizable", "checkout o0 by c0 and checkout o1 by c0 were both told that they made version 1 of the stock of i0",
			func(e *Evidence) {
				e.History.After[2] = Seen{ItemKey(0), 4, 1}
				e.History.After[3] = Seen{UserKey(0), 18, 1}
			}},
		{"stock lost", "conservation_stock", "the stock of i0 started as 5, gained 4 and lost 3 to paid checkouts, so it should end as 6, but it is 7",
			func(e *Evidence) { e.Audit.Stock[0]++ }},
		{"charged twice", "conservation_money", "the credit of u0 started as 20, gained 7 and lost 6 to paid checkouts, so it should end as 21, but it is 19",
			func(e *Evidence) { e.Audit.Credit[0] -= 2 }},
		{"effect twice", "exactly_once", "the stock of i0 was changed 5 times, but clients were told of 4 changes",
			func(e *Evidence) { e.Audit.StockVersion[0]++ }},
		{"order applied twice", "exactly_once", "checkout o1 by c0 was applied 2 times",
			func(e *Evidence) { e.Audit.Applied[1] = 2 }},
		{"acknowledged but rejected", "exactly_once conservation_stock conservation_money provider_ledger", "",
			func(e *Evidence) {
				e.Audit.Orders[3], e.Audit.Applied[3] = StatusRejected, 0
				e.Audit.Orders[1] = StatusRejected
			}},
		{"different reply", "replies_kept", `checkout o1 by c0 was told "receipt 7" and later "receipt 8"`,
			func(e *Evidence) { e.Replies = append(e.Replies, LaterReply{1, false, "receipt 7", "receipt 8"}) }},
		{"captured twice", "provider_ledger", "the provider captured checkout o0 by c0 2 times",
			func(e *Evidence) { e.Captures[0].Times = 2 }},
		{"never captured", "provider_ledger", "checkout o3 by c1 is paid, but the provider never captured it",
			func(e *Evidence) { e.Captures = e.Captures[:2] }},
		{"captured unpaid", "provider_ledger", "checkout o2 by c0 is not paid, but the provider captured it",
			func(e *Evidence) { e.Captures[1].Order = 2; e.Captures = append(e.Captures, Capture{1, 101, 1, 0, 0}) }},
		{"other authorisation", "provider_ledger", "checkout o1 by c0 was told authorisation 101, but the provider captured it under 55",
			func(e *Evidence) { e.Captures[1].Authorisation = 55 }},
		{"refused", "provider_ledger", "the provider refused 1 further captures of checkout o1 by c0 under another authorisation than 101",
			func(e *Evidence) { e.Captures[1].Refused = 1 }},
		{"unfounded", "provider_ledger", "the provider refused to capture checkout o1 by c0 under an authorisation that it has not given for it",
			func(e *Evidence) { e.Captures[1].Unfounded = 1 }},
		{"unheard of", "provider_ledger", "the provider captured order number 9, which nobody checked out",
			func(e *Evidence) { e.Captures = append(e.Captures, Capture{9, 1, 1, 0, 0}) }},
		{"open", "progress", "checkout o3 by c1, called at 70, was still waiting for a reply at the end",
			func(e *Evidence) { e.Open = []int32{3} }},
	}
	for _, c := range cases {
		e := soundEvidence()
		c.damage(e)
		said := ""
		for _, f := range Judge(e) {
			if f.Verdict != Violated {
				continue
			}
			said += f.Detail + "\n"
			if sentences := Tell(e, &f); f.About == nil || f.About.Rule == "" || !strings.Contains(f.Detail, f.About.What) || len(sentences) == 0 {
				t.Errorf("%s: %s accuses %+v, in words %q", c.name, f.Name, f.About, sentences)
			} else if c.violated == f.Name && f.Class() != c.violated+"/"+classes[c.name] {
				t.Errorf("%s: the class is %s", c.name, f.Class())
			}
			if !strings.Contains(c.violated, f.Name) {
				t.Errorf("%s: %s is violated: %s", c.name, f.Name, f.Detail)
			}
		}
		for _, name := range strings.Fields(c.violated) {
			if !violated(e, name) {
				t.Errorf("%s: %s is not violated", c.name, name)
			}
		}
		if !strings.Contains(said, c.detail) {
			t.Errorf("%s: said %q", c.name, said)
		}
	}
}

// classes tell the damage of the negative controls apart.
var classes = map[string]string{
	"overlap": "no_history", "order twice": "no_history", "stale": "version_made_twice", "stock lost": "too_much_left", "charged twice": "too_little_left",
	"effect twice": "extra_effects", "order applied twice": "applied_twice", "different reply": "other_reply", "captured twice": "captured_twice",
	"never captured": "never_captured", "captured unpaid": "captured_unpaid", "other authorisation": "other_authorisation", "refused": "capture_refused",
	"unheard of": "unheard_of", "unfounded": "capture_unfounded", "open": "never_answered",
}

func violated(e *Evidence, name string) bool {
	for _, f := range Judge(e) {
		if f.Name == name {
			return f.Verdict == Violated
		}
	}
	return false
}

// Without the evidence that it needs a check is skipped, and says so.
func TestSkipped(t *testing.T) {
	e := soundEvidence()
	e.Audit, e.HasLedger = nil, false
	got := ""
	for _, f := range Judge(e) {
		got += fmt.Sprintf("%s %s\n", f.Name, f.Verdict)
	}
	want := "harness ok\nlinearizable ok\nexactly_once skipped\nreplies_kept ok\nconservation_stock skipped\n" +
		"conservation_money skipped\nprovider_ledger skipped\nprogress ok\n"
	if got != want {
		t.Errorf("%s", got)
	}
}

// An operation of unknown outcome may count or not, unless its order tells.
func TestUnknownMayExplain(t *testing.T) {
	for _, applied := range []bool{false, true} {
		e := soundEvidence()
		e.Audit.Orders, e.Audit.Applied = nil, nil
		if !applied {
			e.Audit.Stock[0]++
			e.Audit.Credit[0] += 2
			e.Audit.StockVersion[0]--
			e.Audit.CreditVersion[0]--
			e.Captures = e.Captures[:2]
		}
		for _, f := range []Finding{ExactlyOnce(e), ConservationStock(e), ConservationMoney(e), ProviderLedger(e)} {
			if f.Verdict != Ok {
				t.Errorf("applied %t: %+v", applied, f)
			}
		}
		e.Audit.Stock[0] += 2
		if f := ConservationStock(e); f.Verdict != Violated {
			t.Errorf("applied %t: %+v", applied, f)
		}
	}
}

// Too many unknown sums are Undecided, never Ok; what is out of reach of all of
// them is Violated.
func TestConservationGivesUp(t *testing.T) {
	h := &History{Stock: []int64{0}, Credit: []int64{}, Price: []int64{1}}
	for c := range int32(unknownMost + 1) {
		h.Append(Op{Kind: AddStock, Outcome: Unknown, Client: c, Amount: 2, Return: Pending}, nil, nil)
	}
	for _, c := range []struct {
		final int64
		want  Verdict
	}{{0, Ok}, {7, Undecided}, {100, Violated}, {-1, Violated}} {
		f := ConservationStock(&Evidence{History: h, Audit: &Audit{Stock: []int64{c.final}}})
		if f.Verdict != c.want {
			t.Errorf("%d: %+v", c.final, f)
		}
	}
}

// The checks of the final state hold for every shop that is intact, and see
// every net error: whatever changes a final value or version.
func TestFinalStateOfRandomShops(t *testing.T) {
	for n := range 2000 {
		r := rand.New(rand.NewPCG(5, uint64(n)))
		sh := tiny(r, n)
		h, witness := generate(r, sh)
		state := NewState(h)
		for _, entry := range witness {
			i, unpaid := entryOf(entry)
			state.force(i)
			if op := &h.Ops[i]; op.Outcome == Unknown && op.Kind <= AddCredit && !unpaid {
				h.eachKey(i, func(k Key) { state.affect(h.slot(k), h.delta(i, k)) })
				if op.Kind == Checkout {
					state.set(state.orderCell(op.Order), int64(StatusPaid))
				}
			}
		}
		a := &Audit{}
		for item := range h.Stock {
			a.Stock = append(a.Stock, state.Value(ItemKey(int32(item))))
			a.StockVersion = append(a.StockVersion, state.Version(ItemKey(int32(item))))
		}
		for order := range h.orders() {
			a.Orders = append(a.Orders, state.Status(int32(order)))
		}
		e := &Evidence{History: h, Audit: a}
		if sh.damage != intact {
			continue
		}
		for _, f := range []Finding{ExactlyOnce(e), ConservationStock(e)} {
			if f.Verdict != Ok {
				t.Fatalf("history %d: %+v\n%s", n, f, dump(h))
			}
		}
		a.StockVersion[0] += int64(len(h.Ops)) + 1
		a.Stock[0] += 1000
		if ExactlyOnce(e).Verdict != Violated || ConservationStock(e).Verdict != Violated {
			t.Fatalf("history %d: not seen", n)
		}
	}
}
