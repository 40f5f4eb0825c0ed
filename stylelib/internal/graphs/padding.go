package graphs

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// PadRows appends zeros to an axis until every device of the graph has the same number of its rows, and that is a multiple of n.
// XLA then divides that axis among the devices without moving rows; otherwise it would bring all rows to every device.
func PadRows(x *Node, axis, n int) *Node {
	n *= x.Graph().NumDevices()
	return PadZeros(x, axis, (n-x.Shape().Dim(axis)%n)%n)
}

// PadZeros appends n zeros to an axis. It is GoMLX's Pad, which has no gradient, with one.
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
