package loss

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// squareRoot returns the square root of a symmetric matrix A [c, c] without eigenvalues below 0, by rounds of the coupled Newton-Schulz
// iteration (Higham 2008, "Functions of matrices", equation 6.35), which takes only products. Twenty rounds are enough for eigenvalues
// down to a ten-millionth of the matrix's norm.
//
// It begins with Y = A/|A| and Z = 1. Every round sets T = (3 - ZY)/2, Y <- YT and Z <- TZ; in the end Y·√|A| is the root. The forward
// pass keeps the Y and Z of every round, and the backward pass takes the rounds in reverse with them.
//
// Both passes are loops of XLA's: unrolled, twenty rounds and their gradient are about a hundred products for each matrix, and XLA takes
// ten times as long to compile a loss of them.
func squareRoot(a *Node, rounds int) *Node {
	g, c := a.Graph(), a.Shape().Dim(0)
	one, half := identity(a), Scalar(g, a.DType(), 0.5)
	threeHalves := MulScalar(one, 1.5)
	zeros := func(dims ...int) *Node { return BroadcastToDims(ScalarZero(g, a.DType()), dims...) }
	// factor is T. The loops are given the constants that it takes.
	factor := func(y, z, threeHalves, half *Node) *Node { return Sub(threeHalves, Mul(half, product(z, y))) }

	var norm, ys, zs *Node // [], and of every round [rounds, c, c]
	forward := func(a *Node) *Node {
		norm = Sqrt(inner(a, a))
		empty := zeros(rounds, c, c)
		end := loop(rounds, []*Node{Div(a, norm), one, empty, empty, threeHalves, half}, func(round *Node, in []*Node) []*Node {
			y, z := in[0], in[1]
			t := factor(y, z, in[4], in[5])
			return []*Node{product(y, t), product(t, z), put(in[2], y, round), put(in[3], z, round), in[4], in[5]}
		})
		ys, zs = end[2], end[3]
		return Mul(end[0], Sqrt(norm))
	}
	backward := func(a, root, dRoot *Node) *Node {
		dy := Mul(dRoot, Sqrt(norm))
		dy = loop(rounds, []*Node{dy, zeros(c, c), ys, zs, threeHalves, half}, func(round *Node, in []*Node) []*Node {
			dy, dz, half := in[0], in[1], in[5]
			reverse := Sub(Const(round.Graph(), int32(rounds-1)), round)
			y, z := at(in[2], reverse), at(in[3], reverse)
			t := transposed(factor(y, z, in[4], half))
			y, z = transposed(y), transposed(z)
			dt := Mul(half, Add(product(y, dy), product(dz, z)))
			return append([]*Node{Sub(product(dy, t), product(z, dt)), Sub(product(t, dz), product(dt, y))}, in[2:]...)
		})[0]
		dNorm := Sub(DivScalar(Div(inner(dRoot, root), norm), 2), Div(inner(dy, a), Square(norm)))
		return Div(Add(dy, Mul(dNorm, a)), norm)
	}
	return graphs.WithGradient(a, forward, backward)
}

// loop calls body with i = 0 to n-1 and the state, and takes the next state from it. It returns the last state. In body only i, the state
// and new nodes of Const can be used, not even the scalars of MulScalar and the like, which GoMLX keeps once for the whole graph; and
// body cannot reduce.
func loop(n int, state []*Node, body func(i *Node, state []*Node) []*Node) []*Node {
	g := state[0].Graph()
	state = append([]*Node{Const(g, int32(0))}, state...)
	parameters := func(g *Graph) []*Node {
		in := make([]*Node, len(state))
		for i, node := range state {
			in[i] = Parameter(g, fmt.Sprintf("state%d", i), node.Shape())
		}
		return in
	}
	more := NewClosure(g, func(g *Graph) []*Node { return []*Node{LessThan(parameters(g)[0], Const(g, int32(n)))} })
	next := NewClosure(g, func(g *Graph) []*Node {
		in := parameters(g)
		return append([]*Node{Add(in[0], Const(g, int32(1)))}, body(in[0], in[1:])...)
	})
	return While(more, next, state...)[1:]
}

// put returns matrices [n, c, c] with matrix i replaced.
func put(matrices, matrix, i *Node) *Node {
	zero := Const(i.Graph(), int32(0))
	return DynamicUpdateSlice(matrices, InsertAxes(matrix, 0), []*Node{i, zero, zero})
}

// at returns matrix i of [n, c, c].
func at(matrices, i *Node) *Node {
	zero, c := Const(i.Graph(), int32(0)), matrices.Shape().Dim(1)
	return Reshape(DynamicSlice(matrices, []*Node{i, zero, zero}, []int{1, c, c}), c, c)
}

// product returns the product of two matrices.
func product(a, b *Node) *Node { return Einsum("ij,jk->ik", a, b) }

// transposed returns a matrix with rows and columns exchanged.
func transposed(a *Node) *Node { return Transpose(a, 0, 1) }

// identity returns the identity matrix of a square matrix's size.
func identity(a *Node) *Node {
	return DiagonalWithValue(ScalarOne(a.Graph(), a.DType()), a.Shape().Dim(0))
}

// trace returns the sum of a square matrix's diagonal.
func trace(a *Node) *Node { return inner(a, identity(a)) }

// inner returns the sum of a·b over all entries of two matrices. It is a mean, one axis after the other, times their number: of two sums
// XLA makes one over both axes, which it takes ten seconds to compile for 128x128 values (with set-up's flags).
func inner(a, b *Node) *Node { return MulScalar(graphs.MeanAll(Mul(a, b)), float64(a.Shape().Size())) }
