package recovery

import (
	"testing"

	"simrun/dataflow"
)

// A run has not come to rest while a buffer waits to be sent, or a receiver has not asked
// for what it may lack: it is not connected, or another incarnation is.
func TestUnsent(t *testing.T) {
	const to = 3
	m := &Manager{incs: []uint32{1, 1, 1, 2}}
	for _, c := range []struct {
		what   string
		change func(o *outbound)
		want   bool
	}{
		{"all is sent", func(*outbound) {}, false},
		{"it is not connected", func(o *outbound) { o.open = false }, true},
		{"its receiver was replaced", func(o *outbound) { o.receiver = 1 }, true},
		{"a buffer waits", func(o *outbound) { o.log.Append(dataflow.Buffer{Data: []byte{1}}) }, true},
		{"a buffer was sent", func(o *outbound) { o.log.Append(dataflow.Buffer{Data: []byte{1}}); o.next++ }, false},
	} {
		a := &Agent{out: []outbound{{to: to, open: true, receiver: 2}}}
		if c.change(&a.out[0]); a.Unsent(m) != c.want {
			t.Errorf("%s: unsent: %v", c.what, !c.want)
		}
	}
}
