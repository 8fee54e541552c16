package recovery

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"simrun/causallog"
	"simrun/dataflow"
)

// TestConversations plays pages of commands to a world of one ingress, two
// orders, one stock and one egress, and compares what it says. A record of an
// even length goes to order/0, of an odd length to order/1.
//
//	world PROTOCOL [stocks=N] [broken=NAME,...] [quirks=NAME,...] [orphans] [line]
//	                       begin anew; the commands below come under "play", one a line,
//	                       or under "play quietly". Of the published variant the job is the one without a cycle
//	feed TASK NAME...      a batch of records from the partition
//	step TASK              Step until there is nothing to do
//	flush CHANNEL          the sender's open buffer is cut
//	frame CHANNEL          the oldest frame under way arrives
//	mail FROM TO           the oldest message under way arrives
//	settle [quietly]       everything under way arrives, all tasks step; no crash is detected, nothing starts,
//	                       nothing becomes durable
//	tick                   the manager begins a checkpoint
//	durable TASK           its upload ends
//	completed, dispatched  the completion record is durable, the standbys have the states
//	crash TASK...          all at one instant; what they had sent still arrives
//	hold CHANNEL           settle leaves its frames under way
//	lose CHANNEL           they are lost, and it is held no longer
//	detect N               the manager hears of the oldest N crashes at once
//	start TASK             its new incarnation starts, from the store
//	show TASK              its state and the logs it holds
//	queued TASK            how many buffers wait in its inputs
//	blind INVARIANT        its monitor is not asked any more
//	check                  nothing is left to do: is everything as it should be?
func TestConversations(t *testing.T) {
	datadriven.Walk(t, "testdata/conversations", func(t *testing.T, path string) {
		var w *world
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "world" {
				size := setting{ingresses: 1, orders: 2, stocks: 1, bufferBytes: 100, batch: 9}
				d.MaybeScanArgs(t, "stocks", &size.stocks)
				p := protocolNamed(t, d)
				size.line = p.Published || d.HasArg("line")
				w = newWorld(p, size)
				w.settle()
				return "ok\n"
			}
			var said strings.Builder
			w.trace = func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
			if d.HasArg("quietly") {
				w.trace = func(string, ...any) {}
			}
			for _, line := range strings.Split(d.Input, "\n") {
				w.command(t, strings.Fields(line))
			}
			w.trace = func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
			for i := range Invariants {
				if w.watch.Broke[i] > 0 && !slices.Contains(w.blind, i) {
					w.trace("%v %s", i, w.watch.First[i])
				}
			}
			return said.String()
		})
	})
}

func protocolNamed(t *testing.T, d *datadriven.TestData) Policy {
	p, ok := map[string]Policy{
		"none": None(), "redo": Redo(), "global": Global(), "clonos": Clonos(causallog.FullSharing), "clonos-1": Clonos(1),
		"published": published(causallog.FullSharing, 0), "published-1": published(1, 0),
	}[d.CmdArgs[0].Key]
	if !ok {
		t.Fatalf("no protocol %s", d.CmdArgs[0].Key)
	}
	p.Credits = 4
	for _, a := range d.CmdArgs[1:] {
		switch a.Key {
		case "broken":
			for _, name := range a.Vals {
				bugNamed(t, name).set(&p.Broken)
			}
		case "quirks":
			for _, name := range a.Vals {
				quirk, ok := QuirkNamed(name)
				if !ok {
					t.Fatalf("no quirk %s", name)
				}
				p.Quirks |= quirk
			}
		case "orphans":
			p.Orphans = true
		case "backoff":
			n, err := strconv.Atoi(a.Vals[0])
			if err != nil {
				t.Fatal(err)
			}
			p.Backoff = n
		}
	}
	return p
}

func (w *world) command(t *testing.T, words []string) {
	w.now++
	switch words[0] {
	case "feed":
		n := w.named(t, words[1])
		in := &w.fed[w.graph.IndexOf(n.id)]
		*in = append(*in, words[2:]...)
		w.feed(n)
	case "step":
		for n := w.named(t, words[1]); n.awake; {
			n.step()
		}
	case "flush", "frame", "lose", "hold":
		w.onChannel(t, words[0], words[1])
	case "mail":
		pair := w.partyNamed(t, words[1])*(w.graph.Tasks()+1) + w.partyNamed(t, words[2])
		if len(w.mail[pair]) == 0 {
			t.Fatalf("no message from %s to %s", words[1], words[2])
		}
		w.receive(pair)
	case "settle":
		if trace := w.trace; len(words) > 1 {
			w.trace = func(string, ...any) {}
			defer func() { w.trace = trace }()
		}
		w.settle()
	case "tick":
		w.manager.Tick()
	case "completed":
		w.completed(0)
	case "dispatched":
		w.do(action{kind: "dispatched"})
	case "durable", "start", "show", "queued":
		w.onTask(t, words[0], w.named(t, words[1]))
	case "crash":
		var tasks []dataflow.TaskID
		for _, name := range words[1:] {
			tasks = append(tasks, w.named(t, name).id)
		}
		w.crash(1000, tasks...)
	case "detect":
		n, err := strconv.Atoi(words[1])
		if err != nil {
			t.Fatal(err)
		}
		w.detect(n)
	case "blind":
		i, ok := InvariantNamed(words[1])
		if !ok {
			t.Fatalf("no invariant %s", words[1])
		}
		w.blind = append(w.blind, i)
	case "check":
		if w.check(); len(w.faults) == 0 {
			w.trace("all run, channels and logs agree, %d replies", len(w.broker.took))
		}
	default:
		t.Fatalf("no command %q", words)
	}
}

// settle does what can be done without a crash, a start or the store, until
// nothing is left.
func (w *world) settle() {
	for {
		all := slices.DeleteFunc(w.actions(nil, 1), func(a action) bool {
			return slices.Contains([]string{"detect", "start", "durable", "completed", "dispatched", "answer", "timer"}, a.kind)
		})
		if len(all) == 0 {
			return
		}
		w.do(all[0])
	}
}

func (w *world) onTask(t *testing.T, command string, n *node) {
	switch command {
	case "durable":
		i := slices.IndexFunc(w.uploads, func(u upload) bool { return u.n.id == n.id })
		if i < 0 {
			t.Fatalf("%s uploads nothing", n.name())
		}
		w.durable(i)
	case "start":
		i := slices.IndexFunc(w.restarts, func(r *restart) bool { return r.id == n.id })
		if i < 0 {
			t.Fatalf("%s is not restarted", n.name())
		}
		w.start(i)
	case "show":
		state := [...]string{"gathering", "replaying", "running"}[n.agent.State()]
		if n.dead {
			state = "dead"
		}
		w.trace("%s %s, epoch %d, %d records", n.name(), state, n.task.Epoch(), n.task.Count())
		if s := n.agent.Store(); s != nil && !n.dead {
			w.trace("%s", strings.TrimSuffix(w.showStore(s), "\n"))
		}
	case "queued":
		for i, c := range w.graph.Inputs(n.id) {
			w.trace("%s waits for %s: %d", w.graph.ChannelName(c), n.name(), n.task.Queued(i))
		}
	}
}

func (w *world) onChannel(t *testing.T, command, name string) {
	for c := range w.graph.Channels {
		ch := &w.graph.Channels[c]
		if w.graph.ChannelName(ch.ID) != name {
			continue
		}
		switch command {
		case "flush":
			w.nodes[ch.From].task.Flush(ch.Output)
			return
		case "hold":
			w.slow[c] = true
			return
		}
		for _, l := range w.links {
			if l.channel != ch.ID || len(l.frames) == 0 {
				continue
			}
			if command == "frame" {
				w.deliver(l)
				return
			}
			l.frames = nil
		}
		w.slow[c] = false
		if command == "frame" {
			t.Fatalf("nothing is under way on %s", name)
		}
		return
	}
	t.Fatalf("no channel %s", name)
}

func (w *world) named(t *testing.T, name string) *node {
	for _, n := range w.nodes {
		if w.graph.TaskName(n.id) == name {
			return n
		}
	}
	t.Fatalf("no task %s", name)
	return nil
}

func (w *world) partyNamed(t *testing.T, name string) int {
	switch name {
	case "manager":
		return w.party(ManagerID)
	case "broker":
		return w.party(w.graph.Broker())
	}
	return int(w.named(t, name).id)
}
