package stylelib

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// mean is the mean over all entries, one axis after the other: sums of few addends keep float32's error small.
func mean(x *Node) *Node {
	for x.Rank() > 0 {
		x = ReduceMean(x, 0)
	}
	return x
}

// dot is the sum of a·b over all entries.
func dot(a, b *Node) *Node { return sum(Mul(a, b)) }

// sum adds up all entries, one axis after the other: sums of few addends keep float32's error small.
func sum(x *Node) *Node {
	for x.Rank() > 0 {
		x = ReduceSum(x, 0)
	}
	return x
}

// isTrue turns a scalar 1 or 0 into a condition.
func isTrue(x *Node) *Node { return ConvertDType(x, dtypes.Bool) }

// element returns vector[i] as a scalar.
func element(vector *Node, i int) *Node { return Reshape(Slice(vector, AxisElem(i))) }

// total adds up losses.
func total(losses []*Node) *Node {
	total := losses[0]
	for _, loss := range losses[1:] {
		total = Add(total, loss)
	}
	return total
}
