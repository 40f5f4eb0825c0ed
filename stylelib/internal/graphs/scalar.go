package graphs

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// number returns c as a scalar to compute with x. GoMLX's own scalars are shared in the whole graph, also by those who
// cannot see into the loop where the first of them was made.
func Constant(x *Node, c float64) *Node { return Const(x.Graph(), shapes.CastAsDType(c, x.DType())) }
