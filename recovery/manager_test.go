package recovery

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"simrun/causallog"
	"simrun/dataflow"
)

// desk is the manager's Control in memory: it writes down what it is told.
type desk struct {
	graph    *dataflow.Graph
	policy   Policy
	watch    Monitors
	manager  *Manager
	sent     []Message
	rollback int
	trace    func(format string, args ...any)
}

var _ Control = (*desk)(nil)

func newDesk(g *dataflow.Graph, p Policy) *desk {
	d := &desk{graph: g, policy: p, trace: func(string, ...any) {}}
	d.manager = NewManager(g, &d.policy, d, &d.watch)
	return d
}

func (d *desk) Send(m Message) {
	d.sent = append(d.sent, m)
	d.trace("%s", describe(d.graph, &m))
}

func (d *desk) Restart(t dataflow.TaskID, inc uint32, view *View, alive bool) {
	what := "dead"
	if alive {
		what = "alive"
	}
	d.trace("restart %s at checkpoint %d, generation %d, restarted %s, active %s; it was %s", incarnation(d.graph, t, inc),
		view.Checkpoint, view.Gen, names(d.graph, view.Restarted), names(d.graph, view.Active), what)
}

func (d *desk) WriteCompletion(epoch int32, attempt uint32) {
	d.trace("write completion %d, attempt %d", epoch, attempt)
}

func (d *desk) Dispatch(epoch int32) { d.trace("dispatch %d", epoch) }

func (d *desk) Weigh([]bool, int32) string { return "" }

func (d *desk) Told(verb Verb, t dataflow.TaskID, epoch int32) {
	if verb == VerbRollback {
		d.rollback++
	}
	if t == ManagerID {
		d.trace("%v %d", verb, epoch)
		return
	}
	d.trace("%v %s, checkpoint %d", verb, d.graph.TaskName(t), epoch)
}

// TestManager plays pages of commands to a manager of one ingress, one order,
// one stock and one egress.
//
//	manager PROTOCOL [broken=NAME] [backoff=INTERVALS]     begin anew; the commands below come under "play", one a line
//	tick
//	ack EPOCH TASK[+N]...  of the Nth restart; of the newest incarnation without it
//	done TASK[+N]...
//	fail TASK...           the detector gives them up, all at once
//	completed EPOCH ATTEMPT
//	dispatched EPOCH
//	show
func TestManager(t *testing.T) {
	datadriven.Walk(t, "testdata/manager", func(t *testing.T, path string) {
		var desk *desk
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "manager" {
				desk = newDesk(shop(1, 1, 1), protocolNamed(t, d))
				return "ok\n"
			}
			var said strings.Builder
			desk.trace = func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
			for _, line := range strings.Split(d.Input, "\n") {
				desk.command(t, strings.Fields(line))
			}
			return said.String()
		})
	})
}

func (d *desk) command(t *testing.T, words []string) {
	number := func(i int) int {
		n, err := strconv.Atoi(words[i])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	m := d.manager
	switch words[0] {
	case "tick":
		m.Tick()
	case "ack":
		for _, name := range words[2:] {
			id, inc := d.named(t, name)
			m.Handle(&Message{Kind: Ack, From: id, FromInc: inc, To: ManagerID, Epoch: int32(number(1))})
		}
	case "done":
		for _, name := range words[1:] {
			id, inc := d.named(t, name)
			m.Handle(&Message{Kind: Done, From: id, FromInc: inc, To: ManagerID})
		}
	case "fail":
		var tasks []dataflow.TaskID
		for _, name := range words[1:] {
			id, _ := d.named(t, name)
			tasks = append(tasks, id)
		}
		m.Failed(tasks)
	case "completed":
		m.Completed(int32(number(1)), uint32(number(2)))
	case "dispatched":
		m.Dispatched(int32(number(1)))
	case "show":
		v := m.View()
		d.trace("complete %d, pending %d, generation %d, incarnations %v, active %s, recovering %v, acked %s", m.Checkpoint(), m.Pending(),
			v.Gen, v.Incs, names(d.graph, v.Active), m.Recovering(), names(d.graph, m.acked))
	default:
		t.Fatalf("no command %q", words[0])
	}
}

func (d *desk) named(t *testing.T, name string) (dataflow.TaskID, uint32) {
	name, restarts, given := strings.Cut(name, "+")
	for id := range d.graph.Broker() {
		if d.graph.TaskName(id) != name {
			continue
		}
		if !given {
			return id, d.manager.Incarnation(id)
		}
		n, err := strconv.Atoi(restarts)
		if err != nil {
			t.Fatal(err)
		}
		return id, uint32(n) + 1
	}
	t.Fatalf("no task %s", name)
	return 0, 0
}

// TestManagerKeepsCount: whatever comes in whatever order, generations and
// incarnations count failures, and a checkpoint completes only with a record
// that was begun when the newest incarnations of all tasks had acknowledged it.
func TestManagerKeepsCount(t *testing.T) {
	completions := 0
	defer func() {
		if completions == 0 && !testing.Short() { // of twenty draws there may be none
			t.Error("no checkpoint ever completed")
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		g := shop(1, 1, 1)
		d := newDesk(g, Clonos(causallog.FullSharing))
		m := d.manager
		incs := []uint32{1, 1, 1, 1}
		acked := [4]bool{}
		var records []uint32 // attempts that were begun and are not void
		d.trace = func(format string, args ...any) {
			if strings.HasPrefix(format, "write completion") {
				records = append(records, args[1].(uint32))
			}
		}
		task := rapid.Map(rapid.IntRange(0, 3), func(i int) dataflow.TaskID { return dataflow.TaskID(i) })
		failures := uint32(0)
		t.Repeat(map[string]func(*rapid.T){
			"tick": func(t *rapid.T) {
				if before := m.Pending(); before == 0 {
					if m.Tick(); m.Pending() != 0 {
						acked = [4]bool{}
					}
				}
			},
			"ack": func(t *rapid.T) {
				id, epoch := task.Draw(t, "task"), m.Pending()+int32(rapid.IntRange(-1, 0).Draw(t, "older"))
				inc := incs[id] - uint32(rapid.IntRange(0, 1).Draw(t, "dead"))
				m.Handle(&Message{Kind: Ack, From: id, FromInc: inc, Epoch: epoch})
				if inc == incs[id] && epoch == m.Pending() && epoch != 0 {
					acked[id] = true
				}
			},
			"ack of all": func(t *rapid.T) {
				for id := range incs {
					m.Handle(&Message{Kind: Ack, From: dataflow.TaskID(id), FromInc: incs[id], Epoch: m.Pending()})
				}
				if m.Pending() != 0 {
					acked = [4]bool{true, true, true, true}
				}
			},
			"done": func(t *rapid.T) {
				id := task.Draw(t, "task")
				m.Handle(&Message{Kind: Done, From: id, FromInc: incs[id]})
			},
			"fail": func(t *rapid.T) {
				tasks := rapid.SliceOfNDistinct(task, 1, 3, rapid.ID).Draw(t, "tasks")
				records = nil
				m.Failed(tasks)
				failures++
				for _, id := range tasks {
					incs[id]++
					acked[id] = false
				}
			},
			"complete": func(t *rapid.T) {
				attempt := max(1, m.attempts-min(m.attempts, uint32(rapid.IntRange(0, 1).Draw(t, "older"))))
				before, pending := m.Checkpoint(), m.Pending()
				m.Completed(pending, attempt)
				want := slices.Contains(records, attempt)
				if got := m.Checkpoint() > before; got != want {
					t.Fatalf("completion of attempt %d: %v, want %v", attempt, got, want)
				}
				if want {
					if acked != [4]bool{true, true, true, true} {
						t.Fatalf("checkpoint %d completes with %v", pending, acked)
					}
					records = nil
					completions++
					m.Dispatched(pending)
				}
			},
			"": func(t *rapid.T) {
				v := m.View()
				if v.Gen != failures || !slices.Equal(v.Incs[:4], incs) || v.Incs[4] != 1 {
					t.Fatalf("generation %d and incarnations %v after %d failures that make %v", v.Gen, v.Incs, failures, incs)
				}
				if len(records) > 1 {
					t.Fatalf("completion records %v under way at once", records)
				}
			},
		})
	})
}
