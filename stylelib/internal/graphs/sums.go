package graphs

import . "github.com/gomlx/gomlx/core/graph"

// MeanAll returns the mean over all entries of x, a scalar. It reduces one axis after the other: sums of few addends keep
// float32's rounding error small, where GoMLX's ReduceAllMean takes one long sum.
func MeanAll(x *Node) *Node {
	for x.Rank() > 0 {
		x = ReduceMean(x, 0)
	}
	return x
}

// SumAll returns the sum over all entries of x, a scalar, one axis after the other as in [MeanAll].
func SumAll(x *Node) *Node {
	for x.Rank() > 0 {
		x = ReduceSum(x, 0)
	}
	return x
}

// AddAll returns the sum of nodes of one shape, in their order. There must be at least one.
func AddAll(nodes []*Node) *Node {
	total := nodes[0]
	for _, node := range nodes[1:] {
		total = Add(total, node)
	}
	return total
}

// Entry returns vector[i] as a scalar.
func Entry(vector *Node, i int) *Node { return Reshape(Slice(vector, AxisElem(i))) }
