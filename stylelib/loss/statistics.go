package loss

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
)

// Statistics of one layer's features, or of the picture, that forget where things are.

// Gram is the Gram matrix [c, c] of features [1, h, w, c]: how often two channels are active in the same place,
// whatever the place. G = FᵀF / (h·w·c), where row p of F [h·w, c] is position p.
//
// Differs from Gatys et al.: they do not divide. Divided by h·w, pictures of different sizes can be compared.
var Gram = Describe{"Gram", func(features *Node) *Node {
	return DivScalar(GramSum.Of(features), float64(features.Shape().Size()))
}}

// GramPerPosition is FᵀF / (h·w) [c, c].
var GramPerPosition = Describe{"GramPerPosition", func(features *Node) *Node {
	return DivScalar(GramSum.Of(features), float64(features.Shape().Dim(1)*features.Shape().Dim(2)))
}}

// GramSum is FᵀF [c, c], divided by nothing, as Gatys et al. have it.
var GramSum = Describe{"GramSum", gramSum}

// gramSum returns FᵀF. Its gradient by the rules would be two products with F, one for each factor; they are the same F, so one
// does.
func gramSum(features *Node) *Node {
	f := positions(graphs.PadRows(features, 1, 1)) // zeros add nothing
	gram := func(in []*Node) *Node { return Einsum("pi,pj->ij", in[0], in[0]) }
	times := func(in []*Node) *Node { return Reshape(Einsum("pi,bij->pbj", in[0], in[1]), f.Shape().Dimensions...) }
	return graphs.WithGradient(f,
		func(f *Node) *Node { return byKernel("gram", gram, f) },
		func(f, _, dy *Node) *Node { return byKernel("times", times, f, inPanels(Add(dy, Transpose(dy, 0, 1)))) })
}

// byKernel calls a kernel of package native, where it knows features [n, c] like the first argument's.
func byKernel(kind string, body func([]*Node) *Node, arguments ...*Node) *Node {
	f := arguments[0]
	if f.Shape().Dim(1)%native.Panel != 0 || f.DType() != dtypes.Float32 || f.Graph().NumDevices() > 1 || native.Open(f.Graph().Backend()) != nil {
		return body(arguments)
	}
	return native.Call(kind, body, arguments...)
}

// inPanels puts columns of a matrix [c, c] together, to [panels, c, native.Panel], or in one panel where they do not come out even.
func inPanels(matrix *Node) *Node {
	c, panel := matrix.Shape().Dim(0), native.Panel
	if c%panel != 0 {
		panel = c
	}
	return Transpose(Reshape(matrix, c, c/panel, panel), 0, 1)
}

// MeanVariance is each channel's mean and variance [2, c] (Li et al. 2017, "Demystifying neural style transfer",
// section 4.2). Compare by [RelativeRows].
var MeanVariance = Moments(2)

// Moments returns a Describe that gives each channel's mean and its central moments of order 2 to k [k, c]: how values
// spread, lean, and how heavy the tails are (Zellinger et al. 2017, "Central moment discrepancy"; for styles Kalischek,
// Wegner and Schindler 2021). k is 1 or more. Compare by [RelativeRows], for the moments' sizes differ widely.
func Moments(k int) Describe {
	return Describe{fmt.Sprintf("Moments(%d)", k), func(features *Node) *Node {
		if k < 1 {
			exceptions.Panicf("%d moments asked for; at least 1 is needed", k)
		}
		mean, centred := centre(features)
		rows, power := []*Node{mean}, centred
		for range k - 1 {
			power = Mul(power, centred)
			rows = append(rows, meanPosition(power))
		}
		return Stack(rows, 0)
	}}
}

// centre returns the mean [c] of features [1, h, w, c], and how far they are from it.
func centre(features *Node) (mean, centred *Node) {
	mean = meanPosition(features)
	return mean, Sub(features, Reshape(mean, 1, 1, 1, -1))
}

// meanCovariance returns the mean [c] and the covariance [c, c] of features [1, h, w, c] over their positions.
func meanCovariance(features *Node) (mean, covariance *Node) {
	mean, centred := centre(features)
	return mean, GramPerPosition.Of(centred)
}

// meanPosition returns the mean [c] of features [1, h, w, c] over their positions.
func meanPosition(features *Node) *Node {
	s := features.Shape()
	return DivScalar(ReduceSum(positions(graphs.PadRows(features, 1, 1)), 0), float64(s.Dim(1)*s.Dim(2))) // zeros add nothing
}

// positions views features [1, h, w, c] as one row for each position, [h·w, c].
func positions(features *Node) *Node {
	features.AssertRank(4)
	s := features.Shape()
	return Reshape(features, s.Dim(1)*s.Dim(2), s.Dim(3))
}
