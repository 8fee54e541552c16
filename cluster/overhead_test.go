package cluster

import (
	"testing"

	"simrun/causallog"
)

// What is counted by task and by kind adds up to what was seen on the wire; what
// was sent was received, once or again.
func TestOverheadAddsUp(t *testing.T) {
	for _, p := range []protocol{clonos, depth1, depth0} {
		for _, encoding := range []causallog.Encoding{causallog.Varint, causallog.Flat, causallog.Hierarchical} {
			for _, faults := range [][]Fault{nil, {crash(1300*ms, "stock/0", "order/1")}} {
				cfg := p.with(faults...)
				cfg.Policy.Delta, cfg.Policy.Account = encoding, true
				o := mustHold(t, p.name, cfg)
				var sent, headers, received, logged, counted, byKind int64
				for _, row := range o.Overhead {
					sent, headers, logged = sent+row.SentBytes, headers+row.HeaderBytes, logged+row.LoggedBytes
					received += row.NewBytes + row.AgainBytes + row.LateBytes
					if used := [...]int64{row.VarintBytes, row.FlatBytes, row.HierarchicalBytes}[encoding]; used != row.HeaderBytes {
						t.Errorf("%s: %d header bytes in encoding %d, counted %d", row.Task, row.HeaderBytes, encoding, used)
					}
				}
				for _, row := range o.Kinds {
					counted += row.LoggedBytes
					byKind += row.WireBytes
				}
				c := o.Protection
				if sent != c.DeterminantBytes || byKind != sent || headers != c.HeaderBytes || counted != logged {
					t.Errorf("%s, encoding %d: sent %d, by kind %d, on the wire %d; headers %d, on the wire %d; logged %d, by kind %d",
						p.name, encoding, sent, byKind, c.DeterminantBytes, headers, c.HeaderBytes, logged, counted)
				}
				if faults == nil && received != sent || received > sent || (received == 0) != (p.name == depth0.name) {
					t.Errorf("%s, encoding %d: %d bytes sent, %d received", p.name, encoding, sent, received)
				}
			}
		}
	}
}
