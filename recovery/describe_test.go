package recovery

import (
	"fmt"
	"strings"

	"simrun/causallog"
	"simrun/dataflow"
)

func incarnation(g *dataflow.Graph, t dataflow.TaskID, inc uint32) string {
	switch t {
	case ManagerID:
		return "manager"
	case g.Broker():
		return "broker"
	}
	return fmt.Sprintf("%s+%d", g.TaskName(t), inc-1)
}

func (w *world) connection(c dataflow.ChannelID, sender, receiver uint32) string {
	ch := &w.graph.Channels[c]
	return incarnation(w.graph, ch.From, sender) + ">" + incarnation(w.graph, ch.To, receiver)
}

func (w *world) describe(m *Message) string { return describe(w.graph, m) }

// describe is a message in words.
func describe(g *dataflow.Graph, m *Message) string {
	s := fmt.Sprintf("%s -> %s  %v", incarnation(g, m.From, m.FromInc), incarnation(g, m.To, m.ToInc), m.Kind)
	switch m.Kind {
	case Recover:
		v := m.View
		s += fmt.Sprintf(" generation %d checkpoint %d restarted %s active %s", v.Gen, v.Checkpoint, names(g, v.Restarted), names(g, v.Active))
		if v.Rollback {
			s += " rollback"
		}
		if v.Ignored > 0 {
			s += fmt.Sprintf(" ignored %d", v.Ignored)
		}
	case Trigger, Truncate, Abandon, Complete, Ack, Settled:
		s += fmt.Sprintf(" %d", m.Epoch)
	case Attach:
		if m.Epoch == goesOn {
			return s + fmt.Sprintf(" %s behind what was built", g.ChannelName(m.Channel))
		}
		s += fmt.Sprintf(" %s at (%d,%d)", g.ChannelName(m.Channel), m.Epoch, m.Index)
	case Credit:
		s += fmt.Sprintf(" %s %d", g.ChannelName(m.Channel), m.Count)
	case Answer:
		_, determinants := causallog.DeltaSizes(m.Logs)
		s += fmt.Sprintf(" generation %d, %d bytes", m.Gen, determinants)
	case Request:
		s += fmt.Sprintf(" %d: logs of %s from epoch %d", m.Gen, g.TaskName(m.Subject), m.Epoch)
	case Response:
		_, determinants := causallog.DeltaSizes(m.Logs)
		s += fmt.Sprintf(" %d: logs of %s, %d bytes", m.Gen, g.TaskName(m.Subject), determinants)
	}
	return s
}

// names lists the tasks for which a view says yes.
func names(g *dataflow.Graph, tasks []bool) string {
	var list []string
	for t, yes := range tasks {
		if yes {
			list = append(list, g.TaskName(dataflow.TaskID(t)))
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ",")
}

func (w *world) showFrame(f *Frame) string {
	what := fmt.Sprintf("%q", f.Buffer.Data)
	if f.Buffer.Barrier {
		what = fmt.Sprintf("barrier %d", f.Buffer.Next)
	}
	_, determinants := causallog.DeltaSizes(f.Delta)
	return fmt.Sprintf("%s (%d,%d) %s log %d", w.connection(f.Channel, f.Sender, f.Receiver), f.Buffer.Epoch, f.Buffer.Index, what, determinants)
}

// showStore lists what a store holds.
func (w *world) showStore(s *causallog.Store) string {
	var b strings.Builder
	for id := range causallog.LogID(w.layout.Logs()) {
		first, last := s.Epochs(id)
		for e := first; e <= last; e++ {
			fmt.Fprintf(&b, "  %s epoch %d: %s\n", w.layout.Name(id), e, showLog(s.Bytes(id, e)))
		}
	}
	return b.String()
}

// showLog is a log's bytes in words.
func showLog(data []byte) string {
	var list []string
	var d dataflow.Determinant
	for len(data) > 0 {
		n, err := causallog.ReadDeterminant(data, &d)
		if err != nil {
			return strings.Join(append(list, err.Error()), ", ")
		}
		data = data[n:]
		switch d.Kind {
		case dataflow.Order:
			list = append(list, fmt.Sprintf("Order %d", d.Channel))
		case dataflow.EpochEnd, dataflow.SourceCheckpoint:
			list = append(list, fmt.Sprintf("%v %d", d.Kind, d.Key))
		case dataflow.BufferBuilt:
			list = append(list, fmt.Sprint(d.Value))
		case dataflow.Serializable:
			list = append(list, fmt.Sprintf("%v %s", d.Kind, d.Answer))
		default:
			list = append(list, d.Kind.String())
		}
	}
	return strings.Join(list, ", ")
}
