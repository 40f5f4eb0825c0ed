package stylelib

import (
	"context"
	"errors"
	"image"

	"github.com/gomlx/compute"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

// Texture paints pictures' texture without a content, size pixels large (Gatys, Ecker and Bethge 2015, "Texture synthesis using
// convolutional neural networks"): [Transfer] from noise, with other defaults where the options name none: style terms for
// all the pictures and a little smoothing, by L-BFGS. A VGG whose Padding is circular makes a texture without seams.
func Texture(ctx context.Context, backend compute.Backend, net *vgg.Extractor, size image.Point, styles []image.Image, o Options) (*Result, error) {
	if o.Terms == nil {
		if len(styles) == 0 {
			return nil, errors.New("stylelib: a texture needs a style picture, and none is given")
		}
		shares := make([]float64, len(styles))
		for i := range shares {
			shares[i] = 1
		}
		var err error
		if o.Terms, err = MixStyles([]Term{StyleTerm(100), TotalVariationTerm(10)}, shares...); err != nil {
			return nil, err
		}
	}
	if err := picture.CheckSize(size); err != nil {
		return nil, err
	}
	return Transfer(ctx, backend, net, image.NewGray(image.Rectangle{Max: size}), styles, o.fromNoise())
}

// Reconstruct paints what a layer has kept of a picture (Mahendran and Vedaldi 2015; Gatys, Ecker and Bethge 2016, figure 1):
// Transfer from noise, with other defaults where the options name none: the content term of this layer and a little
// smoothing, by L-BFGS.
func Reconstruct(ctx context.Context, backend compute.Backend, net *vgg.Extractor, picture image.Image, layer string, o Options) (*Result, error) {
	if o.Terms == nil {
		o.Terms = []Term{ContentTerm(100, layer), TotalVariationTerm(10)}
	}
	return Transfer(ctx, backend, net, picture, nil, o.fromNoise())
}

// fromNoise returns options with noise as the start and L-BFGS where they name none.
func (o Options) fromNoise() Options {
	if o.Start.isContent() {
		o.Start = FromNoise(0)
	}
	if o.Optimizer == nil {
		o.Optimizer = optim.LBFGS{}
	}
	return o
}
