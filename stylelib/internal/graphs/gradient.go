package graphs

import . "github.com/gomlx/gomlx/core/graph"

// WithGradient returns forward(x), and makes automatic differentiation use backward instead of forward's own
// gradient: backward gets x, y = forward(x) and dy, the gradient of the loss with respect to y, and returns the
// gradient with respect to x, in x's shape.
//
// GoMLX has one hook for this, an identity whose gradient is ours. One identity after forward catches dy, one
// before it answers with backward's result. Between them runs a path that carries nothing, a pixel of x that is never
// chosen: it leads the differentiation from y to x, past forward, which may be made of any operations.
func WithGradient(x *Node, forward func(x *Node) *Node, backward func(x, y, dy *Node) *Node) *Node {
	var dy *Node
	y := StopGradient(forward(StopGradient(x)))
	in := IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return backward(x, y, dy) })
	path := BroadcastToDims(firstOf(in), y.Shape().Dimensions...)
	out := Where(Const(x.Graph(), false), path, y)
	return IdentityWithCustomGradient(out, func(_, v *Node) *Node {
		dy = v
		return v
	})
}

// firstOf returns the first value of x as a scalar.
func firstOf(x *Node) *Node {
	first := make([]SliceAxisSpec, x.Rank())
	for i := range first {
		first[i] = AxisElem(0)
	}
	return Reshape(Slice(x, first...))
}
