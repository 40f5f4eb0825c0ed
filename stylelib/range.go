package stylelib

import (
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
)

// Range says what becomes of pixels that leave the range from black (0) to white (1) while the picture is painted.
type Range int

// The ranges.
const (
	// Clipped brings pixels back to 0 or 1 after every step.
	Clipped Range = iota

	// Free leaves them where they are; a picture is clipped when somebody looks at it.
	Free

	// Stretched leaves them too, but whoever looks at a picture sees its own least value as black and its own largest
	// as white, so that contrast drifts from step to step. scipy.misc.imsave did so to pictures made of floats.
	Stretched
)

// String returns the range's name: clipped, free or stretched.
func (r Range) String() string {
	switch r {
	case Clipped:
		return "clipped"
	case Free:
		return "free"
	case Stretched:
		return "stretched"
	}
	return fmt.Sprintf("Range(%d)", int(r))
}

// box is what the optimiser must stay in; nil: it may go anywhere.
func (r Range) box() *optim.Bounds {
	if r == Clipped {
		return &optim.Bounds{Low: 0, High: 1}
	}
	return nil
}

// show turns values [1, h, w, 3] into a picture of 16 bits.
func (r Range) show(values []float32, h, w int) image.Image {
	least, largest := slices.Min(values), slices.Max(values)
	if r != Stretched || least == largest {
		return picture.FromValues(values, h, w)
	}
	stretched := make([]float32, len(values))
	for i, v := range values {
		stretched[i] = (v - least) / (largest - least)
	}
	return picture.FromValues(stretched, h, w)
}

// ParseRange returns the range of that name: clipped, free or stretched.
func ParseRange(name string) (Range, error) {
	for _, r := range []Range{Clipped, Free, Stretched} {
		if r.String() == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("stylelib: no range %q; ranges are clipped, free and stretched", name)
}
