package netmodel

import (
	"fmt"

	"simrun/sim"
)

// A Link is one FIFO channel from a machine to another: each message has its own latency, and none overtakes another.
// Make it with NewLink.
//
// Keep the messages of a link in a queue, and let an arrival event mean that the oldest one arrives. Then a cut needs
// one rule for the messages in transit: an event that fires before CutUntil is scheduled again, for CutUntil.
type Link struct {
	latency *sim.Dist
	stream  sim.Stream
	last    sim.Time // the latest arrival of this connection: no later message arrives before it
	cut     sim.Time // nothing arrives before this instant
}

// NewLink returns a link whose latencies are drawn from a stream, in nanoseconds. It panics if one can be negative.
func NewLink(latency *sim.Dist, stream sim.Stream) Link {
	mustNotBeNegative("latency of a link", latency)
	return Link{latency: latency, stream: stream}
}

func mustNotBeNegative(what string, d *sim.Dist) {
	if least := d.Quantile(0); least < 0 {
		panic(fmt.Sprintf("netmodel: %s down to %d", what, least))
	}
}

// Deliver returns when a message arrives that leaves at an instant, after all messages asked about before. Two may
// arrive at the same instant.
//
// Each message takes one draw, cut or not: a cut leaves the latencies of all later messages alone.
func (l *Link) Deliver(leaves sim.Time) (arrives sim.Time) {
	latency := sim.Time(l.latency.Draw(&l.stream))
	arrives = after(leaves, latency)
	if arrives < l.cut {
		arrives = after(l.cut, latency)
	}
	l.last = max(l.last, arrives)
	return l.last
}

// Cut holds back from now on what would arrive before an instant: it arrives its latency after that instant. Of two
// cuts the longer one counts. Messages asked about before the cut are in transit: see Link.
func (l *Link) Cut(until sim.Time) { l.cut = max(l.cut, until) }

// CutUntil returns the instant before which nothing arrives. If it has passed, the link is whole.
func (l *Link) CutUntil() sim.Time { return l.cut }

// Renew replaces the connection by a new one, which draws from another stream and keeps no order with messages of the
// old one. It may take another way: until says how long that one is cut, 0 if it is whole.
func (l *Link) Renew(stream sim.Stream, until sim.Time) { l.stream, l.last, l.cut = stream, 0, until }
