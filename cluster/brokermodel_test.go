package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"simrun/checkout"
	"simrun/dataflow"
)

// The broker, driven by hand: nothing of its run is under way. Its plain
// counterpart is lists: what each partition was sent, what each sink wrote, what
// waits and what clients saw.

// brokerModel is a broker and its counterpart.
type brokerModel struct {
	run      *Run
	b        *broker
	slip     *brokerSlip
	requests [][][]byte      // per partition
	next     []int           // per source: record that it reads next
	asked    map[uint32]bool // operations that a partition has
	replied  map[uint32]bool // operations of which a reply has come out
	sinks    []sinkModel
	complete int32    // the last checkpoint
	released int32    // the last of whose completion the broker has heard
	visible  [][]byte // in the order in which clients see them
	counter  uint64   // makes replies differ
}

// sinkModel is one egress task and what the broker has of it.
type sinkModel struct {
	epoch    int32
	written  []written // since the job began
	pos      int       // bytes of them that were sent, records with their lengths
	fresh    bool
	received int // records that the broker has taken
	waiting  []written
}

type written struct {
	epoch  int32
	record []byte
}

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

// ask brings an operation's request to its partition; again: the operation asks
// twice before anything of it is there.
func (m *brokerModel) ask(t *rapid.T, again bool) error {
	op := uint32(rapid.IntRange(0, brokerOperations-1).Draw(t, "operation"))
	if again || m.asked[op] {
		m.run.clients.ask(op)
	}
	i := m.run.job.partition(op)
	m.requests[i] = append(m.requests[i], bytes.Clone(m.run.job.request(op)))
	m.asked[op] = true
	m.b.requested(op)
	return nil
}

// fetch lets a source read on, and compares what it is sent.
func (m *brokerModel) fetch(i int) error {
	p := m.run.current[m.run.graph.Task(0, i)]
	slot, n := uint32(len(m.b.batches.items)), len(m.b.batches.spare)
	if n > 0 {
		slot = m.b.batches.spare[n-1]
	}
	before := m.b.batches.used
	m.b.batch(p)
	end := min(len(m.requests[i]), m.next[i]+batchRecords)
	if m.b.batches.used == before {
		if m.next[i] < end {
			return fmt.Errorf("source %d is sent nothing, of %d to %d", i, m.next[i], end)
		}
		return nil
	}
	sent := m.b.batches.at(slot)
	var want []byte
	for _, record := range m.requests[i][m.next[i]:end] {
		want = append(binary.LittleEndian.AppendUint16(want, uint16(len(record))), record...)
	}
	if int(sent.first) != m.next[i] || !bytes.Equal(sent.data, want) {
		return fmt.Errorf("source %d is sent %x from %d on, want %x from %d on", i, sent.data, sent.first, want, m.next[i])
	}
	sent.data = nil // the source has it
	m.b.batches.free(slot)
	m.next[i] = end
	return nil
}

func (m *brokerModel) restart(i int) error {
	p, offset := m.run.current[m.run.graph.Task(0, i)], m.next[i]
	if m.slip.restart != nil {
		offset = m.slip.restart(offset)
	}
	p.source.next = uint64(offset)
	return m.fetch(i)
}

// write lets a sink write a reply to some operation.
func (m *brokerModel) write(t *rapid.T, i int) {
	s := &m.sinks[i]
	m.counter++
	op := uint32(rapid.IntRange(0, brokerOperations-1).Draw(t, "operation"))
	if !m.asked[op] {
		return
	}
	reply := checkout.Reply{Op: op, Kind: checkout.ReadStock, Value: int64(m.counter), After: make([]checkout.Seen, rapid.IntRange(0, 2).Draw(t, "seen"))}
	s.written = append(s.written, written{s.epoch, checkout.AppendReply(nil, &reply)})
}

// place gives the record that a byte of what a sink has written belongs to, how
// many bytes of the record lie before it, and where the record's epoch ends.
func (s *sinkModel) place() (record, into, left int) {
	at := 0
	for record = range s.written {
		size := 2 + len(s.written[record].record)
		if s.pos < at+size {
			into = s.pos - at
			break
		}
		at += size
		record++
	}
	left = -into
	for i := record; i < len(s.written) && s.written[i].epoch == s.written[record].epoch; i++ {
		left += 2 + len(s.written[i].record)
	}
	return record, into, left
}

// buffer cuts bytes off what a sink has written and hands them to the broker.
func (m *brokerModel) buffer(i, n int) {
	s := &m.sinks[i]
	record, into, left := s.place()
	if left <= 0 {
		return
	}
	n = min(n, left)
	b := dataflow.Buffer{Epoch: s.written[record].epoch, First: uint64(record), Fresh: s.fresh}
	var all []byte
	for _, w := range s.written[record:] {
		all = append(binary.LittleEndian.AppendUint16(all, uint16(len(w.record))), w.record...)
	}
	b.Data = all[into : into+n]
	if into > 0 {
		b.Skip = int32(min(n, 2+len(s.written[record].record)-into))
	}
	s.pos, s.fresh = s.pos+n, false
	for end := into + n; record < len(s.written) && end >= 2+len(s.written[record].record); record++ {
		end -= 2 + len(s.written[record].record)
		m.arrived(i, record)
	}
	if m.slip.buffer != nil {
		m.slip.buffer(m, i, &b)
	}
	m.b.take(i, &b)
}

// arrived is the counterpart's side of a whole record.
func (m *brokerModel) arrived(i, record int) {
	s := &m.sinks[i]
	w := s.written[record]
	if m.run.cfg.Policy.Duplicate && record < s.received {
		return
	}
	s.received = record + 1
	m.replied[binary.LittleEndian.Uint32(w.record)] = true
	if m.run.cfg.Replies == Transactional {
		s.waiting = append(s.waiting, w)
		return
	}
	m.visible = append(m.visible, w.record)
}

// barrier ends a sink's epoch, when all of it has been sent.
func (m *brokerModel) barrier(i int) {
	s := &m.sinks[i]
	for _, _, left := s.place(); left > 0; _, _, left = s.place() {
		m.buffer(i, left)
	}
	m.b.take(i, &dataflow.Buffer{Epoch: s.epoch, Barrier: true, Next: s.epoch + 1})
	s.epoch++
}

// release tells the broker of the last complete checkpoint.
func (m *brokerModel) release() {
	n := m.complete
	if n <= m.released {
		return
	}
	m.released = n
	for i := range m.sinks {
		s := &m.sinks[i]
		var later []written
		for _, w := range s.waiting {
			if w.epoch < n {
				m.visible = append(m.visible, w.record)
			} else {
				later = append(later, w)
			}
		}
		s.waiting = later
	}
	if m.slip.release != nil {
		n = m.slip.release(n)
	}
	m.run.watch.Completed(n)
	m.b.release(n)
}

// repeat brings a sink back from the last complete checkpoint. Where receivers
// expect exact positions its predecessor is forgotten (a rollback) or goes on;
// redo sends the same again; none sends something else.
func (m *brokerModel) repeat(mode byte, i int) {
	s := &m.sinks[i]
	if mode == 'i' { // causal recovery: it goes on where the broker tells it to
		return
	}
	kept, bytes := 0, 0
	for kept < len(s.written) && s.written[kept].epoch < m.complete {
		bytes += 2 + len(s.written[kept].record)
		kept++
	}
	s.pos, s.fresh = bytes, true
	if mode == 'r' {
		return
	}
	s.written, s.epoch = s.written[:kept], m.complete
	if mode == 'n' {
		return
	}
	var waiting []written
	for _, w := range s.waiting {
		if w.epoch < m.complete {
			waiting = append(waiting, w)
		}
	}
	s.waiting = waiting
	epoch := m.complete
	if m.slip.discard != nil {
		epoch = m.slip.discard(epoch)
	}
	m.b.discard(i, epoch)
}

// compare compares what clients see, what waits and what is counted.
func (m *brokerModel) compare() error {
	for i := range m.requests {
		if end := m.b.partitions[i].End(); int(end) != len(m.requests[i]) {
			return fmt.Errorf("partition %d holds %d records, want %d", i, end, len(m.requests[i]))
		}
	}
	seen := m.run.clients.replies.items // none of them is taken
	if len(seen) != len(m.visible) {
		return fmt.Errorf("clients see %d replies, want %d", len(seen), len(m.visible))
	}
	for i, want := range m.visible {
		if !bytes.Equal(seen[i].record, want) {
			return fmt.Errorf("reply %d is %x, want %x", i, seen[i].record, want)
		}
	}
	undelivered := 0
	for op := range uint32(brokerOperations) {
		if m.asked[op] && !m.replied[op] {
			undelivered++
		}
	}
	if int(m.b.undelivered) != undelivered {
		return fmt.Errorf("%d operations are counted as undelivered, want %d", m.b.undelivered, undelivered)
	}
	waiting := 0
	for i := range m.sinks {
		waiting += len(m.sinks[i].waiting)
		if got := m.b.sinks[i].waiting.Pending(); got != len(m.sinks[i].waiting) {
			return fmt.Errorf("%d replies of sink %d wait, want %d", got, i, len(m.sinks[i].waiting))
		}
	}
	if m.b.waiting() != (waiting > 0) {
		return fmt.Errorf("waiting is %v with %d replies that wait", m.b.waiting(), waiting)
	}
	return nil
}
