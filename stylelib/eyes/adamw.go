package eyes

import . "github.com/gomlx/gomlx/core/graph"

// The settings of AdamW (Loshchilov and Hutter 2019). The second mean is short, for a training of a few thousand steps.
const (
	beta1, beta2 = 0.9, 0.98
	decay        = 0.02 // of weights, times the learning rate
	longest      = 5.0  // gradients are cut to this length, all variables together
)

// adamW moves variables against their gradients. means and squares are its memory, in the variables' shapes; rate
// and n, the step's number from 1, are scalars. It returns the next variables, means and squares, one after the other.
func adamW(variables, gradients, means, squares []*Node, rate, n *Node) []*Node {
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
	correction1, correction2 := oneMinusPower(beta1, n), oneMinusPower(beta2, n)
	var next, nextMeans, nextSquares []*Node
	for i, x := range variables {
		g := Mul(gradients[i], cut)
		m := Add(MulScalar(means[i], beta1), MulScalar(g, 1-beta1))
		s := Add(MulScalar(squares[i], beta2), MulScalar(Square(g), 1-beta2))
		move := Div(Div(m, correction1), AddScalar(Sqrt(Div(s, correction2)), 1e-8))
		move = Add(move, MulScalar(x, decay))
		next, nextMeans, nextSquares = append(next, Sub(x, Mul(rate, move))), append(nextMeans, m), append(nextSquares, s)
	}
	return append(append(next, nextMeans...), nextSquares...)
}

// oneMinusPower returns 1 - βⁿ.
func oneMinusPower(beta float64, n *Node) *Node {
	return OneMinus(Pow(Scalar(n.Graph(), n.DType(), beta), n))
}
