package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// TotalVariation is the mean of (p(y+1, x) - p(y, x))² plus the mean of (p(y, x+1) - p(y, x))² over a picture p [1, h, w, c], a scalar;
// 0 for a picture of one colour. h and w are 2 or more.
//
// Differs from Rudin, Osher and Fatemi (1992): differences are squared (as in Mahendran and Vedaldi 2015 with β = 2), so that the
// gradient is smooth everywhere.
var TotalVariation = Describe{"TotalVariation", func(picture *Node) *Node {
	down, right := Differences(picture)
	return Add(graphs.MeanAll(Square(down)), graphs.MeanAll(Square(right)))
}}

// TotalVariationL1 is the mean of |p(y+1, x) - p(y, x)| plus the mean of |p(y, x+1) - p(y, x)| over a picture p [1, h, w, c], a scalar;
// 0 for a picture of one colour. h and w are 2 or more. It flattens areas but leaves edges sharp, where [TotalVariation] softens them.
// This is the anisotropic form of the total variation of Rudin, Osher and Fatemi (1992).
var TotalVariationL1 = Describe{"TotalVariationL1", func(picture *Node) *Node {
	down, right := Differences(picture)
	return Add(graphs.MeanAll(Abs(down)), graphs.MeanAll(Abs(right)))
}}

// Differences returns the difference of each pixel of a picture [1, h, w, c] and the one above it, [1, h-1, w, c], and of each pixel and
// the one to its left, [1, h, w-1, c]. It panics where h or w is below 2.
func Differences(picture *Node) (down, right *Node) {
	picture.AssertRank(4)
	h, w := picture.Shape().Dim(1), picture.Shape().Dim(2)
	if h < 2 || w < 2 {
		exceptions.Panicf("total variation needs a picture of at least 2x2 pixels, got %s", picture.Shape())
	}
	down = Sub(Slice(picture, AxisRange(), AxisRange(1)), Slice(picture, AxisRange(), AxisRange(0, h-1)))
	right = Sub(Slice(picture, AxisRange(), AxisRange(), AxisRange(1)), Slice(picture, AxisRange(), AxisRange(), AxisRange(0, w-1)))
	return down, right
}
