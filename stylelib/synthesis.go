package stylelib

import (
	"context"
	"errors"
	"image"
	"slices"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

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
