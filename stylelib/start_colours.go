package stylelib

import (
	"image"

	"stylenet/stylelib/colour"
	"stylenet/stylelib/picture"
)

// startFor returns the start for these pictures: that of the style's colours becomes a picture.
func (o *Options) startFor(content image.Image, styles []image.Image) (Start, error) {
	if o.Start.kind != startsFromColours {
		return o.Start, nil
	}
	coloured, err := o.inColours(content, styles)
	return FromPicture(coloured), err
}

// inColours returns the content picture in the style's colours, see [FromColours].
func (o *Options) inColours(content image.Image, styles []image.Image) (image.Image, error) {
	size := content.Bounds().Size()
	sum, weights := make([]float32, 3*size.X*size.Y), make([]float32, size.X*size.Y)
	for i, style := range styles {
		weight := o.weightOf(Style(i), size)
		if weight == nil {
			continue
		}
		moments, err := coloursOf(style)
		if err != nil {
			return nil, err
		}
		coloured, err := colour.MatchMoments(content, moments, colour.MongeKantorovich, colour.SRGB)
		if err != nil {
			return nil, err
		}
		values, _, _ := picture.Values(coloured)
		for p, w := range weight {
			weights[p] += w
			for c := range 3 {
				sum[3*p+c] += w * values[3*p+c]
			}
		}
	}
	values, h, w := picture.Values(content)
	for p, weight := range weights {
		for c := range 3 {
			if weight > 0 {
				values[3*p+c] = sum[3*p+c] / weight
			}
		}
	}
	return picture.FromValues(values, h, w), nil
}

// weightOf returns for each pixel of a picture of this size the weight of the terms that have this target there, row by row; nil where
// it is 0 everywhere.
func (o *Options) weightOf(target Target, size image.Point) (weight []float32) {
	for _, term := range o.termsOf(target) {
		if term.Weight == 0 {
			continue
		}
		if weight == nil {
			weight = make([]float32, size.X*size.Y)
		}
		for p, share := range maskPlane(term.Mask, size).values {
			weight[p] += float32(term.Weight) * share
		}
	}
	return weight
}

// coloursOf returns the mean and the covariance of a style's colours.
func coloursOf(style image.Image) (colour.Moments, error) {
	if saved, ok := style.(*SavedStyle); ok {
		return saved.colours, nil
	}
	return colour.MomentsOf(style, colour.SRGB)
}
