// Package colour brings the colours of one picture to those of another, or keeps them while the lightness changes.
//
//	colour.go      what the others share: Space, pairs of pictures
//	lightness.go   Keep, Grey and MatchLightness: lightness and colours apart, in CIELAB
//	match.go       Match, MatchMoments: mean and covariance, by a linear map; MatchHistograms: each channel's histogram
//	transport.go   Transport: the whole distribution of colours
//
// Pictures may have any size, where nothing else is said; transparent pixels count as on white. Results are opaque, with 16 bits a
// channel. Package colour needs packages picture and internal/rgb.
package colour

import (
	"fmt"
	"image"

	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/picture"
)

// Space is the numbers, in [0, 1], by which [Match] and [Transport] compare colours.
type Space int

// The spaces.
const (
	SRGB   Space = iota // sRGB values, whose steps look about equal from black to white
	Linear              // linear light: half black and half white has the mean of a grey that reflects half
)

// pair returns the values of a picture whose colours are to change, and of the one whose colours are to be taken.
func (s Space) pair(img, to image.Image) (values, want [][3]float64, err error) {
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	if err := checkPair(img, to); err != nil {
		return nil, nil, err
	}
	return s.values(img), s.values(to), nil
}

// check returns an error for a space that there is not.
func (s Space) check() error {
	if s != SRGB && s != Linear {
		return fmt.Errorf("colour: no Space %d; there are SRGB and Linear", int(s))
	}
	return nil
}

// checkedValues returns the values of a picture.
func (s Space) checkedValues(img image.Image) ([][3]float64, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if _, err := picture.Size(img); err != nil {
		return nil, fmt.Errorf("colour: the picture %w", err)
	}
	return s.values(img), nil
}

// values returns a picture's colours, row by row.
func (s Space) values(img image.Image) [][3]float64 {
	values := picture.Colours(img)
	if s == Linear {
		for i, v := range values {
			values[i] = [3]float64{rgb.ToLinear(v[0]), rgb.ToLinear(v[1]), rgb.ToLinear(v[2])}
		}
	}
	return values
}

// picture is the inverse of values, which it overwrites. It clips what is outside [0, 1].
func (s Space) picture(values [][3]float64, size image.Point) image.Image {
	if s == Linear {
		for i, v := range values {
			values[i] = [3]float64{rgb.FromLinear(v[0]), rgb.FromLinear(v[1]), rgb.FromLinear(v[2])}
		}
	}
	return picture.FromColours(values, size)
}

// checkPair returns an error where a picture whose colours are to change, or one to take them from, has no pixels.
func checkPair(img, other image.Image) error {
	if _, err := picture.Size(img); err != nil {
		return fmt.Errorf("colour: the picture whose colours are to change %w", err)
	}
	if _, err := picture.Size(other); err != nil {
		return fmt.Errorf("colour: the picture whose colours are to be taken %w", err)
	}
	return nil
}
