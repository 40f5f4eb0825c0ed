package stylelib

import (
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
)

// Clipping says what becomes of values that leave the range from black (0) to white (1) while the picture is painted.
type Clipping int

// The ways to clip.
const (
	// ClipEveryStep keeps values in [0, 1]: the optimiser stays in these bounds.
	ClipEveryStep Clipping = iota

	// ClipShown lets values go anywhere; a picture is clipped when it is shown.
	ClipShown

	// StretchShown lets them go anywhere too, but a picture that is shown has its own least value as black and its own largest as
	// white, so that contrast drifts from step to step. scipy.misc.imsave did so to pictures of floating-point values.
	StretchShown
)

var clippingNames = []string{"every-step", "shown", "stretched"}

// String returns every-step, shown or stretched.
func (c Clipping) String() string {
	if c < ClipEveryStep || c > StretchShown {
		return fmt.Sprintf("Clipping(%d)", int(c))
	}
	return clippingNames[c]
}

// ParseClipping is the inverse of String.
func ParseClipping(name string) (Clipping, error) {
	if i := slices.Index(clippingNames, name); i >= 0 {
		return Clipping(i), nil
	}
	return 0, fmt.Errorf("stylelib: no clipping %q; there are every-step, shown and stretched", name)
}

// bounds are what the optimiser must stay in; nil: it may go anywhere.
func (c Clipping) bounds() *optim.Bounds {
	if c == ClipEveryStep {
		return &optim.Bounds{Low: 0, High: 1}
	}
	return nil
}

// show turns values [1, h, w, 3] into a picture of 16 bits a channel.
func (c Clipping) show(values []float32, h, w int) image.Image {
	least, largest := slices.Min(values), slices.Max(values)
	if c != StretchShown || least == largest {
		return picture.FromValues(values, h, w)
	}
	stretched := make([]float32, len(values))
	for i, v := range values {
		stretched[i] = (v - least) / (largest - least)
	}
	return picture.FromValues(stretched, h, w)
}
