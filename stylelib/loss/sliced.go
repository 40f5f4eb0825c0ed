package loss

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// The functions of this file compare distributions of vectors by their values along some directions. Along one direction the cheapest
// transport goes by rank: the least value to the least, the second to the second, and so on.

// Projections returns the Describe of the features' values along k random directions, the same ones in every run: [2, h·w, k], the values
// and the values sorted. k is 1 or more. Compare by [SlicedWasserstein].
func Projections(k int) Describe {
	return Describe{fmt.Sprintf("Projections(%d)", k), func(features *Node) *Node {
		if k < 1 {
			exceptions.Panicf("%d directions asked for; at least 1 is needed", k)
		}
		f := featureMatrix(features)
		directions := Const(f.Graph(), randomDirections(f.Shape().Dim(1), k))
		return withSorted(Einsum("pc,ck->pk", f, ConvertDType(directions, f.DType())))
	}}
}

// randomDirections returns k unit vectors as the columns of a matrix [c, k], the same ones at every call.
func randomDirections(c, k int) [][]float64 {
	random := rand.New(rand.NewPCG(1, 2))
	matrix := make([][]float64, c)
	for i := range matrix {
		matrix[i] = make([]float64, k)
	}
	for j := range k {
		square := 0.0
		for i := range c {
			matrix[i][j] = random.NormFloat64()
			square += matrix[i][j] * matrix[i][j]
		}
		for i := range c {
			matrix[i][j] /= math.Sqrt(square)
		}
	}
	return matrix
}

// Channels describes features [1, h, w, c] by the values of each channel, [2, h·w, c]: the values and the values sorted. Compared by
// [SlicedWasserstein], that matches the histogram of every channel, as Risser, Wilmot and Barnes (2017) do, without bins.
var Channels = Describe{"Channels", func(features *Node) *Node { return withSorted(featureMatrix(features)) }}

// withSorted returns values [n, k] and the same with each column sorted, [2, n, k].
func withSorted(values *Node) *Node {
	return Stack([]*Node{values, Sort(StopGradient(values), 0, true)}, 0)
}

// SlicedWasserstein compares two results of [Projections] or [Channels] by the sliced Wasserstein distance (Rabin et al. 2011; for styles
// Heitz et al. 2021, "A sliced Wasserstein loss for neural texture synthesis"): in each column the value of each rank is compared with
// the target's value of that rank. Where the numbers of values differ, the target's are interpolated between their ranks. The result is
// the mean square difference divided by the target's mean square, a scalar.
var SlicedWasserstein = Compare{"SlicedWasserstein", func(got, want *Node) *Node {
	got.AssertRank(3)
	want.AssertDims(2, -1, got.Shape().Dim(2))
	values, sorted := Slice(got, AxisElem(0)), Slice(want, AxisElem(1))
	values, sorted = Squeeze(values, 0), Squeeze(sorted, 0)
	matched := byRank(values, resample(sorted, values.Shape().Dim(0)))
	return Div(graphs.MeanAll(Square(Sub(values, matched))), MaxScalar(StopGradient(graphs.MeanAll(Square(sorted))), 1e-12))
}}

// resample returns n sorted values in place of m, [n, k] from [m, k], by linear interpolation between ranks: rank i of n stands where the
// same share of the values is below it.
func resample(sorted *Node, n int) *Node {
	m := sorted.Shape().Dim(0)
	if n == m {
		return sorted
	}
	g := sorted.Graph()
	rank := AddScalar(Iota(g, shapes.Make(dtypes.Float64, n, 1), 0), 0.5)
	rank = ClipScalar(AddScalar(MulScalar(rank, float64(m)/float64(n)), -0.5), 0, float64(m-1))
	below := Floor(rank)
	at := func(rank *Node) *Node { return Gather(sorted, ConvertDType(rank, dtypes.Int32)) }
	low, high := at(below), at(MinScalar(AddScalar(below, 1), float64(m-1)))
	return Add(low, Mul(Sub(high, low), ConvertDType(Sub(rank, below), sorted.DType())))
}

// byRank returns, for each of the values [n, k], the entry of its rank in the column of sorted [n, k]. The result depends on the values by
// their ranks only, so it has no gradient.
func byRank(values, sorted *Node) *Node {
	index := Iota(values.Graph(), shapes.Make(dtypes.Int32, values.Shape().Dimensions...), 0)
	order := sortBy(StopGradient(values), index)
	return StopGradient(sortBy(order, StopGradient(sorted)))
}

// sortBy returns the values [n, k], each column in the order that sorts the column of keys [n, k].
func sortBy(keys, values *Node) *Node {
	less := NewClosure(keys.Graph(), func(g *Graph) []*Node {
		a, b := Parameter(g, "a", shapes.Make(keys.DType())), Parameter(g, "b", shapes.Make(keys.DType()))
		Parameter(g, "with a", shapes.Make(values.DType()))
		Parameter(g, "with b", shapes.Make(values.DType()))
		return []*Node{LessThan(a, b)}
	})
	return SortFunc(less, 0, true, keys, values)[1]
}
