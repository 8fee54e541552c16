package dataflow

import (
	"strings"
	"testing"
)

// steady is a task under load that nothing but its own work allocates for: it
// reads records that straddle buffers, reads the clock, sets and cancels timers,
// calls the outside, sends on all outputs, and logs everything.
type steady struct {
	task    *Task
	clock   int64
	records uint64
	timer   uint64
	asked   []uint64
	round   []Buffer // the bytes of one round of records, in buffers
	perEach uint64   // records in a round
	rounds  uint64
	at      int
	answer  []byte
	bytes   int
	ledger  ledger
}

func newSteady() *steady {
	s := &steady{answer: []byte("yes"), asked: make([]uint64, 0, 100)}
	var records []string
	var sizes []int
	for i := range 100 {
		records = append(records, strings.Repeat("r", i%40))
		sizes = append(sizes, 33)
	}
	s.round, s.perEach = cutAt(records, sizes), uint64(len(records))
	g := testGraph()
	s.task = NewTask(g, g.Task(middle, 0), s, &s.ledger, s, Options{BufferBytes: 64})
	s.task.Start()
	return s
}

// step receives the next buffer and does all that follows from it.
func (s *steady) step() {
	b := s.round[s.at]
	b.First += s.rounds * s.perEach
	if s.at++; s.at == len(s.round) {
		s.at, s.rounds = 0, s.rounds+1
	}
	s.clock++
	s.task.Receive(0, b)
	for s.task.Waiting() {
		s.task.Step()
	}
	for _, key := range s.asked {
		s.task.Answered(key, s.answer)
	}
	s.asked = s.asked[:0]
	s.task.TimerDue()
	s.task.Flush(0)
}

var payload = []byte("a record of thirty bytes or so")

func (s *steady) Record(ctx Context, edge, from int, record []byte) {
	s.records++
	ctx.Now()
	ctx.CancelTimer(s.timer)
	ctx.SetTimer(5, 1)
	s.timer = ctx.SetTimer(5, 2)
	if ctx.Random()%4 == 0 {
		ctx.Call(s.records, record)
	}
	ctx.Emit(0, int(s.records)%2, record)
	ctx.Emit(1, 0, payload)
}

func (s *steady) Timer(ctx Context, key uint64)            { ctx.Emit(0, 0, payload) }
func (s *steady) Answer(ctx Context, _ uint64, src []byte) { ctx.Emit(0, 1, src) }
func (s *steady) Snapshot(dst []byte) []byte               { return dst }
func (s *steady) Restore([]byte) error                     { return nil }

func (s *steady) Clock() int64             { return s.clock }
func (s *steady) Entropy() uint64          { return 9 }
func (s *steady) Opened(int)               {}
func (s *steady) Built(_ int, b Buffer)    { s.bytes += len(b.Data) }
func (s *steady) Ask(key uint64, _ []byte) { s.asked = append(s.asked, key) }
func (s *steady) Arm(int64)                {}
func (s *steady) Taken(int, *Buffer)       {}
func (s *steady) Recycle([]byte)           {}
func (s *steady) Processed() bool          { return false }
func (s *steady) Snapshotted(int32)        {}
func (s *steady) Captured(int32, []byte)   {}
func (s *steady) Running()                 {}
func (s *steady) Place(uint32)             {}
func (s *steady) Diverged(_, what string)  { panic(what) }

// ledger is a guard that counts what it logs.
type ledger struct{ logged int }

func (g *ledger) Logs(Kind) bool                     { return true }
func (g *ledger) Replaying() bool                    { return false }
func (g *ledger) Peek() *Determinant                 { return &nothing }
func (g *ledger) Later() bool                        { return false }
func (g *ledger) Replayed(Kind) (*Determinant, bool) { return nil, false }
func (g *ledger) Record(*Determinant)                { g.logged++ }
func (g *ledger) NextCut(int) (int, bool)            { return 0, false }
func (g *ledger) Cut(int, int)                       { g.logged++ }
func (g *ledger) StartEpoch(int32)                   {}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	s := newSteady()
	for range 2000 {
		s.step()
	}
	before, logged := s.records, s.ledger.logged
	if n := testing.AllocsPerRun(1000, s.step); n != 0 {
		t.Errorf("%v allocations a buffer", n)
	}
	if s.records < before+1000 || s.ledger.logged < logged+1000 || s.task.ArmedTimers() == 0 {
		t.Errorf("only %d records were handled, %d determinants logged", s.records-before, s.ledger.logged-logged)
	}
}

func BenchmarkRecord(b *testing.B) {
	s := newSteady()
	b.ReportAllocs()
	for s.records < uint64(b.N) {
		s.step()
	}
}
