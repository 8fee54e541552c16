package causallog

import (
	"testing"

	"simrun/dataflow"
)

// A log that has changed since the last delta may have been truncated whole
// since: then there is nothing to send of it.
func TestDeltaAfterEverythingWasTruncated(t *testing.T) {
	l := NewLayout(shop(t, 1, 1, 1, 1), FullSharing)
	s := NewStore(l, 0, 0)
	c := s.NewCursor(l.Graph().Outputs(0)[0])
	s.StartEpoch(0)
	if err := s.Append(l.Main(0), &dataflow.Determinant{Kind: dataflow.RNG, Value: 7}); err != nil {
		t.Fatal(err)
	}
	s.StartEpoch(3)
	s.Truncate(3)
	c.at[0].epoch = 3
	if d := s.AppendDelta(nil, c); len(d) > 0 {
		t.Errorf("%x", d)
	}
}
