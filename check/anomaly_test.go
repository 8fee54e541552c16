package check

import (
	"strings"
	"testing"
)

// quietEvidence is sound, with two reads at the end, and nobody asked twice.
func quietEvidence() *Evidence {
	e := soundEvidence()
	e.Replies = nil
	e.History.Append(Op{Kind: ReadStock, Client: 3, Item: 0, Value: 6, Call: 110, Return: 120}, nil, []Seen{{ItemKey(0), 6, 4}})
	e.History.Append(Op{Kind: ReadCredit, Client: 3, User: 0, Value: 21, Call: 130, Return: 140}, nil, []Seen{{UserKey(0), 21, 4}})
	return e
}

// Sound evidence shows no anomaly, and of damage what it is: these and no
// others.
func TestAnomalies(t *testing.T) {
	read := func(e *Evidence) *Seen { return &e.History.After[len(e.History.After)-2] } // of the stock
	shown := map[string]bool{}
	for _, c := range []struct {
		want   string
		damage func(e *Evidence)
	}{
		{"", func(e *Evidence) {}},
		{"lost effect", func(e *Evidence) { e.Audit.Applied[1] = 0 }},
		{"lost effect, torn effect", func(e *Evidence) {
			e.Audit.StockVersion[0], *read(e) = 3, Seen{ItemKey(0), 6, 3}
			e.History.After[5] = Seen{ItemKey(0), 6, 3}
		}},
		{"duplicate effect", func(e *Evidence) { e.Audit.Applied[1] = 2 }},
		{"duplicate effect", func(e *Evidence) { e.Audit.StockVersion[0] = 5 }},
		{"duplicate output", func(e *Evidence) { e.Replies = []LaterReply{{Op: 0, Same: true}} }},
		{"contradicted reply", func(e *Evidence) { e.Replies = []LaterReply{{0, false, "receipt 7", "receipt 8"}} }},
		{"divergent replay", func(e *Evidence) { e.History.Ops[1].Outcome = Declined }},
		{"divergent replay", func(e *Evidence) { e.History.After[2] = Seen{ItemKey(0), 4, 1} }},
		{"dirty read", func(e *Evidence) { *read(e) = Seen{ItemKey(0), 7, 5} }},
		{"dirty read", func(e *Evidence) { read(e).Value = 5 }},
		{"dirty read", func(e *Evidence) { // a saga: versions count reservations
			e.Audit.StockVersion, e.Audit.CreditVersion = nil, nil
			read(e).Value, read(e).Version = 2, 9
		}},
		{"stale read", func(e *Evidence) { *read(e) = Seen{ItemKey(0), 3, 2} }},
		{"stuck order", func(e *Evidence) { e.Open = []int32{3} }},
		{"second payment", func(e *Evidence) { e.Captures[1].Refused = 1 }},
		{"lost payment", func(e *Evidence) { e.Captures = e.Captures[:2] }},
		{"lost payment", func(e *Evidence) { e.Captures[2].Times, e.Captures[2].Unfounded = 0, 1 }},
		{"divergent replay", func(e *Evidence) { e.Audit.Orders[1], e.Audit.Applied[1] = StatusRejected, 0 }}, // decided otherwise, not lost
		{"", func(e *Evidence) { e.Audit.Orders[1] = StatusAbsent }},                                          // half applied: no decision contradicts what was told
		{"lost effect", func(e *Evidence) { // the stock has as many changes as were told, but perhaps one of them is another's
			e.Audit.Orders, e.Audit.Applied = nil, nil
			e.Audit.StockVersion[0], e.Audit.CreditVersion[0] = 3, 2
			for i := range e.History.After {
				if seen := &e.History.After[i]; seen.Key == ItemKey(0) {
					seen.Version = min(seen.Version, 3)
				} else {
					seen.Version = min(seen.Version, 2)
				}
			}
			e.History.Ops, e.History.After = e.History.Ops[:6], e.History.After[:len(e.History.After)-2] // no reads
		}},
		{"dirty read", func(e *Evidence) { read(e).Value = 7 }},
		{"", func(e *Evidence) { e.Audit.Orders, e.Audit.Applied = nil, nil }}, // one change more than was told: of the operation of unknown outcome
		{"", func(e *Evidence) { e.Audit, e.HasLedger = nil, false }},
		{"", func(e *Evidence) { // nobody knows what took effect
			e.Audit, e.HasLedger = nil, false
			read(e).Value, read(e).Version = 2, 9
		}},
	} {
		e := quietEvidence()
		c.damage(e)
		var got []string
		for i := range Anomalies {
			if Anomalies[i].Shown(e) != "" {
				got = append(got, Anomalies[i].Name)
				shown[Anomalies[i].Name] = true
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v are shown, not %q", got, c.want)
		}
	}
	for _, a := range Anomalies {
		if !shown[a.Name] || FindAnomaly(a.Name).Name != a.Name {
			t.Errorf("%s is never shown", a.Name)
		}
	}
}
