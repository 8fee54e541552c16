package causallog

import (
	"bytes"
	"testing"

	"simrun/dataflow"
)

// live makes logs, lets them grow over some epochs, and gives what they hold.
func live(t *testing.T, l *Layout, release bool) (held []byte) {
	t.Helper()
	s, f := NewStore(l, 1, 0), NewInFlight(l)
	for epoch := range int32(4) {
		s.StartEpoch(epoch)
		s.Truncate(epoch - 1)
		f.Truncate(epoch - 1)
		for i := range 60 {
			if err := s.Append(l.Main(1), &one[i%len(one)]); err != nil {
				t.Fatal(err)
			}
			s.AppendBytes(l.Main(2), epoch, []byte{byte(i), 1, 2, 3, 4, 5, 6, 7})
			f.Append(dataflow.Buffer{Epoch: epoch, Index: int32(i), Data: bytes.Repeat([]byte{byte(i)}, 100)})
		}
	}
	held = s.AppendAnswer(nil, 0)
	for seq := f.First(); seq < f.End(); seq++ {
		e := f.At(seq)
		held = append(append(held, byte(e.Epoch), byte(e.Index), byte(len(e.Data))), e.Data...)
	}
	if release {
		s.Release()
		f.Release()
	}
	return held
}

// poison overwrites every byte that logs have left.
func (m *Memory) poison() (bytes int) {
	fill := func(b []byte) {
		b = b[:cap(b)]
		for i := range b {
			b[i] = 0xee
		}
		bytes += len(b)
	}
	for _, segments := range m.epochs {
		for id := range segments {
			fill(segments[id].data)
		}
	}
	for _, chunk := range m.chunks {
		fill(chunk)
	}
	return bytes
}

// Logs find nothing in memory that others have left, whatever is in its bytes.
func TestMemoryIsEmpty(t *testing.T) {
	l := NewLayout(shop(t, 2, 2, 2, 2), FullSharing)
	var m Memory
	want, on := live(t, l, true), l.On(&m)
	for range 3 {
		if got := live(t, on, true); !bytes.Equal(got, want) {
			t.Fatalf("logs in used memory hold other bytes:\n%x\nalone:\n%x", got, want)
		}
		if m.poison() < len(want) {
			t.Fatal("the logs gave back less than they held")
		}
	}
}

// Memory of a job with other logs is of no use, and does no harm.
func TestMemoryOfAnotherJob(t *testing.T) {
	small, large := NewLayout(shop(t, 1, 1, 1, 1), FullSharing), NewLayout(shop(t, 2, 3, 2, 2), FullSharing)
	var m Memory
	for range 2 {
		for _, l := range []*Layout{small, large} {
			if got, want := live(t, l.On(&m), true), live(t, l, false); !bytes.Equal(got, want) {
				t.Fatalf("%d logs hold other bytes after those of another job", l.Logs())
			}
			m.poison()
		}
	}
}

// The second time, logs grow in what the first ones have left.
func TestMemoryIsUsedAgain(t *testing.T) {
	l := NewLayout(shop(t, 2, 2, 2, 2), FullSharing)
	alone := testing.AllocsPerRun(20, func() { live(t, l, true) })
	var m Memory
	on := l.On(&m)
	if reused := testing.AllocsPerRun(20, func() { live(t, on, true) }); reused > alone-15 {
		t.Errorf("%v allocations in used memory, %v alone", reused, alone)
	}
}
