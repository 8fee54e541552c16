package recovery

import (
	"testing"

	"simrun/causallog"
	"simrun/dataflow"
)

// silent is a host that does nothing.
type silent struct{ Host }

func (silent) Send(Message)                                {}
func (silent) Deliver(int, *dataflow.Buffer)               {}
func (silent) Attached(dataflow.ChannelID, uint32, uint32) {}
func (silent) Wake()                                       {}
func (silent) Debt(int)                                    {}

// A receiver notices a buffer that is not the next one: a gap, a repetition, a
// buffer of the epoch before.
func TestReceiversCheckPositions(t *testing.T) {
	g, err := dataflow.NewGraph([]dataflow.OperatorSpec{{Name: "a", Parallelism: 1}, {Name: "b", Parallelism: 1}}, []dataflow.EdgeSpec{{From: 0, To: 1}})
	if err != nil {
		t.Fatal(err)
	}
	policy := Global()
	for name, tc := range map[string]struct {
		positions [][2]int32
		broken    int64
	}{
		"in order":     {[][2]int32{{0, 0}, {0, 1}, {0, 2}}, 0},
		"a gap":        {[][2]int32{{0, 0}, {0, 2}}, 1},
		"a repetition": {[][2]int32{{0, 0}, {0, 1}, {0, 1}}, 1},
		"an old epoch": {[][2]int32{{0, 0}, {-1, 1}}, 1},
	} {
		watch := &Monitors{}
		layout := causallog.NewLayout(g, 0)
		a := NewAgent(layout, &policy, g.Broker(), 1, silent{}, watch, NewGhosts(g))
		a.Start(nil, &View{Incs: []uint32{1, 1, 1}, Restarted: make([]bool, 3), Active: make([]bool, 3)})
		for _, p := range tc.positions {
			c := g.Inputs(g.Broker())[0]
			if !a.Receive(&Frame{Channel: c, Sender: 1, Receiver: 1, Buffer: dataflow.Buffer{Epoch: p[0], Index: p[1]}}) {
				t.Errorf("%s: buffer %v was not taken", name, p)
			}
		}
		if watch.Broke[INV06] != tc.broken || watch.Looked[INV06] < int64(len(tc.positions)) {
			t.Errorf("%s: INV-06 looked at %d and broke %d times, want %d", name, watch.Looked[INV06], watch.Broke[INV06], tc.broken)
		}
	}
}
