package graphs

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Loop hands the state to body with i = 0, step, 2·step … while i is below n, and returns what the last round makes of it.
// Inside, a graph sees only what it is handed, numbers too, but for those of Const: GoMLX keeps the others for the graph.
// Nor can it reduce there.
func Loop(n, step int, state []*Node, body func(i *Node, state []*Node) []*Node) []*Node {
	g := state[0].Graph()
	state = append([]*Node{Const(g, int32(0))}, state...)
	inside := func(g *Graph) []*Node {
		in := make([]*Node, len(state))
		for i, node := range state {
			in[i] = Parameter(g, fmt.Sprintf("state%d", i), node.Shape())
		}
		return in
	}
	more := NewClosure(g, func(g *Graph) []*Node { return []*Node{LessThan(inside(g)[0], Const(g, int32(n)))} })
	next := NewClosure(g, func(g *Graph) []*Node {
		in := inside(g)
		return append([]*Node{Add(in[0], Const(g, int32(step)))}, body(in[0], in[1:])...)
	})
	return While(more, next, state...)[1:]
}
