package cluster

import (
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// brokerSlip is one thing that somebody around the broker does wrong.
type brokerSlip struct {
	name    string
	modes   string // of which it can be found in: the first letters
	buffer  func(m *brokerModel, input int, b *dataflow.Buffer)
	release func(epoch int32) int32
	discard func(epoch int32) int32
	restart func(offset int) int
}

var brokerSlips = []brokerSlip{
	{name: "a buffer comes twice", modes: "tin", buffer: func(m *brokerModel, input int, b *dataflow.Buffer) { m.b.take(input, b) }},
	{name: "what of a record came before is lost", modes: "tirn", buffer: func(m *brokerModel, input int, _ *dataflow.Buffer) { m.b.sinks[input].remainder = nil }},
	{name: "a new connection counts records wrong", modes: "r", buffer: func(_ *brokerModel, _ int, b *dataflow.Buffer) {
		if b.Fresh {
			b.First++
		}
	}},
	{name: "a byte is wrong", modes: "tirn", buffer: func(_ *brokerModel, _ int, b *dataflow.Buffer) { b.Data[len(b.Data)-1] ^= 1 }},
	{name: "a buffer is of the epoch before", modes: "t", buffer: func(_ *brokerModel, _ int, b *dataflow.Buffer) { b.Epoch-- }},
	{name: "an epoch too many is released", modes: "t", release: func(epoch int32) int32 { return epoch + 1 }},
	{name: "an epoch too few is discarded", modes: "t", discard: func(epoch int32) int32 { return epoch + 1 }},
	{name: "an epoch too many is discarded", modes: "t", discard: func(epoch int32) int32 { return epoch - 1 }},
	{name: "a source comes back one record late", modes: "tirn", restart: func(offset int) int { return offset + 1 }},
}

// brokerModes are the ways in which replies come out: transactional and
// immediate where receivers expect exact positions, redo, none.
var brokerModes = map[byte]func() Config{
	't': func() Config { return global.cfg() },
	'i': func() Config { cfg := clonos.cfg(); cfg.Replies = Immediate; return cfg },
	'r': func() Config { return redo.cfg() },
	'n': func() Config { return none.cfg() },
}

// TestTheBrokerFollowsLists: whatever is asked, fetched, written, cut, repeated,
// released and discarded, sources read what was asked and clients see what was
// written, as the protocol and the setting for replies have it.
func TestTheBrokerFollowsLists(t *testing.T) {
	for _, mode := range []byte("tirn") {
		rapid.Check(t, func(t *rapid.T) {
			if err := followsLists(t, mode, &brokerSlip{}); err != nil {
				t.Fatalf("%c: %v", mode, err)
			}
		})
	}
}

// TestListsFindSlips: the same steps find each slip in each mode that it is one in.
func TestListsFindSlips(t *testing.T) {
	for i := range brokerSlips {
		s := &brokerSlips[i]
		for _, mode := range []byte(s.modes) {
			whole := rapid.Custom(func(t *rapid.T) error { return followsLists(t, mode, &brokerSlip{}) })
			found := rapid.Custom(func(t *rapid.T) error { return followsLists(t, mode, s) })
			tried := 0
			for tried < 100 && found.Example(tried) == nil {
				tried++
			}
			if err := whole.Example(tried); err != nil {
				t.Errorf("without it, %c, run %d: %v", mode, tried, err)
			}
			if t.Logf("%s, %c: found in run %d", s.name, mode, tried); tried == 100 {
				t.Errorf("%s, %c: 100 runs find nothing", s.name, mode)
			}
		}
	}
}

func newBrokerModel(mode byte, slip *brokerSlip) *brokerModel {
	cfg := contended(brokerModes[mode]())
	cfg.Workload.Operations = brokerOperations
	r, err := New(cfg)
	if err != nil {
		panic(err)
	}
	m := &brokerModel{run: r, b: r.broker, slip: slip, asked: map[uint32]bool{}, replied: map[uint32]bool{}}
	m.requests, m.next, m.sinks = make([][][]byte, len(m.b.partitions)), make([]int, len(m.b.partitions)), make([]sinkModel, len(m.b.sinks))
	for i := range m.requests {
		r.current[r.graph.Task(0, i)].source.asked = true // it fetches when told to
	}
	for i := range m.sinks {
		m.sinks[i].fresh = true
	}
	for client := range int32(brokerOperations) {
		r.clients.issue(client)
	}
	return m
}

const brokerOperations = 12

func followsLists(t *rapid.T, mode byte, slip *brokerSlip) (err error) {
	m := newBrokerModel(mode, slip)
	step := func(f func(t *rapid.T) error) func(*rapid.T) {
		return func(t *rapid.T) {
			if err == nil {
				err = f(t)
			}
		}
	}
	sink := rapid.IntRange(0, len(m.sinks)-1)
	source := rapid.IntRange(0, len(m.next)-1)
	t.Repeat(map[string]func(*rapid.T){
		"ask":   step(func(t *rapid.T) error { return m.ask(t, false) }),
		"again": step(func(t *rapid.T) error { return m.ask(t, true) }),
		"fetch": step(func(t *rapid.T) error { return m.fetch(source.Draw(t, "source")) }),
		"restart": step(func(t *rapid.T) error {
			i := source.Draw(t, "source")
			m.next[i] = rapid.IntRange(0, m.next[i]).Draw(t, "offset")
			return m.restart(i)
		}),
		"write": step(func(t *rapid.T) error {
			i := sink.Draw(t, "sink")
			for range rapid.IntRange(1, 3).Draw(t, "records") {
				m.write(t, i)
			}
			return nil
		}),
		"buffer": step(func(t *rapid.T) error {
			m.buffer(sink.Draw(t, "sink"), rapid.IntRange(1, 150).Draw(t, "bytes"))
			return nil
		}),
		"barrier": step(func(t *rapid.T) error {
			m.barrier(sink.Draw(t, "sink"))
			return nil
		}),
		"checkpoint": step(func(*rapid.T) error {
			for i := range m.sinks {
				if m.sinks[i].epoch <= m.complete {
					m.barrier(i)
				}
			}
			m.complete = m.sinks[0].epoch
			for i := range m.sinks {
				m.complete = min(m.complete, m.sinks[i].epoch)
			}
			return nil
		}),
		"release": step(func(*rapid.T) error { m.release(); return nil }),
		"repeat": step(func(t *rapid.T) error {
			m.repeat(mode, sink.Draw(t, "sink"))
			return nil
		}),
		"": step(func(*rapid.T) error { return m.compare() }),
	})
	return err
}
