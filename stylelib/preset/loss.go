package preset

import (
	"fmt"
	"image"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/loss"
)

// layerShape is what the factors of a loss depend on: the numbers of channels and positions (height times width) of a layer's features, and
// of the picture's pixels.
type layerShape struct {
	channels, positions, pixels float64
}

// contentForm is how an implementation measures the distance of two features.
type contentForm struct {
	compare loss.Compare
	times   func(layerShape) float64 // how many times the mean square it is
}

// The content losses: the mean square of most implementations, and Keras's sum of squares.
var (
	meanSquare   = contentForm{loss.MeanSquare, func(layerShape) float64 { return 1 }}
	sumOfSquares = contentForm{
		loss.Compare{Name: "sum of squares", Of: func(got, want *Node) *Node { return graphs.SumAll(Square(Sub(got, want))) }},
		func(l layerShape) float64 { return l.channels * l.positions },
	}
)

// term returns the content term.
func (c contentForm) term(w Weights) stylelib.Term {
	return stylelib.Term{Name: "content", Weight: w.Content, Target: stylelib.Content, Layers: w.ContentLayers, Compare: c.compare}
}

// gramForm is by what an implementation divides FᵀF.
type gramForm struct {
	describe loss.Describe
	divisor  func(layerShape) float64
	additive bool // see [stylelib.Term]
}

// The Gram matrices.
var (
	gramByAll       = gramForm{loss.Gram, func(l layerShape) float64 { return l.positions * l.channels }, true}
	gramByPositions = gramForm{loss.GramPerPosition, func(l layerShape) float64 { return l.positions }, true}
	gramUndivided   = gramForm{loss.GramSum, func(layerShape) float64 { return 1 }, false}
)

// styleForm is how an implementation measures the distance of two styles: by the mean square difference of Gram matrices, times a factor,
// or by the Wasserstein distance.
type styleForm struct {
	gram        gramForm
	factor      factor
	wasserstein bool
}

// factor is by what an implementation multiplies a mean square. The zero value is 1.
type factor struct {
	name       string // for [loss.Compare]
	usesPixels bool
	of         func(layerShape) float64
}

var (
	// perChannelPair is the 1/c² of Gatys et al.
	perChannelPair = factor{"per pair of channels", false, func(l layerShape) float64 { return 1 / (l.channels * l.channels) }}

	// perPixelPair turns a mean square into Keras's sum of squares divided by 4 · 3² · pixels².
	perPixelPair = factor{"per pair of values", true, func(l layerShape) float64 {
		return l.channels * l.channels / (4 * 9 * l.pixels * l.pixels)
	}}
)

// term returns the style term for a content picture of this size.
func (s styleForm) term(w Weights, size image.Point) stylelib.Term {
	term := stylelib.Term{Name: "style", Weight: w.Style, Target: stylelib.Style(0), Layers: w.StyleLayers}
	if s.wasserstein {
		term.Describe, term.Compare = loss.GaussianCrowson, loss.WassersteinCrowson
		return term
	}
	pixels := float64(size.X * size.Y)
	term.Describe, term.Additive = s.gram.describe, s.gram.additive
	name := "MeanSquare " + s.factor.name
	if s.factor.usesPixels {
		name += fmt.Sprintf(" of %g pixels", pixels)
	}
	term.Compare = loss.Compare{Name: name, Of: func(got, want *Node) *Node {
		return MulScalar(loss.MeanSquare.Of(got, want), s.timesMean(layerShape{channels: float64(got.Shape().Dim(0)), pixels: pixels}))
	}}
	return term
}

// timesGram returns how many times [loss.Gram] the implementation's Gram matrix is.
func (s styleForm) timesGram(l layerShape) float64 {
	return l.positions * l.channels / s.gram.divisor(l)
}

// timesMean returns how many times the mean square the implementation takes. It does not depend on the positions.
func (s styleForm) timesMean(l layerShape) float64 {
	if s.factor.of == nil {
		return 1
	}
	return s.factor.of(l)
}

// channelUnit returns the units of R, G and B as [1, 1, 1, 3], in the picture's type.
func channelUnit(picture *Node, unit [3]float64) *Node {
	return ConvertDType(Const(picture.Graph(), [][][][]float64{{{unit[:]}}}), picture.DType())
}
