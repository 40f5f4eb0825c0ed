package loss

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// GaussianCrowson describes features [1, h, w, c] by the normal distribution of their vectors, as K. Crowson does: rows of
// [1+2c, c] are the mean, the covariance plus 1e-4 on its diagonal, and the square root of that. They are float64: the
// distance is a small difference of large numbers, of which float32 leaves four digits.
var GaussianCrowson = Describe{"GaussianCrowson", func(features *Node) *Node {
	mean, covariance := meanCovariance(features)
	mean, covariance = ConvertDType(mean, dtypes.Float64), ConvertDType(covariance, dtypes.Float64)
	covariance = Add(covariance, MulScalar(identity(covariance), 1e-4))
	return Concatenate([]*Node{InsertAxes(mean, 0), covariance, squareRoot(covariance, crowsonRounds)}, 0)
}}

// WassersteinCrowson is the squared Wasserstein distance of two gaussian descriptions, a mean over the c channels:
// |m - m'|²/c + trace(C + C' - 2 (√C' C √C')^½)/c.
var WassersteinCrowson = Compare{"WassersteinCrowson", func(got, want *Node) *Node {
	sameShape(got, want)
	c := got.Shape().Dim(1)
	rows := func(x *Node, from, n int) *Node { return Slice(x, AxisRange(from, from+n)) }
	apart := graphs.MeanAll(Square(Sub(rows(got, 0, 1), rows(want, 0, 1))))
	covariance, wanted, root := rows(got, 1, c), rows(want, 1, c), rows(want, 1+c, c)
	cross := squareRoot(product(product(root, covariance), root), crowsonRounds)
	spread := Sub(Add(trace(covariance), trace(wanted)), MulScalar(trace(cross), 2))
	return ConvertDType(Add(apart, DivScalar(spread, float64(c))), dtypes.Float32)
}}

// crowsonRounds are those of K. Crowson's program. Where a matrix's eigenvalues are far apart the small ones have not
// arrived by then.
const crowsonRounds = 12
