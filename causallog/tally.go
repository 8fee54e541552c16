package causallog

import (
	"math"
	"math/bits"
	"slices"

	"simrun/dataflow"
)

// Tally counts what logging cost one store's task: what it logged, what it put
// into deltas, what deltas brought it.
type Tally struct {
	Logged      [dataflow.Kinds]int64 // determinants appended to the own logs
	LoggedBytes [dataflow.Kinds]int64
	SentBytes   [16]int64 // by tag, of own logs and replicas, in deltas

	New   int64 // bytes received for the first time
	Again int64 // bytes received that were held already
	Late  int64 // bytes received of epochs that a checkpoint covers

	ReplicasPeak int64 // most bytes held of others' logs: until an epoch is dropped they only grow

	varint     int64 // header bytes of the deltas as they are made
	deltas     int64 // on channels that share anything, empty ones included
	epochs     int64 // more than one to a delta
	mains      int64 // pieces of main logs
	cuts       int64 // pieces of cut logs
	owners     int64 // groups of pieces of one task and epoch without one of its main log
	partitions int64 // groups of pieces of cut logs of one output edge and epoch
}

// HeaderBytes is what the headers of all deltas sent take up in an encoding.
func (t *Tally) HeaderBytes(e Encoding) int64 {
	begun := groupBytes * (t.deltas + t.epochs)
	switch e {
	case Flat:
		return begun + flatMainBytes*t.mains + flatCutsBytes*t.cuts
	case Hierarchical:
		return begun + ownerBytes*(t.owners+t.mains) + spanBytes*t.mains + partitionBytes*t.partitions + (1+spanBytes)*t.cuts
	}
	return t.varint
}

// Add adds what another incarnation counted. Peaks do not add up.
func (t *Tally) Add(u *Tally) {
	for k := range t.Logged {
		t.Logged[k] += u.Logged[k]
		t.LoggedBytes[k] += u.LoggedBytes[k]
	}
	for k := range t.SentBytes {
		t.SentBytes[k] += u.SentBytes[k]
	}
	t.New, t.Again, t.Late = t.New+u.New, t.Again+u.Again, t.Late+u.Late
	t.ReplicasPeak = max(t.ReplicasPeak, u.ReplicasPeak)
	t.varint += u.varint
	t.deltas, t.epochs, t.mains, t.cuts = t.deltas+u.deltas, t.epochs+u.epochs, t.mains+u.mains, t.cuts+u.cuts
	t.owners, t.partitions = t.owners+u.owners, t.partitions+u.partitions
}

// Tally is what the store has counted.
func (s *Store) Tally() *Tally {
	s.settle(math.MaxInt32)
	return &s.tally
}

// Inherit goes on counting where another store of the task has stopped.
func (s *Store) Inherit(old *Store) { s.tally.Add(old.Tally()) }

// groups finds out which pieces of a delta stand under one head in the
// hierarchical encoding: a stamp per task, or output edge, and epoch says in
// which delta there was a piece of it last. Epochs of one delta are fewer than
// four apart, but after a long time without a checkpoint: then groups are
// counted more often than they are. Pieces of main logs come first.
type groups struct {
	delta      uint32
	epoch      int32  // of the piece before
	seen       uint64 // epochs of the delta, if there is more than one
	owners     []uint32
	partitions []uint32
}

const epochsApart = 4

func newGroups(l *Layout) groups {
	return groups{delta: 1, epoch: -1, owners: make([]uint32, epochsApart*l.mains), partitions: make([]uint32, epochsApart*l.partitions)}
}

// endDelta counts a delta whose pieces were counted.
func (s *Store) endDelta() {
	s.tally.varint += int64(s.headers)
	if seen := s.groups.seen; seen&(seen-1) != 0 {
		s.tally.epochs += int64(bits.OnesCount64(seen) - 1)
	}
	s.groups.seen = 0
	s.groups.delta++
	s.groups.epoch = -1
}

func (g *groups) enter(epoch int32) {
	g.epoch = epoch
	g.seen |= 1 << (uint32(epoch) & 63)
}

// CountSent begins to count what is put into deltas: by kind, and what the
// headers would be in the released encodings. It takes time.
func (s *Store) CountSent() { s.counting = true }

// sent counts a piece of a delta.
func (s *Store) sent(id LogID, epoch int32, bytes int) {
	if s.layout.IsMain(id) {
		s.sentMain(id, epoch)
	} else {
		s.sentCuts(id, epoch, bytes)
	}
}

func (s *Store) sentMain(id LogID, epoch int32) {
	if epoch != s.groups.epoch {
		s.groups.enter(epoch)
	}
	s.groups.owners[int(id)*epochsApart+int(epoch)&(epochsApart-1)] = s.groups.delta
	s.tally.mains++
}

func (s *Store) sentCuts(id LogID, epoch int32, bytes int) {
	t, g := &s.tally, &s.groups
	if epoch != g.epoch {
		g.enter(epoch)
	}
	t.cuts++
	t.SentBytes[dataflow.BufferBuilt] += int64(bytes)
	lane := int(epoch) & (epochsApart - 1)
	if at := &g.partitions[int(s.layout.partition[id])*epochsApart+lane]; *at != g.delta {
		*at = g.delta
		t.partitions++
		if at := &g.owners[int(s.layout.owners[id])*epochsApart+lane]; *at != g.delta {
			*at = g.delta
			t.owners++
		}
	}
}

// What was sent of main logs is counted by kind when an epoch is dropped: each
// log is read once then, however many connections it went out on. Until then a
// connection keeps where the bytes begin that it has sent without a gap, and
// the log keeps both edges of those that have ended.

// edge is where a run of bytes that was sent begins (sign 1) or ends (-1).
type edge struct {
	epoch, offset int32
	sign          int32
}

// settleLog ends the run of bytes that a connection has sent of one log.
func (c *Cursor) settleLog(i int) {
	at := &c.at[i]
	if at.offset == at.begun || !c.store.layout.IsMain(c.shared[i]) {
		return
	}
	l := &c.store.edges[c.shared[i]]
	*l = append(*l, edge{at.epoch, at.begun, 1}, edge{at.epoch, at.offset, -1})
	at.begun = at.offset
}

func (c *Cursor) settle() {
	if !c.store.counting {
		return
	}
	for i := range c.shared {
		c.settleLog(i)
	}
}

// settle counts what was sent of epochs before one, and what is held.
func (s *Store) settle(before int32) {
	replicas := 0
	for id, held := range s.held {
		if s.layout.owners[id] != s.owner {
			replicas += held
		}
	}
	s.tally.ReplicasPeak = max(s.tally.ReplicasPeak, int64(replicas))
	if !s.counting {
		return
	}
	for _, c := range s.cursors {
		c.settle()
	}
	for id := range s.edges {
		end := min(before, s.from+int32(len(s.epochs)))
		for e := s.from; e < end && len(s.edges[id]) > 0; e++ {
			s.count(LogID(id), e)
		}
	}
}

// count adds up by kind what was sent of a log's epoch. How often a determinant
// was sent is the number of runs that cover it: those that begin at its place or
// before and have not ended.
func (s *Store) count(id LogID, epoch int32) {
	data := s.Bytes(id, epoch)
	s.cover = slices.Grow(s.cover[:0], len(data)+1)[:len(data)+1]
	kept := s.edges[id][:0]
	for _, e := range s.edges[id] {
		if e.epoch != epoch {
			kept = append(kept, e)
		} else if int(e.offset) <= len(data) {
			s.cover[e.offset] += e.sign
		}
	}
	s.edges[id] = kept
	times := int64(0)
	for at := 0; at < len(data); {
		times += int64(s.cover[at])
		n := int(sizes[data[at]&15])
		if data[at] == byte(dataflow.Serializable) && at+serializableBytes <= len(data) {
			n += int(data[at+13])<<8 | int(data[at+14])
		}
		if data[at] == byte(dataflow.TimerTrigger) && at+13 < len(data) && data[at+13] == tickName[0] {
			n = tickBytes
		}
		if n == 0 {
			break // no determinant: a broken protocol's
		}
		s.tally.SentBytes[data[at]&15] += times * int64(n)
		at += n
	}
	clear(s.cover)
}

// sizes of determinants by tag; that of a Serializable without its answer. 0: no
// determinant has the tag.
var sizes = [16]uint8{
	dataflow.Order: orderBytes, dataflow.Timestamp: timestampBytes, dataflow.RNG: rngBytes, dataflow.Serializable: serializableBytes,
	dataflow.TimerTrigger: timerTriggerBytes, dataflow.SourceCheckpoint: sourceCheckpointBytes, dataflow.IgnoreCheckpoint: ignoreCheckpointBytes,
	dataflow.BufferBuilt: BufferBuiltBytes, dataflow.EpochEnd: epochEndBytes,
}
