package stylelib

import (
	"context"
	"errors"
	"image"
	"slices"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// Defaults returns the options that zero fields stand for, where there is a content picture, a style picture, or both. With both
// it is a transfer: content at relu4_2, style at five layers and a little total variation, by Adam from the content picture. A style
// alone becomes a texture, a content alone what its layer has kept of it: both from noise, by L-BFGS.
func Defaults(content, style bool) Options {
	o := Options{Steps: 200, Optimizer: optim.Adam{}, Every: 10}
	if content && style {
		o.Terms = append(o.Terms, ContentTerm(1))
	} else if content {
		o.Terms = append(o.Terms, ContentTerm(100))
	}
	if style {
		o.Terms = append(o.Terms, StyleTerm(100))
	}
	o.Terms = append(o.Terms, TotalVariationTerm(10))
	if !content || !style {
		o.Optimizer, o.Start = optim.LBFGS{}, FromNoise(0)
	}
	return o
}

// DefaultTerms returns the terms of a transfer where none are given.
func DefaultTerms() []Term { return Defaults(true, true).Terms }

// completed returns the options with zero fields replaced by others'.
func (o Options) completed(by Options) Options {
	if o.Terms == nil {
		o.Terms = by.Terms
	}
	if o.Steps == 0 {
		o.Steps = by.Steps
	}
	if o.Optimizer == nil {
		o.Optimizer = by.Optimizer
	}
	if o.Start.isContent() {
		o.Start = by.Start
	}
	if o.Every == 0 {
		o.Every = by.Every
	}
	return o
}

// withDefaults returns the options of a transfer.
func (o Options) withDefaults() Options { return o.completed(Defaults(true, true)) }

// Texture paints pictures' texture without a content, size pixels large (Gatys, Ecker and Bethge 2015, "Texture synthesis using
// convolutional neural networks"): [Transfer] with the [Defaults] of a style alone. An extractor whose Padding is circular makes a
// texture without seams.
func Texture(ctx context.Context, backend compute.Backend, net *vgg.Extractor, size image.Point, styles []image.Image, o Options) (*Result, error) {
	if o.Terms == nil {
		if len(styles) == 0 {
			return nil, errors.New("stylelib: a texture needs a style picture, and none is given")
		}
		var err error
		if o.Terms, err = MixStyles(Defaults(false, true).Terms, slices.Repeat([]float64{1}, len(styles))...); err != nil {
			return nil, err
		}
	}
	if err := picture.CheckSize(size); err != nil {
		return nil, err
	}
	return Transfer(ctx, backend, net, image.NewGray(image.Rectangle{Max: size}), styles, o.completed(Defaults(false, true)))
}

// Reconstruct paints what a layer has kept of a picture (Mahendran and Vedaldi 2015; Gatys, Ecker and Bethge 2016, figure 1):
// [Transfer] with the [Defaults] of a content alone, at this layer.
func Reconstruct(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content image.Image, layer string, o Options) (*Result, error) {
	defaults := Defaults(true, false)
	defaults.Terms[0].Layers = Layers(layer)
	return Transfer(ctx, backend, net, content, nil, o.completed(defaults))
}
