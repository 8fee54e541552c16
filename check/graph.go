package check

// graph is a directed graph on nodes 0 to nodes-1, made for one topological
// order. Edges are kept as given and counted into rows when it is sorted.
type graph struct {
	nodes    int
	from, to []int32

	row  []int32 // the successors of node n are heads[row[n]:row[n+1]]
	head []int32
}

func (g *graph) add(from, to int32) {
	g.from, g.to = append(g.from, from), append(g.to, to)
}

// node adds one node and gives its number.
func (g *graph) node() int32 {
	g.nodes++
	return int32(g.nodes - 1)
}

// sort gives a topological order of all nodes, or, if there is none, a shortest
// cycle through some node: each node of it has an edge to the next and the last
// one to the first. Both are functions of the order in which nodes and edges
// were added.
func (g *graph) sort() (order, cycle []int32) {
	degree := g.rows()
	order = make([]int32, 0, g.nodes)
	for n := range degree {
		if degree[n] == 0 {
			order = append(order, int32(n))
		}
	}
	for k := 0; k < len(order); k++ {
		for _, next := range g.successors(order[k]) {
			if degree[next]--; degree[next] == 0 {
				order = append(order, next)
			}
		}
	}
	if len(order) == g.nodes {
		return order, nil
	}
	return nil, g.shortest(g.onCycle(degree), degree)
}

// rows lays out the successors and gives the number of edges into each node.
func (g *graph) rows() []int32 {
	degree := make([]int32, g.nodes)
	g.row = make([]int32, g.nodes+1)
	for e := range g.from {
		g.row[g.from[e]+1]++
		degree[g.to[e]]++
	}
	for n := range degree {
		g.row[n+1] += g.row[n]
	}
	g.head = make([]int32, len(g.to))
	free := append([]int32(nil), g.row[:g.nodes]...)
	for e, from := range g.from {
		g.head[free[from]] = g.to[e]
		free[from]++
	}
	return degree
}

func (g *graph) successors(n int32) []int32 { return g.head[g.row[n]:g.row[n+1]] }

// onCycle finds a node that lies on a cycle, by depth-first search among the
// nodes that a topological order could not take: those with degree left.
func (g *graph) onCycle(degree []int32) int32 {
	const fresh, open, done = 0, 1, 2
	colour := make([]uint8, g.nodes)
	at := append([]int32(nil), g.row[:g.nodes]...)
	for root := range degree {
		if degree[root] == 0 || colour[root] != fresh {
			continue
		}
		path := []int32{int32(root)}
		colour[root] = open
		for len(path) > 0 {
			n := path[len(path)-1]
			if at[n] == g.row[n+1] {
				colour[n] = done
				path = path[:len(path)-1]
				continue
			}
			next := g.head[at[n]]
			at[n]++
			if colour[next] == open {
				return next
			}
			if degree[next] > 0 && colour[next] == fresh {
				colour[next] = open
				path = append(path, next)
			}
		}
	}
	panic("check: a graph without a topological order has no cycle")
}

// shortest gives a shortest cycle through start, by breadth-first search.
func (g *graph) shortest(start int32, degree []int32) []int32 {
	parent := make([]int32, g.nodes) // plus 1; 0 is not reached
	queue := []int32{start}
	for k := 0; k < len(queue); k++ {
		n := queue[k]
		for _, next := range g.successors(n) {
			if next == start {
				var cycle []int32
				for ; n != start; n = parent[n] - 1 {
					cycle = append(cycle, n)
				}
				cycle = append(cycle, start)
				for i, j := 0, len(cycle)-1; i < j; i, j = i+1, j-1 {
					cycle[i], cycle[j] = cycle[j], cycle[i]
				}
				return cycle
			}
			if degree[next] > 0 && parent[next] == 0 {
				parent[next] = n + 1
				queue = append(queue, next)
			}
		}
	}
	panic("check: a node on a cycle does not lead back to itself")
}
