package swarm_test

import (
	"fmt"
	"testing"

	"simrun/check"
	"simrun/scenarios"
	"simrun/swarm"
)

// What users own at the end is what they owned at the start, and what they were
// told was added, without what they were told they paid.
func noMoneyIsLost(s *scenarios.Scenario, r scenarios.Result) error {
	audit := r.Evidence.Audit
	if audit == nil {
		return nil // stuck in the middle of a transaction: progress says so
	}
	credit := int64(s.Checkout.Users.Count) * s.Checkout.Users.Credit
	for _, op := range r.Evidence.History.Ops {
		switch {
		case op.Outcome == check.Unknown:
			return nil // the client gave up: who knows
		case op.Outcome == check.Paid:
			credit -= r.Evidence.History.Total(&op)
		case op.Kind == check.AddCredit:
			credit += op.Amount
		}
	}
	for _, left := range audit.Credit {
		credit -= left
	}
	if credit != 0 {
		return fmt.Errorf("%d are missing", credit)
	}
	return nil
}

func TestNoMoneyIsLost(t *testing.T) {
	base, err := scenarios.Load("crash-small", nil)
	if err != nil {
		t.Fatal(err)
	}
	swarm.Check(t, base, noMoneyIsLost)
}
