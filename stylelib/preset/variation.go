package preset

import (
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/loss"
)

// smoothForm is how a program measures noise in a picture [1, h, w, 3] in its units.
type variationForm struct {
	loss func(picture *Node) *Node

	// squares is what it multiplies the sums of squares of differences down and to the right by, for a picture of
	// h x w pixels, but for its edges; nil where it is no such sum.
	squares func(h, w float64) (down, right float64)
}

// The programs' total variations.
var (
	// noSmooth is for programs without.
	noVariation = variationForm{loss: func(picture *Node) *Node { return ScalarZero(picture.Graph(), picture.DType()) }}

	// meanSquares is the mean of squares down plus that to the right, in A. Athalye's program as in [loss.TotalVariation].
	meanSquares = sumOfDifferences(func(h, w float64) (down, right float64) {
		return 1 / ((h - 1) * w * 3), 1 / (h * (w - 1) * 3)
	})

	// seedSmooth divides each sum by the other's count.
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

	// absolutes is TensorFlow's: the sum of absolute values.
	absolutes = variationForm{loss: func(picture *Node) *Node {
		down, right := loss.Differences(picture)
		return Add(graphs.SumAll(Abs(down)), graphs.SumAll(Abs(right)))
	}}

	// halfAbsolutes is that of "Dive into Deep Learning": half the means of absolute values.
	halfAbsolutes = variationForm{loss: func(picture *Node) *Node {
		down, right := loss.Differences(picture)
		return MulScalar(Add(graphs.MeanAll(Abs(down)), graphs.MeanAll(Abs(right))), 0.5)
	}}

	// ninePoints is K. Crowson's: squares to all eight neighbours, the edge pixel repeated beyond the edge, where
	// differences along the edge's normal are 0.
	ninePoints = variationForm{loss: func(picture *Node) *Node {
		framed := frame(picture)
		h, w := framed.Shape().Dim(1), framed.Shape().Dim(2)
		at := func(y, x, rows, columns int) *Node {
			return Slice(framed, AxisRange(), AxisRange(y, y+rows), AxisRange(x, x+columns))
		}
		square := func(a, b *Node) *Node { return graphs.MeanAll(Square(Sub(a, b))) }
		centre := at(1, 1, h-2, w-2)
		straight := Add(square(at(1, 2, h-2, w-2), centre), square(at(2, 1, h-2, w-2), centre))
		diagonal := Add(square(at(1, 1, h-1, w-1), at(0, 0, h-1, w-1)), square(at(1, 0, h-1, w-1), at(0, 1, h-1, w-1)))
		return Add(MulScalar(straight, 2./3), MulScalar(diagonal, 2./12))
	}}
)

// sumOfDifferences is the sum of squares of differences down and to the right, each times what squares says.
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

// frame repeats the edge pixels of x [1, h, w, c] once: [1, h+2, w+2, c].
func frame(x *Node) *Node {
	for axis := 1; axis <= 2; axis++ {
		n := x.Shape().Dim(axis)
		x = Concatenate([]*Node{SliceAxis(x, axis, AxisRange(0, 1)), x, SliceAxis(x, axis, AxisRange(n-1, n))}, axis)
	}
	return x
}
