package dataflow

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// scenario is a whole run: what goes in, what happens when, who dies.
type scenario struct {
	setting     setting
	steps       []byte // each chooses the next thing that happens, and how much time it takes
	checkpoints []int  // steps before which one is begun
	kills       []kill
}

type kill struct {
	step int
	task TaskID
}

var scenarios = rapid.Custom(func(t *rapid.T) scenario {
	var s scenario
	for i := range s.setting.inputs {
		for k := range rapid.IntRange(0, 8).Draw(t, "records") {
			what := rapid.SampledFrom([]string{"", "t", "c", "x", "tc", "cx", "u", "cux", "tcu"}).Draw(t, "what")
			pad := strings.Repeat("-", rapid.IntRange(0, 12).Draw(t, "pad"))
			s.setting.inputs[i] = append(s.setting.inputs[i], fmt.Sprintf("%d.%d%s%s", i, k, what, pad))
		}
	}
	s.setting.bufferBytes = rapid.SampledFrom([]int{1, 8, 13, 40, 200}).Draw(t, "buffer")
	s.setting.batch = rapid.IntRange(1, 4).Draw(t, "batch")
	s.setting.tick = rapid.SampledFrom([]int64{0, 40, 150}).Draw(t, "tick")
	s.steps = rapid.SliceOfN(rapid.Byte(), 100, 400).Draw(t, "steps")
	// What rapid draws is mostly small: spread it.
	instant := rapid.Map(rapid.IntRange(0, lastEvent-1), func(i int) int { return i * 37 % lastEvent })
	s.checkpoints = rapid.SliceOfN(instant, 0, 5).Draw(t, "checkpoints")
	for range rapid.IntRange(1, 4).Draw(t, "kills") {
		s.kills = append(s.kills, kill{
			step: instant.Draw(t, "kill"),
			task: TaskID(rapid.IntRange(0, 6).Draw(t, "task")),
		})
	}
	return s
})

// lastEvent is the step before which the last kill or checkpoint comes.
const lastEvent = 401

// action is one thing that may happen next.
type action struct {
	kind  string
	place *place
	index int
}

// actions gives what may happen now, in a fixed order.
func (w *world) actions() (all []action) {
	for c := range w.links {
		if len(w.links[c]) > 0 {
			all = append(all, action{"deliver", nil, c})
		}
	}
	for i := range w.asked {
		all = append(all, action{"answer", nil, i})
	}
	for _, p := range w.tasks {
		if p.task.Waiting() {
			all = append(all, action{"step", p, 0})
		}
		if p.triggered > 0 {
			all = append(all, action{"trigger", p, 0})
		}
		if w.graph.IsSource(p.id) && p.task.Queued(0) == 0 && p.task.Current() < 0 && int(p.task.SourceOffset()) < len(w.setting.inputs[p.id]) {
			all = append(all, action{"feed", p, 0})
		}
		if p.task.Replaying() {
			continue
		}
		for o := range p.sent {
			if p.task.Open(o) > 0 {
				all = append(all, action{"flush", p, o})
			}
		}
		if p.armed > 0 && p.armed <= p.Clock() {
			all = append(all, action{"timer", p, 0})
		}
	}
	return all
}

func (w *world) do(a action) {
	switch a.kind {
	case "deliver":
		w.deliver(ChannelID(a.index))
	case "answer":
		w.answer(a.index)
	case "step":
		a.place.task.Step()
	case "trigger":
		a.place.task.Trigger(a.place.triggered)
		a.place.triggered = 0
	case "feed":
		w.feed(a.place)
	case "flush":
		a.place.task.Flush(a.index)
	case "timer":
		a.place.armed = 0
		a.place.task.TimerDue()
	}
}

// idle says whether nothing is left to do. What waits for a timer is not idle.
func (w *world) idle() bool {
	for _, p := range w.tasks {
		if !p.task.Idle() || p.task.Replaying() {
			return false
		}
	}
	return len(w.actions()) == 0
}

const stepsMax = 5000

// play runs a scenario to its end. What goes wrong is in the world's faults.
func play(s scenario) *world {
	w := newWorld(s.setting)
	for step := range stepsMax {
		for _, k := range s.kills {
			if k.step == step {
				w.kill(k.task)
			}
		}
		if complete := w.complete(); complete && slices.Contains(s.checkpoints, step) {
			w.checkpoint()
		}
		choice := step * 13
		if step < len(s.steps) {
			choice += int(s.steps[step]) * 167
		}
		w.now += 1 + int64(choice%3)
		if all := w.actions(); len(all) > 0 {
			w.do(all[choice%len(all)])
		} else if step > lastEvent {
			if w.idle() {
				return w
			}
			w.now += 100
		}
		if len(w.faults) > 10 {
			return w
		}
	}
	w.fault("no end after %d steps", stepsMax)
	return w
}

// check looks for every record of the partitions in what the broker received:
// each must be there once.
func (w *world) check(s scenario) {
	seen := map[string]int{}
	for _, record := range w.broker {
		_, text, _ := strings.Cut(record, ": ")
		if i := strings.IndexAny(text, "#@"); i >= 0 {
			seen[text[:i]]++
		}
	}
	for _, in := range s.setting.inputs {
		for _, name := range in {
			if seen[name] != 1 {
				w.fault("%s is answered %d times", name, seen[name])
			}
		}
	}
	if w.trigger > 0 && !w.complete() {
		w.fault("checkpoint %d is not complete", w.trigger)
	}
}
