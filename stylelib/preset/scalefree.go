package preset

import (
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"stylenet/stylelib"
	"stylenet/stylelib/vgg"
)

// ScaleFree returns the terms with their weights divided by the length of each term's gradient, so that a weight says
// how hard a term pulls, whatever its formula, the network and the size of the pictures: style 0.6 beside content 0.4 is
// the same at 256 and at 2048 pixels: 0.599 of the pull at both, where Keras's own weights give style 3.5e-6 and 2.6e-8 of
// it (vgg19-slim, the cat beside a night sky). Lengths are root mean squares over the picture's values. They are measured once,
// at noise, where no term is at its target: a loss whose weights changed from step to step would have no minimum.
//
// It takes a compilation and about a step for every term. A term that does not pull at all is an error.
func ScaleFree(backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, terms []stylelib.Term) ([]stylelib.Term, error) {
	if terms == nil {
		terms = stylelib.DefaultTerms()
	}
	scaled := slices.Clone(terms)
	for i := range scaled {
		scaled[i].Weight = 1
	}
	lengths, err := stylelib.GradientNorms(backend, net, content, styles, stylelib.Options{Terms: scaled})
	if err != nil {
		return nil, err
	}
	size := content.Bounds().Size()
	for i, length := range lengths {
		if !(length > 0) || math.IsInf(float64(length), 0) {
			return nil, fmt.Errorf("stylelib: term %q pulls at a picture of noise with %g, so its weight cannot be measured; leave it out", terms[i].Name, length)
		}
		scaled[i].Weight = terms[i].Weight / float64(length) * math.Sqrt(float64(3*size.X*size.Y))
	}
	return scaled, nil
}
