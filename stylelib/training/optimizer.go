package training

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// Kernels of convolutions are moved by Muon (Jordan et al. 2024), all else by AdamW (Loshchilov and Hutter 2019). Muon
// learns twice as much in a step: see testdata/recipes.md.

// The settings. AdamW's second mean is short, for a training of a few thousand steps.
const (
	beta1, beta2 = 0.9, 0.98
	decay        = 0.02 // of weights, times the learning rate
	longest      = 5.0  // gradients are cut to this length, all variables together
	muonRate     = 3.5  // Muon's learning rate, in AdamW's
)

// descend moves variables against their gradients. means and squares are the optimisers' memory, in the variables'
// shapes; rate and n, the step's number from 1, are scalars. It returns the next variables, means and squares, one after
// the other.
func descend(variables, gradients, means, squares []*Node, rate, n *Node) []*Node {
	var length *Node
	for _, g := range gradients {
		square := ReduceAllSum(Square(g))
		if length == nil {
			length = square
		} else {
			length = Add(length, square)
		}
	}
	cut := MinScalar(Div(Scalar(length.Graph(), length.DType(), longest), AddScalar(Sqrt(length), 1e-6)), 1)
	var next, nextMeans, nextSquares []*Node
	for i, x := range variables {
		m, s, g := means[i], squares[i], Mul(gradients[i], cut)
		if x.Rank() == 4 {
			x, m = muon(x, g, m, MulScalar(rate, muonRate))
		} else {
			x, m, s = adamW(x, g, m, s, rate, n)
		}
		next, nextMeans, nextSquares = append(next, x), append(nextMeans, m), append(nextSquares, s)
	}
	return append(append(next, nextMeans...), nextSquares...)
}

// adamW moves one variable.
func adamW(x, gradient, mean, square, rate, n *Node) (next, nextMean, nextSquare *Node) {
	nextMean = Add(MulScalar(mean, beta1), MulScalar(gradient, 1-beta1))
	nextSquare = Add(MulScalar(square, beta2), MulScalar(Square(gradient), 1-beta2))
	move := Div(Div(nextMean, oneMinusPower(beta1, n)), AddScalar(Sqrt(Div(nextSquare, oneMinusPower(beta2, n))), 1e-8))
	return Sub(x, Mul(rate, Add(move, MulScalar(x, decay)))), nextMean, nextSquare
}

// oneMinusPower returns 1 - βⁿ.
func oneMinusPower(beta float64, n *Node) *Node {
	return OneMinus(Pow(Scalar(n.Graph(), n.DType(), beta), n))
}

// muon moves a kernel [3, 3, in, out], seen as a matrix [9·in, out], by the gradient's mean, looked at one step ahead and
// with all its directions made equally long: what few gradients point to is learned as fast as what most do.
//
// Differs from Jordan et al.: the kernel's own length is kept at √out, the length of a move at rate 1. The normalisation
// behind it makes any length do the same, and a kernel that grows would turn more and more slowly.
func muon(x, gradient, mean, rate *Node) (next, nextMean *Node) {
	out := x.Shape().Dim(3)
	nextMean = Add(MulScalar(mean, beta1), MulScalar(gradient, 1-beta1))
	ahead := Add(MulScalar(nextMean, beta1), MulScalar(gradient, 1-beta1))
	move := Reshape(evened(Reshape(ahead, -1, out)), x.Shape().Dimensions...)
	return Sub(MulScalar(unit(x), math.Sqrt(float64(out))), Mul(rate, move)), nextMean
}

// evened brings the singular values of a matrix [m, n] close to 1, between 0.7 and 1.2, by five of Newton's and Schulz's
// steps with Jordan's polynomial. Those below a thousandth of the largest stay smaller.
func evened(x *Node) *Node {
	x = unit(x)
	for range 5 {
		squares := Dot(TransposeAllAxes(x, 1, 0), x).Product()
		polynomial := Add(MulScalar(squares, -4.7750), MulScalar(Dot(squares, squares).Product(), 2.0315))
		x = Add(MulScalar(x, 3.4445), Dot(x, polynomial).Product())
	}
	return x
}

// unit gives x the length 1.
func unit(x *Node) *Node { return Div(x, AddScalar(Sqrt(ReduceAllSum(Square(x))), 1e-12)) }
