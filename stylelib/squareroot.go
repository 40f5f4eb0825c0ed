package stylelib

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/conv"
)

// squareRoot returns the square root of a symmetric matrix A [c, c] without eigenvalues below 0, by rounds of the coupled
// Newton-Schulz iteration (Higham 2008, "Functions of matrices", equation 6.35), which needs products alone. Twenty rounds
// are enough for eigenvalues down to a ten-millionth of the matrix's norm.
//
// It begins with Y = A/|A| and Z = 1 and lets T = (3 - ZY)/2, Y <- YT, Z <- TZ in every round; Y·√|A| is the root. The
// gradient goes the rounds backwards, through the Y, Z and T that they had.
//
// Both ways are loops: written out, twenty rounds and their gradient are some hundred products for each matrix, and XLA
// takes ten times as long to compile a loss of them.
func squareRoot(a *Node, rounds int) *Node {
	g, c := a.Graph(), a.Shape().Dim(0)
	one, half := identity(a), Scalar(g, a.DType(), 0.5)
	zeros := func(dims ...int) *Node { return BroadcastToDims(ScalarZero(g, a.DType()), dims...) }
	var norm, ys, zs, ts *Node // [], and of every round [rounds, c, c]
	forward := func(a *Node) *Node {
		norm = Sqrt(inner(a, a))
		room := zeros(rounds, c, c)
		end := loop(rounds, []*Node{Div(a, norm), one, room, room, room, MulScalar(one, 1.5), half}, func(round *Node, in []*Node) []*Node {
			y, z, threeHalves, half := in[0], in[1], in[5], in[6]
			t := Sub(threeHalves, Mul(half, product(z, y)))
			return []*Node{product(y, t), product(t, z), put(in[2], y, round), put(in[3], z, round), put(in[4], t, round), threeHalves, half}
		})
		ys, zs, ts = end[2], end[3], end[4]
		return Mul(end[0], Sqrt(norm))
	}
	backward := func(a, root, dRoot *Node) *Node {
		dy := Mul(dRoot, Sqrt(norm))
		dy = loop(rounds, []*Node{dy, zeros(c, c), ys, zs, ts, half}, func(round *Node, in []*Node) []*Node {
			dy, dz, half := in[0], in[1], in[5]
			back := Sub(Const(round.Graph(), int32(rounds-1)), round)
			y, z, t := transposed(at(in[2], back)), transposed(at(in[3], back)), transposed(at(in[4], back))
			dt := Mul(half, Add(product(y, dy), product(dz, z)))
			return []*Node{Sub(product(dy, t), product(z, dt)), Sub(product(t, dz), product(dt, y)), in[2], in[3], in[4], half}
		})[0]
		dNorm := Sub(DivScalar(Div(inner(dRoot, root), norm), 2), Div(inner(dy, a), Square(norm)))
		return Div(Add(dy, Mul(dNorm, a)), norm)
	}
	return conv.WithGradient(a, forward, backward)
}

// loop hands the state to body n times, with the round's number from 0 on, and returns what the last round makes of it.
// Inside, a graph sees only what it is handed, numbers too, but for those of Const: GoMLX keeps the others for the graph.
func loop(n int, state []*Node, body func(round *Node, state []*Node) []*Node) []*Node {
	g := state[0].Graph()
	state = append([]*Node{Const(g, int32(0))}, state...)
	inside := func(g *Graph) []*Node {
		in := make([]*Node, len(state))
		for i, node := range state {
			in[i] = Parameter(g, fmt.Sprintf("state%d", i), node.Shape())
		}
		return in
	}
	more := NewClosure(g, func(g *Graph) []*Node { return []*Node{LessThan(inside(g)[0], Const(g, int32(n)))} })
	next := NewClosure(g, func(g *Graph) []*Node {
		in := inside(g)
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
func inner(a, b *Node) *Node { return MulScalar(mean(Mul(a, b)), float64(a.Shape().Size())) }
