package stylelib

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// State is all that a run needs to go on where it stopped: given to [Options] From, the following steps are the very
// ones that an uninterrupted run would have taken. Its fields can be saved by encoding/gob.
type State struct {
	Step          int         // how many steps were taken
	Height, Width int         // of the picture
	Picture       []float32   // [1, h, w, 3] in [0, 1]
	Memory        [][]float32 // of the optimiser, each [1, h, w, 3]
}

// Start is the picture that the optimiser starts from. The zero value is the content picture.
type Start struct {
	picture image.Image
	noise   bool
	seed    uint64
}

// FromPicture starts from a picture of the content's size.
func FromPicture(picture image.Image) Start { return Start{picture: picture} }

// FromNoise starts from grey with normal noise of standard deviation 0.1, the same for the same seed.
func FromNoise(seed uint64) Start { return Start{noise: true, seed: seed} }

// state returns the state before the first step, for a content picture of values [1, h, w, 3].
func (s Start) state(content []float32, h, w, slots int) (*State, error) {
	state := &State{Height: h, Width: w, Picture: content, Memory: make([][]float32, slots)}
	for i := range state.Memory {
		state.Memory[i] = make([]float32, h*w*3)
	}
	switch {
	case s.noise:
		state.Picture = noise(s.seed, h*w*3)
	case s.picture != nil:
		values, startH, startW := pixels(s.picture)
		if startH != h || startW != w {
			return nil, fmt.Errorf("stylelib: the start picture is %dx%d pixels, the content picture %dx%d; give one of the same size",
				startW, startH, w, h)
		}
		state.Picture = values
	}
	return state, nil
}

// noise returns n values around 0.5, clipped to [0, 1].
func noise(seed uint64, n int) []float32 {
	random := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(min(max(0.5+0.1*random.NormFloat64(), 0), 1))
	}
	return values
}

// check returns an error if the state cannot be continued with a picture of this size and this much memory.
func (s *State) check(h, w, slots int) error {
	if s.Height != h || s.Width != w {
		return fmt.Errorf("stylelib: the state to go on from is of a %dx%d picture, the content picture is %dx%d", s.Width, s.Height, w, h)
	}
	if len(s.Memory) != slots {
		return fmt.Errorf("stylelib: the state to go on from holds %d arrays of optimiser memory, this optimiser has %d", len(s.Memory), slots)
	}
	for _, values := range append([][]float32{s.Picture}, s.Memory...) {
		if len(values) != h*w*3 {
			return fmt.Errorf("stylelib: the state to go on from is damaged: %d values where a %dx%d picture has %d", len(values), w, h, h*w*3)
		}
	}
	return nil
}

// toDevice uploads values [1, h, w, 3].
func toDevice(backend compute.Backend, values []float32, h, w int) (*tensors.Tensor, error) {
	buffer, err := backend.BufferFromFlatData(0, values, shapes.Make(dtypes.Float32, 1, h, w, 3))
	if err != nil {
		return nil, fmt.Errorf("stylelib: uploading a %dx%d picture: %w", w, h, err)
	}
	return tensors.FromBuffer(buffer)
}

// finite reports whether no value is NaN or infinite.
func finite(values []float32) bool {
	for _, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}
