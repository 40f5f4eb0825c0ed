package loss

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
)

// The statistics of this file do not depend on where in the picture features are.

// Gram is the Gram matrix FᵀF / (h·w·c) [c, c] of features [1, h, w, c], where row p of F [h·w, c] is position p: how strongly each pair of
// channels is active at the same positions.
//
// Differs from Gatys et al.: they do not divide. Divided by h·w, Gram matrices of pictures of different sizes can be compared.
var Gram = Describe{"Gram", func(features *Node) *Node {
	return DivScalar(GramSum.Of(features), float64(features.Shape().Size()))
}}

// GramPerPosition is FᵀF / (h·w) [c, c], see [Gram].
var GramPerPosition = Describe{"GramPerPosition", func(features *Node) *Node {
	return DivScalar(GramSum.Of(features), float64(features.Shape().Dim(1)*features.Shape().Dim(2)))
}}

// GramSum is FᵀF [c, c], see [Gram], not divided, as in Gatys et al. (2016).
var GramSum = Describe{"GramSum", gramSum}

// gramSum returns FᵀF. Automatic differentiation would multiply F twice, once for each factor; since both factors are F, one product is
// enough.
func gramSum(features *Node) *Node {
	f := featureMatrix(graphs.PadRows(features, 1, 1)) // zeros do not change the sums
	gram := func(in []*Node) *Node { return Einsum("pi,pj->ij", in[0], in[0]) }
	times := func(in []*Node) *Node { return Reshape(Einsum("pi,bij->pbj", in[0], in[1]), f.Shape().Dimensions...) }
	return graphs.WithGradient(f,
		func(f *Node) *Node { return callKernel("gram", gram, f) },
		func(f, _, dy *Node) *Node {
			return callKernel("times", times, f, inPanels(Add(dy, Transpose(dy, 0, 1))))
		})
}

// callKernel calls a kernel of package native where it takes a first argument [n, c] like this one; else it computes body.
func callKernel(kind string, body func([]*Node) *Node, arguments ...*Node) *Node {
	f := arguments[0]
	if f.Shape().Dim(1)%native.Panel != 0 || f.DType() != dtypes.Float32 || f.Graph().NumDevices() > 1 || native.Open(f.Graph().Backend()) != nil {
		return body(arguments)
	}
	return native.Call(kind, body, arguments...)
}

// inPanels returns a matrix [c, c] as panels of columns, [c/native.Panel, c, native.Panel], or as one panel where c is no multiple of that.
func inPanels(matrix *Node) *Node {
	c, panel := matrix.Shape().Dim(0), native.Panel
	if c%panel != 0 {
		panel = c
	}
	return Transpose(Reshape(matrix, c, c/panel, panel), 0, 1)
}

// MeanVariance is each channel's mean and variance [2, c] (Li et al. 2017, "Demystifying neural style transfer", section 4.2). Compare by
// [RelativeRows].
var MeanVariance = Moments(2)

// Moments returns the Describe of each channel's mean and its central moments of order 2 to k, [k, c]: variance, skewness, heaviness of
// the tails, and so on, without normalization (Zellinger et al. 2017, "Central moment discrepancy"; for styles Kalischek, Wegner and
// Schindler 2021). k is 1 or more. Compare by [RelativeRows], because the moments' sizes differ widely.
func Moments(k int) Describe {
	return Describe{fmt.Sprintf("Moments(%d)", k), func(features *Node) *Node {
		if k < 1 {
			exceptions.Panicf("%d moments asked for; at least 1 is needed", k)
		}
		mean, centred := centre(features)
		rows, power := []*Node{mean}, centred
		for range k - 1 {
			power = Mul(power, centred)
			rows = append(rows, meanVector(power))
		}
		return Stack(rows, 0)
	}}
}

// centre returns the mean [c] of features [1, h, w, c] over their positions, and the features minus it.
func centre(features *Node) (mean, centred *Node) {
	mean = meanVector(features)
	return mean, Sub(features, Reshape(mean, 1, 1, 1, -1))
}

// meanCovariance returns the mean [c] and the covariance [c, c] of features [1, h, w, c] over their positions.
func meanCovariance(features *Node) (mean, covariance *Node) {
	mean, centred := centre(features)
	return mean, GramPerPosition.Of(centred)
}

// meanVector returns the mean [c] of features [1, h, w, c] over their positions.
func meanVector(features *Node) *Node {
	s := features.Shape()
	return DivScalar(ReduceSum(featureMatrix(graphs.PadRows(features, 1, 1)), 0), float64(s.Dim(1)*s.Dim(2))) // see gramSum
}

// featureMatrix returns features [1, h, w, c] as F [h·w, c], with one row for each position.
func featureMatrix(features *Node) *Node {
	features.AssertRank(4)
	s := features.Shape()
	return Reshape(features, s.Dim(1)*s.Dim(2), s.Dim(3))
}
