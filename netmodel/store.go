package netmodel

import (
	"fmt"

	"simrun/sim"
)

// A Store is the checkpoint store. All transfers share its bandwidth, one after the other; then each has a latency of
// its own, so that a small one may end before a large one that began earlier. Make it with NewStore.
//
// What is put is durable only when its completion event fires: until then the caller must let nobody read it. A
// completion that fires before PausedUntil is scheduled again, for PausedUntil.
type Store struct {
	latency *sim.Dist
	stream  sim.Stream
	line    line
	paused  sim.Time // nothing begins or ends before this instant
	slow    sim.Time // what begins before this instant takes factor times as long
	factor  int64    // at least 1
}

// NewStore returns an idle store whose latencies are drawn from a stream, in nanoseconds. It panics if one can be
// negative or the bandwidth is not positive.
func NewStore(latency *sim.Dist, bytesPerSecond int64, stream sim.Stream) Store {
	mustNotBeNegative("latency of a store", latency)
	return Store{latency: latency, stream: stream, line: newLine(bytesPerSecond), factor: 1}
}

// Put returns when a snapshot is durable that starts to be written now. The time must not be before that of an earlier
// call.
func (s *Store) Put(now sim.Time, bytes int64) (durable sim.Time) { return s.transfer(now, bytes) }

// Get returns when a snapshot has been read that is asked for now. The time must not be before that of an earlier call.
func (s *Store) Get(now sim.Time, bytes int64) (arrives sim.Time) { return s.transfer(now, bytes) }

func (s *Store) transfer(now sim.Time, bytes int64) sim.Time {
	latency := s.latency.Draw(&s.stream)
	s.line.idleUntil(max(now, s.paused))
	if s.line.free < s.slow {
		bytes, latency = times(bytes, s.factor), times(latency, s.factor)
	}
	return after(s.line.pass(now, bytes), sim.Time(latency))
}

// Pause lets no transfer begin before an instant; what was asked for before is the caller's (see Store), and its bytes
// count as moved. Of two pauses the longer one counts.
func (s *Store) Pause(until sim.Time) { s.paused = max(s.paused, until) }

// PausedUntil returns the instant before which nothing ends. If it has passed, the store is at work.
func (s *Store) PausedUntil() sim.Time { return s.paused }

// Slow makes what begins before an instant take a number of times as long, bytes and latency alike. Of two calls the
// later one counts. It panics if the factor is below 1.
func (s *Store) Slow(factor int64, until sim.Time) {
	if factor < 1 {
		panic(fmt.Sprintf("netmodel: store slowed by a factor of %d", factor))
	}
	s.factor, s.slow = factor, until
}
