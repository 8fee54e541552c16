package recovery

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/causallog"
	"simrun/dataflow"
)

// The claims of TestPaper on what is sent again, on sharing depth and on orphans.

func inFlight(t *testing.T) {
	gen := lines(1, 1)
	all, watch := holds(t, gen, full(), 150)
	looked(t, &watch, 1000, INV06)
	if all.followed == 0 || all.dropped == 0 {
		t.Errorf("%+v", all)
	}
	ours := Clonos(causallog.FullSharing)
	holds(t, gen, ours, 100)
	fails(t, "everything is sent again", gen, broken(ours, func(b *Broken) { b.NoDeduplication = true }), INV06)
	fails(t, "what was received of the dead and not read is dropped", gen, broken(full(), func(b *Broken) { b.DropReceived = true }))
	fails(t, "what was built again is not kept for the next failure", lines(2, 3), broken(ours, func(b *Broken) { b.ForgetRegenerated = true }), INV03)
	live := full()
	live.InFlight = false
	fails(t, "nothing is kept", gen, live)
}

// To hold a buffer's BufferBuilt has to mean to have the buffer: not so if it
// is shared with siblings, or ahead of the buffer (as in the released code).
func countedBuilt(t *testing.T) {
	holds(t, lines(1, 1), full(), 100)
	for _, quirk := range []struct {
		name string
		bit  Quirks
	}{{"shared with siblings", ShareWithSiblings}, {"ahead of its buffer", RunAhead}} {
		fails(t, quirk.name, lines(1, 1), published(causallog.FullSharing, quirk.bit))
	}
	ours := broken(Clonos(causallog.FullSharing), func(b *Broken) { b.CountBuilt = true })
	fails(t, "counted, with the deltas that a cycle needs", lines(1, 1), ours)
}

func neighboursAsk(t *testing.T) {
	gen := paths(2, true)
	all, _ := holds(t, gen, full(), 150)
	if all.followed < 100 || all.rollbacks > 0 {
		t.Errorf("%+v", all)
	}
	fails(t, "who is being recovered answers alone", gen, published(causallog.FullSharing, AnswerAlone))
}

// paths draws runs in which the tasks of a directed path of a length die at one
// instant.
func paths(length int, onLine bool) *rapid.Generator[scenario] {
	return rapid.Map(scenariosOf(1, 1), func(s scenario) scenario {
		s.setting.line = onLine
		g := shop(s.setting.ingresses, s.setting.orders, s.setting.stocks)
		if onLine {
			g = line(s.setting.ingresses, s.setting.orders, s.setting.stocks)
		}
		s.crashes[0].tasks = somePath(g, length, s.crashes[0].step)
		return s
	})
}

// somePath gives one of the directed paths of a graph that visit length tasks,
// each once.
func somePath(g *dataflow.Graph, length, choice int) []dataflow.TaskID {
	var all [][]dataflow.TaskID
	var walk func(path []dataflow.TaskID)
	walk = func(path []dataflow.TaskID) {
		if len(path) == length {
			all = append(all, append([]dataflow.TaskID(nil), path...))
			return
		}
		for _, c := range g.Outputs(path[len(path)-1]) {
			to, seen := g.Channels[c].To, g.Channels[c].To == g.Broker()
			for _, t := range path {
				seen = seen || t == to
			}
			if !seen {
				walk(append(path, to))
			}
		}
	}
	for t := range g.Broker() {
		walk([]dataflow.TaskID{t})
	}
	return all[choice%len(all)]
}

// continues is a limited depth without the fallback.
func continues(p Policy) Policy {
	p.Orphans = true
	return p
}

// orphans says whether some run has one.
func orphans(gen *rapid.Generator[scenario], p Policy) bool {
	for i := range bugBound {
		if play(p, gen.Example(i)).seen.orphans > 0 {
			return true
		}
	}
	return false
}

func depthD(t *testing.T) {
	for what, p := range map[string]Policy{"full": full(), "D": published(3, 0), "ours": Clonos(causallog.FullSharing)} {
		for length := 1; length <= 4; length++ {
			all, _ := holds(t, paths(length, true), p, 25)
			if all.orphans > 0 || all.rollbacks > 0 {
				t.Errorf("%s, %d failures: %+v", what, length, all)
			}
		}
	}
	for _, depth := range []int{1, 2} { // D - 1 is not enough
		if !orphans(paths(depth+1, true), continues(published(depth, 0))) {
			t.Errorf("a depth of %d leaves no orphan", depth)
		}
	}
}

// On a cycle as well: for ours, on the shop, whose D is 2.
func depthK(t *testing.T) {
	for _, c := range []struct {
		what   string
		p      func(depth int) Policy
		depth  int
		onLine bool
	}{
		{"published", func(k int) Policy { return published(k, 0) }, 1, true},
		{"published", func(k int) Policy { return published(k, 0) }, 2, true},
		{"ours", Clonos, 1, true},
		{"ours", Clonos, 2, true},
		{"ours, on a cycle", Clonos, 1, false},
	} {
		all, _ := holds(t, paths(c.depth, c.onLine), continues(c.p(c.depth)), 80)
		if all.orphans > 0 || all.rollbacks > 0 {
			t.Errorf("%s at depth %d: %+v", c.what, c.depth, all)
		}
		if !orphans(paths(c.depth+1, c.onLine), continues(c.p(c.depth))) {
			t.Errorf("%s at depth %d: no %d consecutive failures leave an orphan", c.what, c.depth, c.depth+1)
		}
	}
}

// Whoever dies, at depth 1 and without the fallback: if nobody is left who
// depends on what nobody holds, the run ends well. The determinants in question
// are those of main logs and of cuts. To look at main logs alone, or at tasks,
// is not enough: if a task and one of its receivers die, the sender's main log
// may be held by another receiver, and that of the receiver further down, and
// yet the receiver's plan cannot be fed, because nobody can cut its buffers
// again.
func withoutDeterminant(t *testing.T) {
	gen := lines(1, 1)
	together, cuts := 0, 0
	for i := range bounded(500) {
		s := gen.Example(i)
		w := play(continues(published(1, 0)), s)
		switch what := w.wrong(); {
		case w.seen.cuts > 0 && w.seen.cuts == w.seen.orphans:
			if what := play(continues(published(1, 0)), s, INV24).wrong(); what != "" {
				cuts++
				t.Logf("example %d: only cuts are lost: %s", i, what)
			}
		case w.seen.orphans > 0 || w.watch.Broke[INV24] > 0: // the latter sees, too, what lay in an input when the failure was weighed
		case what != "":
			t.Fatalf("example %d: nobody is orphaned, and yet: %s", i, what)
		case play(published(1, 0), s).seen.rollbacks > 0:
			together++
		}
	}
	if together == 0 {
		t.Error("in no run did neighbours die without harm")
	}
	if cuts == 0 && !testing.Short() {
		t.Error("no run goes wrong by lost cuts alone")
	}
	t.Logf("%d runs in which neighbours died and nobody depended on them", together)
}

func orphansRollBack(t *testing.T) {
	gen := lines(1, 1)
	left := 0
	for i := range bounded(300) {
		s := gen.Example(i)
		if play(continues(published(1, 0)), s).seen.orphans == 0 {
			continue
		}
		left++
		w := play(published(1, 0), s)
		if what := w.wrong(); what != "" || w.seen.rollbacks == 0 {
			t.Errorf("example %d: %d rollbacks: %s", i, w.seen.rollbacks, what)
		}
	}
	if left == 0 {
		t.Error("no run has an orphan")
	}
	fails(t, "the released code goes on", gen, continues(published(1, 0)))
	fails(t, "the released code goes on, and no monitor looks", gen, continues(published(1, 0)), INV24)
}

// Sharing reaches everybody, and still a third failure can take the only copy
// of what a recovering task's plan rests on. With everybody's logs gathered, as
// ours does, the same runs end well.
func oneAfterAnother(t *testing.T) {
	gen := lines(3, 9)
	holds(t, lines(1, 1), full(), 100)
	i := firstWrong(gen, full(), bugBound)
	if i < 0 {
		t.Fatal("no burst goes wrong as published")
	}
	t.Logf("burst %d: %s", i, play(full(), gen.Example(i)).wrong())
	holds(t, gen, Clonos(causallog.FullSharing), 60)
	if what := play(Clonos(causallog.FullSharing), gen.Example(i)).wrong(); what != "" {
		t.Errorf("burst %d: ours goes wrong as well: %s", i, what)
	}
}

// repliesTo counts the replies to each record.
func (w *world) repliesTo() map[string]int {
	n := map[string]int{}
	for _, in := range w.fed {
		for _, name := range in {
			n[name] = 0
		}
	}
	for _, r := range w.broker.took {
		_, text, _ := strings.Cut(r.text, ": ")
		name, _, _ := strings.Cut(text, " ")
		name, _, _ = strings.Cut(name, "@")
		n[name]++
	}
	return n
}

func atLeastOnce(t *testing.T) {
	var all []Invariant
	for i := range Invariants {
		all = append(all, i)
	}
	gen := rapid.Map(lines(1, 1), func(s scenario) scenario {
		s.setting.bufferBytes = 4000 // no record straddles: there would have to be a new start
		return s
	})
	resend := Policy{Name: "no sharing", InFlight: true, Broken: Broken{NoDeduplication: true}}
	count := func(p Policy) (lost, once, more int) {
		for i := range bounded(200) {
			w := play(p, gen.Example(i), all...)
			for _, n := range w.repliesTo() {
				switch {
				case n == 0:
					lost++
				case n == 1:
					once++
				default:
					more++
				}
			}
		}
		return
	}
	if lost, once, more := count(resend); lost > 0 || once == 0 || more == 0 {
		t.Errorf("of all records %d were lost, %d processed once, %d more often", lost, once, more)
	}
	if lost, _, _ := count(None()); lost == 0 {
		t.Error("nothing is lost where nothing is sent again, either")
	}
	if lost, once, more := count(full()); lost > 0 || once == 0 || more > 0 {
		t.Errorf("with sharing %d were lost, %d processed once, %d more often", lost, once, more)
	}
}

func truncation(t *testing.T) {
	gen := lines(1, 1)
	all, watch := holds(t, gen, full(), 100) // world.checkForgotten: nothing older is held at the end
	looked(t, &watch, 100, INV03)
	if all.later == 0 {
		t.Error("no run restarts at a later checkpoint than the first")
	}
	for what, set := range map[string]func(b *Broken){
		"at the local snapshot": func(b *Broken) { b.TruncateEarly = true },
		"at the own ack":        func(b *Broken) { b.TruncateAtAck = true },
	} {
		fails(t, what, gen, broken(full(), set), INV03)
	}
}
