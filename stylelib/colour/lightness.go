package colour

import (
	"fmt"
	"image"
	"math"

	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/picture"
)

// Keep returns a picture with the lightness (L*) of the painted picture and the colours (a*, b*) of the content picture, which must have
// the same size. A colour outside sRGB is mixed with grey of its own luminance until it is inside, so the luminance is always that of the
// painted picture, to 16 bits a channel.
//
// A transfer that keeps the content picture's colours changes only the lightness (Gatys, Bethge, Hertzmann and Shechtman 2016,
// "Preserving color in neural artistic style transfer"); errors are left out:
//
//	grey, _ := colour.Grey(content)
//	style, _ = colour.Grey(style)
//	style, _ = colour.MatchLightness(style, content)
//	result, _ := stylelib.Transfer(ctx, backend, net, grey, []image.Image{style}, stylelib.Options{})
//	picture, _ := colour.Keep(result.Picture, content)
//
// Differs from Gatys et al.: they separate lightness and colours in YIQ, a linear map of sRGB values. Here it is CIELAB (white D65), whose
// L* depends only on the luminance in linear light.
func Keep(painted, content image.Image) (image.Image, error) {
	if err := checkPair(painted, content); err != nil {
		return nil, err
	}
	size := painted.Bounds().Size()
	if other := content.Bounds().Size(); other != size {
		return nil, fmt.Errorf("colour: the painted picture is %dx%d pixels, the one whose colours are to be kept %dx%d; picture.ResizeTo makes them the same",
			size.X, size.Y, other.X, other.Y)
	}
	colours := labValues(content)
	for i, v := range labValues(painted) {
		colours[i][0] = v[0]
	}
	return fromLabValues(colours, size), nil
}

// Grey returns a picture's lightness without its colours: greys of the same luminance.
func Grey(img image.Image) (image.Image, error) {
	if err := checkPair(img, img); err != nil {
		return nil, err
	}
	values := labValues(img)
	for i := range values {
		values[i][1], values[i][2] = 0, 0
	}
	return fromLabValues(values, img.Bounds().Size()), nil
}

// MatchLightness shifts and scales a picture's lightness (L*, from 0 to 100) so that its mean and standard deviation become those of
// another picture, and clips it. Colours (a*, b*) stay.
func MatchLightness(img, to image.Image) (image.Image, error) {
	if err := checkPair(img, to); err != nil {
		return nil, err
	}
	values := labValues(img)
	mean, deviation := lightness(values)
	wantMean, wantDeviation := lightness(labValues(to))
	scale := 0. // for a picture of one lightness, whose deviation is only rounding
	if deviation > 1e-6 {
		scale = wantDeviation / deviation
	}
	for i := range values {
		values[i][0] = min(max((values[i][0]-mean)*scale+wantMean, 0), 100)
	}
	return fromLabValues(values, img.Bounds().Size()), nil
}

// lightness returns the mean and the standard deviation of L*.
func lightness(values [][3]float64) (mean, deviation float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v[0] / n
	}
	for _, v := range values {
		deviation += (v[0] - mean) * (v[0] - mean) / n
	}
	return mean, math.Sqrt(deviation)
}

// xyzOfRGB maps linear sRGB to CIE XYZ relative to its white, D65: white is (1, 1, 1). rgbOfXYZ is its inverse.
var (
	xyzOfRGB = rgb.Matrix{
		{0.4124564, 0.3575761, 0.1804375},
		{0.2126729, 0.7151522, 0.0721750},
		{0.0193339, 0.1191920, 0.9503041},
	}.RelativeToWhite()
	rgbOfXYZ = xyzOfRGB.Inverse()
)

// labValues returns a picture's pixels in CIELAB, row by row: L* from 0 to 100, a*, b*.
func labValues(img image.Image) [][3]float64 {
	values := picture.Colours(img)
	for i, v := range values {
		for c := range v {
			v[c] = rgb.ToLinear(v[c])
		}
		v = xyzOfRGB.Apply(v)
		for c := range v {
			v[c] = labRoot(v[c])
		}
		values[i] = [3]float64{116*v[1] - 16, 500 * (v[0] - v[1]), 200 * (v[1] - v[2])}
	}
	return values
}

// fromLabValues is the inverse of labValues. It overwrites the values.
func fromLabValues(values [][3]float64, size image.Point) image.Image {
	for i, v := range values {
		l := (v[0] + 16) / 116
		luminance := labPower(l)
		light := rgbOfXYZ.Apply([3]float64{labPower(l + v[1]/500), luminance, labPower(l - v[2]/200)})
		for c, x := range intoSRGB(light, luminance) {
			values[i][c] = rgb.FromLinear(x)
		}
	}
	return picture.FromColours(values, size)
}

// intoSRGB mixes linear light with grey of its luminance until all channels are in [0, 1].
func intoSRGB(light [3]float64, luminance float64) [3]float64 {
	luminance = min(max(luminance, 0), 1)
	share := 1.
	for _, x := range light {
		switch {
		case x > 1:
			share = min(share, (1-luminance)/(x-luminance))
		case x < 0:
			share = min(share, luminance/(luminance-x))
		}
	}
	for c, x := range light {
		light[c] = min(max(luminance+share*(x-luminance), 0), 1)
	}
	return light
}

// labRoot is CIELAB's cube root, a straight line near 0.
func labRoot(x float64) float64 {
	if x > 216./24389 {
		return math.Cbrt(x)
	}
	return (24389./27*x + 16) / 116
}

// labPower is the inverse of labRoot.
func labPower(x float64) float64 {
	if x > 6./29 {
		return x * x * x
	}
	return (116*x - 16) * 27 / 24389
}
