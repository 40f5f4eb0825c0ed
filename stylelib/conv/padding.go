package conv

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/weights"
)

// pad adds one pixel on each side: x [1, h, w, c] becomes [1, h+2, w+2, c], with pixels mirrored, repeated, or those of
// the other edge.
func pad(padding weights.Padding, x *Node) *Node {
	return padAxis(padding, padAxis(padding, x, 1), 2)
}

// padAxis adds one row or column before the first and after the last along axis 1 or 2.
func padAxis(padding weights.Padding, x *Node, axis int) *Node {
	n := x.Shape().Dim(axis)
	first, last := 0, n-1
	switch padding {
	case weights.CircularPadding:
		first, last = n-1, 0
	case weights.ReflectPadding:
		first, last = 1, n-2
		if n < 2 {
			exceptions.Panicf("conv: reflect padding needs at least 2 pixels a side, got %s", x.Shape())
		}
	}
	at := func(i int) *Node {
		ranges := []SliceAxisSpec{AxisRange(), AxisRange(), AxisRange(), AxisRange()}
		ranges[axis] = AxisRange(i, i+1)
		return Slice(x, ranges...)
	}
	return Concatenate([]*Node{at(first), x, at(last)}, axis)
}
