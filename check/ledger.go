package check

// ProviderLedger: the payment provider captured money for exactly the paid
// orders, once each, under the authorisation that the reply named. Paid is what
// clients were told and, for checkouts of unknown outcome, what the audit
// found; without an audit those may stand in the ledger or not. A capture that
// the provider had to refuse, because the order was captured under another
// authorisation, is a violation too: two different payments left the system for
// one order. So is one under an authorisation that the provider has not given for
// the order.
func ProviderLedger(e *Evidence) Finding {
	f := Finding{Name: "provider_ledger", LookedAt: int64(len(e.Captures))}
	if !e.HasLedger {
		return Finding{Name: f.Name}
	}
	f.Verdict = Ok
	b := &blamer{finding: &f}
	h := e.History
	checkout := newOrderBook(h).checkout
	captured := make([]int32, len(checkout))
	for _, c := range e.Captures {
		if int(c.Order) >= len(checkout) || checkout[c.Order] == 0 {
			if (c.Times > 0 || c.Unfounded > 0) && b.first() {
				b.accuse(About{Rule: "unheard_of"}, "the provider captured order number %d, which nobody checked out", c.Order)
			}
			continue
		}
		i := checkout[c.Order] - 1
		captured[c.Order] += c.Times
		if captured[c.Order] > 1 {
			b.op("captured_twice", i, "the provider captured %s %d times", h.opName(i), captured[c.Order])
		}
		if c.Unfounded > 0 {
			b.op("capture_unfounded", i, "the provider refused to capture %s under an authorisation that it has not given for it", h.opName(i))
		}
		if c.Refused > 0 {
			b.op("capture_refused", i, "the provider refused %d further captures of %s under another authorisation than %d", c.Refused, h.opName(i), c.Authorisation)
		}
		if int(c.Order) < len(e.Authorisations) && c.Times > 0 {
			if told := e.Authorisations[c.Order]; told != 0 && told != c.Authorisation {
				b.op("other_authorisation", i, "%s was told authorisation %d, but the provider captured it under %d", h.opName(i), told, c.Authorisation)
			}
		}
	}
	for order, entry := range checkout {
		if entry == 0 {
			continue
		}
		f.LookedAt++
		paid, unknown := e.happened(&h.Ops[entry-1])
		switch {
		case unknown:
		case paid && captured[order] == 0:
			b.op("never_captured", entry-1, "%s is paid, but the provider never captured it", h.opName(entry-1))
		case !paid && captured[order] > 0:
			b.op("captured_unpaid", entry-1, "%s is not paid, but the provider captured it", h.opName(entry-1))
		}
	}
	b.end("is wrong", "are wrong")
	return f
}
