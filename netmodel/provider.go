package netmodel

import (
	"fmt"

	"simrun/sim"
)

// A Provider is the payment provider. To authorise may be repeated: it has no lasting effect and is answered anew each
// time. To capture moves money, once per order: a ledger keeps what was captured. Make it with NewProvider.
type Provider struct {
	latency *sim.Dist
	stream  sim.Stream
	decline uint64   // of a million authorisations, how many are declined
	given   []uint32 // per authorisation so far: the order that it approves + 1; 0 if it was declined
	ledger  []*ledgerPage
	heardOf int // orders in the ledger
}

// A LedgerEntry is what the provider knows of one order.
type LedgerEntry struct {
	Order         uint32
	Authorisation uint64 // of the first capture
	Times         int32  // how often money moved
	Refused       int32  // captures refused because the order was captured under another authorisation
	Unfounded     int32  // captures refused because their authorisation was not given, or declined, or given for another order
}

// ledgerPage holds entries of consecutive orders; an entry that counts nothing was never heard of. Pages keep one mad
// order number from claiming memory for all the numbers below it.
type ledgerPage [pageOrders]LedgerEntry

const (
	pageOrders = 1024
	million    = 1_000_000
)

// NewProvider returns a provider with an empty ledger. Latencies, in nanoseconds, and answers are drawn from a stream.
// declinePPM of a million authorisations are declined. It panics outside [0, 1,000,000] and if a latency can be negative.
func NewProvider(latency *sim.Dist, declinePPM int64, stream sim.Stream) Provider {
	mustNotBeNegative("latency of a provider", latency)
	if declinePPM < 0 || declinePPM > million {
		panic(fmt.Sprintf("netmodel: a provider that declines %d of a million", declinePPM))
	}
	return Provider{latency: latency, stream: stream, decline: uint64(declinePPM)}
}

// Authorise returns when the answer arrives to a question asked now about an order, and the answer. The authorisation, of a declined
// one too, is never 0 and never the same twice.
//
// Latency and answer are drawn whatever the share declined: to change it leaves all latencies alone.
func (p *Provider) Authorise(now sim.Time, order uint32) (answers sim.Time, approved bool, authorisation uint64) {
	answers = after(now, sim.Time(p.latency.Draw(&p.stream)))
	approved = p.stream.Uint64n(million) >= p.decline
	if approved {
		p.given = append(p.given, order+1)
	} else {
		p.given = append(p.given, 0)
	}
	return answers, approved, uint64(len(p.given)) * odd
}

// The number of an authorisation is its place among all, times odd: a bijection of 64 bits, and only 0 yields 0. inverse
// undoes it: odd * inverse = 1 in 64 bits.
const (
	odd     = 0x9e3779b97f4a7c15
	inverse = 0xf1de83e19937733d
)

// covers says whether an authorisation was given for an order.
func (p *Provider) covers(authorisation uint64, order uint32) bool {
	place := authorisation * inverse
	return place >= 1 && place <= uint64(len(p.given)) && p.given[place-1] == order+1
}

// Capture moves the money of an order, unless it was moved before: the same authorisation again changes nothing, and
// another one is refused. So is one that was not given for the order.
func (p *Provider) Capture(order uint32, authorisation uint64) {
	number := int(order / pageOrders)
	for len(p.ledger) <= number {
		p.ledger = append(p.ledger, nil)
	}
	if p.ledger[number] == nil {
		p.ledger[number] = new(ledgerPage)
	}
	switch e := &p.ledger[number][order%pageOrders]; {
	case !p.covers(authorisation, order):
		p.heard(e, order)
		e.Unfounded++
	case e.Times == 0:
		p.heard(e, order)
		e.Authorisation, e.Times = authorisation, 1
	case e.Authorisation != authorisation:
		e.Refused++
	}
}

func (p *Provider) heard(e *LedgerEntry, order uint32) {
	if e.Times == 0 && e.Unfounded == 0 {
		e.Order = order
		p.heardOf++
	}
}

// Ledger returns an entry for every order ever heard of, by ascending order number.
func (p *Provider) Ledger() []LedgerEntry {
	entries := make([]LedgerEntry, 0, p.heardOf)
	for _, page := range p.ledger {
		if page == nil {
			continue
		}
		for _, e := range page {
			if e.Times > 0 || e.Unfounded > 0 {
				entries = append(entries, e)
			}
		}
	}
	return entries
}
