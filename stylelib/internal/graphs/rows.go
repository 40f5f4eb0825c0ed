package graphs

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// evenRows puts zeros behind an axis of rows, so that every device of the graph has as many of them, a multiple of n. Then
// XLA cuts and joins that axis where it lies; else it would bring all rows to every device.
func PadRows(x *Node, axis, n int) *Node {
	n *= x.Graph().NumDevices()
	return PadZeros(x, axis, (n-x.Shape().Dim(axis)%n)%n)
}

// zerosBehind puts n zeros behind an axis. GoMLX's Pad has no gradient of its own.
func PadZeros(x *Node, axis, n int) *Node {
	if n == 0 {
		return x
	}
	zeros := make([]compute.PadAxis, x.Rank())
	zeros[axis].End = n
	return WithGradient(x,
		func(x *Node) *Node { return Pad(x, ScalarZero(x.Graph(), x.DType()), zeros...) },
		func(x, _, dy *Node) *Node { return SliceAxis(dy, axis, AxisRange(0, x.Shape().Dim(axis))) })
}
