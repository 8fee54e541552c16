package dataflow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestConversations plays pages of commands to a world and compares what it
// says. One command a line:
//
//	feed source/0 NAME...    a batch of records from the partition
//	step TASK                Step until there is nothing to do
//	pass CHANNEL             flush the sender's output; deliver all that is on the channel
//	deliver CHANNEL          deliver the oldest buffer
//	trigger                  tell the sources to begin a checkpoint
//	answer                   the outside answers its oldest call
//	wait NS                  time passes, timers fire
//	kill TASK                the task dies; a new incarnation starts, its inputs are sent again
//	show TASK
func TestConversations(t *testing.T) {
	datadriven.Walk(t, "testdata/conversations", func(t *testing.T, path string) {
		w := newWorld(setting{bufferBytes: 64})
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var said strings.Builder
			w.trace = func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
			for _, line := range strings.Split(d.Input, "\n") {
				w.command(t, strings.Fields(line))
			}
			return said.String()
		})
	})
}

func (w *world) command(t *testing.T, words []string) {
	w.now++
	switch words[0] {
	case "feed":
		p := w.named(t, words[1])
		in := &w.setting.inputs[p.id]
		*in = append(*in, words[2:]...)
		w.setting.batch = len(*in)
		w.feed(p)
	case "step":
		for p := w.named(t, words[1]); ; {
			if _, ok := p.task.Step(); !ok {
				return
			}
		}
	case "pass", "deliver":
		w.carry(t, words[0] == "pass", words[1])
	case "trigger":
		w.checkpoint()
		for i := range w.graph.Operators[source].Parallelism {
			w.do(action{"trigger", w.tasks[i], 0})
		}
	case "answer":
		w.answer(0)
	case "wait":
		var ns int64
		fmt.Sscan(words[1], &ns)
		w.now += ns
		for _, p := range w.tasks {
			p.task.TimerDue()
		}
	case "kill":
		w.complete()
		w.kill(w.named(t, words[1]).id)
	case "show":
		p := w.named(t, words[1])
		w.trace("epoch %d, %d records, replaying %v, waiting %v, idle %v, state %s", p.task.Epoch(), p.task.Count(),
			p.task.Replaying(), p.task.Waiting(), p.task.Idle(), p.app.Snapshot(nil))
	default:
		t.Fatalf("unknown command %q", words)
	}
}

func (w *world) named(t *testing.T, name string) *place {
	for _, p := range w.tasks {
		if w.graph.TaskName(p.id) == name {
			return p
		}
	}
	t.Fatalf("no task %s", name)
	return nil
}

func (w *world) carry(t *testing.T, all bool, name string) {
	for c := range w.graph.Channels {
		if w.graph.ChannelName(ChannelID(c)) != name {
			continue
		}
		ch := &w.graph.Channels[c]
		if all {
			w.tasks[ch.From].task.Flush(ch.Output)
		}
		for len(w.links[c]) > 0 {
			w.deliver(ChannelID(c))
			if !all {
				break
			}
		}
		return
	}
	t.Fatalf("no channel %s", name)
}

// show is a buffer in words.
func show(b Buffer) string {
	if b.Barrier {
		return fmt.Sprintf("(%d,%d) barrier %d", b.Epoch, b.Index, b.Next)
	}
	return fmt.Sprintf("(%d,%d) first %d skip %d %q", b.Epoch, b.Index, b.First, b.Skip, b.Data)
}

// showDeterminant is a determinant in words.
func showDeterminant(d *Determinant) string {
	switch d.Kind {
	case Order:
		return fmt.Sprintf("Order input %d", d.Channel)
	case Serializable:
		return fmt.Sprintf("Serializable call %d %q after %d records", d.Key, d.Answer, d.Count)
	case TimerTrigger:
		return fmt.Sprintf("TimerTrigger %d at %d after %d records", d.Key, d.Value, d.Count)
	case SourceCheckpoint:
		return fmt.Sprintf("SourceCheckpoint %d after %d records", d.Key, d.Count)
	case EpochEnd:
		return fmt.Sprintf("EpochEnd %d", d.Key)
	}
	return fmt.Sprintf("%v %d", d.Kind, d.Value)
}
