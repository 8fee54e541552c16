package dataflow

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	drawRecords = rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 20), func(n int) string { return strings.Repeat("abcdefg", 3)[:n] }), 1, 12)
	drawSizes   = rapid.SliceOfN(rapid.IntRange(1, 30), 0, 20)
)

// handled gives the records that a stand's operator was handed.
func (s *stand) handled() (records []string) {
	for _, line := range s.story {
		if _, record, ok := strings.Cut(line, ": "); ok {
			records = append(records, record)
		}
	}
	return records
}

func (s *stand) receive(input int, buffers ...Buffer) {
	for _, b := range buffers {
		b.Data = slices.Clone(b.Data)
		s.task.Receive(input, b)
	}
	s.steps()
}

// A sender cuts anywhere; Skip and First are what a look at the whole says, and
// the receiver is handed the records whole.
func TestRecordsStraddleBuffers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records := drawRecords.Draw(r, "records")
		sender := newStand(t, source, 0, Options{BufferBytes: rapid.IntRange(1, 40).Draw(r, "buffer")}, nil)
		flushes := rapid.SliceOfN(rapid.Bool(), len(records), len(records)).Draw(r, "flushes")
		var sizes []int
		for i, record := range records {
			sender.op.on = func(ctx Context, record string) { ctx.Emit(0, 0, []byte(record)) }
			sender.receive(0, Buffer{First: uint64(i), Data: packed(record)})
			if flushes[i] {
				sender.task.Flush(0)
			}
		}
		sender.task.Flush(0)
		for _, b := range sender.built[0] {
			sizes = append(sizes, len(b.Data))
		}
		for i, want := range cutAt(records, sizes) {
			if got := sender.built[0][i]; !sameBuffer(got, want) {
				r.Fatalf("buffer %d is %s, want %s", i, show(got), show(want))
			}
		}
		receiver := newStand(t, middle, 0, Options{}, nil)
		receiver.receive(0, sender.built[0]...)
		if got := receiver.handled(); !slices.Equal(got, records) {
			r.Fatalf("handed %q of %q", got, records)
		}
		receiver.expectFaults(0)
	})
}

// whole gives the records that lie in bytes from..to.
func whole(records []string, from, to int) (in []string) {
	at := 0
	for _, r := range records {
		end := at + recordHeader + len(r)
		if at >= from && end <= to {
			in = append(in, r)
		}
		at = end
	}
	return in
}

func offset(buffers []Buffer) (n int) {
	for _, b := range buffers {
		n += len(b.Data)
	}
	return n
}

// Protocols that lose data take a fresh connection as it comes: a record that
// was begun before it is lost, and nothing else.
func TestFreshConnectionSkipsHalfARecord(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records := drawRecords.Draw(r, "records")
		cut := cutAt(records, drawSizes.Draw(r, "sizes"))
		got := rapid.IntRange(0, len(cut)-1).Draw(r, "received")
		again := rapid.IntRange(got, len(cut)-1).Draw(r, "again from")
		s := newStand(t, middle, 0, Options{Resync: true}, nil)
		s.receive(0, cut[:got]...)
		cut[again].Fresh = true
		s.receive(0, cut[again:]...)
		s.receive(0, Buffer{First: uint64(len(records)), Data: packed("last")})
		total := len(packed(records...))
		want := whole(records, 0, offset(cut[:got]))
		rest := whole(records, offset(cut[:again]), total)
		want = append(append(want, rest...), "last")
		if got := s.handled(); !slices.Equal(got, want) {
			r.Fatalf("handed %q, want %q", got, want)
		}
		s.expectFaults(0)
		if n := s.task.Received(0); n != uint64(len(records))+1 {
			r.Fatalf("%d records received, of %d", n, len(records)+1)
		}
	})
}

// Where positions are exact the told position may lie in the middle of a
// record: the bytes go on.
func TestToldPositionContinuesARecord(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records := drawRecords.Draw(r, "records")
		cut := cutAt(records, drawSizes.Draw(r, "sizes"))
		cut[rapid.IntRange(0, len(cut)-1).Draw(r, "fresh")].Fresh = true
		s := newStand(t, middle, 0, Options{}, nil)
		s.receive(0, cut...)
		if got := s.handled(); !slices.Equal(got, records) {
			r.Fatalf("handed %q of %q", got, records)
		}
		s.expectFaults(0)
	})
}

// A sender that repeats its records in other buffers, from the first one that
// the checkpoint does not cover, adds nothing where the receiver counts.
func TestDeduplicateDropsRepeatedRecords(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records := drawRecords.Draw(r, "records")
		before, after := cutAt(records, drawSizes.Draw(r, "sizes")), cutAt(records, drawSizes.Draw(r, "other sizes"))
		after[0].Fresh = true
		received := before[:rapid.IntRange(0, len(before)).Draw(r, "received")]
		s := newStand(t, middle, 0, Options{Deduplicate: true}, nil)
		s.receive(0, received...)
		s.receive(0, after...)
		if got := s.handled(); !slices.Equal(got, records) {
			r.Fatalf("handed %q of %q", got, records)
		}
		s.expectFaults(0)
		// Negative control: a receiver that does not count handles what it had again, and says so.
		s = newStand(t, middle, 0, Options{}, nil)
		s.receive(0, received...)
		s.receive(0, after...)
		if had := whole(records, 0, offset(received)); len(had) > 0 && (len(s.handled()) == len(records) || len(s.faults) == 0) {
			r.Fatalf("handed %q, reports %q", s.handled(), s.faults)
		}
	})
}

// A buffer that is missing is reported, and the records after it are whole.
func TestMissingBufferIsReported(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records := drawRecords.Draw(r, "records")
		cut := cutAt(records, drawSizes.Draw(r, "sizes"))
		missing := rapid.IntRange(0, len(cut)-1).Draw(r, "missing")
		s := newStand(t, middle, 0, Options{}, nil)
		s.receive(0, cut[:missing]...)
		s.receive(0, cut[missing+1:]...)
		s.receive(0, Buffer{First: uint64(len(records)), Data: packed("last")})
		want := whole(records, 0, offset(cut[:missing]))
		rest := whole(records, offset(cut[:missing+1]), len(packed(records...)))
		want = append(append(want, rest...), "last")
		if len(s.faults) == 0 {
			r.Fatalf("buffer %d of %d is missing and nobody says so", missing, len(cut))
		}
		if got := s.handled(); !slices.Equal(got, want) {
			r.Fatalf("handed %q, want %q", got, want)
		}
	})
}
