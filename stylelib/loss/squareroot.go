package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// squareRoot returns the square root of a symmetric matrix A [c, c] without eigenvalues below 0, by rounds of the coupled
// Newton-Schulz iteration (Higham 2008, "Functions of matrices", equation 6.35), which needs products alone. Twenty rounds
// are enough for eigenvalues down to a ten-millionth of the matrix's norm.
//
// It begins with Y = A/|A| and Z = 1 and lets T = (3 - ZY)/2, Y <- YT, Z <- TZ in every round; Y·√|A| is the root. The
// gradient goes the rounds backwards, through the Y and Z that they had.
//
// Both ways are loops: written out, twenty rounds and their gradient are some hundred products for each matrix, and XLA
// takes ten times as long to compile a loss of them.
func squareRoot(a *Node, rounds int) *Node {
	g, c := a.Graph(), a.Shape().Dim(0)
	one, half := identity(a), Scalar(g, a.DType(), 0.5)
	threeHalves := MulScalar(one, 1.5)
	zeros := func(dims ...int) *Node { return BroadcastToDims(ScalarZero(g, a.DType()), dims...) }
	// factor is T; what it needs is handed to the loops.
	factor := func(y, z, threeHalves, half *Node) *Node { return Sub(threeHalves, Mul(half, product(z, y))) }

	var norm, ys, zs *Node // [], and of every round [rounds, c, c]
	forward := func(a *Node) *Node {
		norm = Sqrt(inner(a, a))
		room := zeros(rounds, c, c)
		end := graphs.Loop(rounds, 1, []*Node{Div(a, norm), one, room, room, threeHalves, half}, func(round *Node, in []*Node) []*Node {
			y, z := in[0], in[1]
			t := factor(y, z, in[4], in[5])
			return []*Node{product(y, t), product(t, z), put(in[2], y, round), put(in[3], z, round), in[4], in[5]}
		})
		ys, zs = end[2], end[3]
		return Mul(end[0], Sqrt(norm))
	}
	backward := func(a, root, dRoot *Node) *Node {
		dy := Mul(dRoot, Sqrt(norm))
		dy = graphs.Loop(rounds, 1, []*Node{dy, zeros(c, c), ys, zs, threeHalves, half}, func(round *Node, in []*Node) []*Node {
			dy, dz, half := in[0], in[1], in[5]
			back := Sub(Const(round.Graph(), int32(rounds-1)), round)
			y, z := at(in[2], back), at(in[3], back)
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

// product is that of two matrices.
func product(a, b *Node) *Node { return Einsum("ij,jk->ik", a, b) }

// transposed exchanges a matrix's rows and columns.
func transposed(a *Node) *Node { return Transpose(a, 0, 1) }

// identity is the identity matrix of a square matrix's size.
func identity(a *Node) *Node {
	return DiagonalWithValue(ScalarOne(a.Graph(), a.DType()), a.Shape().Dim(0))
}

// trace is the sum of a square matrix's diagonal.
func trace(a *Node) *Node { return inner(a, identity(a)) }

// inner is the sum of two matrices' products, value by value. It is taken as a mean, one axis after the other: a plain sum
// XLA makes into one over both axes, which it takes ten seconds to compile for 128x128 values (with set-up's flags).
func inner(a, b *Node) *Node { return MulScalar(graphs.MeanAll(Mul(a, b)), float64(a.Shape().Size())) }
