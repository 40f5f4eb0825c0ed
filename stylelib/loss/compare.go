package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// MeanSquare is the mean of (got - want)² over all entries of two descriptions of one shape, a scalar.
var MeanSquare = Compare{"MeanSquare", func(got, want *Node) *Node {
	assertSameShape(got, want)
	return graphs.MeanAll(Square(Sub(got, want)))
}}

// RelativeSquare is the sum of (got - want)² divided by the sum of want², a scalar: 0 where they agree, 1 where got is 0. With it a weight
// means the same for every network and every layer.
//
// Differs from Gatys et al.: they keep the scale of each layer, so their weights are for one network only.
var RelativeSquare = Compare{"RelativeSquare", func(got, want *Node) *Node {
	assertSameShape(got, want)
	scale := MaxScalar(StopGradient(graphs.MeanAll(Square(want))), 1e-12)
	return Div(graphs.MeanAll(Square(Sub(got, want))), scale)
}}

// RelativeRows is the mean over the n rows of two descriptions [n, …] of [RelativeSquare], a scalar: each row, such as one moment, counts
// the same whatever its size.
var RelativeRows = Compare{"RelativeRows", func(got, want *Node) *Node {
	assertSameShape(got, want)
	axes := make([]int, got.Rank()-1)
	for i := range axes {
		axes[i] = i + 1
	}
	scale := MaxScalar(StopGradient(ReduceMean(Square(want), axes...)), 1e-12)
	return graphs.MeanAll(Div(ReduceMean(Square(Sub(got, want)), axes...), scale))
}}

// assertSameShape panics where the shapes of two descriptions differ or there is no target.
func assertSameShape(got, want *Node) {
	if want == nil {
		exceptions.Panicf("nothing to compare with: the term has no Target, such as Content or Style(0)")
	}
	if !got.Shape().Equal(want.Shape()) {
		exceptions.Panicf("cannot compare a description of shape %s with the target's %s", got.Shape(), want.Shape())
	}
}
