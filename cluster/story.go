package cluster

import (
	"encoding/binary"
	"fmt"
	"strings"

	"simrun/dataflow"
	"simrun/recovery"
	"simrun/sim"
)

// Line is one line of the story of a run.
type Line struct {
	At    sim.Time
	Task  dataflow.TaskID // recovery.ManagerID: the manager
	Other dataflow.TaskID // of a message: the other end; Task otherwise
	Order int64           // the operation that a record is about, -1: none
	Verb  recovery.Verb   // Verbs: none
	Fault bool            // the line tells that a fault strikes
	Act   Act             // what it tells of an operation
	Text  string

	Attempt  int32  // of Asked, from 1
	Violated string // the monitor that found something wrong; empty: none
	Orphan   bool   // a survivor depends on what nobody holds
	Who      string // name of Task; a listener is given it
}

// story writes what happens in words. Nothing is put into words unless
// somebody reads it.
type story struct {
	run *Run
	on  bool
}

func newStory(r *Run) story { return story{run: r, on: r.cfg.Trace != nil || r.cfg.Listen != nil} }

func (s *story) write(l Line) {
	s.hear(&l)
	if s.run.cfg.Trace == nil {
		return
	}
	if s.run.cfg.Filter != nil && !s.run.cfg.Filter(&l) {
		return
	}
	fmt.Fprintf(s.run.cfg.Trace, "%s  %-12s %s\n", seconds(l.At), s.who(l.Task), l.Text)
}

func (s *story) who(t dataflow.TaskID) string {
	if t == recovery.ManagerID {
		return "manager"
	}
	return s.run.graph.TaskName(t)
}

// verb tells a step of a protocol.
func (s *story) verb(verb recovery.Verb, t dataflow.TaskID, inc uint32, epoch int32) {
	if verb == recovery.VerbAck || verb == recovery.VerbPublish {
		return // told by the message, and by the reply
	}
	text := ""
	at := s.who(t)
	if inc > 1 {
		at = fmt.Sprintf("%s+%d", at, inc-1)
	}
	switch verb {
	case recovery.VerbDetect:
		text = fmt.Sprintf("%-10s %s, newest complete checkpoint %d", verb, s.who(t), epoch)
		t = recovery.ManagerID
	case recovery.VerbComplete:
		text = fmt.Sprintf("%-10s checkpoint %d", verb, epoch)
	case recovery.VerbRollback:
		text = fmt.Sprintf("%-10s of all tasks to checkpoint %d", verb, epoch)
	case recovery.VerbActivate, recovery.VerbRestore, recovery.VerbRecovering, recovery.VerbCollect, recovery.VerbReplay, recovery.VerbConnect:
		text = fmt.Sprintf("%-10s %s at checkpoint %d%s", verb, at, epoch, s.progress(verb, t))
	case recovery.VerbRunning:
		text = fmt.Sprintf("%-10s %s in epoch %d%s", verb, at, epoch, s.progress(verb, t))
	default:
		text = fmt.Sprintf("%-10s %s of epoch %d", verb, at, epoch)
	}
	s.write(Line{At: s.run.kernel.Now(), Task: t, Other: t, Order: -1, Verb: verb, Text: text})
}

// progress tells how much a recovery has done so far.
func (s *story) progress(verb recovery.Verb, t dataflow.TaskID) string {
	p := s.run.current[t]
	switch {
	case p == nil || p.agent == nil:
	case verb == recovery.VerbCollect:
		return fmt.Sprintf(", %d bytes of logs gathered", p.collected)
	case verb == recovery.VerbRunning && p.restart != nil:
		return fmt.Sprintf(", after %d records and %d determinants", p.replayed, p.agent.Determinants())
	}
	return ""
}

// message tells the arrival of a control message.
func (s *story) message(m *recovery.Message) {
	if !s.on || m.Kind == recovery.Credit {
		return
	}
	text := ""
	switch m.Kind {
	case recovery.Recover:
		text = fmt.Sprintf("generation %d, checkpoint %d", m.View.Gen, m.View.Checkpoint)
	case recovery.Attach:
		text = fmt.Sprintf("%s from buffer %d of epoch %d", s.run.graph.ChannelName(m.Channel), m.Index, m.Epoch)
		if m.Epoch < 0 {
			text = s.run.graph.ChannelName(m.Channel) + " behind what was built"
		}
	case recovery.Answer:
		text = fmt.Sprintf("generation %d, %d bytes of logs", m.Gen, len(m.Logs))
	case recovery.Request:
		text = fmt.Sprintf("%d: logs of %s from epoch %d", m.Gen, s.who(m.Subject), m.Epoch)
	case recovery.Response:
		text = fmt.Sprintf("%d: logs of %s, %d bytes", m.Gen, s.who(m.Subject), len(m.Logs))
	case recovery.Trigger, recovery.Truncate, recovery.Abandon, recovery.Complete, recovery.Settled, recovery.Ack:
		text = fmt.Sprintf("%d", m.Epoch)
	}
	s.write(Line{At: s.run.kernel.Now(), Task: m.To, Other: m.From, Order: -1, Verb: recovery.Verbs,
		Text: strings.TrimSpace(fmt.Sprintf("<- %-9s %v %s", s.who(m.From), m.Kind, text))})
}

// fault tells a fault.
func (s *story) fault(f *Fault) {
	if !s.on {
		return
	}
	s.write(Line{At: s.run.kernel.Now(), Task: recovery.ManagerID, Other: recovery.ManagerID, Order: -1, Verb: recovery.Verbs, Fault: true, Text: "FAULT      " + f.Text})
}

// written tells a write to the store that does not go as usual.
func (s *story) written(t dataflow.TaskID, epoch int32, w *storeWrite, lost bool, late sim.Time) {
	if !s.on || !lost && late == 0 && w.attempts == 1 {
		return
	}
	what := fmt.Sprintf("its part of checkpoint %d", epoch)
	if t == recovery.ManagerID {
		what = fmt.Sprintf("that checkpoint %d is complete", epoch)
	}
	text := "writes " + what
	if w.attempts > 1 {
		text = fmt.Sprintf("writes again, for nobody answered: %s", what)
	}
	if lost {
		text += "; the write is lost"
	} else if late > 0 {
		text += fmt.Sprintf("; the write is %s late", seconds(late))
	}
	s.write(Line{At: s.run.kernel.Now(), Task: t, Other: t, Order: -1, Verb: recovery.Verbs, Text: text})
}

// outlived tells that a part arrives whose writer has died.
func (s *story) outlived(p *process, epoch int32) {
	if s.on && p.dead {
		s.write(Line{At: s.run.kernel.Now(), Task: p.id, Other: p.id, Order: -1, Verb: recovery.Verbs,
			Text: fmt.Sprintf("its part of checkpoint %d arrives late, from %s, which is dead", epoch, p.name())})
	}
}

// frame tells the whole records of a buffer that leaves.
func (s *story) frame(f *recovery.Frame) {
	c := &s.run.graph.Channels[f.Channel]
	edge := s.run.graph.Operators[s.run.graph.OperatorOf(c.From)].Name + ">" + s.run.graph.Operators[s.run.graph.OperatorOf(c.To)].Name
	data := f.Buffer.Data[min(int(f.Buffer.Skip), len(f.Buffer.Data)):]
	for len(data) >= 2 {
		size := 2 + int(binary.LittleEndian.Uint16(data))
		if size > len(data) {
			return
		}
		order := int64(-1)
		if op, ok := s.run.job.about(edge, data[2:size]); ok {
			order = int64(op)
		}
		if !s.tells(order) {
			data = data[size:]
			continue
		}
		s.write(Line{At: s.run.kernel.Now(), Task: c.From, Other: c.To, Order: order, Verb: recovery.Verbs,
			Text: fmt.Sprintf("-> %s  %s", s.who(c.To), s.run.job.describe(edge, data[2:size]))})
		data = data[size:]
	}
}

// client tells what passes between a client and the broker.
func (s *story) client(op uint32, act Act, format string, args ...any) {
	s.write(Line{At: s.run.kernel.Now(), Task: s.run.graph.Broker(), Other: s.run.graph.Broker(), Order: int64(op), Verb: recovery.Verbs, Act: act, Attempt: s.run.clients.ops[op].attempts,
		Text: fmt.Sprintf(format, args...)})
}
