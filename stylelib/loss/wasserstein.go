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

// The functions of this file measure how far features must be carried to become the target's: the Wasserstein distance
// between two heaps of vectors, taken exactly for Gaussians, along random directions, or channel by channel. What they
// return is divided by the target's mean square, as [RelativeSquare] is.

// Gaussian is the features' mean and covariance over all positions, and the covariance's square root, one above the
// other [1 + 2c, c]. Compare by [Wasserstein2]. It takes about 60·c³ multiplications a step.
//
// A thousandth of the mean variance is added to every variance: square roots of matrices that are not of full rank have
// no gradient.
var Gaussian = Describe{"Gaussian", func(features *Node) *Node {
	mean, covariance := meanCovariance(features)
	covariance = withMore(covariance, 1e-3/float64(mean.Shape().Dim(0)))
	return Concatenate([]*Node{InsertAxes(mean, 0), covariance, squareRoot(covariance, 20)}, 0)
}}

// withMore adds a share of a matrix's trace to each value of its diagonal, and a trifle for a matrix of zeros. The gradient by
// the rules would have a sum over both axes at once, see [inner].
func withMore(a *Node, share float64) *Node {
	more := func(a *Node) *Node { return Mul(identity(a), MulScalar(trace(a), share)) }
	return graphs.WithGradient(a,
		func(a *Node) *Node { return Add(Add(a, more(a)), MulScalar(identity(a), 1e-12)) },
		func(_, _, dy *Node) *Node { return Add(dy, more(dy)) })
}

// Wasserstein2 compares two results of [Gaussian] by the squared Wasserstein distance of the normal distributions that
// have these means μ and covariances C:
//
//	|μ - μ'|² + tr(C + C' - 2·(C'^½·C·C'^½)^½)
//
// (Olkin and Pukelsheim 1982; for styles in Mroueh 2020, "Wasserstein style transfer"), divided by |μ'|² + tr C', where
// the dash marks the target.
var Wasserstein2 = Compare{"Wasserstein2", func(got, want *Node) *Node {
	sameShape(got, want)
	mean, covariance, _ := gaussianParts(got)
	wantMean, wantCovariance, root := gaussianParts(want)
	between := squareRoot(product(product(root, covariance), root), 20)
	spread := Sub(Add(trace(covariance), trace(wantCovariance)), MulScalar(trace(between), 2))
	scale := MaxScalar(StopGradient(Add(graphs.SumAll(Square(wantMean)), trace(wantCovariance))), 1e-12)
	return Div(Add(graphs.SumAll(Square(Sub(mean, wantMean))), spread), scale)
}}

// gaussianParts takes a result of Gaussian apart.
func gaussianParts(x *Node) (mean, covariance, root *Node) {
	c := x.Shape().Dim(1)
	return Slice(x, AxisElem(0)), Slice(x, AxisRange(1, 1+c)), Slice(x, AxisRange(1+c))
}

// Projections returns a Describe that looks at the features along k random directions, the same ones in every run. Compare by
// [SlicedWasserstein]. k is 1 or more.
func Projections(k int) Describe {
	return Describe{fmt.Sprintf("Projections(%d)", k), func(features *Node) *Node {
		if k < 1 {
			exceptions.Panicf("%d directions asked for; at least 1 is needed", k)
		}
		f := positions(features)
		directions := Const(f.Graph(), randomDirections(f.Shape().Dim(1), k))
		return withSorted(Einsum("pc,ck->pk", f, ConvertDType(directions, f.DType())))
	}}
}

// randomDirections returns k unit vectors as the columns of a matrix [c, k].
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

// Channels is a Describe that looks at each channel by itself. Compared by [SlicedWasserstein], it asks for the target's
// histogram in every channel, as Risser, Wilmot and Barnes (2017) do, without bins.
var Channels = Describe{"Channels", func(features *Node) *Node { return withSorted(positions(features)) }}

// withSorted returns values [n, k] and the same with each column sorted [2, n, k].
func withSorted(values *Node) *Node {
	return Stack([]*Node{values, Sort(StopGradient(values), 0, true)}, 0)
}

// SlicedWasserstein compares two results of [Projections] or [Channels] (Rabin et al. 2011; for styles Heitz et al. 2021, "A sliced
// Wasserstein loss for neural texture synthesis"): in each column the least value is compared with the target's least,
// the second with the second, and so on, which is the cheapest way to carry one heap to the other. Where the numbers of
// values differ, the target's are interpolated between their ranks. It returns the mean square difference divided by the
// target's mean square.
var SlicedWasserstein = Compare{"SlicedWasserstein", func(got, want *Node) *Node {
	got.AssertRank(3)
	want.AssertDims(2, -1, got.Shape().Dim(2))
	values, sorted := Slice(got, AxisElem(0)), Slice(want, AxisElem(1))
	values, sorted = Squeeze(values, 0), Squeeze(sorted, 0)
	aim := byRank(values, resample(sorted, values.Shape().Dim(0)))
	return Div(graphs.MeanAll(Square(Sub(values, aim))), MaxScalar(StopGradient(graphs.MeanAll(Square(sorted))), 1e-12))
}}

// resample returns n values from sorted ones [m, k], by linear interpolation between their ranks: rank i of n lies where
// the same share of the values is below it.
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

// byRank returns, for each of the values [n, k], the entry of its rank in the column of sorted [n, k]. Nothing of it depends on
// the values smoothly; it has no gradient.
func byRank(values, sorted *Node) *Node {
	index := Iota(values.Graph(), shapes.Make(dtypes.Int32, values.Shape().Dimensions...), 0)
	order := sortBy(StopGradient(values), index)
	return StopGradient(sortBy(order, StopGradient(sorted)))
}

// sortBy sorts the columns of keys [n, k] and returns what goes with them in the same order.
func sortBy(keys, values *Node) *Node {
	less := NewClosure(keys.Graph(), func(g *Graph) []*Node {
		a, b := Parameter(g, "a", shapes.Make(keys.DType())), Parameter(g, "b", shapes.Make(keys.DType()))
		Parameter(g, "with a", shapes.Make(values.DType()))
		Parameter(g, "with b", shapes.Make(values.DType()))
		return []*Node{LessThan(a, b)}
	})
	return SortFunc(less, 0, true, keys, values)[1]
}
