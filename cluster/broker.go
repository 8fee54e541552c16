package cluster

import (
	"encoding/binary"

	"simrun/dataflow"
	"simrun/netmodel"
	"simrun/recovery"
)

// broker is the outside world's side of the dataflow: partitions that sources
// read, and the records that sinks write, which clients see when the setting
// for replies lets them. It does not fail and loses nothing.
type broker struct {
	run         *Run
	partitions  []netmodel.Partition
	given       []uint64 // per partition: records that were sent to any incarnation of its source
	batches     slab[batch]
	agent       *recovery.Agent
	sinks       []sinkSide
	undelivered int64    // operations in the partitions of which no reply has come out
	asked       []uint64 // per operation: the place of its first request in a partition, from 1 on; 0: there is none
	answered    []bool   // per operation: a reply has come out
}

// batch is some records of a partition on their way to a source.
type batch struct {
	first uint64
	fresh bool
	data  []byte
}

// sinkSide is what comes from one egress task.
type sinkSide struct {
	task      dataflow.TaskID
	waiting   netmodel.Egress
	remainder []byte
	received  uint64 // records taken
	released  int32  // highest checkpoint released
}

const batchRecords = 64

func newBroker(r *Run) *broker {
	b := &broker{run: r, partitions: make([]netmodel.Partition, r.graph.Operators[0].Parallelism),
		given: make([]uint64, r.graph.Operators[0].Parallelism),
		sinks: make([]sinkSide, len(r.graph.Inputs(r.graph.Broker())))}
	b.agent = recovery.NewAgent(r.layout, &r.cfg.Policy, r.graph.Broker(), 1, (*brokerHost)(b), &r.watch, r.ghosts)
	b.asked, b.answered = make([]uint64, r.cfg.Workload.Operations), make([]bool, r.cfg.Workload.Operations)
	for i, c := range r.graph.Inputs(r.graph.Broker()) {
		b.sinks[i].task = r.graph.Channels[c].From
	}
	return b
}

// requested appends an operation's request to its partition.
func (b *broker) requested(op uint32) {
	r := b.run
	if until := r.wire.brokerPaused; until > r.kernel.Now() {
		r.kernel.At(until, dst(evRequest, 0), op)
		return
	}
	index := r.job.partition(op)
	request := r.job.request(op)
	if r.story.on && r.story.tells(int64(op)) {
		r.story.client(op, Asked, "-> ingress/%d  %s, attempt %d", index, r.job.describe("broker>ingress", request), r.clients.ops[op].attempts)
	}
	if place := b.partitions[index].Append(request) + 1; b.asked[op] == 0 { // its client may have asked again before this came
		b.asked[op] = place
		b.undelivered++
	}
	if p := r.current[r.graph.Task(0, index)]; p.started && !p.dead {
		p.fetch()
	}
}

// batch sends a source the next records of its partition. When the run settles
// nothing new is sent, but to a new incarnation what its predecessors had: it
// could not repeat anything without.
func (b *broker) batch(p *process) {
	r := b.run
	index := r.graph.IndexOf(p.id)
	partition := &b.partitions[index]
	end := min(partition.End(), p.source.next+batchRecords)
	if r.settling {
		end = min(end, b.given[index])
	}
	if p.source.next >= end || r.wire.brokerPaused > r.kernel.Now() {
		return
	}
	slot, batch := b.batches.new()
	batch.first, batch.fresh = p.source.next, p.source.fresh
	if n := len(r.wire.bytes); n > 0 {
		batch.data = r.wire.bytes[n-1][:0]
		r.wire.bytes = r.wire.bytes[:n-1]
	}
	for ; p.source.next < end; p.source.next++ {
		record := partition.At(p.source.next)
		batch.data = binary.LittleEndian.AppendUint16(batch.data, uint16(len(record)))
		batch.data = append(batch.data, record...)
	}
	b.given[index] = max(b.given[index], p.source.next)
	p.source.asked, p.source.fresh = true, false
	leaves := r.leave(r.brokerMachine(), int64(len(batch.data)))
	n := r.graph.Tasks() + 1
	link := &r.wire.control[int(r.graph.Broker())*n+int(p.id)]
	r.kernel.At(link.Deliver(leaves), dst(evFetch, p.slot), slot)
}

// take splits a buffer of a sink into records.
func (b *broker) take(input int, buffer *dataflow.Buffer) {
	s := &b.sinks[input]
	if buffer.Barrier {
		return
	}
	data := buffer.Data
	if buffer.Fresh && (b.run.cfg.Policy.Live || b.run.cfg.Policy.Duplicate || buffer.First != s.received) {
		s.remainder = s.remainder[:0]
	}
	if buffer.Fresh && b.run.cfg.Policy.Live {
		s.received = buffer.First
	}
	seq := buffer.First
	if len(s.remainder) > 0 {
		s.remainder = append(s.remainder, data...)
		data = s.remainder
	} else if skip := int(buffer.Skip); skip > 0 {
		data = data[min(skip, len(data)):]
	}
	for len(data) >= 2 && len(data) >= 2+int(binary.LittleEndian.Uint16(data)) {
		size := 2 + int(binary.LittleEndian.Uint16(data))
		seq++
		if seq > s.received || !b.run.cfg.Policy.Duplicate {
			b.record(s, buffer.Epoch, data[2:size])
		} else {
			b.run.watch.Reach(recovery.DuplicateDropped)
		}
		s.received = max(s.received, seq)
		if !b.run.cfg.Policy.Duplicate {
			s.received = seq
		}
		data = data[size:]
	}
	s.remainder = append(s.remainder[:0], data...)
}

// record is one reply that has come out of the dataflow.
func (b *broker) record(s *sinkSide, epoch int32, record []byte) {
	r := b.run
	if op, err := r.job.operation(record); err == nil && int(op) < len(b.answered) && !b.answered[op] {
		b.answered[op] = true
		b.undelivered--
		r.anatomy.look()
	}
	if r.cfg.Replies == Transactional {
		r.watch.Reach(recovery.ReplyWithheld)
		s.waiting.Append(epoch, record)
		return
	}
	b.visible(s, record)
}

// visible lets a client see a reply.
func (b *broker) visible(s *sinkSide, record []byte) {
	r := b.run
	op, err := r.job.leaves(record)
	if err != nil {
		r.watch.Break(recovery.INV06, "a reply that is none left the dataflow: "+err.Error())
		return
	}
	r.kernel.Note(recovery.Hash(record))
	r.clients.send(op, record)
	r.moments.verb(recovery.VerbPublish, s.task)
	r.faults.told(recovery.VerbPublish, s.task)
}

// waiting says whether a reply waits for its checkpoint.
func (b *broker) waiting() bool {
	for i := range b.sinks {
		if b.sinks[i].waiting.Pending() > 0 {
			return true
		}
	}
	return false
}

// release makes what a complete checkpoint covers visible.
func (b *broker) release(epoch int32) {
	if b.run.cfg.Replies != Transactional {
		return
	}
	for i := range b.sinks {
		s := &b.sinks[i]
		b.run.watch.Look(recovery.INV13)
		if epoch > b.run.watch.Newest() || epoch <= s.released {
			b.run.watch.Break(recovery.INV13, "replies are released out of turn or before their checkpoint is complete")
		}
		s.released = epoch
		s.waiting.Release(epoch, func(record []byte) {
			b.run.watch.Reach(recovery.ReplyReleased)
			b.visible(s, record)
		})
	}
}

// discard drops what a sink has written that no complete checkpoint covers.
func (b *broker) discard(input int, epoch int32) {
	s := &b.sinks[input]
	s.remainder, s.received = s.remainder[:0], 0
	if b.run.cfg.Policy.Broken.KeepUncommitted {
		return
	}
	before := s.waiting.Pending()
	if s.waiting.Abort(epoch); s.waiting.Pending() < before {
		b.run.watch.Reach(recovery.ReplyWithdrawn)
	}
}

// brokerHost is the broker as its agent meets it.
type brokerHost broker

func (h *brokerHost) NewFrame() *recovery.Frame                   { panic("the broker sends no frames") }
func (h *brokerHost) Transmit(*recovery.Frame)                    { panic("the broker sends no frames") }
func (h *brokerHost) Send(m recovery.Message)                     { h.run.send(m, h.run.brokerMachine()) }
func (h *brokerHost) Wake()                                       {}
func (h *brokerHost) Upload(int32, []byte)                        { panic("the broker takes no snapshot") }
func (h *brokerHost) Attached(dataflow.ChannelID, uint32, uint32) {}
func (h *brokerHost) Collected(int64)                             {}
func (h *brokerHost) Told(recovery.Verb, int32)                   {}
func (h *brokerHost) Debt(int)                                    {}
func (h *brokerHost) Release(epoch int32)                         { (*broker)(h).release(epoch) }
func (h *brokerHost) Discard(input int, epoch int32)              { (*broker)(h).discard(input, epoch) }
func (h *brokerHost) Deliver(input int, b *dataflow.Buffer)       { (*broker)(h).take(input, b) }
