package stylelib

import (
	"context"
	"crypto/sha256"
	"image"

	"github.com/gomlx/compute"
)

// lengthsAtNoise returns the lengths of the terms' gradients at a picture of noise.
func lengthsAtNoise(backend compute.Backend, vgg *VGG, content image.Image, styles []image.Image, o Options) ([]float32, error) {
	o.Start = FromNoise(0)
	o = o.withDefaults()
	if err := o.check(backend, vgg, content, styles); err != nil {
		return nil, err
	}
	values, h, w := pixels(content)
	state, err := o.Start.state(values, h, w, o.Optimizer)
	if err != nil {
		return nil, err
	}
	r := &run{backend: backend, vgg: vgg, o: o, seen: sha256.New(), programs: &programs{}}
	defer r.free()
	if err := r.load(state); err != nil {
		return nil, err
	}
	if err := r.describeTargets(context.Background(), content, styles); err != nil {
		return nil, err
	}
	return r.gradientLengths()
}
