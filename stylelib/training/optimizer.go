package training

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// Muon (Jordan et al. 2024) updates the kernels of convolutions, AdamW (Loshchilov and Hutter 2019) all other variables.
// With Muon a step learns about twice as much: see testdata/recipes.md.

// The settings. AdamW's β₂ is low, because a training has a few thousand steps only.
const (
	beta1, beta2    = 0.9, 0.98
	weightDecay     = 0.02 // of AdamW, times the learning rate
	maxGradientNorm = 5.0  // of all variables together; larger gradients are clipped to it
	muonRate        = 3.5  // Muon's learning rate by AdamW's
)

// update takes one step of the optimisers. means and squares are their moments, in the variables' shapes; rate and n, the
// number of the step from 1, are scalars. It returns the next variables, then the next means, then the next squares.
func update(variables, gradients, means, squares []*Node, rate, n *Node) []*Node {
	var squareNorms []*Node
	for _, g := range gradients {
		squareNorms = append(squareNorms, ReduceAllSum(Square(g)))
	}
	norm := Sqrt(graphs.AddAll(squareNorms))
	clip := MinScalar(Div(Scalar(norm.Graph(), norm.DType(), maxGradientNorm), AddScalar(norm, 1e-6)), 1)
	var next, nextMeans, nextSquares []*Node
	for i, x := range variables {
		m, s, g := means[i], squares[i], Mul(gradients[i], clip)
		if x.Rank() == 4 {
			x, m = muon(x, g, m, MulScalar(rate, muonRate))
		} else {
			x, m, s = adamW(x, g, m, s, rate, n)
		}
		next, nextMeans, nextSquares = append(next, x), append(nextMeans, m), append(nextSquares, s)
	}
	return append(append(next, nextMeans...), nextSquares...)
}

// adamW updates one variable and its moments.
func adamW(x, gradient, mean, square, rate, n *Node) (next, nextMean, nextSquare *Node) {
	nextMean = Add(MulScalar(mean, beta1), MulScalar(gradient, 1-beta1))
	nextSquare = Add(MulScalar(square, beta2), MulScalar(Square(gradient), 1-beta2))
	step := Div(Div(nextMean, oneMinusPower(beta1, n)), AddScalar(Sqrt(Div(nextSquare, oneMinusPower(beta2, n))), 1e-8))
	return Sub(x, Mul(rate, Add(step, MulScalar(x, weightDecay)))), nextMean, nextSquare
}

// oneMinusPower returns 1 - βⁿ.
func oneMinusPower(beta float64, n *Node) *Node {
	return OneMinus(Pow(Scalar(n.Graph(), n.DType(), beta), n))
}

// muon updates a kernel [3, 3, in, out], taken as a matrix [9·in, out], and its momentum. The step is the Nesterov momentum
// of the gradient, orthogonalised: rare directions of the gradient are learned as fast as frequent ones.
//
// Differs from Jordan et al.: the kernel's norm is reset to √out, which is the norm of a step at rate 1. Batch normalisation
// makes the norm irrelevant to the network, and a growing kernel would turn more and more slowly.
func muon(x, gradient, mean, rate *Node) (next, nextMean *Node) {
	out := x.Shape().Dim(3)
	nextMean = Add(MulScalar(mean, beta1), MulScalar(gradient, 1-beta1))
	nesterov := Add(MulScalar(nextMean, beta1), MulScalar(gradient, 1-beta1))
	step := Reshape(orthogonalised(Reshape(nesterov, -1, out)), x.Shape().Dimensions...)
	return Sub(MulScalar(normalised(x), math.Sqrt(float64(out))), Mul(rate, step)), nextMean
}

// orthogonalised brings the singular values of a matrix [m, n] into about [0.7, 1.2], by five Newton-Schulz iterations with
// the polynomial of Jordan et al. Singular values below a thousandth of the largest stay smaller.
func orthogonalised(x *Node) *Node {
	x = normalised(x)
	for range 5 {
		squares := Dot(TransposeAllAxes(x, 1, 0), x).Product()
		polynomial := Add(MulScalar(squares, -4.7750), MulScalar(Dot(squares, squares).Product(), 2.0315))
		x = Add(MulScalar(x, 3.4445), Dot(x, polynomial).Product())
	}
	return x
}

// normalised divides x by its Euclidean norm.
func normalised(x *Node) *Node { return Div(x, AddScalar(Sqrt(ReduceAllSum(Square(x))), 1e-12)) }
