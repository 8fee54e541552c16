package recovery

import (
	"testing"

	"simrun/causallog"
	"simrun/dataflow"
)

// FuzzAnswer: whatever the broker answers, a recovering task takes it or
// reports it.
func FuzzAnswer(f *testing.F) {
	good := small(4)
	good.feedAll("a", "bt")
	good.settle()
	f.Add(good.broker.agent.Store().AppendAnswer(nil, 0))
	f.Add(piece(1, 0, 0, "\x00\x05"))
	f.Add(piece(4, 0, 0, "\x07\x00\x00\x00\x01"))
	f.Add(piece(2, 0, 0, "\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01x"))
	huge := causallog.AppendDeterminant(nil, &dataflow.Determinant{Kind: dataflow.SourceCheckpoint, Count: 2, Key: 1 << 30})
	f.Add(piece(0, 0, good.nodes[0].agent.Store().Len(0, 0), string(huge)))
	back := causallog.AppendDeterminant(nil, &dataflow.Determinant{Kind: dataflow.SourceCheckpoint, Count: 2})
	f.Add(piece(0, 0, good.nodes[0].agent.Store().Len(0, 0), string(back)))
	f.Add([]byte{0x80})
	f.Fuzz(func(t *testing.T, logs []byte) {
		w := small(4)
		w.feedAll("a", "bt")
		w.settle()
		w.crash(0, 0, 1, 2)
		w.detect(3)
		for range 3 {
			w.start(0)
		}
		for range stepsMax {
			for i := range w.mail {
				for k := range w.mail[i] {
					if m := &w.mail[i][k]; m.Kind == Answer && m.From == w.graph.Broker() {
						m.Logs = logs
					}
				}
			}
			all := w.actions(nil, 0)
			if len(all) == 0 {
				return
			}
			w.do(all[0])
		}
		t.Fatalf("no end after %d steps", stepsMax)
	})
}

// FuzzDelta: whatever comes on a buffer as its log delta, the receiver takes it
// or reports it.
func FuzzDelta(f *testing.F) {
	f.Add(piece(0, 0, 14, "\x00\x05"))
	f.Add(piece(0, 4096, 0, "x"))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, delta []byte) {
		w := small(4)
		w.feedAll("a")
		w.links[0].frames[0].Delta = delta
		w.deliver(w.links[0])
		w.settle()
		if len(w.broker.took) != 1 {
			t.Fatalf("%d replies", len(w.broker.took))
		}
	})
}
