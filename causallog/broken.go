package causallog

import "simrun/dataflow"

// What tests need to leave parts of the protocol out (recovery.Broken). No
// protocol that works does any of it.

// eachPiece calls f for the pieces of a delta, up to where it is malformed.
func eachPiece(delta []byte, f func(p *piece)) {
	var p piece
	for len(delta) > 0 {
		n := p.take(delta, 1<<31-1)
		if n == 0 {
			return
		}
		delta = delta[n+len(p.data):]
		f(&p)
	}
}

// blindBytes bounds what a log grows to in an epoch when deltas are merged
// blindly: on a cycle it doubles with each round.
const blindBytes = 1 << 13

// MergeBlindly appends what a delta brings of others' logs, wherever it
// belongs.
func (s *Store) MergeBlindly(delta []byte) {
	eachPiece(delta, func(p *piece) {
		if s.layout.owners[p.log] != s.owner && s.Len(p.log, p.epoch) < blindBytes {
			s.AppendBytes(p.log, p.epoch, p.data)
		}
	})
}

// DropReplicas forgets all logs but the owner's.
func (s *Store) DropReplicas() {
	for id := range LogID(s.layout.Logs()) {
		if s.layout.owners[id] != s.owner {
			s.forget(id)
		}
	}
}

// forget drops all that is held of a log.
func (s *Store) forget(id LogID) {
	for _, segments := range s.epochs {
		if segments != nil {
			s.resized(id, -len(segments[id].data))
			segments[id] = segment{}
		}
	}
}

// Displace forgets what was gathered of the logs that an answer has: the
// answer will stand in its place.
func (g *Gather) Displace(answer []byte) {
	eachPiece(answer, func(p *piece) {
		if p.offset == 0 && p.epoch <= g.store.Last(p.log) {
			g.store.forget(p.log)
		}
	})
}

// Entries is how many determinants of an epoch of a cut log are held, and
// whether the last is a barrier's.
func (s *Store) Entries(id LogID, epoch int32) (n int, barrier bool) {
	data := s.Bytes(id, epoch)
	n = len(data) / BufferBuiltBytes
	if n > 0 {
		var d dataflow.Determinant
		_, err := ReadDeterminant(data[(n-1)*BufferBuiltBytes:], &d)
		barrier = err == nil && d.Value == dataflow.BarrierBytes
	}
	return n, barrier
}

// Flip changes a bit of what is held of a log.
func (s *Store) Flip(id LogID, epoch int32, offset int) { s.Bytes(id, epoch)[offset] ^= 1 }
