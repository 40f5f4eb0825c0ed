package conv

import . "github.com/gomlx/gomlx/core/graph"

// WithGradient returns forward(x), and makes automatic differentiation use backward instead of forward's own
// gradient: backward gets x, y = forward(x) and dy, the gradient of the loss with respect to y, and returns the
// gradient with respect to x, in x's shape.
//
// GoMLX has one hook for this, an identity whose gradient is ours. One identity after forward catches dy, one
// before it answers with backward's result; forward's own gradient, computed between them, is used by nobody and
// XLA drops it. forward must still be made of operations that GoMLX can differentiate.
func WithGradient(x *Node, forward func(x *Node) *Node, backward func(x, y, dy *Node) *Node) *Node {
	var y, dy *Node
	in := IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return backward(x, y, dy) })
	y = forward(in)
	return IdentityWithCustomGradient(y, func(_, v *Node) *Node {
		dy = v
		return v
	})
}
