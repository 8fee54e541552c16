package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"

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
