package recovery

import (
	"fmt"

	"simrun/causallog"
)

// encode writes a frame's delta in the released encoding that is set.
func (a *Agent) encode(f *Frame) {
	determinants := len(f.Delta) - f.DeltaHeader
	a.scratch = append(a.scratch[:0], f.Delta...)
	f.Delta = a.released.Append(f.Delta[:0], a.scratch, a.policy.Delta, f.Buffer.Epoch)
	f.DeltaHeader = len(f.Delta) - determinants
}

// decode reads it back into ours. What cannot be read is a finding, as it is in
// ours.
func (a *Agent) decode(f *Frame) {
	wire := len(f.Delta)
	a.scratch = append(a.scratch[:0], f.Delta...)
	delta, err := a.released.Decode(f.Delta[:0], a.scratch, a.policy.Delta)
	if err != nil {
		a.watch.Break(INV05, fmt.Sprintf("%s: %v", a.graph.ChannelName(f.Channel), err))
	}
	f.Delta, f.DeltaShrunk = delta, wire-len(delta)
}

// Tally is what logging has cost the incarnation; nil if it holds no logs.
func (a *Agent) Tally() *causallog.Tally {
	if a.store == nil {
		return nil
	}
	return a.store.Tally()
}
