package recovery

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// scenario is a whole run: what goes in, in which order what is under way
// arrives, when checkpoints begin, who dies.
type scenario struct {
	setting setting
	credits int
	inputs  [][]string
	steps   []byte // each chooses the next thing that happens
	slow    []int  // channels, and behind them parties, to which things come late
	ticks   []int  // steps before which a checkpoint is begun
	crashes []crash
}

type crash struct {
	step     int
	complete bool // strikes at the first completion of a checkpoint from there on
	tasks    []dataflow.TaskID
	arrive   int // frames that still arrive on each connection
}

// lastEvent is the step before which the last crash or checkpoint comes.
const lastEvent = 601

// scenariosOf draws runs of a job of some size, with a number of failures.
func scenariosOf(crashesMin, crashesMax int) *rapid.Generator[scenario] {
	return rapid.Custom(func(t *rapid.T) scenario {
		s := scenario{setting: setting{ingresses: 1, orders: 2, stocks: rapid.IntRange(1, 2).Draw(t, "stocks")}}
		tasks := s.setting.ingresses + s.setting.orders + s.setting.stocks + 1
		s.inputs = make([][]string, s.setting.ingresses)
		for i := range s.inputs {
			for k := range rapid.IntRange(3, 12).Draw(t, "records") {
				what := rapid.SampledFrom([]string{"", "", "t", "c", "x"}).Draw(t, "what")
				pad := strings.Repeat("-", rapid.IntRange(0, 5).Draw(t, "pad"))
				s.inputs[i] = append(s.inputs[i], fmt.Sprintf("%d.%d%s%s", i, k, what, pad))
			}
		}
		s.setting.bufferBytes = rapid.SampledFrom([]int{8, 30, 200}).Draw(t, "buffer")
		s.setting.batch = rapid.IntRange(1, 3).Draw(t, "batch")
		s.credits = rapid.IntRange(1, 4).Draw(t, "credits")
		s.steps = rapid.SliceOfN(rapid.Byte(), 200, 600).Draw(t, "steps")
		// What rapid draws is mostly small: spread it.
		instant := rapid.Map(rapid.IntRange(0, lastEvent-1), func(i int) int { return i * 37 % lastEvent })
		s.slow = rapid.SliceOfN(rapid.Map(rapid.Uint8(), func(b uint8) int { return int(b) * 37 % 256 }), 0, 3).Draw(t, "slow")
		s.ticks = rapid.SliceOfN(instant, 0, 4).Draw(t, "ticks")
		at := instant.Draw(t, "crash")
		for range rapid.IntRange(crashesMin, crashesMax).Draw(t, "crashes") {
			task := rapid.Map(rapid.IntRange(0, tasks-1), func(i int) dataflow.TaskID { return dataflow.TaskID(i) })
			s.crashes = append(s.crashes, crash{
				step: at, complete: rapid.Bool().Draw(t, "complete"),
				tasks: rapid.SliceOfNDistinct(task, 1, 3, rapid.ID).Draw(t, "tasks"), arrive: rapid.IntRange(0, 3).Draw(t, "arrive"),
			})
			at = min(at+rapid.IntRange(0, 80).Draw(t, "later"), lastEvent)
		}
		return s
	})
}

// action is one thing that may happen next.
type action struct {
	kind  string
	n     *node
	l     *link
	index int
}

// slowness: what is slow comes at one step in so many, or when there is nothing else to do.
const slowness = 256

// actions gives what may happen now, in a fixed order.
func (w *world) actions(all []action, step int) []action {
	late := step%slowness != 0
	for pair := range w.mail {
		if len(w.mail[pair]) > 0 && !(late && w.slow[len(w.graph.Channels)+pair%(w.graph.Tasks()+1)]) {
			all = append(all, action{kind: "message", index: pair})
		}
	}
	w.links = slices.DeleteFunc(w.links, func(l *link) bool { return len(l.frames) == 0 })
	for _, l := range w.links {
		if !(late && w.slow[l.channel]) {
			all = append(all, action{kind: "frame", l: l})
		}
	}
	for i := range w.uploads {
		all = append(all, action{kind: "durable", index: i})
	}
	for i := range w.writing {
		all = append(all, action{kind: "completed", index: i})
	}
	if len(w.dispatch) > 0 {
		all = append(all, action{kind: "dispatched"})
	}
	for i := range w.restarts {
		all = append(all, action{kind: "start", index: i})
	}
	if n := len(w.crashed); n > 0 {
		all = append(all, action{kind: "detect", index: 1}, action{kind: "detect", index: n})
	}
	for i := range w.asked {
		all = append(all, action{kind: "answer", index: i})
	}
	for _, n := range w.nodes {
		if n.lives() && n.agent.Ready() {
			all = n.actions(all)
		}
	}
	return all
}

func (n *node) actions(all []action) []action {
	if n.awake {
		all = append(all, action{kind: "step", n: n})
	}
	if g := n.w.graph; g.IsSource(n.id) && n.task.Queued(0) == 0 && n.task.Current() < 0 &&
		int(n.task.SourceOffset()) < len(n.w.fed[g.IndexOf(n.id)]) {
		all = append(all, action{kind: "feed", n: n})
	}
	if n.task.Replaying() {
		return all
	}
	for o := range n.w.graph.Outputs(n.id) {
		if n.task.Open(o) > 0 {
			all = append(all, action{kind: "flush", n: n, index: o})
		}
	}
	if n.armed > 0 && n.armed <= n.Clock() {
		all = append(all, action{kind: "timer", n: n})
	}
	return all
}

func (w *world) do(a action) {
	switch a.kind {
	case "message":
		w.receive(a.index)
	case "frame":
		w.deliver(a.l)
	case "durable":
		w.durable(a.index)
	case "completed":
		w.completed(a.index)
	case "dispatched":
		epoch := w.dispatch[0]
		w.dispatch = w.dispatch[1:]
		w.manager.Dispatched(epoch)
	case "start":
		w.start(a.index)
	case "detect":
		w.detect(a.index)
	case "answer":
		w.answer(a.index)
	case "step":
		a.n.step()
	case "feed":
		w.feed(a.n)
	case "flush":
		a.n.task.Flush(a.index)
	case "timer":
		w.fire(a.n)
	}
}

const stepsMax = 6000

// play runs a scenario under a policy to its end, and then one checkpoint more.
// What goes wrong is in the world's faults and monitors; some of these may be
// left out.
func play(p Policy, s scenario, blind ...Invariant) *world {
	return playTraced(p, s, func(string, ...any) {}, blind...)
}

// playTraced also tells what happens.
func playTraced(p Policy, s scenario, trace func(format string, args ...any), blind ...Invariant) *world {
	p.Credits = s.credits
	w := newWorld(p, s.setting)
	w.trace = trace
	w.blind = blind
	w.fed = s.inputs
	for _, i := range s.slow {
		w.slow[i%len(w.slow)] = true
	}
	last := false
	crashes, checkpoint := slices.Clone(s.crashes), int32(0)
	var all []action
	for step := range stepsMax {
		completed := w.manager.Checkpoint() > checkpoint
		checkpoint = w.manager.Checkpoint()
		crashes = slices.DeleteFunc(crashes, func(c crash) bool {
			strikes := c.step <= step && (completed || !c.complete)
			if strikes {
				w.crash(c.arrive, c.tasks...)
			}
			return strikes
		})
		if slices.Contains(s.ticks, step) {
			w.manager.Tick()
		}
		choice := step * 13
		if step < len(s.steps) {
			choice += int(s.steps[step]) * 167
		}
		w.now += 1 + int64(choice%3)
		if all = w.actions(all[:0], step); len(all) == 0 {
			all = w.actions(all, 0)
		}
		if len(all) > 0 {
			w.do(all[choice%len(all)])
		} else if step > lastEvent {
			switch {
			case w.armed():
				w.now += 100
			case w.manager.Pending() == 0 && !w.manager.Recovering() && !last:
				last = true
				w.manager.Tick()
			default:
				w.check()
				return w
			}
		}
		if w.wrong() != "" {
			return w
		}
	}
	w.fault("no end after %d steps", stepsMax)
	return w
}

func (w *world) armed() bool {
	return slices.ContainsFunc(w.nodes, func(n *node) bool { return n.lives() && n.armed > 0 })
}

// wrong is the first thing that a correct protocol must not show.
func (w *world) wrong() string {
	if len(w.faults) > 0 {
		return w.faults[0]
	}
	for i := range Invariants {
		if w.watch.Broke[i] > 0 && !slices.Contains(w.blind, i) {
			return i.String() + " " + w.watch.First[i]
		}
	}
	return ""
}
