package colour

import (
	"fmt"
	"image"
	"math"

	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/picture"
)

// KeepColours returns a picture with the lightness (L*) of the painted picture and the colours (a*, b*) of the content
// picture, which must have its size. A colour too bright or too dark for the screen is mixed with as much grey of its own
// luminance as brings it back, so the luminance is always that of the painted picture, to 16 bits a channel.
//
// To keep the content picture's colours, paint in lightness alone (Gatys, Bethge, Hertzmann and Shechtman 2016,
// "Preserving color in neural artistic style transfer"), errors left out:
//
//	grey, _ := colour.Grey(content)
//	style, _ = colour.Grey(style)
//	style, _ = colour.MatchLightness(style, content)
//	result, _ := stylelib.Transfer(ctx, backend, vgg, grey, []image.Image{style}, stylelib.Options{})
//	picture, _ := colour.Keep(result.Picture, content)
//
// Differs from Gatys et al.: they split colours in YIQ, a linear map of sRGB codes. Here it is CIELAB (white D65), whose
// L* depends on nothing but the luminance in linear light.
func Keep(painted, content image.Image) (image.Image, error) {
	if err := checkPair(painted, content); err != nil {
		return nil, err
	}
	size := painted.Bounds().Size()
	if other := content.Bounds().Size(); other != size {
		return nil, fmt.Errorf("stylelib: the painted picture is %dx%d pixels, the one whose colours are to be kept %dx%d; ResizeTo makes them the same",
			size.X, size.Y, other.X, other.Y)
	}
	colours := labValues(content)
	for i, v := range labValues(painted) {
		colours[i][0] = v[0]
	}
	return fromLabValues(colours, size), nil
}

// Grey returns a picture without its colours: greys of the same luminance.
func Grey(picture image.Image) (image.Image, error) {
	if err := checkPair(picture, picture); err != nil {
		return nil, err
	}
	values := labValues(picture)
	for i := range values {
		values[i][1], values[i][2] = 0, 0
	}
	return fromLabValues(values, picture.Bounds().Size()), nil
}

// MatchLightness shifts and scales a picture's lightness (L*, from 0 to 100) so that its mean and its standard deviation
// are those of another picture; what passes black or white is clipped. Colours (a*, b*) stay.
func MatchLightness(picture, to image.Image) (image.Image, error) {
	if err := checkPair(picture, to); err != nil {
		return nil, err
	}
	values := labValues(picture)
	mean, deviation := lightness(values)
	wantMean, wantDeviation := lightness(labValues(to))
	scale := 0. // of a picture of one lightness, whose deviation is that of rounding
	if deviation > 1e-6 {
		scale = wantDeviation / deviation
	}
	for i := range values {
		values[i][0] = min(max((values[i][0]-mean)*scale+wantMean, 0), 100)
	}
	return fromLabValues(values, picture.Bounds().Size()), nil
}

// lightness returns mean and standard deviation of L*.
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

// checkPair finds pictures without pixels.
func checkPair(img, other image.Image) error {
	if _, err := picture.Size(img); err != nil {
		return fmt.Errorf("stylelib: the picture whose colours are to change %w", err)
	}
	if _, err := picture.Size(other); err != nil {
		return fmt.Errorf("stylelib: the picture whose colours are to be taken %w", err)
	}
	return nil
}

// xyz turns linear sRGB into CIE XYZ in units of its white, D65: white is (1, 1, 1).
var xyz = func() rgb.Matrix {
	m := rgb.Matrix{
		{0.4124564, 0.3575761, 0.1804375},
		{0.2126729, 0.7151522, 0.0721750},
		{0.0193339, 0.1191920, 0.9503041},
	}
	for i, row := range m {
		for k := range row {
			m[i][k] /= row[0] + row[1] + row[2]
		}
	}
	return m
}()

// rgbOfXYZ is its inverse.
var rgbOfXYZ = xyz.Inverse()

// labValues returns a picture's pixels in CIELAB: L*, a*, b*.
func labValues(img image.Image) [][3]float64 {
	values := picture.Colours(img)
	for i, v := range values {
		for c := range v {
			v[c] = rgb.ToLinear(v[c])
		}
		v = xyz.Apply(v)
		for c := range v {
			v[c] = labRoot(v[c])
		}
		values[i] = [3]float64{116*v[1] - 16, 500 * (v[0] - v[1]), 200 * (v[1] - v[2])}
	}
	return values
}

// fromLabValues is the inverse of labValues; it overwrites the values.
func fromLabValues(values [][3]float64, size image.Point) image.Image {
	for i, v := range values {
		l := (v[0] + 16) / 116
		luminance := labPower(l)
		light := rgbOfXYZ.Apply([3]float64{labPower(l + v[1]/500), luminance, labPower(l - v[2]/200)})
		for c, x := range intoRange(light, luminance) {
			values[i][c] = rgb.FromLinear(x)
		}
	}
	return picture.FromColours(values, size)
}

// intoRange mixes linear light with grey of its luminance until no channel leaves [0, 1].
func intoRange(light [3]float64, luminance float64) [3]float64 {
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

// labRoot is the cube root of CIELAB, a straight line near 0.
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
