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

// ScaleFree returns the terms with their weights divided by each term's gradient norm, so that a weight is the term's share of the gradient,
// whatever its formula, the network and the size of the pictures. Style 0.6 and content 0.4 have the same effect at 256 and at 2048
// pixels: style has a share of 0.599 at both, and with Keras's own weights 3.5e-6 and 2.6e-8 (vgg19-slim, a cat and a night sky). terms
// of nil are [stylelib.DefaultTerms].
//
// Norms are root mean squares over the picture's values. They are measured once, at noise, where no term has reached its target: a loss
// whose weights changed from step to step would have no minimum. That takes a compilation and about one step for every term. A term without
// a gradient is an error.
func ScaleFree(backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, terms []stylelib.Term) ([]stylelib.Term, error) {
	if terms == nil {
		terms = stylelib.DefaultTerms()
	}
	scaled := slices.Clone(terms)
	for i := range scaled {
		scaled[i].Weight = 1
	}
	norms, err := stylelib.GradientNorms(backend, net, content, styles, stylelib.Options{Terms: scaled})
	if err != nil {
		return nil, err
	}
	size := content.Bounds().Size()
	for i, norm := range norms {
		if !(norm > 0) || math.IsInf(float64(norm), 0) {
			return nil, fmt.Errorf("preset: the gradient norm of term %q at noise is %g; a finite one above 0 is needed, leave the term out", terms[i].Name, norm)
		}
		scaled[i].Weight = terms[i].Weight / float64(norm) * math.Sqrt(float64(3*size.X*size.Y))
	}
	return scaled, nil
}
