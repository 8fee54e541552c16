package dataflow

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
)

// stand holds one task of the test job and writes down what it does.
type stand struct {
	t        *testing.T
	graph    *Graph
	task     *Task
	op       *recorder
	clock    int64
	story    []string // what happened, in order
	built    [][]Buffer
	captured map[int32][]byte
	faults   []string
	armed    int64
	opened   int
}

// recorder is an operator that writes down what it is handed.
type recorder struct {
	stand *stand
	on    func(ctx Context, record string)
	state []byte
}

func (r *recorder) Record(ctx Context, edge, from int, record []byte) {
	r.stand.tell("edge %d from %d: %s", edge, from, record)
	if r.on != nil {
		r.on(ctx, string(record))
	}
}

func (r *recorder) Timer(_ Context, key uint64) { r.stand.tell("timer %d", key) }
func (r *recorder) Answer(_ Context, key uint64, answer []byte) {
	r.stand.tell("answer %d: %s", key, answer)
}
func (r *recorder) Snapshot(dst []byte) []byte { return append(dst, r.state...) }
func (r *recorder) Restore(src []byte) error   { r.state = slices.Clone(src); return nil }

// newStand puts up a task that is live; checkpoint may be nil.
func newStand(t *testing.T, operator, index int, options Options, checkpoint []byte) *stand {
	s := &stand{t: t, graph: testGraph(), captured: map[int32][]byte{}}
	s.op = &recorder{stand: s}
	if options.BufferBytes == 0 {
		options.BufferBytes = 1000
	}
	id := s.graph.Task(operator, index)
	s.built = make([][]Buffer, len(s.graph.Outputs(id)))
	s.task = NewTask(s.graph, id, s.op, Unguarded{}, s, options)
	if checkpoint != nil {
		if err := s.task.Restore(checkpoint); err != nil {
			t.Fatal(err)
		}
	}
	s.task.Start()
	s.story = nil
	return s
}

func (s *stand) tell(format string, args ...any) {
	s.story = append(s.story, fmt.Sprintf(format, args...))
}

// steps lets the task do all that it can.
func (s *stand) steps() {
	for range 10000 {
		if _, ok := s.task.Step(); !ok {
			if s.task.Waiting() {
				s.t.Error("the task waits for what Step does not do")
			}
			return
		}
	}
	s.t.Fatal("Step never ends")
}

// expect compares the story since the last call.
func (s *stand) expect(want ...string) {
	s.t.Helper()
	if !slices.Equal(s.story, want) {
		s.t.Errorf("happened:\n%q\nwant:\n%q", s.story, want)
	}
	s.story = nil
}

// expectFaults compares what was reported as diverged since the last call.
func (s *stand) expectFaults(want int) {
	s.t.Helper()
	if len(s.faults) != want {
		s.t.Errorf("%d reports, want %d: %q", len(s.faults), want, s.faults)
	}
	s.faults = nil
}

func (s *stand) Clock() int64    { return s.clock }
func (s *stand) Entropy() uint64 { return 7 }
func (s *stand) Opened(int)      { s.opened++ }
func (s *stand) Built(output int, b Buffer) {
	b.Data = slices.Clone(b.Data)
	s.built[output] = append(s.built[output], b)
}
func (s *stand) Ask(key uint64, request []byte) { s.tell("ask %d: %s", key, request) }
func (s *stand) Arm(at int64)                   { s.armed = at }
func (s *stand) Taken(input int, b *Buffer)     { s.tell("take input %d tag %d", input, b.Tag) }
func (s *stand) Recycle([]byte)                 {}
func (s *stand) Processed() bool                { return false }
func (s *stand) Snapshotted(epoch int32)        { s.tell("snapshot %d", epoch) }
func (s *stand) Captured(epoch int32, snapshot []byte) {
	s.tell("captured %d", epoch)
	s.captured[epoch] = slices.Clone(snapshot)
}
func (s *stand) Running()     {}
func (s *stand) Place(uint32) {}
func (s *stand) Diverged(invariant, what string) {
	s.faults = append(s.faults, invariant+" "+what)
}

// packed is the bytes of records on a channel.
func packed(records ...string) (data []byte) {
	for _, r := range records {
		data = binary.LittleEndian.AppendUint16(data, uint16(len(r)))
		data = append(data, r...)
	}
	return data
}

// cutAt cuts the bytes of records into buffers of given sizes, the rest into
// one. It finds First and Skip by looking at the whole.
func cutAt(records []string, sizes []int) (all []Buffer) {
	data := packed(records...)
	ends := []int{0}
	for _, r := range records {
		ends = append(ends, ends[len(ends)-1]+recordHeader+len(r))
	}
	for at := 0; at < len(data); {
		n := len(data) - at
		if len(sizes) > 0 {
			n, sizes = min(n, max(1, sizes[0])), sizes[1:]
		}
		next := slices.IndexFunc(ends, func(end int) bool { return end >= at })
		b := Buffer{Index: int32(len(all)), First: uint64(next - 1), Data: slices.Clone(data[at : at+n])}
		if ends[next] == at {
			b.First = uint64(next)
		} else {
			b.Skip = int32(min(ends[next]-at, n))
		}
		all = append(all, b)
		at += n
	}
	return all
}

func barrier(n int32) Buffer { return Buffer{Barrier: true, Next: n} }
