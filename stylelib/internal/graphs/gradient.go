// Package graphs has what several packages of stylelib need to build GoMLX graphs, and GoMLX does not have in this form.
//
//	gradient.go   WithGradient: an operation with a gradient of our own
//	padding.go    PadZeros and PadRows, which have a gradient
//	sums.go       sums and means over all entries with a small rounding error
//	errors.go     panics of functions that build graphs
//
// It needs GoMLX alone.
package graphs

import . "github.com/gomlx/gomlx/core/graph"

// WithGradient returns forward(x), and makes automatic differentiation use backward in place of forward's own gradient.
// backward gets x, y = forward(x) and dy, the gradient of the loss with respect to y. It returns the gradient with respect
// to x, in x's shape.
//
// GoMLX has one hook for this: an identity with a gradient of our own. Here one identity after forward catches dy, and one
// before forward returns what backward makes of it. StopGradient keeps the differentiation out of forward, which may then be
// made of any operations. So a path around forward, a value of x that is never chosen, leads the differentiation from y to x.
func WithGradient(x *Node, forward func(x *Node) *Node, backward func(x, y, dy *Node) *Node) *Node {
	var dy *Node
	y := StopGradient(forward(StopGradient(x)))
	in := IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return backward(x, y, dy) })
	path := BroadcastToDims(firstEntry(in), y.Shape().Dimensions...)
	out := Where(Const(x.Graph(), false), path, y)
	return IdentityWithCustomGradient(out, func(_, v *Node) *Node {
		dy = v
		return v
	})
}

// firstEntry returns the first value of x as a scalar.
func firstEntry(x *Node) *Node {
	first := make([]SliceAxisSpec, x.Rank())
	for i := range first {
		first[i] = AxisElem(0)
	}
	return Reshape(Slice(x, first...))
}
