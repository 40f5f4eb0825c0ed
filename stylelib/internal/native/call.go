package native

import (
	"fmt"
	"sync/atomic"

	. "github.com/gomlx/gomlx/core/graph"
)

// C has these constants too.
const (
	Panel  = 32 // columns of a matrix that lie together: [panels, rows, Panel]
	Step   = 16 // a convolution's numbers of channels, in and out, are multiples of it
	Points = 36 // of the transform of a convolution's tile: its weights are [Points, panels, in, Panel]
)

var calls atomic.Int64 // each has a function of its own

// Call calls a kernel. In the graph it is a call of a function with a body of XLA's operations, which says what the kernel does, and
// which XLA compiles unless [Open] has given the backend's plugin the kernels. The kinds of kernel are
//
//	plain, bias, relu, where   a convolution, see stylelib/conv
//	gram                       fᵀf [c, c] of f [n, c], c a multiple of Panel
//	times                      f·m [n, c] of f [n, c] and m [c/Panel, c, Panel]
//
// A kernel that gets other shapes returns an error, which Exec returns.
func Call(kind string, body func(parameters []*Node) *Node, arguments ...*Node) *Node {
	return NewFunction(arguments[0].Graph(), fmt.Sprintf("stylenet_%s_%d", kind, calls.Add(1)), func(g *Graph) []*Node {
		parameters := make([]*Node, len(arguments))
		for i, a := range arguments {
			parameters[i] = Parameter(g, fmt.Sprintf("argument%d", i), a.Shape())
		}
		return []*Node{body(parameters)}
	}).Call(arguments...)[0]
}
