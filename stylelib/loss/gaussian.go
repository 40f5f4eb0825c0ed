package loss

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// The Wasserstein distance is the least cost of transporting one distribution of vectors to another. The distributions here are those of
// the vectors of all positions, taken for normal ones.

// How many rounds squareRoot takes. crowsonRounds are those of K. Crowson's program; where a matrix's eigenvalues are far apart the small
// ones have not converged by then.
const (
	gaussianRounds = 20
	crowsonRounds  = 12
)

// Gaussian describes features [1, h, w, c] by the normal distribution of their vectors: rows of [1+2c, c] are the mean, the covariance and
// the square root of the covariance. Compare by [Wasserstein2]. It takes about 60·c³ multiplications a step.
//
// A thousandth of the mean variance is added to every variance: the square root of a matrix that is not of full rank has no gradient.
var Gaussian = Describe{"Gaussian", func(features *Node) *Node {
	mean, covariance := meanCovariance(features)
	covariance = regularized(covariance, 1e-3/float64(mean.Shape().Dim(0)))
	return Concatenate([]*Node{InsertAxes(mean, 0), covariance, squareRoot(covariance, gaussianRounds)}, 0)
}}

// regularized adds a share of a matrix's trace to each value of its diagonal, and 1e-12 for a matrix of zeros. It has a gradient of its
// own, because automatic differentiation would take a sum over both axes at once, see [inner].
func regularized(a *Node, share float64) *Node {
	more := func(a *Node) *Node { return Mul(identity(a), MulScalar(trace(a), share)) }
	return graphs.WithGradient(a,
		func(a *Node) *Node { return Add(Add(a, more(a)), MulScalar(identity(a), 1e-12)) },
		func(_, _, dy *Node) *Node { return Add(dy, more(dy)) })
}

// Wasserstein2 compares two results of [Gaussian] by the squared Wasserstein distance of the normal distributions that have these means μ
// and covariances C, where the dash marks the target:
//
//	|μ - μ'|² + tr(C + C' - 2·(C'^½·C·C'^½)^½)
//
// (Olkin and Pukelsheim 1982; for styles Mroueh 2020, "Wasserstein style transfer"). It is divided by |μ'|² + tr C', the target's mean
// square, as in [RelativeSquare].
var Wasserstein2 = Compare{"Wasserstein2", func(got, want *Node) *Node {
	assertSameShape(got, want)
	mean, covariance, _ := splitGaussian(got)
	wantMean, wantCovariance, root := splitGaussian(want)
	between := squareRoot(product(product(root, covariance), root), gaussianRounds)
	spread := Sub(Add(trace(covariance), trace(wantCovariance)), MulScalar(trace(between), 2))
	scale := MaxScalar(StopGradient(Add(graphs.SumAll(Square(wantMean)), trace(wantCovariance))), 1e-12)
	return Div(Add(graphs.SumAll(Square(Sub(mean, wantMean))), spread), scale)
}}

// splitGaussian returns what the rows of a description by Gaussian or GaussianCrowson are.
func splitGaussian(x *Node) (mean, covariance, root *Node) {
	c := x.Shape().Dim(1)
	return Slice(x, AxisElem(0)), Slice(x, AxisRange(1, 1+c)), Slice(x, AxisRange(1+c))
}

// GaussianCrowson is [Gaussian] as in K. Crowson's style-transfer-pytorch: 1e-4 is added to every variance. Compare by
// [WassersteinCrowson]. The result is float64: the distance is a small difference of large numbers, of which float32 keeps four digits.
var GaussianCrowson = Describe{"GaussianCrowson", func(features *Node) *Node {
	mean, covariance := meanCovariance(features)
	mean, covariance = ConvertDType(mean, dtypes.Float64), ConvertDType(covariance, dtypes.Float64)
	covariance = Add(covariance, MulScalar(identity(covariance), 1e-4))
	return Concatenate([]*Node{InsertAxes(mean, 0), covariance, squareRoot(covariance, crowsonRounds)}, 0)
}}

// WassersteinCrowson is the distance of [Wasserstein2] for results of [GaussianCrowson], divided by the number of channels c in place of
// the target's mean square. The result is float32.
var WassersteinCrowson = Compare{"WassersteinCrowson", func(got, want *Node) *Node {
	assertSameShape(got, want)
	mean, covariance, _ := splitGaussian(got)
	wantMean, wantCovariance, root := splitGaussian(want)
	between := squareRoot(product(product(root, covariance), root), crowsonRounds)
	spread := Sub(Add(trace(covariance), trace(wantCovariance)), MulScalar(trace(between), 2))
	distance := Add(graphs.MeanAll(Square(Sub(mean, wantMean))), DivScalar(spread, float64(got.Shape().Dim(1))))
	return ConvertDType(distance, dtypes.Float32)
}}
