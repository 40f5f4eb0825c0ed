package stylelib

import (
	"context"
	"crypto/sha256"
	"image"

	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// lengthsAtNoise returns the lengths of the terms' gradients at a picture of noise.
func GradientNorms(backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, o Options) ([]float32, error) {
	o.Start = FromNoise(0)
	o = o.withDefaults()
	if err := o.check(backend, net, content, styles); err != nil {
		return nil, err
	}
	values, h, w := picture.Values(content)
	state, err := o.Start.state(values, h, w, o.Optimizer)
	if err != nil {
		return nil, err
	}
	r := &run{backend: backend, net: net, o: o, pictures: sha256.New(), programs: &programs{}}
	defer r.free()
	if err := r.load(state); err != nil {
		return nil, err
	}
	if err := r.describeTargets(context.Background(), content, styles); err != nil {
		return nil, err
	}
	return r.gradientLengths()
}
