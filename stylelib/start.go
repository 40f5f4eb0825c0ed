package stylelib

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
)

// Start is the picture that the optimiser starts from. The zero value is [Defaults]'s.
type Start struct {
	kind      startKind
	picture   image.Image
	share     float64    // of the noise; the rest is the content picture
	colour    [3]float64 // of the noise, R, G and B
	deviation float64    // its standard deviation
	seed      uint64
}

type startKind int

const (
	startsAsDefault startKind = iota
	startsFromContent
	startsFromColours
	startsFromPicture
	startsFromNoise
)

// FromContent starts from the content picture.
func FromContent() Start { return Start{kind: startsFromContent} }

// FromColours starts from the content picture in the style's colours: a linear map gives its colours the mean and the covariance of
// the style picture's (see [colour.Match], MongeKantorovich, in sRGB values). The loss begins near to where L-BFGS takes the content
// picture in twenty steps. Of several styles it is the mean of the pictures in the colours of each, by the weights of the terms that
// have the style as their target, and by their masks, pixel by pixel. Where no term has a style, it is the content picture.
func FromColours() Start { return Start{kind: startsFromColours} }

// FromPicture starts from a picture of the content's size; [picture.Cover] cuts one to it, such as the style picture.
func FromPicture(picture image.Image) Start { return Start{kind: startsFromPicture, picture: picture} }

// FromNoise starts from grey with normal noise of standard deviation 0.1, the same for the same seed.
func FromNoise(seed uint64) Start { return FromNoiseAround([3]float64{0.5, 0.5, 0.5}, 0.1, seed) }

// FromNoiseAround starts from one colour, R, G and B in [0, 1], with normal noise of this standard deviation, clipped
// to [0, 1], the same for the same seed.
func FromNoiseAround(colour [3]float64, deviation float64, seed uint64) Start {
	return Start{kind: startsFromNoise, share: 1, colour: colour, deviation: deviation, seed: seed}
}

// FromMixed starts from the content picture mixed with the noise of [FromNoise], whose share is from 0, the content
// picture alone, to 1, noise alone.
func FromMixed(share float64, seed uint64) Start {
	start := FromNoise(seed)
	start.share = share
	return start
}

// IsNoise tells whether the start is noise, mixed or not.
func (s Start) IsNoise() bool { return s.kind == startsFromNoise }

// WithSeed returns the start with noise from another seed.
func (s Start) WithSeed(seed uint64) Start {
	s.seed = seed
	return s
}

// state returns the state before the first step, for a content picture of values [1, h, w, 3]. A start with the style's colours is
// a picture by then, see startFor.
func (s Start) state(content []float32, h, w int, optimizer optim.Optimizer) (*State, error) {
	state := &State{Height: h, Width: w, Picture: content}
	for _, shape := range optimizer.Memory(pictureShape(h, w)) {
		state.Memory = append(state.Memory, make([]float32, shape.Size()))
	}
	switch {
	case s.IsNoise() && slices.ContainsFunc(s.colour[:], func(v float64) bool { return !(v >= 0 && v <= 1) }):
		return nil, fmt.Errorf("stylelib: the noise to start from lies around colour %g; R, G and B are from 0 to 1", s.colour)
	case s.IsNoise() && (!(s.deviation >= 0) || math.IsInf(s.deviation, 0)):
		return nil, fmt.Errorf("stylelib: the noise to start from has a standard deviation of %g; it must be finite and at least 0", s.deviation)
	case s.IsNoise() && !(s.share >= 0 && s.share <= 1):
		return nil, fmt.Errorf("stylelib: the noise to start from has a share of %g; it is from 0, the content picture alone, to 1", s.share)
	case s.IsNoise():
		state.Picture = s.noise(h * w * 3)
		for i, v := range state.Picture {
			state.Picture[i] = float32(s.share*float64(v) + (1-s.share)*float64(content[i]))
		}
	case s.kind == startsFromPicture:
		if _, err := picture.Size(s.picture); err != nil {
			return nil, fmt.Errorf("stylelib: the start picture %w", err)
		}
		values, startH, startW := picture.Values(s.picture)
		if startH != h || startW != w {
			return nil, fmt.Errorf("stylelib: the start picture is %dx%d pixels, the content picture %dx%d; give one of the same size",
				startW, startH, w, h)
		}
		state.Picture = values
	}
	return state, nil
}

// noise returns n values of noise, R, G and B in turn.
func (s Start) noise(n int) []float32 {
	random := rand.New(rand.NewPCG(s.seed, 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(min(max(s.colour[i%3]+s.deviation*random.NormFloat64(), 0), 1))
	}
	return values
}
