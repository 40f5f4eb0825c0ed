package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// Patches are the 3x3 patches of features [1, h, w, c], one a row, [(h-2)·(w-2), 9·c]. Compare by [NearestPatches].
var Patches = Describe{"Patches", func(features *Node) *Node {
	features.AssertRank(4)
	h, w, c := features.Shape().Dim(1), features.Shape().Dim(2), features.Shape().Dim(3)
	if h < 3 || w < 3 {
		exceptions.Panicf("patches need features of at least 3x3, got %s", features.Shape())
	}
	shifted := func(x *Node, axis int) *Node { // three copies, each a row or a column further, beside each other
		axes := make([]SliceAxisSpec, 4)
		var copies []*Node
		for by := range 3 {
			for i := range axes {
				axes[i] = AxisRange()
			}
			axes[axis] = AxisRange(by, by+x.Shape().Dim(axis)-2)
			copies = append(copies, Slice(x, axes...))
		}
		return Concatenate(copies, 3)
	}
	return Reshape(shifted(shifted(features, 1), 2), (h-2)*(w-2), 9*c)
}}

// NearestPatches compares each patch of the picture with the target's patch that points most in its direction (Li and Wand 2016,
// "Combining Markov random fields and convolutional neural networks"), and returns their mean square difference divided by the
// target's mean square. Unlike a Gram matrix it keeps what belongs together together: an eye becomes an eye.
//
// It looks at every pair of patches, so it is for small layers: relu4_1, not relu1_1.
var NearestPatches = Compare{"NearestPatches", func(got, want *Node) *Node {
	got.AssertRank(2)
	want.AssertDims(-1, got.Shape().Dim(1))
	length := Sqrt(ReduceAndKeep(Square(want), ReduceSum, 1))
	direction := Div(want, MaxScalar(length, 1e-12))
	nearest := ArgMax(Einsum("ip,jp->ij", StopGradient(got), StopGradient(direction)), 1)
	aim := StopGradient(Gather(want, InsertAxes(nearest, -1)))
	return Div(graphs.MeanAll(Square(Sub(got, aim))), MaxScalar(StopGradient(graphs.MeanAll(Square(want))), 1e-12))
}}
