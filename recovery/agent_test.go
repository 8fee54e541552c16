package recovery

import (
	"encoding/binary"
	"strings"
	"testing"

	"simrun/causallog"
	"simrun/dataflow"
)

// small is a world of one ingress, one order, one stock and one egress.
func small(credits int) *world {
	p := clonos
	p.Credits = credits
	w := newWorld(p, setting{ingresses: 1, orders: 1, stocks: 1, bufferBytes: 100, batch: 1})
	w.settle()
	return w
}

// feedAll gives the ingress records, each a buffer of its own, and stops there.
func (w *world) feedAll(records ...string) {
	n := w.nodes[0]
	w.fed[0] = append(w.fed[0], records...)
	for range records {
		w.feed(n)
		for n.awake {
			n.step()
		}
		n.task.Flush(0)
	}
}

// piece is one piece of a delta, by hand.
func piece(id causallog.LogID, epoch int32, offset int, data string) (b []byte) {
	for _, v := range []int{int(id), int(epoch), offset, len(data)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	return append(b, data...)
}

// TestMergeFindings: a delta with a gap, with another version, or with more of
// a task's own log than it has, is a finding; so is what is no delta.
func TestMergeFindings(t *testing.T) {
	for _, c := range []struct {
		name      string
		delta     func(w *world) []byte
		invariant Invariant
		words     string
	}{
		{"gap", func(w *world) []byte { return piece(w.layout.Main(0), 0, 99, "x") }, INV02, "a gap in the log ingress/0"},
		{"conflict", func(w *world) []byte { return piece(w.layout.Main(0), 0, 0, "x") }, INV05, "two versions of the log ingress/0"},
		{"ahead", func(w *world) []byte { return piece(w.layout.Main(1), 7, 0, "x") }, INV05, "others hold more of the log order/0"},
		{"malformed", func(*world) []byte { return []byte{0x80} }, INV05, "malformed"},
	} {
		w := small(4)
		w.feedAll("a")
		w.settle()
		w.feedAll("b")
		f := w.links[0].frames[0]
		f.Delta = append(f.Delta, c.delta(w)...)
		w.deliver(w.links[0])
		if w.watch.Broke[c.invariant] != 1 || !strings.Contains(w.watch.First[c.invariant], c.words) {
			t.Errorf("%s: %v broke %d times: %q", c.name, c.invariant, w.watch.Broke[c.invariant], w.watch.First[c.invariant])
		}
	}
}

// TestDroppedUnsent: a protocol that truncates what it has not sent is found
// out, and goes on with what is left.
func TestDroppedUnsent(t *testing.T) {
	w := small(1)
	n := w.nodes[0]
	w.feedAll("a", "b", "d")
	n.agent.Handle(&Message{Kind: Trigger, Epoch: 1})
	if got := len(w.links[0].frames); got != 1 {
		t.Fatalf("%d frames left with one credit", got)
	}
	w.watch.Completed(1)
	n.agent.Handle(&Message{Kind: Truncate, Epoch: 1})
	if w.wrong() != "" {
		t.Fatal(w.wrong())
	}
	w.settle()
	if want := "ingress/0>order/0: 3 buffers were dropped before they were sent"; !strings.Contains(w.watch.First[INV03], want) {
		t.Errorf("%q, want %q", w.watch.First[INV03], want)
	}
}

// TestBlocked: a task waits when a receiver gives no credit, and is woken when
// it does.
func TestBlocked(t *testing.T) {
	w := small(1)
	n := w.nodes[0]
	w.feedAll("a", "b")
	if n.agent.Blocked() {
		t.Error("blocked with one buffer that has no credit, of one allowed")
	}
	w.feedAll("d")
	if !n.agent.Blocked() {
		t.Error("not blocked with two buffers that have no credit, of one allowed")
	}
	w.settle()
	if n.agent.Blocked() {
		t.Error("still blocked")
	}
	w.check()
	if w.wrong() != "" {
		t.Error(w.wrong())
	}
}

// TestCatchingUp: what a receiver lacks that has come back holds nobody up; what
// is built when it has caught up does.
func TestCatchingUp(t *testing.T) {
	w := small(1)
	n := w.nodes[0]
	w.feedAll("a", "b", "d")
	again := func() { // the receiver opens its connection anew, at the beginning
		n.agent.Handle(&Message{Kind: Attach, From: 1, FromInc: 1, Channel: w.graph.Outputs(0)[0]})
	}
	credit := func(count int32) {
		n.agent.Handle(&Message{Kind: Credit, From: 1, FromInc: 1, Channel: w.graph.Outputs(0)[0], Count: count})
	}
	again()
	if n.agent.Blocked() {
		t.Error("blocked while the receiver catches up")
	}
	credit(2)
	w.feedAll("e", "f")
	if !n.agent.Blocked() {
		t.Error("not blocked when the receiver has caught up")
	}
}

// TestFenced: nothing is sent to an incarnation that was replaced, nobody waits
// for its credit, and what it still says is not heard.
func TestFenced(t *testing.T) {
	w := small(1)
	n := w.nodes[0]
	w.feedAll("a", "b", "d")
	if !n.agent.Blocked() {
		t.Fatal("not blocked")
	}
	w.crash(0, 1)
	w.detect(1)
	n.agent.Handle(&Message{Kind: Recover, View: &View{
		Gen: 1, Incs: []uint32{1, 2, 1, 1, 1}, Restarted: make([]bool, 5), Active: make([]bool, 5),
	}})
	if n.agent.Blocked() {
		t.Error("blocked by a receiver that is dead")
	}
	sent := len(w.frames)
	attach := Message{Kind: Attach, From: 1, FromInc: 1, Channel: w.graph.Outputs(0)[0]}
	credit := Message{Kind: Credit, From: 1, FromInc: 1, Channel: w.graph.Outputs(0)[0], Count: 1}
	n.agent.Handle(&credit)
	n.agent.Handle(&attach)
	w.feedAll("e")
	if len(w.frames) > sent {
		t.Error("a frame was sent to a receiver that is dead")
	}
	attach.FromInc = 2
	n.agent.Handle(&attach)
	n.agent.Handle(&credit)
	if got := len(w.frames) - sent; got != 1 {
		t.Errorf("%d frames were sent with one credit", got)
	}
}

// TestSizes: what messages and in-flight logs are said to weigh.
func TestSizes(t *testing.T) {
	w := small(4)
	m := Message{Kind: Answer, Logs: make([]byte, 7)}
	if got := m.Bytes(); got != 47 {
		t.Errorf("an answer of 7 bytes has %d", got)
	}
	m = Message{Kind: Recover, View: w.manager.View()}
	if got := m.Bytes(); got != 40+6*5 {
		t.Errorf("a view of 5 tasks has %d bytes", got)
	}
	w.feedAll("a", "b")
	if got := w.nodes[0].agent.InFlightBytes(); got != 6 {
		t.Errorf("%d bytes are in flight, of 6", got)
	}
	w.nodes[0].agent.Handle(&Message{Kind: Trigger, Epoch: 1})
	w.watch.Completed(1)
	w.nodes[0].agent.Handle(&Message{Kind: Truncate, Epoch: 1})
	if got := w.nodes[0].agent.InFlightBytes(); got != 0 {
		t.Errorf("%d bytes are in flight after truncation", got)
	}
}

// TestSeekTruncated: a receiver that asks for what a checkpoint covers is told
// so, by a finding.
func TestSeekTruncated(t *testing.T) {
	w := small(4)
	n := w.nodes[0]
	w.feedAll("a")
	n.agent.Handle(&Message{Kind: Trigger, Epoch: 1})
	w.watch.Completed(1)
	n.agent.Handle(&Message{Kind: Truncate, Epoch: 1})
	attach := Message{Kind: Attach, From: 1, FromInc: 1, Channel: w.graph.Outputs(0)[0]}
	attach.Epoch = 1
	n.agent.Handle(&attach)
	if w.wrong() != "" {
		t.Fatal(w.wrong())
	}
	attach.Epoch = 0
	n.agent.Handle(&attach)
	if w.watch.Broke[INV03] != 1 || !strings.Contains(w.watch.First[INV03], "no longer in the in-flight log") {
		t.Errorf("INV-03 broke %d times: %q", w.watch.Broke[INV03], w.watch.First[INV03])
	}
}

// TestTruncates: an agent drops once what a completed checkpoint covers. It looks
// whether the checkpoint is complete, and whether its logs are gone.
func TestTruncates(t *testing.T) {
	truncated := func(keep bool) (*world, *node) {
		w := small(4)
		n := w.nodes[1]
		n.agent.policy.Broken.KeepLogs = keep
		w.feedAll("a")
		w.settle()
		w.watch.Completed(2)
		n.agent.Handle(&Message{Kind: Truncate, Epoch: 2})
		return w, n
	}
	w, n := truncated(false)
	if w.wrong() != "" || n.agent.store.From() != 2 {
		t.Errorf("logs from %d on are kept: %s", n.agent.store.From(), w.wrong())
	}
	looked := w.watch.Looked[INV25]
	for _, again := range []int32{2, 1} { // the one before came late
		n.agent.Handle(&Message{Kind: Truncate, Epoch: again})
	}
	if got := w.watch.Looked[INV25]; got != looked || n.agent.store.From() != 2 {
		t.Errorf("an old truncation is looked at %d times, and logs from %d on are kept", got-looked, n.agent.store.From())
	}
	n.agent.Handle(&Message{Kind: Truncate, Epoch: 3})
	if w.watch.Looked[INV25] != looked+1 || w.watch.Broke[INV25] > 0 {
		t.Errorf("a new one is looked at %d times: %s", w.watch.Looked[INV25]-looked, w.watch.First[INV25])
	}
	if want := "order/0 drops epochs before 3"; w.watch.Broke[INV03] != 1 || !strings.Contains(w.watch.First[INV03], want) {
		t.Errorf("checkpoint 3 is not complete: INV-03 says %q, want %q", w.watch.First[INV03], want)
	}
	w, _ = truncated(true)
	if want := "order/0 keeps logs of epochs from 0 on, and checkpoint 2 is complete"; !strings.Contains(w.watch.First[INV25], want) {
		t.Errorf("logs that are kept: %q, want %q", w.watch.First[INV25], want)
	}
}

// TestBeyondNeed: a delta with entries of a log that its receiver cannot depend on
// is a finding, also where they are new.
func TestBeyondNeed(t *testing.T) {
	p := clonos
	p.Depth = 1
	w := newWorld(p, setting{ingresses: 1, orders: 1, stocks: 1, bufferBytes: 100, batch: 1})
	w.settle()
	order := w.nodes[1].agent
	for task, fires := range map[dataflow.TaskID]int64{0: 0, 2: 1} { // no path leads from stock/0 to ingress/0
		log := w.layout.Main(task)
		before, looked := w.watch.Broke[INV25], w.watch.Looked[INV25]
		order.merge(&Frame{Channel: w.graph.Outputs(0)[0], Delta: piece(log, 1, 0, "x")}, &order.in[0])
		if got := w.watch.Broke[INV25] - before; got != fires || w.watch.Looked[INV25] != looked+1+fires { // what fires has been looked at once more
			t.Errorf("entries of %s: INV-25 fires %d times, after %d looks: %q", w.layout.Name(log), got, w.watch.Looked[INV25]-looked, w.watch.First[INV25])
		}
	}
	if want := "ingress/0>order/0 brings entries of the log stock/0, which order/0 has no need of"; !strings.Contains(w.watch.First[INV25], want) {
		t.Errorf("%q, want %q", w.watch.First[INV25], want)
	}
}
