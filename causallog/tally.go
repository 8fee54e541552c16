package causallog

import (
	"cmp"
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

	Replicas     int64 // bytes held of others' logs
	ReplicasPeak int64

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
	t.Replicas, t.ReplicasPeak = u.Replicas, max(t.ReplicasPeak, u.ReplicasPeak)
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
	seen       uint64 // epochs of the delta
	owners     []uint32
	partitions []uint32
}

const epochsApart = 4

func newGroups(l *Layout) groups {
	return groups{delta: 1, owners: make([]uint32, epochsApart*l.mains), partitions: make([]uint32, epochsApart*l.partitions)}
}

// endDelta counts a delta whose pieces were counted.
func (s *Store) endDelta() {
	s.tally.varint += int64(s.headers)
	if seen := s.groups.seen; seen&(seen-1) != 0 {
		s.tally.epochs += int64(bits.OnesCount64(seen) - 1)
	}
	s.groups.seen = 0
	s.groups.delta++
}

// sentMain and sentCuts count a piece of a delta.
func (s *Store) sentMain(id LogID, epoch int32) {
	s.groups.seen |= 1 << (uint32(epoch) & 63)
	s.groups.owners[int(id)*epochsApart+int(epoch)&(epochsApart-1)] = s.groups.delta
	s.tally.mains++
}

func (s *Store) sentCuts(id LogID, epoch int32, bytes int) {
	t, g := &s.tally, &s.groups
	g.seen |= 1 << (uint32(epoch) & 63)
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

// edge is where a run of bytes that was sent begins (sign -1) or ends (+1).
type edge struct {
	epoch, offset int32
	sign          int32
}

// settleLog ends the run of bytes that a connection has sent of one log.
func (c *Cursor) settleLog(i int) {
	at, begun := c.at[i], c.begun[i]
	if at.offset == begun || !c.store.layout.IsMain(c.shared[i]) {
		return
	}
	edges := &c.store.edges[c.shared[i]]
	*edges = append(*edges, edge{at.epoch, begun, -1}, edge{at.epoch, at.offset, 1})
	c.begun[i] = at.offset
}

func (c *Cursor) settle() {
	for i := range c.shared {
		c.settleLog(i)
	}
}

// settle counts what was sent of epochs before one.
func (s *Store) settle(before int32) {
	for _, c := range s.cursors {
		c.settle()
	}
	for id := range s.layout.mains {
		edges := s.edges[id]
		if len(edges) == 0 {
			continue
		}
		// total order: edges at one place add up
		slices.SortFunc(edges, func(a, b edge) int {
			return cmp.Or(cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.offset, b.offset))
		})
		n := 0
		for n < len(edges) && edges[n].epoch < before {
			epoch, first := edges[n].epoch, n
			for n < len(edges) && edges[n].epoch == epoch {
				n++
			}
			s.tally.count(s.Bytes(LogID(id), epoch), edges[first:n])
		}
		s.edges[id] = edges[:copy(edges, edges[n:])]
	}
}

// count adds up by kind what lies between edges. How often a determinant was
// sent is the number of runs that cover it: at its place, those begun and not
// ended.
func (t *Tally) count(data []byte, edges []edge) {
	times, next := int64(0), 0
	for at := 0; at < len(data) && next < len(edges); {
		for next < len(edges) && int(edges[next].offset) <= at {
			times -= int64(edges[next].sign)
			next++
		}
		n := int(sizes[data[at]&15])
		if data[at] == byte(dataflow.Serializable) && at+serializableBytes <= len(data) {
			n += int(data[at+13])<<8 | int(data[at+14])
		}
		if n == 0 {
			return // no determinant: a broken protocol's
		}
		t.SentBytes[data[at]&15] += times * int64(n)
		at += n
	}
}

// sizes of determinants by tag; that of a Serializable without its answer. 0: no
// determinant has the tag.
var sizes = [16]uint8{
	dataflow.Order: orderBytes, dataflow.Timestamp: timestampBytes, dataflow.RNG: rngBytes, dataflow.Serializable: serializableBytes,
	dataflow.TimerTrigger: timerTriggerBytes, dataflow.SourceCheckpoint: sourceCheckpointBytes, dataflow.IgnoreCheckpoint: ignoreCheckpointBytes,
	dataflow.BufferBuilt: BufferBuiltBytes, dataflow.EpochEnd: epochEndBytes,
}
