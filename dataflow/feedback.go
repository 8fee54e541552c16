package dataflow

import "fmt"

// validate rejects what is no graph at all.
func validate(operators []OperatorSpec, edges []EdgeSpec) error {
	if len(operators) == 0 {
		return fmt.Errorf("a graph needs an operator")
	}
	for _, op := range operators {
		if op.Parallelism < 1 {
			return fmt.Errorf("operator %s has %d tasks, it needs 1 or more", op.Name, op.Parallelism)
		}
	}
	for e, edge := range edges {
		if min(edge.From, edge.To) < 0 || max(edge.From, edge.To) >= len(operators) {
			return fmt.Errorf("edge %d leads from operator %d to operator %d, there are %d", e, edge.From, edge.To, len(operators))
		}
		if edge.To == 0 {
			return fmt.Errorf("edge %s->%s leads into the source", operators[edge.From].Name, operators[0].Name)
		}
	}
	return nil
}

// findFeedback marks the edges that lead to an operator on the stack of a
// depth-first search (Carbone et al. 2015).
func (g *Graph) findFeedback() error {
	const white, grey, black = 0, 1, 2
	colour := make([]int, len(g.Operators))
	g.Feedback = make([]bool, len(g.Edges))
	var visit func(op int)
	visit = func(op int) {
		colour[op] = grey
		for e, edge := range g.Edges {
			if edge.From != op {
				continue
			}
			switch colour[edge.To] {
			case grey:
				g.Feedback[e] = true
			case white:
				visit(edge.To)
			}
		}
		colour[op] = black
	}
	visit(0)
	for op, c := range colour {
		if c == white {
			return fmt.Errorf("operator %s is not reached from the source %s", g.Operators[op].Name, g.Operators[0].Name)
		}
	}
	for e, edge := range g.Edges {
		if g.Feedback[e] && !g.dominated(edge) {
			return fmt.Errorf("feedback edge %s->%s: no regular path from %s to %s, so a barrier could return before the snapshot",
				g.Operators[edge.From].Name, g.Operators[edge.To].Name, g.Operators[edge.To].Name, g.Operators[edge.From].Name)
		}
	}
	return nil
}

// dominated says whether a path of regular channels leads from each task of a
// feedback edge's target to each of its origin. Of an edge from an operator to
// itself that is true only if the operator is one task.
func (g *Graph) dominated(edge EdgeSpec) bool {
	if edge.From == edge.To {
		return g.Operators[edge.From].Parallelism == 1
	}
	return g.regularPath(edge.To, edge.From)
}

func (g *Graph) regularPath(from, to int) bool {
	seen := make([]bool, len(g.Operators))
	var walk func(op int) bool
	walk = func(op int) bool {
		if op == to {
			return true
		}
		seen[op] = true
		for e, edge := range g.Edges {
			if edge.From == op && !g.Feedback[e] && !seen[edge.To] && walk(edge.To) {
				return true
			}
		}
		return false
	}
	return walk(from)
}
