package causallog

import (
	"testing"

	"simrun/dataflow"
)

// pair is a sender and a receiver in steady state, with about as many logs as
// four tasks an operator give. A round is what comes to the sender in the time
// of one buffer: something new in some of the logs.
type pair struct {
	sender, receiver *Store
	cursor           *Cursor
	feed             []LogID // logs that grow in a round
	delta            []byte
	entry            []byte
	epoch            int32
	rounds           int
}

func newPair(t testing.TB, grow int) *pair {
	g := shop(t, 4, 4, 4, 4)
	l := NewLayout(g, FullSharing)
	c := channelNamed(t, g, "order/0>stock/0")
	p := &pair{
		sender: NewStore(l, g.Channels[c].From, 0), receiver: NewStore(l, g.Channels[c].To, 0),
		feed: l.Shared(c), entry: AppendDeterminant(nil, order(3)),
	}
	p.feed = p.feed[:min(grow, len(p.feed))]
	p.cursor = p.sender.NewCursor(c)
	return p
}

// epochRounds is how many buffers leave in an epoch of the steady state.
const epochRounds = 1000

func (p *pair) grow() {
	p.rounds++
	if p.rounds%epochRounds == 0 {
		p.epoch++
		p.sender.StartEpoch(p.epoch)
		p.sender.Truncate(p.epoch - 1)
		p.receiver.Truncate(p.epoch - 1)
	}
	for _, id := range p.feed {
		p.sender.AppendBytes(id, p.epoch, p.entry)
	}
}

func (p *pair) round(t testing.TB) {
	p.grow()
	p.delta = p.sender.AppendDelta(p.delta[:0], p.cursor)
	if m, err := p.receiver.Merge(p.delta, noChannel, nil); err != nil || m.Pieces != len(p.feed) {
		t.Fatalf("%d pieces of %d: %v", m.Pieces, len(p.feed), err)
	}
}

func TestSteadyStateOfStoresAllocatesNothing(t *testing.T) {
	p := newPair(t, 30)
	for range 4 * epochRounds {
		p.round(t)
	}
	if n := testing.AllocsPerRun(2*epochRounds, func() { p.round(t) }); n != 0 {
		t.Errorf("%v allocations a buffer", n)
	}
	if p.receiver.Size() == 0 || equal(p.sender, p.receiver) != nil {
		t.Errorf("the receiver holds other bytes: %v", equal(p.sender, p.receiver))
	}
}

func TestSteadyStateOfAppendAllocatesNothing(t *testing.T) {
	l := NewLayout(shop(t, 1, 1, 1, 1), FullSharing)
	s, epoch := NewStore(l, 1, 0), int32(0)
	round := func() {
		epoch++
		s.StartEpoch(epoch)
		s.Truncate(epoch - 1)
		for i := range one {
			if err := s.Append(l.Main(1), &one[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 8 {
		round()
	}
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations an epoch", n)
	}
}

func TestSteadyStateOfReplayAllocatesNothing(t *testing.T) {
	l := NewLayout(shop(t, 1, 1, 1, 1), FullSharing)
	s := NewStore(l, 1, 0)
	for range 300 {
		for i := range one {
			appended(t, s, l.Main(1), &one[i])
		}
	}
	g := NewGather(l, 0)
	if err := g.Add(s.AppendAnswer(nil, 0)); err != nil {
		t.Fatal(err)
	}
	again := g.Install(1)
	r := NewReplay(again, l.Main(1), 0)
	step := func() {
		d, ok := r.Peek(0)
		if !ok || again.Append(l.Main(1), d) != nil || r.Next(0) == nil {
			t.Fatalf("the replay ended: %v", r.Err())
		}
	}
	for range len(one) {
		step() // the scratch buffer grows once
	}
	if n := testing.AllocsPerRun(2000, step); n != 0 {
		t.Errorf("%v allocations a determinant", n)
	}
}

func TestSteadyStateOfInFlightAllocatesNothing(t *testing.T) {
	var f InFlight
	var epoch int32
	data := make([]byte, 1500)
	round := func() { // several chunks: AllocsPerRun rounds down
		for i := range int32(5000) {
			f.Append(dataflow.Buffer{Epoch: epoch, Index: i, Data: data[:100+28*(i%50)]})
		}
		epoch++
		f.Truncate(epoch - 1)
	}
	for range 4 {
		round()
	}
	if n := testing.AllocsPerRun(5, round); n != 0 {
		t.Errorf("%v allocations an epoch", n)
	}
}

// BenchmarkDelta is a buffer's delta, made and merged. ns/piece is what one
// piece costs; with none grown ns/op is what it costs to see that.
func BenchmarkDelta(b *testing.B) {
	for _, bench := range []struct {
		name string
		grow int
	}{{"none", 0}, {"4", 4}, {"30", 30}, {"all", 1 << 20}} {
		b.Run(bench.name, func(b *testing.B) {
			p := newPair(b, bench.grow)
			for range 2 * epochRounds {
				p.round(b)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				p.round(b)
			}
			if n := len(p.feed); n > 0 {
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/piece")
			}
		})
	}
}

// BenchmarkGrow is the part of BenchmarkDelta that is not delta: the log's growth.
func BenchmarkGrow(b *testing.B) {
	p := newPair(b, 1<<20)
	for range b.N {
		p.grow()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(p.feed)), "ns/piece")
}

func BenchmarkInFlight(b *testing.B) {
	var f InFlight
	data := make([]byte, 1000)
	for i := range b.N {
		f.Append(dataflow.Buffer{Epoch: int32(i / 1000), Index: int32(i % 1000), Data: data})
		if i%1000 == 0 {
			f.Truncate(int32(i/1000) - 1)
		}
	}
	b.ReportAllocs()
}
