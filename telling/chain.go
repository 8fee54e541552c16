package telling

import (
	"fmt"
	"slices"
	"strings"

	"simrun/cluster"
	"simrun/recovery"
	"simrun/sim"
)

// eventsMost bounds a chain.
const eventsMost = 8

// chain chooses from all that was heard, by what matters most, and keeps the order in which it happened.
func (c *matter) chain(heard []cluster.Line) []Event {
	s := &selection{c: c, heard: heard}
	fault := s.fault()
	from, to := s.span(fault) // len(heard) if there is no fault: nothing is there
	first, last := 0, len(c.operations)-1
	s.take(fault)
	s.take(s.index(0, len(heard), func(l *cluster.Line) bool { return l.Violated == c.finding.Name }))
	if last >= 0 {
		s.take(s.act(first, cluster.Asked))
		s.take(s.act(first, cluster.Told))
		s.take(s.different())
	}
	if last > 0 { // who contradicts it
		s.take(s.act(last, cluster.Told))
	}
	s.take(s.verb(from, to, recovery.VerbDetect))
	s.take(s.either(s.verb(from, to, recovery.VerbRollback), s.verb(from, to, recovery.VerbRestore), s.verb(from, to, recovery.VerbActivate)))
	s.take(s.verb(from, to, recovery.VerbRunning))
	s.take(s.snapshot(from, to))
	if last >= 0 {
		s.take(s.decision(first))
		s.take(s.decidedAgain(first, fault))
	}
	if last > 0 {
		s.take(s.decision(last))
	}
	s.take(s.index(from, to, func(l *cluster.Line) bool { return l.Orphan }))
	s.take(s.verb(from, to, recovery.VerbCollect))
	if last >= 0 {
		s.take(s.lastAsked(first))
	}
	for i := fault - 1; i >= 0 && fault >= 0; i-- { // struck with it, or shortly before
		if heard[i].Fault && heard[i].At+sim.Second >= heard[fault].At {
			s.take(i)
		}
	}
	s.take(s.index(to, len(heard), func(l *cluster.Line) bool { return l.Fault && l.At <= heard[fault].At+sim.Second }))
	c.innocent = fault < 0 && len(s.taken) > 0 && len(c.result.Marks) > 0
	slices.Sort(s.taken)
	var events []Event
	for _, i := range s.taken {
		events = append(events, c.event(&heard[i]))
	}
	return events
}

// selection is the choice under way.
type selection struct {
	c     *matter
	heard []cluster.Line
	taken []int
}

// take adds a line, if there is one and room for it.
func (s *selection) take(i int) {
	if i >= 0 && len(s.taken) < eventsMost && !slices.Contains(s.taken, i) {
		s.taken = append(s.taken, i)
	}
}

// index is the first line from on that is wanted, -1 if none is.
func (s *selection) index(from, to int, wanted func(*cluster.Line) bool) int {
	for i := max(0, from); i < min(to, len(s.heard)); i++ {
		if wanted(&s.heard[i]) {
			return i
		}
	}
	return -1
}

// lastIndex is the last such line.
func (s *selection) lastIndex(from, to int, wanted func(*cluster.Line) bool) int {
	for i := min(to, len(s.heard)) - 1; i >= max(0, from); i-- {
		if wanted(&s.heard[i]) {
			return i
		}
	}
	return -1
}

func (s *selection) either(choices ...int) int {
	for _, i := range choices {
		if i >= 0 {
			return i
		}
	}
	return -1
}

func (s *selection) verb(from, to int, v recovery.Verb) int {
	return s.index(from, to, func(l *cluster.Line) bool { return l.Verb == v })
}

// snapshot is when the first task that came back took the checkpoint that it came back to.
func (s *selection) snapshot(from, to int) int {
	restored := s.verb(from, to, recovery.VerbRestore)
	complete := s.lastIndex(0, from, func(l *cluster.Line) bool { return l.Verb == recovery.VerbComplete })
	if restored < 0 || complete < 0 {
		return -1
	}
	return s.lastIndex(0, complete, func(l *cluster.Line) bool {
		return l.Verb == recovery.VerbSnapshot && l.Task == s.heard[restored].Task
	})
}

// act is the first line that tells it of the n-th operation.
func (s *selection) act(n int, act cluster.Act) int {
	return s.index(0, len(s.heard), s.acts(n, act))
}

func (s *selection) acts(n int, act cluster.Act) func(*cluster.Line) bool {
	return func(l *cluster.Line) bool { return l.Act == act && l.Order == s.c.operations[n] }
}

func (s *selection) lastAsked(n int) int {
	return s.lastIndex(0, len(s.heard), s.acts(n, cluster.Asked))
}

// decision is the last place of an operation before its client was told, or at all.
func (s *selection) decision(n int) int {
	told := s.act(n, cluster.Told)
	if told < 0 {
		told = len(s.heard)
	}
	return s.lastIndex(0, told, s.acts(n, cluster.Decided))
}

// decidedAgain is a place behind the fault.
func (s *selection) decidedAgain(n, fault int) int {
	if fault < 0 {
		return -1
	}
	return s.lastIndex(fault, len(s.heard), s.acts(n, cluster.Decided))
}

// different is the second reply, where replies are what is wrong.
func (s *selection) different() int {
	if s.c.finding.Name != "replies_kept" {
		return -1
	}
	return s.lastIndex(0, len(s.heard), s.acts(0, cluster.ToldAgain))
}

// fault is the fault that the violation comes from, as far as that can be told: the last one before a monitor saw it, or
// before the operation was decided once more, or before its client was told. What a client was told before any fault was
// lost by the first one after that.
func (s *selection) fault() int {
	isFault := func(l *cluster.Line) bool { return l.Fault }
	n := len(s.heard)
	before := func(i int) int { return s.lastIndex(0, i, isFault) }
	if v := s.index(0, n, func(l *cluster.Line) bool { return l.Violated == s.c.finding.Name }); v >= 0 {
		return s.either(before(v), s.index(0, n, isFault))
	}
	if len(s.c.operations) == 0 {
		return before(n)
	}
	told := s.act(0, cluster.Told)
	if told < 0 { // never answered: what struck while it waited, or shortly before
		asked := s.act(0, cluster.Asked)
		return s.either(s.index(max(0, asked), n, isFault), before(n))
	}
	if again := s.lastIndex(told, n, s.acts(0, cluster.Decided)); again >= 0 && before(again) > told {
		return before(again)
	}
	after := s.index(told, n, isFault)
	switch {
	case s.c.finding.Name == "linearizable": // what comes after the reply cannot have spoilt it
		return before(told)
	case s.c.lost():
		return s.either(after, before(told))
	}
	return s.either(before(told), after)
}

// lost says whether the violation is that something told is gone.
func (c *matter) lost() bool {
	if c.finding.About == nil {
		return false
	}
	switch c.finding.About.Rule {
	case "paid_but_lost", "lost_effects", "too_much_left", "never_captured", "other_reply":
		return true
	}
	return false
}

// span is from a fault to the next one that strikes later.
func (s *selection) span(fault int) (from, to int) {
	if fault < 0 {
		return len(s.heard), len(s.heard)
	}
	at := s.heard[fault].At
	to = s.index(fault, len(s.heard), func(l *cluster.Line) bool { return l.Fault && l.At > at })
	return fault, s.either(to, len(s.heard))
}

// event says a line in a few words. What clients ask and are told is in the sentences already.
func (c *matter) event(l *cluster.Line) Event {
	e := plain(l)
	n := slices.Index(c.operations, l.Order)
	if n < 0 || l.Act == cluster.NoAct {
		return e
	}
	h := c.result.Evidence.History
	op := &h.Ops[c.entries[n]]
	what := fmt.Sprintf("operation o%d", l.Order)
	if c.result.Entries <= 1 {
		what = h.Name(c.entries[n])
	}
	client := "client " + h.ClientName(op.Client)
	switch l.Act {
	case cluster.Asked:
		e.Where, e.Text = client, "asks for "+what
		if l.Attempt > 1 {
			e.Text += fmt.Sprintf(", for the %d. time", l.Attempt)
		}
	case cluster.Decided:
		e.Text = "decides " + what
	case cluster.Told:
		e.Where, e.Text = client, fmt.Sprintf("is told %s for %s", h.Told(c.entries[n]), what)
	case cluster.ToldAgain:
		e.Where, e.Text = client, "is told again, otherwise: "+what
	}
	return e
}

// plain is a line in the words of the trace.
func plain(l *cluster.Line) Event {
	return Event{At: l.At, Where: l.Who, Text: strings.Join(strings.Fields(l.Text), " ")}
}
