package recovery

import (
	"bytes"
	"fmt"
	"strings"

	"simrun/causallog"
	"simrun/dataflow"
)

// check looks at a job in which nothing is left to do.
func (w *world) check() {
	for _, n := range w.nodes {
		switch {
		case !n.lives():
			w.fault("%s is dead", n.name())
			return
		case n.agent.State() != Running || !n.task.Idle():
			w.fault("%s stands: state %d, idle %v", n.name(), n.agent.State(), n.task.Idle())
			return
		}
		w.seen.followed += n.agent.Determinants()
	}
	if w.manager.Recovering() || w.manager.Pending() != 0 || w.manager.Checkpoint() != w.manager.last {
		w.fault("checkpoint %d of %d is complete, recovering %v", w.manager.Checkpoint(), w.manager.last, w.manager.Recovering())
	}
	w.checkChannels()
	w.checkForgotten()
	w.checkLogs()
	w.checkReplies()
}

// checkChannels: each receiver has all that its sender has built, and credit for
// all of it has come back or will.
func (w *world) checkChannels() {
	for _, n := range w.nodes {
		for i := range n.agent.out {
			o := &n.agent.out[i]
			if unsent := o.log.End() - o.next; unsent > 0 {
				w.fault("%s stands: %d buffers were not sent", w.graph.ChannelName(o.channel), unsent)
			}
			receiver := w.broker.agent
			if o.to != w.graph.Broker() {
				receiver = w.nodes[o.to].agent
			}
			in := &receiver.in[w.graph.Channels[o.channel].Input]
			if o.regular && int(o.credits+in.taken) != w.policy.Credits {
				w.fault("%s: %d credits, and %d buffers to be credited, of %d", w.graph.ChannelName(o.channel), o.credits, in.taken, w.policy.Credits)
			}
			if o.log.End() == o.log.First() {
				continue
			}
			want := o.log.At(o.log.End() - 1)
			epoch, index := want.Epoch, want.Index+1
			if want.Barrier {
				epoch, index = want.Next, 0
			}
			if in.epoch != epoch || in.index != index {
				w.fault("%s: the next position is (%d,%d), and (%d,%d) was received", w.graph.ChannelName(o.channel), epoch, index, in.epoch, in.index)
			}
		}
	}
}

// checkForgotten: what the newest checkpoint covers is no longer held.
func (w *world) checkForgotten() {
	c := w.manager.Checkpoint()
	if s := w.broker.agent.Store(); s != nil && s.From() != c {
		w.fault("the broker holds logs from epoch %d on, and checkpoint %d is complete", s.From(), c)
	}
	for _, n := range w.nodes {
		if s := n.agent.Store(); s != nil && s.From() != c {
			w.fault("%s holds logs from epoch %d on, and checkpoint %d is complete", n.name(), s.From(), c)
		}
		for i := range n.agent.out {
			if o := &n.agent.out[i]; o.log.End() > o.log.First() && o.log.At(o.log.First()).Epoch < c {
				w.fault("%s: epoch %d is in flight, and checkpoint %d is complete", w.graph.ChannelName(o.channel), o.log.At(o.log.First()).Epoch, c)
			}
		}
	}
}

// checkLogs: what anybody holds of a log is a prefix of what its owner holds.
func (w *world) checkLogs() {
	if !w.policy.Causal {
		return
	}
	for t := range w.graph.Tasks() {
		s := w.broker.agent.Store()
		if t < len(w.nodes) {
			s = w.nodes[t].agent.Store()
		}
		for id := range causallog.LogID(w.layout.Logs()) {
			owner := w.nodes[w.layout.Owner(id)].agent.Store()
			for e := max(s.From(), owner.From()); e <= max(s.Last(id), owner.Last(id)); e++ {
				if !bytes.HasPrefix(owner.Bytes(id, e), s.Bytes(id, e)) {
					w.fault("%s holds another version of %s, epoch %d", w.graph.TaskName(dataflow.TaskID(t)), w.layout.Name(id), e)
				}
			}
		}
	}
}

// checkReplies: one reply per record; one history of each task shows in them.
func (w *world) checkReplies() {
	seen, events := map[string]int{}, map[string]bool{}
	for i, r := range w.broker.took {
		number, text, _ := strings.Cut(r.text, ": ")
		if number != fmt.Sprint(i+1) {
			w.fault("reply %d is number %s", i+1, number)
		}
		name, rest, _ := strings.Cut(text, " ")
		name, _, _ = strings.Cut(name, "@")
		seen[name]++
		for _, word := range strings.Fields(rest) {
			if word[0] == 'S' && w.setting.stocks == 1 {
				if events[word] {
					w.fault("two replies come from the event %s of the stock", word)
				}
				events[word] = true
			}
		}
	}
	for _, in := range w.fed {
		for _, name := range in {
			if seen[name] != 1 {
				w.fault("%s is answered %d times", name, seen[name])
			}
		}
	}
}
