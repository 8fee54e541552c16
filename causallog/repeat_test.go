package causallog

import (
	"fmt"

	"simrun/dataflow"
)

// repeats are the own logs of a new incarnation, as plans, and the epoch in which
// they end.
type repeats struct {
	logs  []LogID
	plans []*Replay
	last  int32
}

// beginRepeat plans to play an incarnation's own logs again.
func (m *model) beginRepeat(t dataflow.TaskID) {
	s, r := m.stores[t], &repeats{last: m.done}
	for _, id := range m.layout.Held(t) {
		if m.layout.Owner(id) == t {
			r.logs, r.plans = append(r.logs, id), append(r.plans, NewReplay(s, id, m.done))
			r.last = max(r.last, s.Last(id))
			if m.layout.IsMain(id) && s.Len(id, s.Last(id)) > 0 && ended(s.Bytes(id, s.Last(id))) {
				r.last = max(r.last, s.Last(id)+1)
			}
		}
	}
	s.StartEpoch(m.done)
	m.repeats[t] = r
}

// ended says whether the last determinant of a log's epoch ends it.
func ended(data []byte) bool {
	var d dataflow.Determinant
	for len(data) > 0 {
		n, err := ReadDeterminant(data, &d)
		if err != nil {
			return false
		}
		data = data[n:]
	}
	return d.Kind == dataflow.EpochEnd
}

// repeat plays one determinant again, of the log that is chosen among those that
// have one left in the incarnation's epoch; or the epoch ends.
func (m *model) repeat(t dataflow.TaskID, choose int) error {
	s, r := m.stores[t], m.repeats[t]
	epoch := s.Epoch()
	for i := range r.plans {
		i = (i + choose) % len(r.plans)
		d := r.plans[i].Next(epoch)
		if d == nil {
			continue
		}
		if matched, conflict := s.Regenerate(r.logs[i], d); (conflict != nil || !matched) && epoch >= s.From() {
			return fmt.Errorf("%s, epoch %d: repeated %v, conflict %v", m.layout.Name(r.logs[i]), epoch, matched, conflict)
		}
		return nil
	}
	for i, id := range r.logs {
		if s.Leftover(id, epoch) != 0 || r.plans[i].Err() != nil {
			return fmt.Errorf("%s, epoch %d: %d bytes left, %v", m.layout.Name(id), epoch, s.Leftover(id, epoch), r.plans[i].Err())
		}
		if epoch == r.last && !r.plans[i].Exhausted() {
			return fmt.Errorf("%s: the plan is not exhausted in epoch %d", m.layout.Name(id), epoch)
		}
	}
	if epoch < r.last {
		s.StartEpoch(epoch + 1)
		return nil
	}
	m.repeats[t] = nil
	return nil
}
