package causallog

import (
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// Memory in segments is what counting all logs anew gives, whatever is
// appended, merged and truncated; and it is more than the bytes, by less than a
// segment a log and those that stay empty.
func TestSegmentsAreCounted(t *testing.T) {
	g := shop(t, 1, 2, 2, 1)
	l := NewLayout(g, FullSharing)
	rapid.Check(t, func(t *rapid.T) {
		owner := dataflow.TaskID(rapid.IntRange(0, int(g.Broker())-1).Draw(t, "owner"))
		s := NewStore(l, owner, 0)
		held := l.Held(owner)
		if rapid.Bool().Draw(t, "bytes first") {
			s.AppendBytes(held[0], 0, make([]byte, 100))
		}
		unit := rapid.SampledFrom([]int{1, 7, 64}).Draw(t, "segment")
		s.SetSegment(unit)
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				id := rapid.SampledFrom(held).Draw(t, "log")
				s.AppendBytes(id, s.From()+rapid.Int32Range(0, 2).Draw(t, "epoch"), make([]byte, rapid.IntRange(0, 200).Draw(t, "bytes")))
			},
			"truncate": func(t *rapid.T) { s.Truncate(s.From() + rapid.Int32Range(0, 2).Draw(t, "by")) },
			"replicas": func(t *rapid.T) { s.DropReplicas() },
			"": func(t *rapid.T) {
				bytes, want := 0, 0
				for _, id := range held {
					n := 0
					for e := s.From(); e <= s.Last(id); e++ {
						n += s.Len(id, e)
					}
					bytes += n
					want += max(1, (n+unit-1)/unit) * unit
				}
				if s.Used() != want || s.Size() != bytes {
					t.Fatalf("%d bytes in segments, counted %d; %d bytes, counted %d", want, s.Used(), bytes, s.Size())
				}
			},
		})
		s.SetSegment(0)
		if s.Used() != s.Size() {
			t.Fatalf("%d used of %d bytes", s.Used(), s.Size())
		}
	})
}
