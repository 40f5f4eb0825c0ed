package preset

import (
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/loss"
	"stylenet/weights"
)

// variationForm is how an implementation measures the total variation of a picture [1, h, w, 3] in its units.
type variationForm struct {
	loss func(picture *Node) *Node

	// squares returns by what it multiplies the sum of squares of vertical and that of horizontal differences, for a picture of h x w
	// pixels, if its edges are ignored; nil where it is no such sum.
	squares func(h, w float64) (down, right float64)
}

// The total variations.
var (
	// noVariation is for implementations without one.
	noVariation = variationForm{loss: func(picture *Node) *Node { return ScalarZero(picture.Graph(), picture.DType()) }}

	// meanSquares is A. Athalye's: the mean square vertical difference plus the mean square horizontal one, as in [loss.TotalVariation].
	meanSquares = sumOfDifferences(func(h, w float64) (down, right float64) {
		return 1 / ((h - 1) * w * 3), 1 / (h * (w - 1) * 3)
	})

	// seedVariation is CNN-StyleNet's: each sum of squares is divided by the number of differences of the other.
	seedVariation = sumOfDifferences(func(h, w float64) (down, right float64) {
		return 1 / (h * (w - 1) * 3), 1 / ((h - 1) * w * 3)
	})

	// halfSquares is J. Johnson's: half the sum of squares, without the last row and column.
	halfSquares = variationForm{
		loss: func(picture *Node) *Node {
			down, right := loss.Differences(picture)
			return MulScalar(graphs.SumAll(Add(Square(withoutLast(down, 2)), Square(withoutLast(right, 1)))), 0.5)
		},
		squares: func(h, w float64) (down, right float64) { return 0.5, 0.5 },
	}

	// power125 is Keras's: the sum of (down² + right²)^1.25, without the last row and column.
	power125 = variationForm{loss: func(picture *Node) *Node {
		down, right := loss.Differences(picture)
		squares := Add(Square(withoutLast(down, 2)), Square(withoutLast(right, 1)))
		return graphs.SumAll(PowScalar(squares, 1.25))
	}}

	// absolutes is TensorFlow's: the sum of absolute differences.
	absolutes = variationForm{loss: func(picture *Node) *Node {
		down, right := loss.Differences(picture)
		return Add(graphs.SumAll(Abs(down)), graphs.SumAll(Abs(right)))
	}}

	// halfAbsolutes is that of "Dive into Deep Learning": half the means of absolute differences.
	halfAbsolutes = variationForm{loss: func(picture *Node) *Node {
		down, right := loss.Differences(picture)
		return MulScalar(Add(graphs.MeanAll(Abs(down)), graphs.MeanAll(Abs(right))), 0.5)
	}}

	// ninePoints is K. Crowson's: squares of the differences to all eight neighbours, with replicate padding.
	ninePoints = variationForm{loss: func(picture *Node) *Node {
		padded := conv.PadEdges(weights.ReplicatePadding, picture)
		h, w := padded.Shape().Dim(1), padded.Shape().Dim(2)
		at := func(y, x, rows, columns int) *Node {
			return Slice(padded, AxisRange(), AxisRange(y, y+rows), AxisRange(x, x+columns))
		}
		square := func(a, b *Node) *Node { return graphs.MeanAll(Square(Sub(a, b))) }
		centre := at(1, 1, h-2, w-2)
		straight := Add(square(at(1, 2, h-2, w-2), centre), square(at(2, 1, h-2, w-2), centre))
		diagonal := Add(square(at(1, 1, h-1, w-1), at(0, 0, h-1, w-1)), square(at(1, 0, h-1, w-1), at(0, 1, h-1, w-1)))
		return Add(MulScalar(straight, 2./3), MulScalar(diagonal, 2./12))
	}}
)

// sumOfDifferences is the sum of squares of vertical and that of horizontal differences, each times what squares returns.
func sumOfDifferences(squares func(h, w float64) (down, right float64)) variationForm {
	return variationForm{squares: squares, loss: func(picture *Node) *Node {
		down, right := loss.Differences(picture)
		forDown, forRight := squares(float64(picture.Shape().Dim(1)), float64(picture.Shape().Dim(2)))
		return Add(MulScalar(graphs.SumAll(Square(down)), forDown), MulScalar(graphs.SumAll(Square(right)), forRight))
	}}
}

// withoutLast leaves out the last row (axis 1) or column (axis 2) of x [1, h, w, c].
func withoutLast(x *Node, axis int) *Node {
	return SliceAxis(x, axis, AxisRange(0, x.Shape().Dim(axis)-1))
}
