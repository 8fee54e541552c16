package causallog

import (
	"bytes"

	"simrun/dataflow"
)

// A recovery installs the own logs at once, before anything is sent: else a
// task that replays could forward what depends on entries of its own that it
// does not hold. So what it decides again is not appended but compared with
// what is there, byte for byte, until the installed part of the epoch ends.

// StartEpoch tells that the owner's logs enter an epoch.
func (s *Store) StartEpoch(epoch int32) { s.epoch = epoch }

// Epoch is the epoch that the owner's logs are in.
func (s *Store) Epoch() int32 { return s.epoch }

// Append writes a determinant to one of the owner's logs, in the owner's
// epoch. Where the log was installed by a recovery and is being repeated, the
// determinant is compared with what is there: a *Conflict if it differs.
func (s *Store) Append(id LogID, d *dataflow.Determinant) error {
	if _, conflict := s.Regenerate(id, d); conflict != nil {
		return conflict
	}
	return nil
}

// Regenerate is Append that also tells whether the determinant was found in
// the installed log (matched) or appended. After a conflict the log counts as
// repeated as far as the determinant would reach. An epoch that was dropped is
// not kept: nobody can be asked to repeat it.
func (s *Store) Regenerate(id LogID, d *dataflow.Determinant) (matched bool, conflict *Conflict) {
	if s.epoch < s.from {
		return false, nil
	}
	seg := s.segment(id, s.epoch)
	offset := seg.repeated
	if offset == len(seg.data) {
		seg.data = AppendDeterminant(seg.data, d)
		seg.repeated = len(seg.data)
		s.grown(id, len(seg.data)-offset)
		s.tally.Logged[d.Kind]++
		s.tally.LoggedBytes[d.Kind] += int64(len(seg.data) - offset)
		return false, nil
	}
	s.scratch = AppendDeterminant(s.scratch[:0], d)
	held := seg.data[offset:]
	held = held[:min(len(held), len(s.scratch))]
	seg.repeated += len(held)
	if !bytes.Equal(held, s.scratch) {
		return false, s.layout.conflict(id, s.epoch, offset, held, s.scratch)
	}
	return true, nil
}

// Expect gives the installed bytes of an own log's epoch that are still to be
// repeated.
func (s *Store) Expect(id LogID, epoch int32) []byte {
	if segments := s.of(epoch); segments != nil && s.layout.owners[id] == s.owner {
		return segments[id].data[segments[id].repeated:]
	}
	return nil
}

// Leftover is how many installed bytes of an own log's epoch have not been
// repeated. It stays after the owner has left the epoch.
func (s *Store) Leftover(id LogID, epoch int32) int { return len(s.Expect(id, epoch)) }

// Forsake drops what is installed of an own log, from the owner's epoch on,
// and not repeated: a replay that has gone astray cannot follow it.
func (s *Store) Forsake(id LogID) {
	for i := max(0, int(s.epoch-s.from)); i < len(s.epochs); i++ {
		if s.epochs[i] == nil {
			continue
		}
		seg := &s.epochs[i][id]
		s.resized(id, seg.repeated-len(seg.data))
		seg.data = seg.data[:seg.repeated]
	}
}
