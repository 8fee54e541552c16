package cluster

import (
	"fmt"

	"simrun/recovery"
)

// Act is what a line of the story tells of an operation.
type Act uint8

const (
	NoAct     Act = iota
	Asked         // its request reached the broker
	Decided       // a service decided it
	Told          // its client was told
	ToldAgain     // its client was told once more, perhaps something else
)

// Listener hears the story of a run as lines, in place of text: all that
// protocols and faults do, and of records and clients what concerns some
// operations. Nothing else is put into words for it.
type Listener struct {
	Operations []int64
	Line       func(*Line)
}

func (l *Listener) wants(op int64) bool {
	for _, wanted := range l.Operations {
		if wanted == op {
			return true
		}
	}
	return false
}

// tells says whether anybody reads a line about an operation.
func (s *story) tells(op int64) bool {
	return s.run.cfg.Trace != nil || s.run.cfg.Listen != nil && s.run.cfg.Listen.wants(op)
}

// hear gives a line to the listener.
func (s *story) hear(l *Line) {
	if to := s.run.cfg.Listen; to != nil && (l.Order < 0 || to.wants(l.Order)) {
		if l.Who == "" {
			l.Who = s.who(l.Task)
		}
		to.Line(l)
	}
}

// decided tells the listener alone that a service has decided an operation.
func (s *story) decided(p *process, what uint32) {
	op := int64(s.run.job.placed(what))
	if to := s.run.cfg.Listen; to == nil || !to.wants(op) {
		return
	}
	name := s.who(p.id)
	if p.inc > 1 {
		name = p.name()
	}
	s.hear(&Line{At: s.run.kernel.Now(), Task: p.id, Other: p.id, Order: op, Verb: recovery.Verbs, Act: Decided,
		Who: name, Text: fmt.Sprintf("decides operation %d", op)})
}

// violation tells that a monitor found something wrong for the first time.
func (s *story) violation(i recovery.Invariant, what string) {
	if s.on {
		s.write(Line{At: s.run.kernel.Now(), Task: recovery.ManagerID, Other: recovery.ManagerID, Order: -1, Verb: recovery.Verbs,
			Violated: i.String(), Text: fmt.Sprintf("VIOLATED   %v: %s", i, what)})
	}
}
