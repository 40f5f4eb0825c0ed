package conv

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/weights"
)

// PadEdges returns x [n, h, w, c] with one pixel more on each side, [n, h+2, w+2, c]: mirrored, repeated, or from the opposite edge, as
// a padding other than zeros says. It panics where [weights.ReflectPadding] has fewer than 2 pixels a side to mirror.
func PadEdges(padding weights.Padding, x *Node) *Node {
	return padAxis(padding, padAxis(padding, x, 1), 2)
}

// padAxis adds one row (axis 1) or column (axis 2) before the first and after the last.
func padAxis(padding weights.Padding, x *Node, axis int) *Node {
	n := x.Shape().Dim(axis)
	before, after := 0, n-1 // the rows to copy there
	switch padding {
	case weights.CircularPadding:
		before, after = n-1, 0
	case weights.ReflectPadding:
		before, after = 1, n-2
		if n < 2 {
			exceptions.Panicf("conv: reflect padding needs at least 2 pixels a side, got %s", x.Shape())
		}
	}
	at := func(i int) *Node { return SliceAxis(x, axis, AxisRange(i, i+1)) }
	return Concatenate([]*Node{at(before), x, at(after)}, axis)
}
