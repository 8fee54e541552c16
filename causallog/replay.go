package causallog

import "simrun/dataflow"

// Replay is a log as a plan: the determinants that a store held of it when the
// replay began, read once, epoch by epoch.
type Replay struct {
	from   int32
	epochs []plan
	left   int // bytes not read, in all epochs
	next   dataflow.Determinant
	size   int // of next; 0: not decoded
	at     int32
	raw    []byte // the determinant consumed last, encoded
	err    error
}

type plan struct {
	data []byte
	pos  int
}

// NewReplay plans to follow what a store holds of a log, from an epoch on.
func NewReplay(s *Store, id LogID, from int32) *Replay {
	r := &Replay{from: from}
	for e := from; e <= s.Last(id); e++ {
		data := append([]byte(nil), s.Bytes(id, e)...)
		r.epochs = append(r.epochs, plan{data: data})
		r.left += len(data)
	}
	return r
}

// Exhausted says whether nothing is left to follow.
func (r *Replay) Exhausted() bool { return r.left == 0 }

// Err is why the plan ended early: bytes that are no determinant. From there on
// the plan is exhausted.
func (r *Replay) Err() error { return r.err }

// Peek gives the next determinant of an epoch, valid until the next call.
func (r *Replay) Peek(epoch int32) (*dataflow.Determinant, bool) {
	if r.size > 0 && r.at == epoch {
		return &r.next, true
	}
	r.size = 0
	i := int(epoch - r.from)
	if i < 0 || i >= len(r.epochs) || r.epochs[i].pos == len(r.epochs[i].data) {
		return nil, false
	}
	p := &r.epochs[i]
	n, err := ReadDeterminant(p.data[p.pos:], &r.next)
	if err != nil {
		r.err, r.left = err, 0
		r.epochs = nil
		return nil, false
	}
	r.size, r.at = n, epoch
	return &r.next, true
}

// Next consumes the determinant that Peek gives; nil if there is none.
func (r *Replay) Next(epoch int32) *dataflow.Determinant {
	d, ok := r.Peek(epoch)
	if !ok {
		return nil
	}
	p := &r.epochs[epoch-r.from]
	r.raw = p.data[p.pos : p.pos+r.size]
	p.pos += r.size
	r.left -= r.size
	r.size = 0
	return d
}

// Raw is the encoding of the determinant that was consumed last.
func (r *Replay) Raw() []byte { return r.raw }

// Position is how many bytes of an epoch have been consumed.
func (r *Replay) Position(epoch int32) int {
	if i := int(epoch - r.from); i >= 0 && i < len(r.epochs) {
		return r.epochs[i].pos
	}
	return 0
}

// Later says whether determinants of a later epoch are left.
func (r *Replay) Later(epoch int32) bool {
	for i := max(0, int(epoch-r.from)+1); i < len(r.epochs); i++ {
		if r.epochs[i].pos < len(r.epochs[i].data) {
			return true
		}
	}
	return false
}
