package graphs

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// mean is the mean over all entries, one axis after the other: sums of few addends keep float32's error small.
func MeanAll(x *Node) *Node {
	for x.Rank() > 0 {
		x = ReduceMean(x, 0)
	}
	return x
}

// dot is the sum of a·b over all entries.
func InnerProduct(a, b *Node) *Node { return SumAll(Mul(a, b)) }

// sum adds up all entries, one axis after the other: sums of few addends keep float32's error small.
func SumAll(x *Node) *Node {
	for x.Rank() > 0 {
		x = ReduceSum(x, 0)
	}
	return x
}

// isTrue turns a scalar 1 or 0 into a condition.
func AsBool(x *Node) *Node { return ConvertDType(x, dtypes.Bool) }

// element returns vector[i] as a scalar.
func Entry(vector *Node, i int) *Node { return Reshape(Slice(vector, AxisElem(i))) }

// total adds up losses.
func AddAll(losses []*Node) *Node {
	total := losses[0]
	for _, loss := range losses[1:] {
		total = Add(total, loss)
	}
	return total
}
