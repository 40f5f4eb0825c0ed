package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// Patches are the 3x3 patches of features [1, h, w, c], one in each row of [(h-2)·(w-2), 9·c]. h and w are 3 or more. Compare by
// [NearestPatches].
var Patches = Describe{"Patches", func(features *Node) *Node {
	features.AssertRank(4)
	h, w, c := features.Shape().Dim(1), features.Shape().Dim(2), features.Shape().Dim(3)
	if h < 3 || w < 3 {
		exceptions.Panicf("patches need features of at least 3x3, got %s", features.Shape())
	}
	shifted := func(x *Node, axis int) *Node { // three copies, each shifted by one row or column more, joined along the channels
		var copies []*Node
		for by := range 3 {
			copies = append(copies, SliceAxis(x, axis, AxisRange(by, by+x.Shape().Dim(axis)-2)))
		}
		return Concatenate(copies, 3)
	}
	return Reshape(shifted(shifted(features, 1), 2), (h-2)*(w-2), 9*c)
}}

// NearestPatches compares each patch of the picture with that patch of the target whose cosine with it is largest (Li and Wand 2016,
// "Combining Markov random fields and convolutional neural networks for image synthesis"). The result is the mean square difference
// divided by the target's mean square, a scalar. Unlike a Gram matrix it keeps the structure of 3x3 positions.
//
// It takes the cosine of every pair of patches, so it is for small layers: relu4_1, not relu1_1.
var NearestPatches = Compare{"NearestPatches", func(got, want *Node) *Node {
	got.AssertRank(2)
	want.AssertDims(-1, got.Shape().Dim(1))
	length := Sqrt(ReduceAndKeep(Square(want), ReduceSum, 1))
	direction := Div(want, MaxScalar(length, 1e-12))
	nearest := ArgMax(Einsum("ip,jp->ij", StopGradient(got), StopGradient(direction)), 1)
	matched := StopGradient(Gather(want, InsertAxes(nearest, -1)))
	return Div(graphs.MeanAll(Square(Sub(got, matched))), MaxScalar(StopGradient(graphs.MeanAll(Square(want))), 1e-12))
}}
