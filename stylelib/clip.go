package stylelib

import (
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
)

// Range says what becomes of pixels that leave the range from black (0) to white (1) while the picture is painted.
type Clipping int

// The ranges.
const (
	// Clipped brings pixels back to 0 or 1 after every step.
	ClipEveryStep Clipping = iota

	// Free leaves them where they are; a picture is clipped when somebody looks at it.
	ClipShown

	// Stretched leaves them too, but whoever looks at a picture sees its own least value as black and its own largest
	// as white, so that contrast drifts from step to step. scipy.misc.imsave did so to pictures made of floats.
	StretchShown
)

// String returns the range's name: clipped, free or stretched.
func (r Clipping) String() string {
	switch r {
	case ClipEveryStep:
		return "clipped"
	case ClipShown:
		return "free"
	case StretchShown:
		return "stretched"
	}
	return fmt.Sprintf("Clipping(%d)", int(r))
}

// box is what the optimiser must stay in; nil: it may go anywhere.
func (r Clipping) box() *optim.Bounds {
	if r == ClipEveryStep {
		return &optim.Bounds{Low: 0, High: 1}
	}
	return nil
}

// show turns values [1, h, w, 3] into a picture of 16 bits.
func (r Clipping) show(values []float32, h, w int) image.Image {
	least, largest := slices.Min(values), slices.Max(values)
	if r != StretchShown || least == largest {
		return picture.FromValues(values, h, w)
	}
	stretched := make([]float32, len(values))
	for i, v := range values {
		stretched[i] = (v - least) / (largest - least)
	}
	return picture.FromValues(stretched, h, w)
}

// ParseRange returns the range of that name: clipped, free or stretched.
func ParseClipping(name string) (Clipping, error) {
	for _, r := range []Clipping{ClipEveryStep, ClipShown, StretchShown} {
		if r.String() == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("stylelib: no range %q; ranges are clipped, free and stretched", name)
}
