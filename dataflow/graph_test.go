package dataflow

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGraphIsRejected(t *testing.T) {
	one := func(names ...string) (ops []OperatorSpec) {
		for _, n := range names {
			ops = append(ops, OperatorSpec{n, 1})
		}
		return ops
	}
	for _, c := range []struct {
		operators []OperatorSpec
		edges     []EdgeSpec
		want      string
	}{
		{nil, nil, "needs an operator"},
		{[]OperatorSpec{{"a", 1}, {"b", 0}}, []EdgeSpec{{0, 1}}, "operator b has 0 tasks"},
		{one("a", "b"), []EdgeSpec{{0, 2}}, "edge 0 leads from operator 0 to operator 2, there are 2"},
		{one("a", "b"), []EdgeSpec{{-1, 1}}, "edge 0 leads from operator -1"},
		{one("a", "b", "c"), []EdgeSpec{{0, 2}, {1, 2}}, "operator b is not reached from the source a"},
		{one("a", "b", "c"), []EdgeSpec{{0, 1}, {1, 2}, {1, 0}}, "edge b->a leads into the source"},
		{[]OperatorSpec{{"a", 1}, {"b", 2}}, []EdgeSpec{{0, 1}, {1, 1}}, "feedback edge b->b: no regular path"},
		{[]OperatorSpec{{"a", 128}, {"b", 1}}, []EdgeSpec{{0, 1}}, "task b/0 has more than 127 channels"},
	} {
		_, err := NewGraph(c.operators, c.edges)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %v: error %v, want %q", c.operators, c.edges, err, c.want)
		}
	}
	if _, err := NewGraph(one("a", "b"), []EdgeSpec{{0, 1}, {1, 1}}); err != nil {
		t.Errorf("a task that sends to itself: %v", err)
	}
}

func TestGraphOfTheTestJob(t *testing.T) {
	g := testGraph()
	var feedback []string
	for c, ch := range g.Channels {
		if ch.Feedback {
			feedback = append(feedback, g.ChannelName(ChannelID(c)))
		}
		if g.Inputs(ch.To)[ch.Input] != ch.ID || g.Outputs(ch.From)[ch.Output] != ch.ID {
			t.Errorf("channel %s is not where it says", g.ChannelName(ChannelID(c)))
		}
	}
	if got, want := fmt.Sprint(feedback), "[far/0>middle/0 far/0>middle/1 far/1>middle/0 far/1>middle/1]"; got != want {
		t.Errorf("feedback channels %s, want %s", got, want)
	}
	if got, want := g.ChannelName(ChannelID(len(g.Channels)-1)), "sink/0>broker"; got != want {
		t.Errorf("the last channel is %s, want %s", got, want)
	}
	task := func(operator int) TaskID { return g.Task(operator, 1%g.Operators[operator].Parallelism) }
	for _, d := range []struct{ from, to, want int }{
		{source, middle, 1}, {source, sink, 2}, {source, far, 2}, {middle, middle, 2}, {far, far, 2}, {far, sink, 2}, {sink, middle, 0}, {middle, source, 0},
	} {
		if got := g.Distance(task(d.from), task(d.to)); got != d.want {
			t.Errorf("distance %s to %s is %d, want %d", g.TaskName(task(d.from)), g.TaskName(task(d.to)), got, d.want)
		}
	}
	if g.Depth() != 2 { // source to sink; the broker does not count
		t.Errorf("depth %d, want 2", g.Depth())
	}
	if g.HasFeedback(task(far)) || !g.HasFeedback(task(middle)) || !g.IsSource(task(source)) || g.IsSource(task(middle)) {
		t.Error("feedback and sources are mixed up")
	}
}

// Without its feedback edges every accepted graph is acyclic, every feedback
// edge is dominated, and every task is reached.
func TestAcceptedGraphsCanBeCheckpointed(t *testing.T) {
	rejected := 0
	rapid.Check(t, func(t *rapid.T) {
		var ops []OperatorSpec
		n := rapid.IntRange(2, 6).Draw(t, "operators")
		for i := range n {
			ops = append(ops, OperatorSpec{fmt.Sprint(i), rapid.IntRange(1, 2).Draw(t, "tasks")})
		}
		var edges []EdgeSpec
		for range rapid.IntRange(1, 10).Draw(t, "edges") {
			edges = append(edges, EdgeSpec{rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(1, n-1).Draw(t, "to")})
		}
		g, err := NewGraph(ops, edges)
		if err != nil {
			rejected++
			return
		}
		// reach[a][b]: a path of one or more regular channels leads from task a to task b.
		reach := make([][]bool, g.Tasks())
		for a := range reach {
			reach[a] = make([]bool, g.Tasks())
		}
		for range g.Tasks() {
			for _, ch := range g.Channels {
				if ch.Feedback {
					continue
				}
				for a := range reach {
					reach[a][ch.To] = reach[a][ch.To] || a == int(ch.From) || reach[a][ch.From]
				}
			}
		}
		for a := range reach {
			if reach[a][a] {
				t.Fatalf("regular channels lead from %s to itself", g.TaskName(TaskID(a)))
			}
			if !g.IsSource(TaskID(a)) && !reach[0][a] {
				t.Fatalf("%s is not reached by regular channels", g.TaskName(TaskID(a)))
			}
		}
		for c, ch := range g.Channels {
			if ch.Feedback && ch.From != ch.To && !reach[ch.To][ch.From] {
				t.Fatalf("%s is not dominated", g.ChannelName(ChannelID(c)))
			}
		}
	})
	if rejected == 0 {
		t.Error("no graph was rejected")
	}
}
