package checkout

import "simrun/dataflow"

// Broken leaves out what makes the services right, one switch a planted
// bug, so that it can be shown that the checks notice. No shop that works sets any.
type Broken struct {
	Unlocked       bool // stock serves a checkout that does not have the locks (2pc)
	ReadUnlocked   bool // stock serves a read that does not have the lock (2pc)
	KeepLocks      bool // stock that is short does not let go what it has locked (2pc)
	NoAbort        bool // participants that granted are not told that a checkout ends without effect
	AbortAll       bool // participants that were not asked yet are told so, too
	TornCommit     bool // the first participant commits, the others abort (2pc)
	LockAsAsked    bool // locks are taken in the order of the lines
	RetryAnew      bool // a retry of an operation that was answered is a new operation
	ForgetReplies  bool // replies are not restored
	ForgetLocks    bool // locks are not restored (2pc)
	ForgetVersions bool // a key's version is not restored
	LateAnswer     bool // an answer that comes after payment gave up goes to whoever has the question's slot
	GiveUpCharges  bool // a checkout that payment gave up on counts as approved
}

// servesAtOnce is a broken stock's: it does not wait for locks.
func (s *stock) servesAtOnce(ctx dataflow.Context, m *message, from int) bool {
	switch {
	case m.verb == read && s.cfg.Broken.ReadUnlocked:
		s.single(ctx, read, m.op, m.parts[0], from)
	case m.verb == lock && s.cfg.Broken.Unlocked:
		if key, enough := s.suffices(m.parts); !enough {
			s.lacks(ctx, m.op, key, from)
			break
		}
		s.begin(granted, m.op)
		s.send(ctx, from)
	default:
		return false
	}
	return true
}

// tear is a broken order task's: the first participant commits, the others
// abort. It gives the number of those that will tell what they applied.
func (o *order) tear(ctx dataflow.Context, p *operation) int32 {
	end, _ := o.cfg.group(p.parts, 0)
	o.toStocks(ctx, p, p.parts[end:], abort)
	return o.toStocks(ctx, p, p.parts[:end], commit)
}

// mergeAsAsked is a broken shop's: parts stand in the order of the lines.
func mergeAsAsked(parts []part, lines []Line) []part {
next:
	for _, line := range lines {
		for i := range parts {
			if parts[i].key == line.Item {
				parts[i].amount += line.Quantity
				continue next
			}
		}
		parts = append(parts, part{key: line.Item, amount: line.Quantity})
	}
	return parts
}

// forget leaves out of a restored state what a broken service leaves out.
func (s *service) forget() {
	if s.cfg.Broken.ForgetLocks {
		s.locks = newLocks(len(s.value), s.tasks)
	}
	if s.cfg.Broken.ForgetVersions {
		clear(s.version)
	}
}

// forget leaves out of a restored state what a broken order task leaves out.
func (o *order) forget() {
	for i := range o.table {
		if o.cfg.Broken.ForgetReplies && o.table[i].state == answered {
			o.table[i] = entry{}
		}
	}
}
