package cluster

import (
	"math/rand/v2"
	"strings"

	"simrun/recovery"
	"simrun/sim"
)

// oneCrash kills one task.
func oneCrash(moments []Moment, i int) []strike {
	return []strike{crashAt(moments[spread(i, len(moments))], i)}
}

// receivers are where an operator's tasks send.
var receivers = map[string][]string{"ingress": {"order/0", "order/1"}, "order": {"stock/0", "payment/1", "egress/0", "stock/1", "payment/0"},
	"stock": {"order/0", "order/1"}, "payment": {"order/0", "order/1"}, "egress": {"broker"}}

// outOfReach cuts a task off from the manager or stops it, so that it is given
// up and goes on; or cuts it from a receiver, and one of both dies.
func outOfReach(moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 1))
	at := int64(moments[spread(i, len(moments))].At / us)
	task := taskName(draw.IntN(tasksOfSmall))
	switch i % 4 {
	case 0:
		return []strike{{Kind: "cut off", Task: task, At: at, For: 60_000}}
	case 1:
		return []strike{{Kind: "pause", Task: task, At: at, For: 55_000}}
	}
	list := receivers[strings.Split(task, "/")[0]]
	to := list[draw.IntN(len(list))]
	length, victim := int64(60_000), task
	dies := at + 10_000 + draw.Int64N(45_000)
	if i%4 == 3 && to != "broker" {
		length, victim = 20_000, to
		dies = at + 22_000 + draw.Int64N(30_000)
	}
	return []strike{{Kind: "cut", Task: task, To: to, At: at, For: length}, {Kind: "crash", Task: victim, At: dies}}
}

// secondVerbs are the steps of a recovery at which another crash comes.
var secondVerbs = []recovery.Verb{recovery.VerbDetect, recovery.VerbActivate, recovery.VerbRecovering, recovery.VerbCollect, recovery.VerbReplay,
	recovery.VerbRunning}

// twoCrashes is a crash, and a second one while the first task is brought back,
// or later in the same epoch.
func twoCrashes(moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 2))
	m := moments[spread(i, len(moments))]
	first := crashAt(m, i)
	second := strike{Kind: "crash", Task: taskName(draw.IntN(tasksOfSmall))}
	switch i % 3 {
	case 0:
		second.Verb, second.Count, second.Of = secondVerbs[draw.IntN(len(secondVerbs))].String(), 1, first.Task
		if draw.IntN(3) == 0 {
			second.Task = first.Task
		}
	case 1:
		second.Of, second.Event = first.Task, m.Event+1+draw.Int64N(60) // in the middle of the replay
		if m.Event == 0 {
			second.Of, second.Event, second.At = "", 0, int64((m.At+sim.Time(draw.IntN(8_000))*us)/us)
		}
	default:
		second.At = int64((m.At + sim.Time(draw.IntN(40_000))*us) / us)
	}
	return []strike{first, second}
}

// longGather lets a task be brought back while another one, which has to
// answer, is stopped for a while; meanwhile a third dies.
func longGather(moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 4))
	at := int64(moments[spread(i, len(moments))].At / us)
	tasks := draw.Perm(tasksOfSmall)
	all := []strike{{Kind: "pause", Task: taskName(tasks[0]), At: at, For: 8_000 + draw.Int64N(25_000)},
		{Kind: "crash", Task: taskName(tasks[1]), At: at + draw.Int64N(4_000)},
		{Kind: "crash", Task: taskName(tasks[2]), At: at + 3_500 + draw.Int64N(12_000)}}
	if draw.IntN(2) == 0 {
		all = append(all, strike{Kind: "crash", Task: taskName(tasks[3]), At: at + 5_000 + draw.Int64N(15_000)})
	}
	return all
}

// allButOne kills everybody, or everybody but one: at once, or while a task is
// brought back that had died before; then perhaps that one again, when others
// have asked it.
func allButOne(moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 5))
	m := moments[spread(i, len(moments))]
	first := crashAt(m, i)
	if i%4 == 0 {
		return []strike{{Kind: "crash all", At: int64(m.At / us)}}
	}
	rest := strike{Kind: "crash all but", Task: taskName(draw.IntN(tasksOfSmall))}
	if i%4 == 1 {
		rest.Task = first.Task
	}
	if draw.IntN(2) == 0 && m.Event > 0 {
		rest.Of, rest.Event = first.Task, m.Event+1+draw.Int64N(60)
	} else {
		rest.Of, rest.Count, rest.Verb = first.Task, 1, secondVerbs[3+draw.IntN(3)].String()
	}
	if i%8 != 1 {
		return []strike{first, rest}
	}
	last := strike{Kind: "crash", Task: first.Task, Verb: secondVerbs[3+draw.IntN(3)].String(), Count: 1 + draw.IntN(9), Of: "anybody"}
	return []strike{first, rest, last}
}

// burst is three to eight crashes close to one another.
func stagedBurst(moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 3))
	at := moments[spread(i, len(moments))].At
	var all []strike
	for range 3 + draw.IntN(6) {
		one := strike{Kind: "crash", Task: taskName(draw.IntN(tasksOfSmall)), At: int64(at / us)}
		if n := len(all); n > 0 && draw.IntN(3) == 0 {
			one.At, one.Verb, one.Count, one.Of = 0, secondVerbs[draw.IntN(len(secondVerbs))].String(), 1, "anybody"
		}
		all = append(all, one)
		at += sim.Time(draw.IntN(5_000)) * us
	}
	return all
}

// mixedGather: two tasks die together, just when a third may have heard of one
// of them. It answers both, but one of them
// hears neither its answer nor the manager for a while; the third dies as soon
// as the other has gathered, and so does a fourth, so that the third's new
// incarnation answers in its place, with nothing.
func mixedGather(moments []Moment, i int) []strike {
	draw := rand.New(rand.NewPCG(uint64(i), 6))
	at := spread(i, len(moments))
	for moments[at].Event == 0 || strings.HasPrefix(moments[at].Task, "ingress") {
		at = (at + 1) % len(moments)
	}
	third, event := moments[at].Task, moments[at].Event
	list := receivers[strings.Split(third, "/")[0]]
	deaf, other, fourth := list[draw.IntN(len(list))], taskName(draw.IntN(tasksOfSmall)), taskName(draw.IntN(tasksOfSmall))
	if strings.HasPrefix(third, "order") && draw.IntN(2) == 0 || deaf == "broker" {
		deaf = taskName(draw.IntN(4)) // an ingress or an order
	}
	return []strike{{Kind: "crash", Task: deaf, Of: third, Event: event}, {Kind: "crash", Task: other, Of: third, Event: event},
		{Kind: "cut", Task: third, To: deaf, Verb: "recovering", Count: 1, Of: deaf, For: 30_000},
		{Kind: "cut", Task: "manager", To: deaf, Verb: "restore", Count: 1, Of: deaf, For: 40_000},
		{Kind: "crash", Task: third, Verb: "collect", Count: 1, Of: other},
		{Kind: "crash", Task: fourth, Verb: "recovering", Count: 1, Of: third}}
}
