package dataflow

import "fmt"

// TaskID numbers the tasks of a graph from 0, operator by operator in declared
// order. The broker is the last task: it receives what the sinks emit, never
// fails, and is part of every graph.
type TaskID int32

// ChannelID numbers the channels of a graph from 0: edge by edge in declared
// order, then by sending task, then by receiving task.
type ChannelID int32

// OperatorSpec declares an operator and how many parallel tasks it has.
type OperatorSpec struct {
	Name        string
	Parallelism int
}

// EdgeSpec declares an edge between two operators, by their numbers. Every
// task of From has a channel to every task of To.
type EdgeSpec struct{ From, To int }

// Channel is one FIFO channel between two tasks.
type Channel struct {
	ID       ChannelID
	Edge     int
	From, To TaskID
	Output   int  // its number among the outputs of From
	Input    int  // its number among the inputs of To
	Feedback bool // never aligned and never blocked by credit
	InEdge   int  // the number of its edge among the input edges of To's operator
}

// Graph is a job: operators, tasks, channels, which of them are feedback, and
// how far tasks are from each other. It does not change during a run.
type Graph struct {
	Operators []OperatorSpec // the broker is the last
	Edges     []EdgeSpec     // the sink edge, to the broker, is the last
	Feedback  []bool         // per edge
	Channels  []Channel

	firstTask []TaskID
	operator  []int         // per task
	inputs    [][]ChannelID // per task, by input number; sources have input 0 besides (no channel)
	outputs   [][]ChannelID // per task, by output number
	outBase   [][]int       // per operator and output edge number: first output number
	distance  [][]int       // per pair of operators: fewest edges on a directed path of length >= 1; 0 if none
}

// NewGraph numbers tasks and channels, finds the feedback edges by depth-first
// search from the source (operator 0), and rejects what cannot be checkpointed:
// a task that the source does not reach, a feedback channel u->v without a
// regular path from v to u (dominance: else the barrier could come back before
// v took its snapshot), a channel into a source (it takes snapshots between
// records, in the middle of a buffer). Regular edges have no cycle: the search
// makes the edge that would close one a feedback edge.
// The last declared operator is the sink; its tasks write to the broker.
func NewGraph(operators []OperatorSpec, edges []EdgeSpec) (*Graph, error) {
	if err := validate(operators, edges); err != nil {
		return nil, err
	}
	g := &Graph{}
	g.Operators = append(append(g.Operators, operators...), OperatorSpec{"broker", 1})
	broker := len(operators)
	g.Edges = append(append(g.Edges, edges...), EdgeSpec{broker - 1, broker})
	if err := g.findFeedback(); err != nil {
		return nil, err
	}
	g.number()
	g.measure()
	for t := range g.operator {
		if len(g.inputs[t]) > 127 || len(g.outputs[t]) > 127 {
			return nil, fmt.Errorf("task %s has more than 127 channels on one side: an Order determinant holds one signed byte", g.TaskName(TaskID(t)))
		}
	}
	return g, nil
}

func (g *Graph) number() {
	for op, spec := range g.Operators {
		g.firstTask = append(g.firstTask, TaskID(len(g.operator)))
		for range spec.Parallelism {
			g.operator = append(g.operator, op)
		}
	}
	g.inputs = make([][]ChannelID, len(g.operator))
	g.outputs = make([][]ChannelID, len(g.operator))
	g.outBase = make([][]int, len(g.Operators))
	inEdges := make([]int, len(g.Operators))
	for e, edge := range g.Edges {
		from, to := g.Operators[edge.From], g.Operators[edge.To]
		g.outBase[edge.From] = append(g.outBase[edge.From], len(g.outputs[g.firstTask[edge.From]]))
		for i := range from.Parallelism {
			for j := range to.Parallelism {
				u, v := g.firstTask[edge.From]+TaskID(i), g.firstTask[edge.To]+TaskID(j)
				c := Channel{
					ID: ChannelID(len(g.Channels)), Edge: e, From: u, To: v,
					Output: len(g.outputs[u]), Input: len(g.inputs[v]), Feedback: g.Feedback[e], InEdge: inEdges[edge.To],
				}
				g.Channels = append(g.Channels, c)
				g.outputs[u] = append(g.outputs[u], c.ID)
				g.inputs[v] = append(g.inputs[v], c.ID)
			}
		}
		inEdges[edge.To]++
	}
}

func (g *Graph) measure() {
	n := len(g.Operators)
	g.distance = make([][]int, n)
	for a := range n {
		g.distance[a] = make([]int, n)
		frontier := []int{a}
		for hops := 1; len(frontier) > 0; hops++ {
			var next []int
			for _, op := range frontier {
				for _, edge := range g.Edges {
					if edge.From == op && g.distance[a][edge.To] == 0 {
						g.distance[a][edge.To] = hops
						next = append(next, edge.To)
					}
				}
			}
			frontier = next
		}
	}
}

// Tasks gives the number of tasks, the broker included.
func (g *Graph) Tasks() int { return len(g.operator) }

// Broker is the broker's task number.
func (g *Graph) Broker() TaskID { return TaskID(len(g.operator) - 1) }

// OperatorOf gives the number of a task's operator.
func (g *Graph) OperatorOf(t TaskID) int { return g.operator[t] }

// IndexOf gives a task's number among the tasks of its operator.
func (g *Graph) IndexOf(t TaskID) int { return int(t - g.firstTask[g.operator[t]]) }

// Task gives the numbered task of an operator.
func (g *Graph) Task(operator, index int) TaskID { return g.firstTask[operator] + TaskID(index) }

// TaskName is "stock/1".
func (g *Graph) TaskName(t TaskID) string {
	if t == g.Broker() {
		return "broker"
	}
	return fmt.Sprintf("%s/%d", g.Operators[g.operator[t]].Name, g.IndexOf(t))
}

// ChannelName is "order/0>stock/1".
func (g *Graph) ChannelName(c ChannelID) string {
	return g.TaskName(g.Channels[c].From) + ">" + g.TaskName(g.Channels[c].To)
}

// Inputs gives a task's input channels in the order of their input numbers.
func (g *Graph) Inputs(t TaskID) []ChannelID { return g.inputs[t] }

// Outputs gives a task's output channels in the order of their output numbers.
func (g *Graph) Outputs(t TaskID) []ChannelID { return g.outputs[t] }

// IsSource says whether the task reads a partition of the broker.
func (g *Graph) IsSource(t TaskID) bool { return g.operator[t] == 0 }

// HasFeedback says whether a feedback channel ends at the task.
func (g *Graph) HasFeedback(t TaskID) bool {
	for _, c := range g.inputs[t] {
		if g.Channels[c].Feedback {
			return true
		}
	}
	return false
}

// Distance is the hop distance between two tasks: the fewest channels on a
// directed path of length at least one between their operators, 0 if there is
// none. Between tasks of one operator it is the shortest cycle.
func (g *Graph) Distance(from, to TaskID) int { return g.distance[g.operator[from]][g.operator[to]] }

// Depth is the largest hop distance between two tasks where one reaches the
// other: a sharing depth of Depth or more is full sharing. The broker does not
// count, it gets all that the sinks hold.
func (g *Graph) Depth() int {
	depth, broker := 0, len(g.Operators)-1
	for _, row := range g.distance {
		for to, d := range row {
			if to != broker {
				depth = max(depth, d)
			}
		}
	}
	return depth
}

// IsSink says whether the task's output leaves the dataflow.
func (g *Graph) IsSink(t TaskID) bool {
	for _, c := range g.Outputs(t) {
		if g.Channels[c].To == g.Broker() {
			return true
		}
	}
	return false
}

// Together says of a set of tasks whether a channel leads from one of them to
// another, and whether channels lead through them from a source to a sink.
func (g *Graph) Together(in []bool) (adjacent, path bool) {
	seen := make([]bool, len(in))
	var walk func(t TaskID)
	walk = func(t TaskID) {
		seen[t] = true
		path = path || g.IsSink(t)
		for _, c := range g.Outputs(t) {
			if to := g.Channels[c].To; to != g.Broker() && in[to] && !seen[to] {
				walk(to)
			}
		}
	}
	for i := range g.Channels {
		c := &g.Channels[i]
		adjacent = adjacent || c.To != g.Broker() && in[c.From] && in[c.To]
	}
	for t := range in {
		if id := TaskID(t); in[t] && g.IsSource(id) && !seen[t] {
			walk(id)
		}
	}
	return adjacent, path
}
